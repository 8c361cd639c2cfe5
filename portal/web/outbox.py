"""The owner's page of letters: what has been sent, what waits, and what could not be sent."""

import re
from collections.abc import Sequence

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from portal.store import letters, threads
from portal.store.models import Letter
from portal.web.viewer import installation, read

blueprint = Blueprint("outbox", __name__)
PAGE = 50
_ONE_USE = re.compile(r"(/(?:invitations|signing)/)[A-Za-z0-9_-]+")
_REMARK = re.compile(r"#remark-([0-9a-f-]{36})")


@blueprint.get("/outbox")
def show() -> ResponseReturnValue:
    if "installation.admin" not in current_user.actions:
        abort(404)
    session = read()
    found = letters.latest(session, PAGE)
    chosen = next((letter for letter in found if letter.id == request.args.get("letter")), None)
    sealed = _sealed(session, found)
    body = _shown(chosen.body) if chosen and chosen.id not in sealed else ""
    return render_template(
        "overview/outbox.html",
        letters=found,
        waiting=letters.waiting(session),
        chosen=chosen,
        body=body,
        sealed=sealed,
    )


def _sealed(session: Session, listed: Sequence[Letter]) -> frozenset[str]:
    """The ids of the letters about remarks that an organisation writes to itself: the owner is not to know of them."""
    about = {letter.id: set(_REMARK.findall(letter.body)) for letter in listed}
    own = threads.own_remarks(session, set().union(*about.values()))
    return frozenset(letter for letter, found in about.items() if found & own)


def _shown(body: str) -> str:
    """The letter; where mail is delivered, without the link that lets its reader in as somebody else."""
    return _ONE_USE.sub(r"\1…", body) if installation().settings.smtp_host else body
