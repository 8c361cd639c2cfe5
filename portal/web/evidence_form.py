"""The form of one piece of evidence, also as it stands at the beginning of a body that is too large to read."""

from datetime import date
from typing import Any

from flask import Request
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from wtforms import StringField

from portal.services.evidence import Upload
from portal.store.models import Evidence
from portal.web.fields import PortalForm
from portal.web.language import t
from portal.web.viewer import installation
from portal.web.words import reason_text
from workflows import evidence as rules
from workflows.errors import Reason
from workflows.evidence import Stated

PREFIX = "evidence-"
HEAD = 64 * 1024


class EvidenceForm(PortalForm):
    """What shows an answer. The file comes last, so that the other fields are read before it."""

    title = StringField(render_kw={"maxlength_shown": rules.MAX_TITLE})
    happened_on = StringField()
    valid_until = StringField()
    url = StringField(render_kw={"maxlength_shown": rules.MAX_URL})
    file = FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=PREFIX, **kwargs)

    def in_words(self) -> "EvidenceForm":
        """The form with labels in the reader's language."""
        for field in self:
            name = field.name.removeprefix(PREFIX)
            field.label.text = t(f"evidence.field.{name}")
            field.description = t(f"evidence.hint.{name}", max=installation().settings.max_file_mb)
        return self

    def stated(self) -> Stated | None:
        """What was typed, or None when a date is not one; its field then says so."""
        happened, until = _day(self.happened_on), _day(self.valid_until)
        if self.happened_on.errors or self.valid_until.errors:
            return None
        return Stated(self.title.data or "", self.url.data or "", happened, until)

    def upload(self) -> Upload | None:
        """The file that came with the form."""
        found = self.file.data
        if not isinstance(found, FileStorage) or not found.filename:
            return None
        return Upload(found.stream, found.filename)


def _day(field: StringField) -> date | None:
    typed = (field.data or "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        field.errors = [*field.errors, reason_text(Reason("date_form", {"value": typed[:40]}))]
        return None


def empty() -> EvidenceForm:
    return EvidenceForm(formdata=None).in_words()


def newer(found: Evidence) -> EvidenceForm:
    """A form for a newer version: what it is called stays, its dates and file are new."""
    return EvidenceForm(formdata=None, data={"title": found.title}).in_words()


def begun(request: Request) -> EvidenceForm:
    """The form as far as the beginning of the body tells; what follows is left unread."""
    return EvidenceForm(formdata=MultiDict(_first_fields(request))).in_words()


def _first_fields(request: Request) -> list[tuple[str, str]]:
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        return []
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"))
    found: list[tuple[str, str]] = []
    try:
        decoder.receive_data(request.environ["wsgi.input"].read(HEAD))
        part = decoder.next_event()
        while not isinstance(part, (NeedData, File, Epilogue)):
            if isinstance(part, Field):
                found.append((part.name, ""))
            elif isinstance(part, Data) and found:
                name, value = found[-1]
                found[-1] = (name, value + part.data.decode("utf-8", "replace"))
            part = decoder.next_event()
    except (ValueError, OSError):
        return []
    return found
