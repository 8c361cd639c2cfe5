"""What a person sees when something is refused or breaks: what happened, why, and what to do."""

import structlog
from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.texts import LANGUAGES, text
from portal.web.words import reason_text
from workflows.errors import Blocked, Forbidden, NotFound, Refusal, Stale

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
log = structlog.get_logger()


def _page(code: int, **context: object) -> ResponseReturnValue:
    shown = code if code in PAGES else (400 if code < 500 else 500)
    return render_template(f"errors/{shown}.html", **context), code


def _refused(error: Refusal) -> ResponseReturnValue:
    match error:
        case NotFound():
            return _page(404)
        case Forbidden():
            return _page(403)
        case Blocked(reasons=reasons):
            return _page(409, reasons=[reason_text(reason) for reason in reasons])
        case Stale():
            return _page(409, reasons=[])
        case _:
            return _page(400)


def _unknown_host(_error: SecurityError) -> ResponseReturnValue:
    """A page has links, and links need a host that is known; so this is said in plain text."""
    said = "\n".join(text("layout.unknown_host", code) for code in LANGUAGES)
    return Response(said, 400, mimetype="text/plain")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    return _page(error.code or 500)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    log.error("request failed", path=request.path, exc_info=error)
    return _page(500)


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, lambda _error: _page(400, csrf=True))
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
