"""The owner's page of letters: what has been sent, what waits, and what could not be sent."""

import re

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select

from portal.store.models import Letter
from portal.web.viewer import installation, read

blueprint = Blueprint("outbox", __name__)
PAGE = 50
_ONE_USE = re.compile(r"(/invitations/)[A-Za-z0-9_-]+")


@blueprint.get("/outbox")
def show() -> ResponseReturnValue:
    if "installation.admin" not in current_user.actions:
        abort(404)
    session = read()
    waiting = session.scalar(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None)))
    letters = session.scalars(
        select(Letter).order_by(Letter.created_at.desc(), Letter.id.desc()).limit(PAGE)
    ).all()
    chosen = next((letter for letter in letters if letter.id == request.args.get("letter")), None)
    body = _shown(chosen.body) if chosen else ""
    return render_template("overview/outbox.html", letters=letters, waiting=waiting, chosen=chosen, body=body)


def _shown(body: str) -> str:
    """The letter; where mail is delivered, without the link that lets its reader in as somebody else."""
    return _ONE_USE.sub(r"\1…", body) if installation().settings.smtp_host else body
