"""The form of one answer, wherever it is shown, and what is said about the requirement that it answers."""

import hashlib

from flask import request
from wtforms import RadioField, TextAreaField

from checklists import conditions, load
from checklists.schema import Requirement
from portal.services import declarations as service
from portal.services.cases import Case
from portal.services.declarations import Saved
from portal.store import declarations as store
from portal.web.fields import PortalForm
from portal.web.language import clock_time, language, t
from portal.web.viewer import read
from workflows import declaration as rules

MINE, THEIRS = "mine", "theirs"


class AnswerForm(PortalForm):
    """One answer: a value of the scale and a comment."""

    value = RadioField(validate_choice=False)
    comment = TextAreaField(render_kw={"maxlength_shown": rules.MAX_COMMENT})

    def in_words(self) -> "AnswerForm":
        """The form with labels and choices in the reader's language."""
        self.value.choices = [(code, t(f"declaration.value.{code}")) for code in rules.VALUES]
        self.value.label.text = t("declaration.requirement.value")
        self.comment.label.text = t("declaration.requirement.comment")
        self.comment.description = t("declaration.requirement.comment_hint")
        return self


def choice(name: str) -> str | None:
    """What the viewer chose for this requirement after a lost race: `mine`, `theirs` or nothing."""
    chosen, _, requirement = request.form.get("choice", "").partition(" ")
    return chosen if requirement == name and chosen in (MINE, THEIRS) else None


def mark(value: str | None, comment: str | None) -> str:
    """A short mark of an answer, by which a page knows whether a line was touched."""
    said = f"{value or ''}\x00{service.written(comment or '')}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def saved_words(saved: Saved) -> str:
    """That the answer is saved, and how many are left."""
    left = t("declaration.left", n=saved.left) if saved.left else t("declaration.none_left")
    return f"{t('declaration.requirement.saved', time=clock_time(saved.at))} · {left}"


def why_asked(case: Case, requirement: Requirement) -> str:
    """Why a requirement that is not for everyone is asked of this organisation; empty for the others."""
    condition = requirement.shown_if
    if condition is None:
        return ""
    field = conditions.order_field(condition.id)
    if field is None or rules.is_stated(condition, store.order(read(), case.connection)):
        return condition.because.get(language())
    return t("answering.until_stated", question=load.form("order").field(field).label.get(language()))
