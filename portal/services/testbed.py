"""The test object of a connection and its certificates."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.services import cases, certificates, moves
from portal.services.cases import Case
from portal.services.installation import Installation, Work
from portal.store import testbed
from portal.store.models import Certificate, TestObject
from portal.store.models.base import new_id
from workflows.errors import Blocked, Invalid, Reason, Stale
from workflows.events import CertificateAdded, TestObjectSaved
from workflows.identifiers import clean, participant_id
from workflows.status import Status

LENGTHS = {
    "environment": 20,
    "participant_id": 260,
    "operator": 200,
    "ap_product": 120,
    "ap_version": 40,
    "mt_product": 120,
    "mt_version": 40,
    "mk_product": 120,
    "mk_version": 40,
}
PURPOSES = ("ap", "o2o")


@dataclass(frozen=True)
class TestObjectSavedAs:
    """The id and version of the test object after saving."""

    __test__ = False

    id: str
    version: int


def save(
    home: Installation,
    person_id: str,
    connection_id: str,
    raw: Mapping[str, str],
    version: int,
    environments: frozenset[str],
) -> TestObjectSavedAs:
    """Save what the test object is made of; a draft may be incomplete, but a participant id must be well formed.

    Raises Invalid with a reason per field, and Stale when somebody saved in between.
    """
    values = _checked(raw, environments)
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "testbed.edit")
        found = testbed.test_object(work.session, connection_id)
        if found is not None and all(getattr(found, name) == value for name, value in values.items()):
            return TestObjectSavedAs(found.id, found.version)
        if (found.version if found else 0) != version:
            raise Stale({name: getattr(found, name) for name in LENGTHS} if found else {})
        _begin(work, case)
        if found is None:
            found = TestObject(id=new_id(), connection_id=connection_id, version=0, saved_at=work.now)
            work.session.add(found)
        for name, value in values.items():
            setattr(found, name, value)
        found.version += 1
        found.saved_at = work.now
        work.session.flush()
        work.record(TestObjectSaved(found.id), organisation=case.organisation.id, connection=connection_id)
        return TestObjectSavedAs(found.id, found.version)


def add_certificate(home: Installation, person_id: str, connection_id: str, purpose: str, pem: str) -> None:
    """Add a certificate in PEM; it replaces the earlier one for the same purpose.

    Raises Invalid for anything but one certificate; a private key is refused and never stored.
    """
    if purpose not in PURPOSES:
        raise Invalid({"purpose": Reason("choice_unknown", {"value": ""})})
    parsed = certificates.read(pem)
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "testbed.edit")
        found = testbed.test_object(work.session, connection_id)
        if found is None:
            raise Blocked((Reason("test_object_first", place="qa_connection"),))
        current = [row for row in testbed.certificates(work.session, found.id) if row.purpose == purpose]
        if any(row.sha256 == parsed.sha256 for row in current):
            return
        earlier = [
            row
            for row in testbed.certificates(work.session, found.id, current=False)
            if row.purpose == purpose and row.sha256 == parsed.sha256
        ]
        for row in current:
            row.replaced_at = work.now
        if earlier:
            earlier[0].replaced_at = None
            earlier[0].added_by, earlier[0].added_at = person_id, work.now
        else:
            work.session.add(
                Certificate(
                    test_object_id=found.id,
                    purpose=purpose,
                    sha256=parsed.sha256,
                    pem=parsed.pem,
                    subject=parsed.subject,
                    issuer=parsed.issuer,
                    not_before=parsed.not_before,
                    not_after=parsed.not_after,
                    added_by=person_id,
                    added_at=work.now,
                )
            )
        work.record(
            CertificateAdded(found.id, parsed.sha256),
            organisation=case.organisation.id,
            connection=connection_id,
        )


def _checked(raw: Mapping[str, str], environments: frozenset[str]) -> dict[str, str]:
    values, errors = {}, {}
    for name, length in LENGTHS.items():
        value = clean(raw.get(name) or "").strip()
        if len(value) > length:
            errors[name] = Reason("too_long", {"n": len(value) - length, "max": length})
        values[name] = value
    if values["environment"] and values["environment"] not in environments:
        errors["environment"] = Reason("choice_unknown", {"value": ""})
    if values["participant_id"] and "participant_id" not in errors:
        reasons = participant_id(values["participant_id"])
        if reasons:
            errors["participant_id"] = reasons[0]
    if errors:
        raise Invalid(errors)
    return values


def _begin(work: Work, case: Case) -> None:
    """The test object may be changed later too: a new version of a product is news, not a new application."""
    if case.states["qa_connection"] in (Status.SUBMITTED, Status.DONE):
        return
    moves.begin(work, case, "qa_connection")
