"""The risk analysis: stating and assessing risks, accepting what remains, and submitting it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from checklists.schema import Level, RiskCatalogue
from portal.services import cases, moves, steps
from portal.services.actions import FIRST_YEAR, LAST_YEAR
from portal.services.cases import Case
from portal.services.declarations import written
from portal.services.installation import SWEDEN, Installation, Work
from portal.services.minted import claimed
from portal.services.risk_values import CHOICES, TEXTS, RiskValues, values
from portal.store import declarations
from portal.store import risks as store
from portal.store.models import Connection, Risk
from portal.store.models.base import new_id
from workflows import risk as rules
from workflows.errors import Blocked, Invalid, NotFound, Reason, Stale
from workflows.events import RiskAccepted, RiskSaved

MAX_TITLE = 200


def save(
    home: Installation, person_id: str, connection_id: str, risk_id: str, said: RiskValues, version: int
) -> int:
    """Save a risk under the id its form was made with; its version. A changed assessment must be accepted anew.

    Raises Invalid by field, Stale with the stored values when somebody saved in between.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        stated = _cleaned(said)
        _check(work.session, case.connection, stated)
        found = claimed(work, Risk, risk_id, connection_id)
        if found and found.closed_at:
            raise NotFound
        if found and values(found) == stated:
            return found.version
        if (found.version if found else 0) != version:
            raise Stale(values(found) if found else None)
        moves.begin(work, case, "risk")
        return _store(work, case, found or _new(work, case, risk_id), stated).version


def add_starters(home: Installation, person_id: str, connection_id: str, starters: Iterable[str]) -> int:
    """Add risks of the starter library that the analysis does not hold yet, in the asker's language; how many."""
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        language = _language(work)
        chosen = set(starters)
        held = held_starters(work.session, case.connection)
        scale = store.scale(case.connection)
        wanted = [item for item in scale.starters if item.id in chosen - held]
        if chosen - {item.id for item in scale.starters}:
            raise NotFound
        if wanted:
            moves.begin(work, case, "risk")
        for item in wanted:
            stated = RiskValues(
                title=item.title.get(language),
                description=item.text.get(language),
                threat=item.threat.get(language),
                vulnerability=item.vulnerability.get(language),
                aspects=tuple(item.aspects),
                requirements=tuple(item.requirements),
            )
            row = _new(work, case, new_id())
            row.starter = item.id
            _store(work, case, row, stated)
        return len(wanted)


def held_starters(session: Session, connection: Connection) -> set[str]:
    """The ids of starter risks that the analysis already holds."""
    return {found.starter for found in store.risks(session, connection.id) if found.starter}


