"""What a posted form says besides its fields: the version it was made from, and where refusals are shown."""

from flask import request

from portal.web.fields import PortalForm
from portal.web.words import reason_text
from workflows.errors import Invalid


def version(name: str = "version") -> int:
    """The version that the posted form was made from, by the name of its field; 0 for anything that is not one."""
    text = request.form.get(name, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def show_errors(form: PortalForm, error: Invalid) -> None:
    """Hang each reason on its field."""
    for name, reason in error.errors.items():
        form[name].errors = [*form[name].errors, reason_text(reason)]
