"""What has happened, as frozen dataclasses in the past tense; each has a text in both languages or import fails.

Fields hold ids and codes, never names: erasing a person must not break the chain of events.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib import resources
from typing import Any, ClassVar

from workflows import journey
from workflows.status import Status

KINDS: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """Base of all events. `kind` is the class name; the body is its fields."""

    kind: ClassVar[str] = "Event"

    def __init_subclass__(cls) -> None:
        cls.kind = cls.__name__
        KINDS[cls.kind] = cls

    def body(self) -> dict[str, Any]:
        """The fields as plain JSON-able values."""
        return asdict(self)

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        """The key of the sentence that tells this event in a timeline."""
        return cls.kind


def read(kind: str, body: Mapping[str, Any]) -> Event:
    """The event that `body()` was taken from; fields added to a class later take their defaults."""
    known = {item.name for item in fields(KINDS[kind])}
    return KINDS[kind](**{name: value for name, value in body.items() if name in known})


@dataclass(frozen=True)
class InstallationCreated(Event):
    federation: str


@dataclass(frozen=True)
class OrganisationAdded(Event):
    organisation: str


@dataclass(frozen=True)
class ConnectionOpened(Event):
    connection: str
    journey: str
    journey_version: str


@dataclass(frozen=True)
class ConnectionImported(Event):
    connection: str
    journey: str
    stage: str


@dataclass(frozen=True)
class StepOpened(Event):
    step: str


@dataclass(frozen=True)
class StepMoved(Event):
    step: str
    move: str
    source: str
    target: str
    reason: str | None = None
    text: str | None = None

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        return f"StepMoved.{body['step']}.{body['move']}"


@dataclass(frozen=True)
class FormSaved(Event):
    form: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class AnswerSaved(Event):
    requirement: str
    value: str | None


@dataclass(frozen=True)
class RequirementAssigned(Event):
    assignment: str
    requirement: str


@dataclass(frozen=True)
class AssignmentDone(Event):
    assignment: str
    requirement: str


@dataclass(frozen=True)
class AssignmentWithdrawn(Event):
    assignment: str
    requirement: str


@dataclass(frozen=True)
class RemarkWritten(Event):
    remark: str
    requirement: str
    audience: str


@dataclass(frozen=True)
class RemindersSent(Event):
    letters: int


@dataclass(frozen=True)
class EvidenceAdded(Event):
    evidence: str
    requirement: str
    sha256: str | None = None


@dataclass(frozen=True)
class EvidenceReplaced(Event):
    evidence: str
    replaces: str
    requirement: str
    sha256: str | None = None


@dataclass(frozen=True)
class EvidenceRemoved(Event):
    evidence: str
    requirement: str


@dataclass(frozen=True)
class EvidenceInfected(Event):
    evidence: str
    requirement: str
    sha256: str


@dataclass(frozen=True)
class LineReviewed(Event):
    requirement: str
    verdict: str
    reason: str | None = None


@dataclass(frozen=True)
class RecordFrozen(Event):
    record: str
    sha256: str


@dataclass(frozen=True)
class RecordSigned(Event):
    record: str
    sha256: str


@dataclass(frozen=True)
class FlowSaved(Event):
    flow: str


@dataclass(frozen=True)
class FlowRemoved(Event):
    flow: str


@dataclass(frozen=True)
class RiskSaved(Event):
    risk: str
    number: int


@dataclass(frozen=True)
class RiskAccepted(Event):
    risk: str
    number: int


@dataclass(frozen=True)
class ActionSaved(Event):
    action: str
    number: int


@dataclass(frozen=True)
class TestObjectSaved(Event):
    test_object: str


@dataclass(frozen=True)
class CertificateAdded(Event):
    test_object: str
    sha256: str


@dataclass(frozen=True)
class TaskTicked(Event):
    step: str
    task: str
    done: bool


@dataclass(frozen=True)
class RunStarted(Event):
    run: str
    number: int


@dataclass(frozen=True)
class RunFinished(Event):
    run: str
    number: int
    outcome: str

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        return f"RunFinished.{body['outcome']}"


@dataclass(frozen=True)
class ApplicationEndorsed(Event):
    decision: str


@dataclass(frozen=True)
class DecisionMade(Event):
    decision: str
    kind_of_decision: str
    sha256: str

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        return f"DecisionMade.{body['kind_of_decision']}"


@dataclass(frozen=True)
class ConditionMet(Event):
    condition: str


@dataclass(frozen=True)
class ConditionLapsed(Event):
    condition: str


@dataclass(frozen=True)
class SigningLinkMade(Event):
    link: str
    step: str


@dataclass(frozen=True)
class SigningLinkEnded(Event):
    """Withdrawn by the one who made it or replaced by a newer one (withdrawn), or guessed at too often (guessed)."""

    link: str
    why: str


@dataclass(frozen=True)
class ReasonsChanged(Event):
    version: str
    reason: str


@dataclass(frozen=True)
class ConnectionWentLive(Event):
    connection: str
    listed: bool


@dataclass(frozen=True)
class PersonInvited(Event):
    invitation: str
    role: str


@dataclass(frozen=True)
class InvitationAccepted(Event):
    invitation: str
    person: str


@dataclass(frozen=True)
class MembershipEnded(Event):
    person: str
    role: str


@dataclass(frozen=True)
class DelegationGranted(Event):
    supplier: str


@dataclass(frozen=True)
class SignedIn(Event):
    person: str


@dataclass(frozen=True)
class SessionsEnded(Event):
    person: str


@dataclass(frozen=True)
class RecoveryCodeUsed(Event):
    person: str


@dataclass(frozen=True)
class SecondFactorChanged(Event):
    person: str


@dataclass(frozen=True)
class PasswordChanged(Event):
    person: str


def fold(events: Iterable[Event]) -> dict[str, Status]:
    """The state of each step that the events lead to; the stored column must say the same."""
    states: dict[str, Status] = {}
    for event in events:
        match event:
            case ConnectionOpened(journey=journey_id):
                states = journey.opening(journey.of(journey_id))
            case ConnectionImported(journey=journey_id, stage=stage):
                states = journey.imported(journey.of(journey_id), stage)
            case StepOpened(step=step):
                states[step] = Status.NOT_STARTED
            case StepMoved(step=step, target=target):
                states[step] = Status(target)
            case _:
                pass
    return states


def _load_texts() -> dict[str, dict[str, str]]:
    folder = resources.files(__package__) / "event_texts"
    return {
        language: tomllib.loads((folder / f"{language}.toml").read_text("utf-8")) for language in ("sv", "en")
    }


def _required_keys() -> frozenset[str]:
    plain = set(KINDS) - {"StepMoved", "RunFinished", "DecisionMade"}
    moves = {f"StepMoved.{row.step}.{row.name}" for row in journey.MOVES}
    runs = {f"RunFinished.{outcome}" for outcome in ("passed", "warning", "failed", "incomplete")}
    kinds = ("approved", "approved_with_conditions", "returned", "refused")
    return frozenset(plain | moves | runs | {f"DecisionMade.{kind}" for kind in kinds})


TEXTS = _load_texts()
for _language, _texts in TEXTS.items():
    if _required_keys() != frozenset(_texts):
        _wrong = sorted(_required_keys() ^ frozenset(_texts))
        raise ImportError(f"workflows/event_texts/{_language}.toml lacks or has too many of: {_wrong}")


def sentence(kind: str, body: Mapping[str, Any], language: str) -> str:
    """The sentence that tells a stored event in a timeline, with the event's own values filled in."""
    return TEXTS[language][KINDS[kind].text_key(body)].format_map(dict(body))
