"""The reviewer's table: the organisation's line beside what changed, accepted with one key or returned with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.services import declaration_review as service
from portal.services.cases import Case
from portal.services.declaration_lines import Line, lines
from portal.store import declarations as store
from portal.web import reasons
from portal.web.case_page import fetch, open_moves
from portal.web.language import t
from portal.web.viewer import installation, person_id, read
from portal.web.words import reason_text
from workflows import declaration as rules
from workflows.declaration import Change
from workflows.errors import Invalid
from workflows.status import Status

blueprint = Blueprint("declaration_review", __name__)


@dataclass(frozen=True)
class ReviewLine:
    """One line of the table: the answer, what changed since the last round, and what the reviewer said then."""

    line: Line
    change: Change | None
    asked: str

    @property
    def id(self) -> str:
        return self.line.requirement.id


FILTERS: dict[str, Callable[[ReviewLine], bool]] = {
    "todo": lambda found: found.line.given.verdict is None,
    "changed": lambda found: found.change is not None,
    "deviations": lambda found: found.line.given.value in rules.DEVIATING,
    "returned": lambda found: found.line.given.verdict == rules.RETURNED,
    "all": lambda found: True,
}


@blueprint.get("/connections/<connection_id>/declaration/review")
def show(connection_id: str) -> ResponseReturnValue:
    return _page(fetch(connection_id, "declaration.review"))


@blueprint.post("/connections/<connection_id>/declaration/review/<requirement>")
def review(connection_id: str, requirement: str) -> ResponseReturnValue:
    """Accept or return one line, and go on to the next that is not reviewed."""
    case = fetch(connection_id, "declaration.review")
    said = {name: request.form.get(name, "") for name in ("verdict", "reason", "text")}
    try:
        service.review_line(
            installation(),
            person_id(),
            connection_id,
            requirement,
            said["verdict"],
            said["reason"] or None,
            said["text"],
        )
    except Invalid as error:
        problems = [reason_text(reason) for reason in error.errors.values()]
        return _page(case, typed={**said, "requirement": requirement}, problems=problems), 422
    return redirect(_next_place(connection_id, requirement))


@blueprint.post("/connections/<connection_id>/declaration/review-theme/<theme>")
def accept_theme(connection_id: str, theme: str) -> ResponseReturnValue:
    """Accept what is left of a theme with the answer yes."""
    fetch(connection_id, "declaration.review")
    accepted = service.accept_fulfilled(installation(), person_id(), connection_id, theme)
    words = (
        t("declaration.review.theme_accepted", n=accepted) if accepted else t("declaration.review.theme_none")
    )
    flash(words, "success")
    return redirect(url_for(".show", connection_id=connection_id, filter=_filter(), _anchor=f"theme-{theme}"))


def _filter() -> str:
    chosen = request.values.get("filter", "todo")
    return chosen if chosen in FILTERS else "todo"


def _lines(case: Case) -> list[ReviewLine]:
    session = read()
    changes = service.rounds(session, case.connection).changes
    return [
        ReviewLine(line, changes.get(line.requirement.id), _asked(line))
        for line in lines(session, case.connection)
    ]


def _asked(line: Line) -> str:
    if line.answer is None or line.given.verdict == rules.ACCEPTED:
        return ""
    words = (
        reasons.ready_text(line.answer.verdict_reason, line.answer.reviewed_at),
        line.answer.verdict_text,
    )
    return " ".join(filter(None, words))


def _next_place(connection_id: str, requirement: str) -> str:
    """The table with the next line to review ready under the Enter key."""
    lines = _lines(fetch(connection_id, "declaration.review"))
    names = [found.id for found in lines]
    start = names.index(requirement) + 1 if requirement in names else 0
    waiting = [found.id for found in lines[start:] + lines[:start] if found.line.given.verdict is None]
    at = waiting[0] if waiting else None
    return url_for(".show", connection_id=connection_id, filter=_filter(), at=at, _anchor=at or "decide")


def _page(case: Case, typed: dict[str, str] | None = None, problems: list[str] | None = None) -> str:
    lines, chosen = _lines(case), _filter()
    status = case.states["declaration"]
    held = {typed["requirement"]} if typed else set()
    return render_template(
        "declaration/review.html",
        case=case,
        step="declaration",
        status=status,
        under_review=status is Status.SUBMITTED,
        round=case.rows["declaration"].round,
        themes=_themes(case, lines, chosen, held),
        reviewed=sum(found.line.given.verdict is not None for found in lines),
        total=len(lines),
        filters={name: sum(map(matches, lines)) for name, matches in FILTERS.items()},
        chosen=chosen,
        at=request.args.get("at"),
        typed=typed or {},
        problems=problems or [],
        reasons=reasons.of_step("declaration"),
        moves=open_moves(case, "declaration"),
    )


def _themes(
    case: Case, lines: list[ReviewLine], chosen: str, held: set[str]
) -> list[tuple[Any, list[ReviewLine], int]]:
    """Per theme its matching lines, and how many of all its lines one click can accept."""
    found = []
    for theme in store.catalogue(read(), case.connection).themes:
        inside = [item for item in lines if item.line.requirement.theme == theme.id]
        matching = [item for item in inside if FILTERS[chosen](item) or item.id in held]
        plain = sum(item.line.given.value == "yes" and item.line.given.verdict is None for item in inside)
        if matching:
            found.append((theme, matching, plain))
    return found
