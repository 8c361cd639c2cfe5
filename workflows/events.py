"""What has happened, as frozen dataclasses in the past tense; each has a text in both languages or import fails.

Fields hold ids and codes, never names: erasing a person must not break the chain of events.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from workflows import journey
from workflows.connection_events import ConnectionImported, ConnectionOpened, ConnectionWentLive
from workflows.declaration_events import (
    AnswerSaved,
    AssignmentDone,
    AssignmentWithdrawn,
    CatalogueDrafted,
    CatalogueDraftWithdrawn,
    CataloguePublished,
    ConditionLapsed,
    ConditionMet,
    DeclarationMoved,
    EvidenceAdded,
    EvidenceInfected,
    EvidenceRemoved,
    EvidenceReplaced,
    LineReviewed,
    ReasonsChanged,
    RemarkWritten,
    RemindersSent,
    RequirementAssigned,
    SigningLinkEnded,
    SigningLinkMade,
)
from workflows.event import KINDS, Event, read
from workflows.people_events import (
    DelegationGranted,
    InvitationAccepted,
    MembershipEnded,
    PasswordChanged,
    PersonInvited,
    RecoveryCodeUsed,
    SecondFactorChanged,
    SessionsEnded,
    SignedIn,
)
from workflows.status import Status

# Told in modules by what they are about, and known to everyone else from here.
__all__ = [
    "KINDS",
    "TEXTS",
    "ActionSaved",
    "AnswerSaved",
    "ApplicationEndorsed",
    "AssignmentDone",
    "AssignmentWithdrawn",
    "CatalogueDraftWithdrawn",
    "CatalogueDrafted",
    "CataloguePublished",
    "CertificateAdded",
    "ConditionLapsed",
    "ConditionMet",
    "ConnectionImported",
    "ConnectionOpened",
    "ConnectionWentLive",
    "DecisionMade",
    "DeclarationMoved",
    "DelegationGranted",
    "Event",
    "EvidenceAdded",
    "EvidenceInfected",
    "EvidenceRemoved",
    "EvidenceReplaced",
    "FlowRemoved",
    "FlowSaved",
    "FormSaved",
    "InstallationCreated",
    "InvitationAccepted",
    "LineReviewed",
    "MembershipEnded",
    "OrganisationAdded",
    "PasswordChanged",
    "PersonInvited",
    "ReasonsChanged",
    "RecordFrozen",
    "RecordSigned",
    "RecoveryCodeUsed",
    "RemarkWritten",
    "RemindersSent",
    "RequirementAssigned",
    "RiskAccepted",
    "RiskSaved",
    "RunFinished",
    "RunStarted",
    "SecondFactorChanged",
    "SessionsEnded",
    "SignedIn",
    "SigningLinkEnded",
    "SigningLinkMade",
    "StepMoved",
    "StepOpened",
    "TaskTicked",
    "TestObjectSaved",
    "fold",
    "read",
    "sentence",
]


@dataclass(frozen=True)
class InstallationCreated(Event):
    federation: str


@dataclass(frozen=True)
class OrganisationAdded(Event):
    organisation: str


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

    @classmethod
    def text_key(cls, body: Mapping[str, Any]) -> str:
        return f"TaskTicked.{'done' if body['done'] else 'undone'}"


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
    plain = set(KINDS) - {"StepMoved", "TaskTicked", "RunFinished", "DecisionMade"}
    ticks = {"TaskTicked.done", "TaskTicked.undone"}
    moves = {f"StepMoved.{row.step}.{row.name}" for row in journey.MOVES}
    runs = {f"RunFinished.{outcome}" for outcome in ("passed", "warning", "failed", "incomplete")}
    kinds = ("approved", "approved_with_conditions", "returned", "refused")
    return frozenset(plain | ticks | moves | runs | {f"DecisionMade.{kind}" for kind in kinds})


TEXTS = _load_texts()
for _language, _texts in TEXTS.items():
    if _required_keys() != frozenset(_texts):
        _wrong = sorted(_required_keys() ^ frozenset(_texts))
        raise ImportError(f"workflows/event_texts/{_language}.toml lacks or has too many of: {_wrong}")


def sentence(kind: str, body: Mapping[str, Any], language: str) -> str:
    """The sentence that tells a stored event in a timeline, with the event's own values filled in."""
    return TEXTS[language][KINDS[kind].text_key(body)].format_map(dict(body))
