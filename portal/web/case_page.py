"""What every page of a connection shares: the case as the viewer may see it, and the moves open to the viewer."""

from dataclasses import dataclass
from datetime import date

from portal.services import answering, cases, facts
from portal.services.cases import Case
from portal.services.installation import SWEDEN
from portal.store import forms
from portal.web.language import t
from portal.web.viewer import fresh_read, installation, person_id
from portal.web.words import reason_text
from workflows import journey
from workflows.guards import Facts
from workflows.status import OPEN


@dataclass(frozen=True)
class OpenMove:
    """A button: what it is called, where it posts, and the reasons why it cannot be pressed yet."""

    step: str
    name: str
    label: str
    reasons: tuple[tuple[str, str | None], ...]
    takes_reason: bool
    kind: str


KINDS = {"approve": "primary", "return": "secondary", "refuse": "warning", "take_back": "secondary"}


def fetch(connection_id: str, action: str) -> Case:
    """The case for the viewer, who must be allowed `action`; NotFound or Forbidden otherwise."""
    return cases.fetch(fresh_read(), person_id(), connection_id, action)


def fetch_to_answer(connection_id: str, requirement: str) -> Case:
    """The case for the viewer, who must be one of those who answer, or asked about this very requirement."""
    return answering.fetch(fresh_read(), person_id(), connection_id, requirement)


def today() -> date:
    return installation().clock().astimezone(SWEDEN).date()


def facts_of(case: Case) -> Facts:
    return facts.of(fresh_read(), case, today=today(), actor=person_id())


def open_moves(case: Case, step: str, known: Facts | None = None) -> list[OpenMove]:
    """The moves of a step that the viewer may make now, with the reasons against each."""
    found = journey.open_moves(case.journey, case.states, known or facts_of(case), case.actions)
    return [
        OpenMove(
            step,
            row.name,
            t(f"moves.{step}.{row.name}"),
            tuple((reason_text(reason), place_url(case, reason.place)) for reason in reasons),
            row.takes_reason,
            KINDS.get(row.name, "primary"),
        )
        for row, reasons in found
        if row.step == step and row.button
    ]


def place_url(case: Case, place: str | None) -> str | None:
    """The page that mends a reason: a step, or `step:anchor`."""
    from portal.web.steps import step_url

    if place is None:
        return None
    step, _, anchor = place.partition(":")
    return step_url(case.connection.id, step, anchor or None)


def lock_reasons(case: Case, step: str) -> list[str]:
    """Why the step cannot be begun yet, as sentences."""
    return [reason_text(reason) for reason in journey.lock_reasons(case.journey, step, case.states)]


def may_write(case: Case, step: str, action: str) -> bool:
    """True when the step stands open for the viewer to write in."""
    return action in case.actions and case.states[step] in OPEN


def may_answer(case: Case, requirement: str) -> bool:
    """True when the declaration stands open and the viewer may answer this very requirement."""
    return case.states["declaration"] in OPEN and answering.may_answer(
        fresh_read(), case, person_id(), requirement
    )


def has_tasks(step: str) -> bool:
    return step in forms.TASK_LISTS
