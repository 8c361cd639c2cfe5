"""Conditions of a decision: tied to dated actions, confirmed as met by the owner, and lapsed when their day passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.services import cases, facts
from portal.services.cases import Case
from portal.services.installation import SWEDEN, Installation, Work
from portal.services.letters import members, owner_of
from portal.store import conditions, risks
from portal.store.models import Action, Condition, Decision
from portal.texts import text
from workflows import conditions as rules
from workflows.access import TABLE, Role
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.events import ConditionLapsed, ConditionMet
from workflows.risk import UNFINISHED

FOLLOWERS = frozenset({Role.CONTACT, Role.INFOSEC})


@dataclass(frozen=True)
class Wanted:
    """What a decision asks for by a day; `action` is the one that meets it, or None."""

    text: str
    due: date
    action: Action | None = None


def offered(session: Session, connection_id: str, today: date) -> list[Action]:
    """The actions that a condition can be tied to: unfinished, and with a day that lies ahead."""
    return [
        action
        for action in risks.actions(session, connection_id)
        if action.status in UNFINISHED and action.due is not None and action.due > today
    ]


def tied(session: Session, connection_id: str, today: date, chosen: Sequence[str]) -> list[Wanted]:
    """The conditions that the chosen actions make; Invalid for an action that cannot be tied to."""
    if not chosen:
        return []
    known = {action.id: action for action in offered(session, connection_id, today)}
    found = []
    for action_id in dict.fromkeys(chosen):
        action = known.get(action_id)
        if action is None or action.due is None:
            raise Invalid({"action": Reason("condition_action")})
        found.append(Wanted(action.title, action.due, action))
    return found


def add(work: Work, decision: Decision, wanted: Sequence[Wanted]) -> None:
    """Store the conditions of a decision that was just made."""
    for found in wanted:
        work.session.add(
            Condition(
                decision_id=decision.id,
                connection_id=decision.connection_id,
                text=found.text,
                due=found.due,
                action_id=found.action.id if found.action else None,
            )
        )
    work.session.flush()


def confirm(home: Installation, person_id: str, connection_id: str, condition_id: str) -> bool:
    """Note that a condition is met, in time or late; False when that was noted already.

    Raises NotFound, Forbidden, and Blocked for somebody who belongs to the organisation.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "condition.confirm")
        if facts.belongs(work.session, case, person_id):
            raise Blocked((Reason("own_organisation"),))
        found = work.session.get(Condition, condition_id, with_for_update=True)
        if found is None or found.connection_id != connection_id:
            raise NotFound
        if found.met_at is not None:
            return False
        found.met_by, found.met_at = person_id, work.now
        work.record(ConditionMet(condition_id), organisation=case.organisation.id, connection=connection_id)
        _tell(work, case, found, "met", owner=False)
        return True


def lapse(home: Installation) -> int:
    """Let every condition lapse whose day has passed without being met; how many. The portal's own doing, daily."""
    today = home.clock().astimezone(SWEDEN).date()
    with home.read() as session:
        waiting = [(found.connection_id, found.id) for found in conditions.passed(session, today)]
    return sum(_lapse(home, *found, today) for found in waiting)


def _lapse(home: Installation, connection_id: str, condition_id: str, today: date) -> bool:
    with home.write() as work:
        # The connection first and then what is its own, as everywhere: in another order two would wait for each other.
        case = cases.fetch(work.session, None, connection_id, "connection.see")
        found = work.session.get_one(Condition, condition_id, with_for_update=True)
        if found.met_at is not None or found.lapsed_at is not None or not rules.has_passed(found.due, today):
            return False
        found.lapsed_at = work.now
        work.record(
            ConditionLapsed(condition_id), organisation=case.organisation.id, connection=case.connection.id
        )
        _tell(work, case, found, "lapsed", owner=True)
        return True


def _tell(work: Work, case: Case, condition: Condition, what: str, *, owner: bool) -> None:
    """Write to the organisation's contact and security officer, and to those of the owner who decide."""
    people = members(work, case.organisation.id, FOLLOWERS)
    if owner:
        people += members(work, owner_of(work), TABLE["condition.confirm"])
    link = f"{work.installation.settings.address}/connections/{case.connection.id}/conditions"
    for person in people:
        words = {
            "organisation": case.organisation.name,
            "reference": case.connection.reference,
            "what": condition.text,
            "due": condition.due.isoformat(),
        }
        work.mail(
            person.email,
            text(f"condition.mail.{what}.subject", person.language, **words),
            text(f"condition.mail.{what}.body", person.language, link=link, **words),
            person.id,
        )
