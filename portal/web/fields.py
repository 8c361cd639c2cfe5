"""Forms in the reader's language: messages, control characters and lengths handled in one place."""

from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from portal.web.language import t
from workflows.identifiers import clean

MAX_LENGTH = 20_000


class PortalForm(FlaskForm):
    """Base of all forms. The token is checked for every post before any view, so the form carries none."""

    class Meta:
        csrf = False

        def get_translations(self, _form: Any) -> None:
            """Messages come from the portal's own texts."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Clean text fields of characters that nobody types, and refuse what is too long; what was typed stays."""
        sound = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str):
                sound = _text(field) and sound
        return sound


def dates(*fields: Field) -> dict[str, date | None] | None:
    """The days typed in these fields by name, None for an empty one; None in all when one is no date and says so."""
    found: dict[str, date | None] = {}
    wrong = False
    for field in fields:
        typed = (field.data or "").strip()
        try:
            found[field.name] = date.fromisoformat(typed) if typed else None
        except ValueError:
            field.errors = [*field.errors, t("reason.date_form", value=typed[:40])]
            wrong = True
    return None if wrong else found


def _text(field: Field) -> bool:
    field.data = clean(field.data)
    most = (field.render_kw or {}).get("maxlength_shown") or MAX_LENGTH
    if len(field.data) > most:
        over = len(field.data) - most
        field.errors = [*field.errors, t("layout.form.too_long", n=over, max=most)]
        return False
    return True


class Required:
    """The field must be filled in; the message is the portal's own, or of a key."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, key: str = "layout.form.required") -> None:
        self.key = key

    def __call__(self, _form: Any, field: Field) -> None:
        if not (field.data and (not isinstance(field.data, str) or field.data.strip())):
            raise ValidationError(t(self.key))
