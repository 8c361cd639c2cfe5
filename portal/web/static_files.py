"""Static files are named with what they hold, so that a browser keeps each until it changes."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

A_YEAR = "public, max-age=31536000, immutable"


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def install(app: Flask) -> None:
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def name(endpoint: str, values: dict[str, Any]) -> None:
        # The stylesheet names its fonts itself; a page that asks for them early has to use the same names.
        if endpoint != "static" or values["filename"].startswith("fonts/"):
            return
        if (folder / values["filename"]).is_file():
            values.setdefault("v", _version(folder / values["filename"]))

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v") and response.status_code in (200, 304):
            response.headers["Cache-Control"] = A_YEAR
        return response
