"""The thread on a requirement and the history of its answer, drawn on the requirement's page, and what is read."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.services import threads as service
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.store import answer_versions, declarations
from portal.store.models import AnswerVersion
from portal.store.models.base import new_id
from portal.store.threads import BOTH, OWN
from portal.web.case_page import fetch
from portal.web.fields import PortalForm
from portal.web.language import language, t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows.errors import Invalid, NotFound

blueprint = Blueprint("threads", __name__)
PREFIX = "remark-"


class RemarkForm(PortalForm):
    """What to say, to whom, and who is mentioned."""

    text = TextAreaField(render_kw={"maxlength_shown": service.MAX_TEXT})
    audience = RadioField(validate_choice=False)
    mentions = SelectMultipleField(
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def in_words(self, case: Case) -> "RemarkForm":
        """The form with labels and choices in the reader's language."""
        for field in self:
            field.label.text = t(f"thread.write.{field.short_name}")
        self.text.description = t("thread.write.text_hint")
        self.mentions.description = t("thread.write.mentions_hint")
        self.audience.choices = [(code, t(f"thread.audience.{code}")) for code in (OWN, BOTH)]
        session = read()
        own = {person.id for person in service.addressees(session, case, OWN)}
        self.mentions.choices = [
            (
                person.id,
                person.name if person.id in own else t("thread.write.mentions_owner", name=person.name),
            )
            for person in service.addressees(session, case, BOTH)
            if person.id != person_id()
        ]
        return self


@dataclass(frozen=True)
class Told:
    """One version of an answer, with who wrote it and whether its comment is the same as before."""

    row: AnswerVersion
    name: str
    same_comment: bool


@blueprint.post("/connections/<connection_id>/declaration/<requirement>/remarks")
def write(connection_id: str, requirement: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.remark")
    if requirement not in {item.id for item in declarations.catalogue(read(), case.connection).requirements}:
        raise NotFound
    form = RemarkForm(prefix=PREFIX).in_words(case)
    remark_id = request.form.get("remark_id", "")
    if not form.validate():
        return _again(case, requirement, form), 422
    try:
        service.write(
            installation(),
            person_id(),
            connection_id,
            requirement,
            remark_id,
            form.text.data or "",
            form.audience.data or "",
            form.mentions.data or (),
        )
    except Invalid as error:
        show_errors(form, error)
        return _again(case, requirement, form), 422
    flash(t("thread.done"), "success")
    place = url_for(
        "declarations.requirement",
        connection_id=connection_id,
        requirement=requirement,
        _anchor=f"remark-{remark_id}",
    )
    return redirect(place)


@blueprint.post("/my-questions/mentions/<remark_id>/read")
def mark_read(remark_id: str) -> ResponseReturnValue:
    service.mark_read(installation(), person_id(), remark_id)
    flash(t("thread.read_done"), "success")
    return redirect(url_for("assignments.mine"))


@blueprint.app_template_global()
def thread_of(case: Case, line: Line) -> Markup:
    """The thread on a requirement as the viewer may read it, and the form that writes in it."""
    may_remark = "declaration.remark" in case.actions
    data = {"audience": OWN}
    page = render_template(
        "threads/of_requirement.html",
        case=case,
        requirement=line.requirement.id,
        entries=service.of(fresh_read(), case, line.requirement.id),
        form=RemarkForm(formdata=None, prefix=PREFIX, data=data).in_words(case) if may_remark else None,
        is_own=service.is_own(case),
        remark_id=new_id(),
    )
    return Markup(page)  # noqa: S704 -- made by our own template, which escapes


@blueprint.app_template_global()
def answer_history(line: Line) -> Markup:
    """What a requirement was answered before, by whom and when; nothing while it has no answer."""
    rows = answer_versions.history(fresh_read(), line.answer.id) if line.answer else []
    before = [row.comment for row, _ in rows[1:]]
    told = [
        Told(row, name, place < len(before) and row.comment == before[place])
        for place, (row, name) in enumerate(rows)
    ]
    return Markup(render_template("threads/history.html", told=told))  # noqa: S704 -- our own template escapes


def _again(case: Case, requirement: str, form: RemarkForm) -> str:
    return render_template(
        "threads/again.html",
        case=case,
        requirement=requirement,
        title=declarations.requirement(read(), case.connection, requirement).title.get(language()),
        form=form,
        is_own=service.is_own(case),
        remark_id=request.form.get("remark_id", ""),
    )
