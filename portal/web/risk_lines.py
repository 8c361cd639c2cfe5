"""The risks of a list: each with its level at every stage, its acceptance, and whether the viewer may accept it."""

from dataclasses import dataclass

from checklists.schema import Level
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.store import risks as store
from portal.store.models import Risk
from portal.web.case_page import today
from portal.web.viewer import read
from workflows import risk as rules
from workflows.status import OPEN


@dataclass(frozen=True)
class RiskLine:
    """A risk with its levels, whether it is accepted today and by whom, and whether the viewer may accept it."""

    row: Risk
    before: Level | None
    now: Level | None
    after: Level | None
    assessed: bool
    accepted: bool
    accepted_by: str
    acceptable: bool


def risk_lines(case: Case) -> list[RiskLine]:
    """The open risks as the viewer may see and accept them."""
    session, scale, day = read(), store.scale(case.connection), today()
    found = []
    for row in store.risks(session, case.connection.id):
        assessment = store.assessment(row)
        levels, assessed = rules.levels(scale, assessment), rules.assessed(scale, assessment)
        after, stands = levels[rules.RESIDUAL], rules.stands(assessment, day)
        # An acceptance that has ended may be renewed when the step is closed too.
        open_now = case.states["risk"] in OPEN or rules.expired(assessment, day)
        may = "risk.accept" in case.actions and after is not None and rules.may_accept(after, case.roles)
        found.append(
            RiskLine(
                row,
                levels[rules.INHERENT],
                levels[rules.CURRENT],
                after,
                assessed,
                stands,
                name_of(session, row.accepted_by),
                bool(open_now and may and assessed and not stands),
            )
        )
    return found