def accept(home: Installation, person_id: str, connection_id: str, risk_ids: Iterable[str]) -> int:
    """Accept what remains of these risks until the level's time is up; how many were not accepted before.

    An acceptance that has ended is renewed whatever the status of the step: what was accepted is the same.
    Raises Blocked for a risk that is not assessed yet, or whose level the person may not accept.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.accept")
        today = work.now.astimezone(SWEDEN).date()
        found: list[tuple[Risk, Level]] = []
        for risk_id in risk_ids:
            row = claimed(work, Risk, risk_id, connection_id)
            if row is None or row.closed_at:
                raise NotFound
            if not rules.stands(store.assessment(row), today):
                found.append((row, _acceptable(case, row)))
        if any(row.accepted_at is None for row, _ in found):
            moves.begin(work, case, "risk")
        for row, level in found:
            row.accepted_by, row.accepted_at = person_id, work.now
            row.accepted_until = rules.acceptance_ends(level, today)
            row.version += 1
            work.record(
                RiskAccepted(row.id, row.number),
                organisation=case.organisation.id,
                connection=connection_id,
            )
        return len(found)


def close(home: Installation, person_id: str, connection_id: str, risk_id: str) -> None:
    """Take a risk out of the analysis; it keeps its number. Doing so twice changes nothing."""
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        found = claimed(work, Risk, risk_id, connection_id)
        if found is None:
            raise NotFound
        if found.closed_at is not None:
            return
        moves.begin(work, case, "risk")
        found.closed_at = work.now
        found.version += 1
        work.record(
            RiskSaved(found.id, found.number), organisation=case.organisation.id, connection=connection_id
        )


def submit(home: Installation, person_id: str, connection_id: str) -> bool:
    """Submit risk analysis and action plan; False when they already were. Raises Blocked with every reason."""
    return steps.make(home, person_id, connection_id, "risk", "submit")


def approve(home: Installation, person_id: str, connection_id: str) -> bool:
    """Accept risk analysis and action plan for the owner; False when they already are."""
    return steps.make(home, person_id, connection_id, "risk", "approve")


def send_back(home: Installation, person_id: str, connection_id: str, reason: str | None, text: str) -> bool:
    """Ask for completion with a named reason or a text; False when it already was asked for."""
    wish = steps.Wish(reason, written(text))
    return steps.make(home, person_id, connection_id, "risk", "return", wish)


def _cleaned(said: RiskValues) -> RiskValues:
    chosen: dict[str, Any] = {name: getattr(said, name) or None for name in CHOICES}
    texts: dict[str, Any] = {name: written(getattr(said, name)) for name in TEXTS}
    return replace(
        said,
        aspects=tuple(code for code in rules.ASPECTS if code in said.aspects),
        **texts,
        **chosen,
    )


def _check(session: Session, connection: Connection, stated: RiskValues) -> None:
    scale = store.scale(connection)
    errors: dict[str, Reason] = {}
    if not stated.title:
        errors["title"] = Reason("name_missing")
    for name in TEXTS:
        most = MAX_TITLE if name in ("title", "owner") else rules.MAX_TEXT
        if len(getattr(stated, name)) > most:
            errors[name] = Reason("too_long", {"n": len(getattr(stated, name)) - most, "max": most})
    if stated.review_on and not FIRST_YEAR <= stated.review_on.year <= LAST_YEAR:
        errors["review_on"] = Reason("date_far", {"value": stated.review_on.isoformat()})
    for name, known in codes(scale).items():
        if getattr(stated, name) not in known | {None}:
            errors[name] = Reason("choice_unknown")
    known_requirements = {item.id for item in declarations.catalogue(session, connection).requirements}
    if set(stated.requirements) - known_requirements:
        errors["requirements"] = Reason("choice_unknown")
    if errors:
        raise Invalid(errors)


def codes(scale: RiskCatalogue) -> Mapping[str, frozenset[str]]:
    """The codes that each choice of a risk may have."""
    consequences = frozenset(item.code for item in rules.consequences(scale))
    likelihoods = frozenset(item.code for item in scale.likelihoods)
    return {
        "consequence": consequences,
        "likelihood": likelihoods,
        "current_consequence": consequences,
        "current_likelihood": likelihoods,
        "treatment": frozenset(item.code for item in scale.treatments),
        "residual_consequence": consequences,
        "residual_likelihood": likelihoods,
    }


def _new(work: Work, case: Case, risk_id: str) -> Risk:
    connection = case.connection
    return Risk(
        id=risk_id,
        connection_id=connection.id,
        number=store.next_number(work.session, connection.id, Risk),
        scale_version=connection.risk_version,
        version=0,
        **dict.fromkeys(TEXTS, ""),
    )


def _store(work: Work, case: Case, row: Risk, stated: RiskValues) -> Risk:
    before = store.assessment(row)
    for name, value in stated.__dict__.items():
        setattr(row, name, " ".join(value) if isinstance(value, tuple) else value)
    if not rules.keeps_acceptance(before, store.assessment(row)):
        row.accepted_by, row.accepted_at, row.accepted_until = None, None, None
    row.version += 1
    row.saved_at = work.now
    work.session.add(row)
    work.session.flush()
    work.record(
        RiskSaved(row.id, row.number), organisation=case.organisation.id, connection=case.connection.id
    )
    return row


def _acceptable(case: Case, row: Risk) -> Level:
    """The level that remains, if the person may accept it; Blocked with the reason otherwise."""
    scale = store.scale(case.connection)
    found = store.assessment(row)
    remaining = rules.remaining(scale, found)
    number = str(row.number)
    if remaining is None or not rules.assessed(scale, found):
        raise Blocked((Reason("risk_unassessed", {"risk": number}, place="risk"),))
    if remaining.accepted_by == rules.NOBODY:
        raise Blocked((Reason("risk_blocking", {"risk": number}, place="risk"),))
    if not rules.may_accept(remaining, case.roles):
        raise Blocked((Reason("risk_needs_signatory", {"risk": number}, place="risk"),))
    return remaining


def _language(work: Work) -> str:
    from portal.store.models import Person

    person = work.session.get(Person, work.actor) if work.actor else None
    return person.language if person else "sv"
