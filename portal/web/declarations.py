"""The self-declaration's pages: the list, one requirement at a time, checking the answers, and signing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.services import declaration_lines
from portal.services import declarations as service
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.services.declarations import Saved, Stored
from portal.services.freezing import name_of
from portal.store import decisions
from portal.store import declarations as store
from portal.store.models.base import new_id
from portal.web import action_form, answer_form, proof
from portal.web.answer_form import AnswerForm, saved_words
from portal.web.case_page import fetch, fetch_to_answer, may_answer, may_write, open_moves
from portal.web.language import language, t
from portal.web.posted import show_errors, version
from portal.web.reasons import ready_text
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows import declaration as rules
from workflows.errors import Invalid, NotFound, Stale
from workflows.status import Status

blueprint = Blueprint("declarations", __name__)

FILTERS: dict[str, Callable[[Line], bool]] = {
    "all": lambda line: True,
    "unanswered": lambda line: line.given.value is None,
    "deviations": lambda line: line.given.value in rules.DEVIATING,
    "lacking": lambda line: bool(line.lacks),
    "returned": lambda line: line.given.verdict == rules.RETURNED,
}


@dataclass(frozen=True)
class ThemeView:
    """A theme of the list: its lines that match the filter, its progress, and who answered last."""

    id: str
    title: str
    lines: tuple[Line, ...]
    progress: rules.Progress
    answered_by: str
    answered_at: datetime | None


@blueprint.get("/connections/<connection_id>/declaration")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.see")
    lines = declaration_lines.lines_for(read(), case)
    chosen = _filter()
    return render_template(
        "declaration/show.html",
        **_shared(case),
        themes=_themes(case, lines, chosen),
        progress=_progress(lines),
        chosen=chosen,
        filters={name: sum(map(matches, lines)) for name, matches in FILTERS.items()},
        next_line=next((line for line in lines if line.given.value is None), None),
        moves=[move for move in open_moves(case, "declaration") if move.name == "take_back"],
    )


@blueprint.get("/connections/<connection_id>/declaration/<requirement>")
def requirement(connection_id: str, requirement: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.see")
    return _requirement_page(case, requirement)


@blueprint.post("/connections/<connection_id>/declaration/<requirement>")
def answer(connection_id: str, requirement: str) -> ResponseReturnValue:
    """Save one answer: as a fragment when the page saves by itself, else as a page."""
    case = fetch_to_answer(connection_id, requirement)
    live = "HX-Request" in request.headers
    form = AnswerForm().in_words()
    before = store.given(store.answer(read(), case.connection, requirement))
    value = form.value.data or None
    chosen = answer_form.choice(requirement)
    if chosen == answer_form.THEIRS:
        return redirect(_where_next(connection_id, requirement, stay=False))
    seen = version("seen" if chosen else "version")
    try:
        if not form.validate():
            return _refused(case, requirement, form, live)
        saved = service.save_answer(
            installation(), person_id(), connection_id, requirement, value, form.comment.data or "", seen
        )
    except Invalid as error:
        show_errors(form, error)
        return _refused(case, requirement, form, live)
    except Stale as error:
        return _both(case, requirement, form, error.current, live)
    deviates_now = value in rules.DEVIATING and before.value not in rules.DEVIATING
    if live:
        crossed = (value in rules.DEVIATING) != (before.value in rules.DEVIATING)
        return _fragment(case, requirement, saved, redraw_actions=crossed)
    flash(saved_words(saved), "success")
    return redirect(_where_next(connection_id, requirement, stay=deviates_now))


@blueprint.get("/connections/<connection_id>/declaration/check")
def check(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.see")
    lines = declaration_lines.lines_for(read(), case)
    return render_template(
        "declaration/check.html",
        **_shared(case),
        themes=_themes(case, lines, "all"),
        summary=_summary(lines),
        lacking=[line for line in lines if line.lacks],
        moves=[move for move in open_moves(case, "declaration") if move.name in ("submit", "take_back")],
    )


@blueprint.get("/connections/<connection_id>/declaration/sign")
def sign(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "declaration.sign")
    lines = declaration_lines.lines_for(read(), case)
    return render_template(
        "declaration/sign.html",
        **_shared(case),
        summary=_summary(lines),
        deviations=[line for line in lines if line.given.value in rules.DEVIATING],
        moves=[move for move in open_moves(case, "declaration") if move.name == "sign"],
        signed=case.states["declaration"] in (Status.SUBMITTED, Status.DONE),
    )


def _shared(case: Case, requirement: str | None = None) -> dict[str, Any]:
    """What the pages of a declaration have in common; of one requirement, for those who may answer that one."""
    session = read()
    signed = decisions.signatures(session, case.connection.id, "declaration")
    return {
        "case": case,
        "step": "declaration",
        "status": case.states["declaration"],
        "writable": may_answer(case, requirement)
        if requirement
        else may_write(case, "declaration", "declaration.answer"),
        "signatures": [
            (len(signed) - place, found, name_of(session, found.signed_by))
            for place, found in enumerate(signed)
        ],
    }


def _filter() -> str:
    chosen = request.values.get("filter", "all")
    return chosen if chosen in FILTERS else "all"


def _progress(lines: list[Line]) -> rules.Progress:
    return rules.progress(
        [line.requirement for line in lines], {line.requirement.id: line.given for line in lines}
    )


def _summary(lines: list[Line]) -> list[tuple[str, str]]:
    values = [line.given.value for line in lines]
    return [(t(f"declaration.value.{code}"), str(values.count(code))) for code in rules.VALUES]


def _themes(case: Case, lines: list[Line], chosen: str) -> list[ThemeView]:
    session = read()
    found = []
    for theme in store.catalogue(read(), case.connection).themes:
        inside = [line for line in lines if line.requirement.theme == theme.id]
        answered = [line.answer for line in inside if line.answer and line.answer.value]
        last = max(answered, key=lambda row: row.answered_at, default=None)
        matching = tuple(filter(FILTERS[chosen], inside))
        if matching:
            found.append(
                ThemeView(
                    theme.id,
                    theme.title.get(language()),
                    matching,
                    _progress(inside),
                    name_of(session, last.answered_by) if last else "",
                    last.answered_at if last else None,
                )
            )
    return found


def _requirement_page(
    case: Case, name: str, form: AnswerForm | None = None, typed_version: int | None = None
) -> str:
    session = read()
    lines = declaration_lines.lines_for(session, case)
    here = next((place for place, line in enumerate(lines) if line.requirement.id == name), None)
    if here is None:
        raise NotFound
    line, catalogue = lines[here], store.catalogue(read(), case.connection)
    theme = next(theme for theme in catalogue.themes if theme.id == line.requirement.theme)
    before, after = _neighbours(lines, here, _filter())
    stored = {"value": line.given.value, "comment": line.given.comment}
    return render_template(
        "declaration/requirement.html",
        **_shared(case, name),
        line=line,
        form=form or AnswerForm(formdata=None, data=stored).in_words(),
        version=line.answer.version if line.answer and typed_version is None else typed_version or 0,
        theme=theme,
        number=here + 1,
        total=len(lines),
        left=_progress(lines).left,
        previous=before,
        next=after,
        chosen=_filter(),
        saved_by=name_of(session, line.answer.answered_by) if line.answer else "",
        asked_reason=ready_text(line.answer.verdict_reason, line.answer.reviewed_at) if line.answer else "",
        proof=proof.of(case, line.requirement),
        action_form=action_form.empty(case, requirements=(name,)),
        action_id=new_id(),
        asked_because=answer_form.why_asked(case, line.requirement),
    )


def _neighbours(lines: list[Line], here: int, chosen: str) -> tuple[Line | None, Line | None]:
    matches = FILTERS[chosen]
    before = next((line for line in reversed(lines[:here]) if matches(line)), None)
    return before, next((line for line in lines[here + 1 :] if matches(line)), None)


def _where_next(connection_id: str, name: str, *, stay: bool) -> str:
    """The next requirement of the chosen list, the same one when it is to stay, or the check at the end."""
    chosen = _filter()
    carried: dict[str, Any] = {"filter": chosen} if chosen != "all" else {}
    here = url_for(".requirement", connection_id=connection_id, requirement=name, **carried)
    if stay:
        return here + "#deviation"
    if request.form.get("go") != "next":
        return here
    case = fetch(connection_id, "declaration.see")
    lines = declaration_lines.lines_for(read(), case)
    place = next((place for place, line in enumerate(lines) if line.requirement.id == name), len(lines))
    after = _neighbours(lines, place, chosen)[1]
    if after is None:
        return url_for(".check", connection_id=connection_id)
    return url_for(".requirement", connection_id=connection_id, requirement=after.requirement.id, **carried)


def _fragment(case: Case, name: str, saved: Saved, *, redraw_actions: bool) -> str:
    """What the page swaps in after saving; the deviation's actions are gathered only when they come or go."""
    told = {"version": saved.version, "said": saved_words(saved), "redraw_actions": redraw_actions}
    if not redraw_actions:
        return render_template("declaration/saved.html", **told)
    lines = declaration_lines.lines_for(fresh_read(), case)
    line = next((line for line in lines if line.requirement.id == name), None)
    if line is None:
        raise NotFound
    return render_template(
        "declaration/saved.html",
        **_shared(case, name),
        **told,
        line=line,
        action_form=action_form.empty(case, requirements=(name,)),
        action_id=new_id(),
    )


def _refused(case: Case, name: str, form: AnswerForm, live: bool) -> ResponseReturnValue:
    if live:
        said = [error for field in form for error in field.errors]
        return render_template("declaration/not_saved.html", version=version(), said=said), 422
    return _requirement_page(case, name, form, version()), 422


def _both(case: Case, name: str, form: AnswerForm, current: object, live: bool) -> ResponseReturnValue:
    stored = current if isinstance(current, Stored) else Stored(None, "", 0, "", None)
    if live:
        return render_template("declaration/overtaken.html", version=version(), name=name, stored=stored), 409
    page = render_template(
        "declaration/stale.html",
        **_shared(case, name),
        requirement=store.catalogue(read(), case.connection).by_id(name),
        form=form,
        stored=stored,
        chosen=_filter(),
    )
    return page, 409
