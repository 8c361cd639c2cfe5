"""What happens around a declaration: answered, shared out, shown, reviewed, signed by link, and held to conditions."""

from dataclasses import dataclass

from workflows.event import Event


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
class CatalogueDrafted(Event):
    draft: str
    version: str
    sha256: str


@dataclass(frozen=True)
class CatalogueDraftWithdrawn(Event):
    draft: str
    version: str


@dataclass(frozen=True)
class CataloguePublished(Event):
    """`moved` is how many declarations went on with the new version."""

    version: str
    sha256: str
    moved: int


@dataclass(frozen=True)
class DeclarationMoved(Event):
    """A declaration goes on with another version: how many answers came along, and which requirements did not."""

    before: str
    version: str
    carried: int
    reopened: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
