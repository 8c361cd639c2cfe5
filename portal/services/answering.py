"""Who may answer a requirement: those whose role it is, and those who have been asked about that very one."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.services import cases
from portal.services.cases import Case
from portal.store import assignments
from workflows.errors import Forbidden


def fetch(session: Session, person_id: str | None, connection_id: str, requirement: str) -> Case:
    """The case, for someone who may answer this requirement. Raises NotFound and Forbidden as `cases.fetch` does."""
    case = cases.fetch(session, person_id, connection_id, "declaration.contribute")
    if not may_answer(session, case, person_id, requirement):
        raise Forbidden("declaration.answer")
    return case


def as_answering(case: Case) -> Case:
    """The case in the hands of someone who has been let in by `fetch`: an answer may be what begins the step."""
    return replace(case, actions=case.actions | {"declaration.answer"})


def may_answer(session: Session, case: Case, person_id: str | None, requirement: str) -> bool:
    """True for the roles that answer, and for a contributing person who is asked about the requirement."""
    if "declaration.answer" in case.actions:
        return True
    if person_id is None or "declaration.contribute" not in case.actions:
        return False
    return assignments.is_asked(session, case.connection.id, requirement, person_id)
