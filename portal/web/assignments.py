"""Sharing the work: who is asked to answer which requirement, and what is asked of the viewer."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import EmailField, SelectField, StringField

from portal.services import answering, declaration_lines
from portal.services import assignments as service
from portal.services.assignments import Wish
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.store import assignments as store
from portal.store import declarations, threads
from portal.store.models import Assignment
from portal.web.case_page import fetch, may_write, today
from portal.web.fields import PortalForm
from portal.web.language import language, long_date, t, when
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id, read
from portal.web.words import reason_text
from workflows.errors import Invalid, Reason

blueprint = Blueprint("assignments", __name__)
THEME = "theme:"
PREFIX = "ask-"


class AskForm(PortalForm):
    """Whom to ask about what, and by when."""

    about = SelectField(validate_choice=False)
    member = SelectField(validate_choice=False)
    email = EmailField()
    name = StringField()
    due = StringField()

    def in_words(self, case: Case) -> "AskForm":
        """The form with labels and choices in the reader's language."""
        for field in self:
            field.label.text = t(f"sharing.ask.{field.short_name}")
        self.email.description = t("sharing.ask.email_hint")
        self.due.description = t("sharing.ask.due_hint", example=(today() + timedelta(days=14)).isoformat())
        self.about.choices = [("", t("sharing.ask.about_choose")), *_abouts(case)]
        self.member.choices = [
            ("", t("sharing.ask.member_other")),
            *((person.id, person.name) for person in service.colleagues(read(), case.organisation.id)),
        ]
        return self

    def wish(self, case: Case) -> Wish | None:
        """What was typed, or None when the date is not one; the field then says so."""
        typed = (self.due.data or "").strip()
        try:
            due = date.fromisoformat(typed) if typed else None
        except ValueError:
            self.due.errors = [*self.due.errors, reason_text(Reason("date_form", {"value": typed[:40]}))]
            return None
        return Wish(
            requirements=_requirements(case, self.about.data or ""),
            member=self.member.data or "",
            email=self.email.data or "",
            name=self.name.data or "",
            due=due,
        )


@dataclass(frozen=True)
class Row:
    """Somebody who is asked, in words."""

    assignment: Assignment
    name: str
    asker: str
    title: str
    due: str
    late: bool


@dataclass(frozen=True)
class Question:
    """Something that is asked of the viewer."""

    url: str
    text: str
    who: str
    due: str
    late: bool


@blueprint.get("/my-questions")
def mine() -> ResponseReturnValue:
    session = fresh_read()
    questions = [_question(found) for found in store.of_person(session, person_id())]
    return render_template(
        "assignments/mine.html", questions=questions, unread=threads.unread(session, person_id())
    )


@blueprint.get("/connections/<connection_id>/assignments")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.contribute")
    data = {"about": request.args.get("about", "")}
    return _page(case, AskForm(formdata=None, prefix=PREFIX, data=data).in_words(case))


@blueprint.post("/connections/<connection_id>/assignments")
def ask(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.answer")
    form = AskForm(prefix=PREFIX).in_words(case)
    wish = form.wish(case) if form.validate() else None
    if wish is None:
        return _page(case, form), 422
    try:
        sent = service.ask(installation(), person_id(), connection_id, wish)
    except Invalid as error:
        show_errors(form, error)
        return _page(case, form), 422
    key = "sharing.invited" if sent.invited else "sharing.asked"
    flash(t(key, name=sent.name, n=sent.questions), "success")
    return redirect(_back(case))


@blueprint.post("/connections/<connection_id>/assignments/<assignment_id>/withdraw")
def withdraw(connection_id: str, assignment_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.answer")
    done = service.withdraw(installation(), person_id(), connection_id, assignment_id)
    flash(t("sharing.withdrawn" if done else "sharing.withdrawn_late"), "success" if done else "warning")
    return redirect(_back(case))


@blueprint.app_template_global()
def assignments_of(case: Case, line: Line) -> Markup:
    """Who is asked about a requirement, and the form that asks somebody; nothing for the owner's people."""
    if "declaration.contribute" not in case.actions:
        return Markup("")
    session, name = fresh_read(), line.requirement.id
    rows = [row for row in _rows(case) if row.assignment.requirement == name]
    writable = may_write(case, "declaration", "declaration.answer")
    page = render_template(
        "assignments/of_requirement.html",
        case=case,
        requirement=name,
        rows=rows,
        writable=writable,
        asked_only="declaration.answer" not in case.actions
        and answering.may_answer(session, case, person_id(), name),
        form=AskForm(formdata=None, prefix=PREFIX).in_words(case) if writable else None,
    )
    return Markup(page)  # noqa: S704 -- made by our own template, which escapes


def due_words(due: date | None) -> str:
    """A day to answer by, and how late it is when it has passed."""
    if due is None:
        return t("sharing.due.none")
    days = (today() - due).days
    if days > 0:
        return t("sharing.due.late", n=days, date=long_date(due))
    return t("sharing.due.today" if days == 0 else "sharing.due.ahead", date=long_date(due))


def _is_late(due: date | None) -> bool:
    return due is not None and due < today()


def _question(found: store.Asked) -> Question:
    row = found.assignment
    title = declarations.requirement(read(), found.connection, row.requirement).title.get(language())
    asked = t(
        "sharing.mine.who",
        organisation=found.organisation.name,
        asker=found.asked_by_name,
        when=when(row.asked_at),
    )
    place = url_for(
        "declarations.requirement", connection_id=found.connection.id, requirement=row.requirement
    )
    words = t("sharing.mine.question", requirement=row.requirement, title=title)
    return Question(place, words, asked, due_words(row.due), _is_late(row.due))


def _page(case: Case, form: AskForm) -> str:
    return render_template(
        "assignments/show.html",
        case=case,
        rows=_rows(case),
        form=form,
        writable=may_write(case, "declaration", "declaration.answer"),
    )


def _rows(case: Case) -> list[Row]:
    return [
        Row(
            row,
            name,
            asker,
            declarations.requirement(read(), case.connection, row.requirement).title.get(language()),
            due_words(row.due),
            _is_late(row.due),
        )
        for row, name, asker in store.of_connection(fresh_read(), case.connection.id)
    ]


def _abouts(case: Case) -> list[tuple[str, str]]:
    """What can be asked about: each theme whole, and each requirement."""
    lines = declaration_lines.lines(read(), case.connection)
    shown = {line.requirement.theme for line in lines}
    themes = [
        (f"{THEME}{theme.id}", t("sharing.ask.about_theme", theme=theme.title.get(language())))
        for theme in declarations.catalogue(read(), case.connection).themes
        if theme.id in shown
    ]
    single = [
        (line.requirement.id, f"{line.requirement.id} {line.requirement.title.get(language())}")
        for line in lines
    ]
    return [*themes, *single]


def _requirements(case: Case, about: str) -> tuple[str, ...]:
    """The requirements that a choice stands for; none for a choice that is not one."""
    lines = declaration_lines.lines(read(), case.connection)
    theme = about.removeprefix(THEME) if about.startswith(THEME) else None
    return tuple(
        line.requirement.id
        for line in lines
        if (line.requirement.theme == theme if theme else line.requirement.id == about)
    )


def _back(case: Case) -> str:
    """The requirement that the form stood on, or the list of what is shared."""
    name = request.form.get("came_from", "")
    known = {item.id for item in declarations.catalogue(read(), case.connection).requirements}
    if name in known:
        return url_for(
            "declarations.requirement", connection_id=case.connection.id, requirement=name, _anchor="who"
        )
    return url_for(".show", connection_id=case.connection.id)
