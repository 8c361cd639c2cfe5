"""The lines of a self-declaration as they stand: requirement, answer, what it lacks and what mends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from checklists.schema import DeclarationCatalogue, Requirement
from portal.services.cases import Case
from portal.store import declarations, evidence, risks
from portal.store.models import Action, Answer, Connection, Evidence
from workflows import declaration as rules
from workflows.declaration import Given, Standing
from workflows.risk import CANCELLED
from workflows.status import Status


@dataclass(frozen=True)
class Line:
    """One requirement of a declaration with its answer, what it lacks, the actions that mend it and what shows it."""

    requirement: Requirement
    answer: Answer | None
    given: Given
    lacks: tuple[str, ...]
    actions: tuple[Action, ...]
    evidence: tuple[Evidence, ...] = ()


def lines(session: Session, connection: Connection) -> list[Line]:
    """The lines that count in the declaration, in catalogue order."""
    stored = declarations.answers(session, connection)
    given = {name: declarations.given(row) for name, row in stored.items()}
    mending = _mending(session, connection.id)
    planned = declarations.planned(session, connection.id)
    shown_by = evidence.standing(session, connection.id)
    return [
        Line(
            item,
            stored.get(item.id),
            given.get(item.id, rules.NOTHING),
            rules.lacks(given.get(item.id, rules.NOTHING), planned=item.id in planned),
            tuple(mending.get(item.id, ())),
            tuple(shown_by.get(item.id, ())),
        )
        for item in rules.shown(
            declarations.catalogue(session, connection), given, declarations.order(session, connection)
        )
    ]


def lines_for(session: Session, case: Case) -> list[Line]:
    """The lines as those of the case may know them.

    What a reviewer has said since the declaration came in is the reviewers' own until the review is over.
    """
    counted = lines(session, case.connection)
    if case.states["declaration"] is not Status.SUBMITTED or "declaration.review" in case.actions:
        return counted
    since = case.rows["declaration"].since
    return [
        replace(line, given=replace(line.given, verdict=None, asked=False))
        if line.answer and line.answer.reviewed_at and line.answer.reviewed_at >= since
        else line
        for line in counted
    ]


def standing(counted: Iterable[Line]) -> Standing:
    """The level of these lines and what it rests on."""
    held = list(counted)
    return rules.standing(
        [line.requirement for line in held],
        {line.requirement.id: line.given for line in held},
        {line.requirement.id for line in held if "action" not in line.lacks},
    )


def levels(catalogue: DeclarationCatalogue, counted: Sequence[Line]) -> dict[str, Any]:
    """The level in all and of each theme that has a line: what is shown, signed and frozen alike."""
    inside = {
        theme.id: [line for line in counted if line.requirement.theme == theme.id]
        for theme in catalogue.themes
    }
    return {
        "all": standing(counted).level,
        "themes": {name: standing(held).level for name, held in inside.items() if held},
    }


def _mending(session: Session, connection_id: str) -> dict[str, list[Action]]:
    """The standing actions by the requirement whose deviation they mend."""
    targets = risks.targets(session, connection_id)
    found: dict[str, list[Action]] = {}
    for action in risks.actions(session, connection_id):
        if action.status == CANCELLED:
            continue
        for requirement in targets.get(action.id, risks.Targets()).requirements:
            found.setdefault(requirement, []).append(action)
    return found
