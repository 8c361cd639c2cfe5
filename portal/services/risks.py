"""The risk analysis: stating and assessing risks, accepting what remains, and the record that is submitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from checklists.schema import RiskCatalogue
from portal.services import cases, moves, steps
from portal.services.cases import Case
from portal.services.declarations import written
from portal.services.freezing import frame, freeze, name_of
from portal.services.installation import Installation, Work
from portal.services.minted import claimed
from portal.store import connections, declarations
from portal.store import risks as store
from portal.store.models import Action, Connection, Risk, Signature
from portal.store.models.base import new_id
from workflows import risk as rules
from workflows.errors import Blocked, Invalid, NotFound, Reason, Stale
from workflows.events import RiskAccepted, RiskSaved

MAX_TITLE = 200
CHOICES = ("consequence", "likelihood", "treatment", "residual_consequence", "residual_likelihood")


@dataclass(frozen=True)
class RiskValues:
    """What a person states of a risk. `aspects` and `requirements` are codes; the choices are codes of the scale."""

    title: str
    description: str = ""
    aspects: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    consequence: str | None = None
    likelihood: str | None = None
    treatment: str | None = None
    controls: str = ""
    residual_consequence: str | None = None
    residual_likelihood: str | None = None
    owner: str = ""


def values(found: Risk) -> RiskValues:
    """The stored risk as a person stated it."""
    return RiskValues(
        title=found.title,
        description=found.description,
        aspects=tuple(found.aspects.split()),
        requirements=tuple(found.requirements.split()),
        controls=found.controls,
        owner=found.owner,
        **{name: getattr(found, name) for name in CHOICES},
    )


def save(
    home: Installation, person_id: str, connection_id: str, risk_id: str, said: RiskValues, version: int
) -> int:
    """Save a risk under the id its form was made with; its version. A changed assessment must be accepted anew.

    Raises Invalid by field, Stale with the stored values when somebody saved in between.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        stated = _cleaned(said)
        _check(case.connection, stated)
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
    """Accept what remains of these risks; how many were not accepted before.

    Raises Blocked for a risk that is not assessed yet, or whose level the person may not accept.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.accept")
        rows = []
        for risk_id in risk_ids:
            row = claimed(work, Risk, risk_id, connection_id)
            if row is None or row.closed_at:
                raise NotFound
            if row.accepted_at is None:
                _may_accept(case, row)
                rows.append(row)
        if rows:
            moves.begin(work, case, "risk")
        for row in rows:
            row.accepted_by, row.accepted_at = person_id, work.now
            row.version += 1
            work.record(
                RiskAccepted(row.id, row.number),
                organisation=case.organisation.id,
                connection=connection_id,
            )
        return len(rows)


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


def seal(work: Work, case: Case, _wish: steps.Wish) -> None:
    """Freeze what is submitted and note who submitted it, so that review and decision rest on it."""
    if work.actor is None:
        raise ValueError("a submission needs a person")
    sha256 = freeze(
        work,
        "risk",
        _record(work, case),
        connection=case.connection.id,
        organisation=case.organisation.id,
    )
    work.session.add(
        Signature(
            connection_id=case.connection.id,
            record="risk",
            frozen_sha256=sha256,
            signed_by=work.actor,
            signed_at=work.now,
        )
    )


def _cleaned(said: RiskValues) -> RiskValues:
    chosen: dict[str, Any] = {name: getattr(said, name) or None for name in CHOICES}
    return replace(
        said,
        title=written(said.title),
        description=written(said.description),
        controls=written(said.controls),
        owner=written(said.owner),
        aspects=tuple(code for code in rules.ASPECTS if code in said.aspects),
        **chosen,
    )


def _check(connection: Connection, stated: RiskValues) -> None:
    scale = store.scale(connection)
    errors: dict[str, Reason] = {}
    if not stated.title:
        errors["title"] = Reason("name_missing")
    limits = {
        "title": MAX_TITLE,
        "description": rules.MAX_TEXT,
        "controls": rules.MAX_TEXT,
        "owner": MAX_TITLE,
    }
    for name, most in limits.items():
        if len(getattr(stated, name)) > most:
            errors[name] = Reason("too_long", {"n": len(getattr(stated, name)) - most, "max": most})
    for name, known in codes(scale).items():
        if getattr(stated, name) not in known | {None}:
            errors[name] = Reason("choice_unknown")
    known_requirements = {item.id for item in declarations.catalogue(connection).requirements}
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
        title="",
        owner="",
    )


def _store(work: Work, case: Case, row: Risk, stated: RiskValues) -> Risk:
    before = store.assessment(row)
    for name, value in stated.__dict__.items():
        setattr(row, name, " ".join(value) if isinstance(value, tuple) else value)
    if not rules.keeps_acceptance(before, store.assessment(row)):
        row.accepted_by, row.accepted_at = None, None
    row.version += 1
    row.saved_at = work.now
    work.session.add(row)
    work.session.flush()
    work.record(
        RiskSaved(row.id, row.number), organisation=case.organisation.id, connection=case.connection.id
    )
    return row


def _may_accept(case: Case, row: Risk) -> None:
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


def _language(work: Work) -> str:
    from portal.store.models import Person

    person = work.session.get(Person, work.actor) if work.actor else None
    return person.language if person else "sv"


def _record(work: Work, case: Case) -> dict[str, Any]:
    session, connection = work.session, case.connection
    scale = store.scale(connection)
    risks, actions = store.risks(session, connection.id), store.actions(session, connection.id)
    targets = store.targets(session, connection.id)
    numbers = {found.id: found.number for found in risks}
    return {
        **frame(
            work,
            connections.federation(session),
            connection,
            case.organisation,
            name_of(session, work.actor),
        ),
        "scale": {"id": scale.id, "version": scale.version},
        "flows": [
            {
                "name": found.name,
                "direction": found.direction,
                "counterpart_kind": found.counterpart_kind,
                **dict(zip(rules.ASPECTS, store.classes(found), strict=True)),
            }
            for found in store.flows(session, connection.id)
        ],
        "risks": [_frozen_risk(session, scale, found) for found in risks],
        "actions": [_frozen_action(found, targets, numbers) for found in actions],
    }


def _frozen_risk(session: Session, scale: RiskCatalogue, found: Risk) -> dict[str, Any]:
    assessment = store.assessment(found)
    inherent, remaining = rules.inherent(scale, assessment), rules.remaining(scale, assessment)
    stated = values(found)
    return {
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in stated.__dict__.items()
        },
        "number": found.number,
        "level": inherent.code if inherent else None,
        "residual_consequence": found.residual_consequence or found.consequence,
        "residual_likelihood": found.residual_likelihood or found.likelihood,
        "residual_level": remaining.code if remaining else None,
        "accepted_by": found.accepted_by,
        "accepted_by_name": name_of(session, found.accepted_by) or None,
        "accepted_at": found.accepted_at.isoformat(timespec="seconds") if found.accepted_at else None,
    }


def _frozen_action(
    found: Action, targets: Mapping[str, store.Targets], numbers: Mapping[str, int]
) -> dict[str, Any]:
    mends = targets.get(found.id, store.Targets())
    return {
        "number": found.number,
        "title": found.title,
        "kind": found.kind,
        "responsible": found.responsible,
        "due": found.due.isoformat() if found.due else None,
        "status": found.status,
        "risks": sorted(numbers[risk_id] for risk_id in mends.risks if risk_id in numbers),
        "requirements": list(mends.requirements),
    }


# Submitting is more than a change of state, whichever page the button stands on.
steps.EFFECTS["risk", "submit"] = seal
