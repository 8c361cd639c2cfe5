"""A theme of the self-declaration as one list to answer in: line by line, or all lines at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from checklists.schema import Theme
from portal.services import answering, declaration_lines
from portal.services import declarations as service
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.services.declarations import Stored
from portal.services.freezing import name_of
from portal.store import declarations as store
from portal.web import answer_form
from portal.web.answer_form import AnswerForm, mark, saved_words
from portal.web.case_page import fetch
from portal.web.language import t, when
from portal.web.posted import show_errors, version
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows import declaration as rules
from workflows.errors import Forbidden, Invalid, NotFound, Stale
from workflows.status import OPEN

blueprint = Blueprint("declaration_table", __name__)


@dataclass(frozen=True)
class Row:
    """A line of the list: its form, the version and mark it was made from, and what stands against saving it.

    `stored` is what somebody else saved in the meantime.
    """

    line: Line
    form: AnswerForm
    version: int
    was: str
    words: str = ""
    because: str = ""
    stored: Stored | None = None
    changed: bool = False

    @property
    def problems(self) -> list[str]:
        return [problem for field in self.form for problem in field.errors]

    @property
    def unsaved(self) -> bool:
        return bool(self.stored or self.problems)


@blueprint.get("/connections/<connection_id>/declaration/themes/<theme>")
def show(connection_id: str, theme: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.see")
    return _page(case, theme, {})


@blueprint.post("/connections/<connection_id>/declaration/themes/<theme>")
def save(connection_id: str, theme: str) -> ResponseReturnValue:
    """Save the posted lines of the theme; one line as a fragment when the page saves by itself."""
    case = fetch(connection_id, "declaration.contribute")
    lines = [line for line in _inside(case, theme) if _may_answer(case, line)]
    if not lines:
        raise Forbidden("declaration.answer")
    if "HX-Request" in request.headers:
        return _live(case, theme, lines)
    taken = {line.requirement.id: _take(case, line) for line in lines}
    kept = {name: row for name, row in taken.items() if row.unsaved}
    n = sum(row.changed for row in taken.values())
    if kept:
        return _page(case, theme, kept), 409 if any(row.stored for row in kept.values()) else 422
    flash(t("answering.saved", n=n) if n else t("answering.nothing_new"), "success")
    return redirect(_where_next(case, theme))


def _may_answer(case: Case, line: Line) -> bool:
    return answering.may_answer(read(), case, person_id(), line.requirement.id)


def _live(case: Case, theme: str, lines: list[Line]) -> ResponseReturnValue:
    name = request.form.get("choice", "").partition(" ")[2] or request.form.get("line", "")
    line = next((line for line in lines if line.requirement.id == name), None)
    if line is None:
        raise NotFound
    row = _take(case, line)
    now = _inside(case, theme)
    if not row.unsaved:
        fresh = next(line for line in now if line.requirement.id == name)
        row = _row(case, fresh, words=row.words or None)
    fragment = render_template(
        "declaration/fast_saved.html",
        case=case,
        theme=_theme(case, theme),
        row=row,
        progress=_progress(now),
        redraw=answer_form.choice(name) == answer_form.THEIRS,
    )
    return fragment, 409 if row.stored else 422 if row.problems else 200


def _take(case: Case, line: Line) -> Row:
    """Save what was posted for one line, unless it is as the page showed it or the viewer keeps what is stored."""
    name = line.requirement.id
    chosen = answer_form.choice(name)
    form = AnswerForm(prefix=name).in_words()
    made_from, was = version(f"{name}-version"), request.form.get(f"{name}-was", "")
    value, comment = form.value.data or None, form.comment.data or ""
    untouched = f"{name}-version" not in request.form or (not chosen and was == mark(value, comment))
    if untouched or chosen == answer_form.THEIRS:
        return _row(case, line)
    seen = version(f"{name}-seen") if chosen else made_from
    stored = None
    try:
        if form.validate():
            answer = service.save_answer(
                installation(), person_id(), case.connection.id, name, value, comment, seen
            )
            return Row(line, form, answer.version, "", saved_words(answer), changed=answer.changed)
    except Invalid as error:
        show_errors(form, error)
    except Stale as error:
        stored = error.current if isinstance(error.current, Stored) else None
    because = answer_form.why_asked(case, line.requirement)
    return Row(line, form, made_from, was, because=because, stored=stored)


def _row(case: Case, line: Line, words: str | None = None) -> Row:
    """The line as it is stored."""
    given, answer = line.given, line.answer
    form = AnswerForm(
        formdata=None, prefix=line.requirement.id, data={"value": given.value, "comment": given.comment}
    )
    if words is None and answer:
        name = name_of(read(), answer.answered_by)
        words = t("declaration.requirement.saved_by", when=when(answer.answered_at), name=name)
    return Row(
        line,
        form.in_words(),
        answer.version if answer else 0,
        mark(given.value, given.comment),
        words or t("declaration.requirement.not_saved"),
        answer_form.why_asked(case, line.requirement),
    )


def _page(case: Case, theme: str, kept: Mapping[str, Row]) -> str:
    lines = _inside(case, theme)
    is_open = case.states["declaration"] in OPEN
    return render_template(
        "declaration/theme.html",
        case=case,
        step="declaration",
        status=case.states["declaration"],
        writable={line.requirement.id for line in lines if is_open and _may_answer(case, line)},
        theme=_theme(case, theme),
        rows=[kept.get(line.requirement.id) or _row(case, line) for line in lines],
        progress=_progress(lines),
        **_around(case, theme),
    )


def _theme(case: Case, theme: str) -> Theme:
    return next(found for found in store.catalogue(read(), case.connection).themes if found.id == theme)


def _inside(case: Case, theme: str) -> list[Line]:
    """The lines of the theme that count now; NotFound when it has none."""
    lines = declaration_lines.lines_for(fresh_read(), case)
    inside = [line for line in lines if line.requirement.theme == theme]
    if not inside:
        raise NotFound
    return inside


def _progress(lines: list[Line]) -> rules.Progress:
    return rules.progress(
        [line.requirement for line in lines], {line.requirement.id: line.given for line in lines}
    )


def _around(case: Case, theme: str) -> dict[str, Any]:
    """The themes before and after this one, among those that have lines."""
    lines = declaration_lines.lines_for(read(), case)
    asked = {line.requirement.theme for line in lines}
    themes = [found for found in store.catalogue(read(), case.connection).themes if found.id in asked]
    here = next(place for place, found in enumerate(themes) if found.id == theme)
    return {
        "previous_theme": themes[here - 1] if here else None,
        "next_theme": themes[here + 1] if here + 1 < len(themes) else None,
    }


def _where_next(case: Case, theme: str) -> str:
    if request.form.get("go") != "next":
        return url_for(".show", connection_id=case.connection.id, theme=theme)
    after = _around(case, theme)["next_theme"]
    if after is None:
        return url_for("declarations.check", connection_id=case.connection.id)
    return url_for(".show", connection_id=case.connection.id, theme=after.id)
