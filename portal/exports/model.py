"""The records that are exported, as models: sheets are drawn from them, and the published schemas are theirs.

A record holds no time of export, only when its content changed, so that the same state gives the same bytes.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
AnswerValue = Literal["yes", "partly", "no", "not_applicable"]
FulfilledLevel = Literal["under_way", "with_conditions", "fulfilled"]
Verdict = Literal["accepted", "returned"]
ActionStatus = Literal["planned", "begun", "done", "cancelled"]


class Part(BaseModel):
    """Base of all parts: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """A text in both languages."""

    sv: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language == "en" else self.sv


class Named(Part):
    """A code of a catalogue with its words."""

    code: str
    label: Words


class Owner(Part):
    """The federation."""

    name: str
    short_name: str


class Organisation(Part):
    name: str
    org_number: str | None
    kind: str
    county: str | None


class Connection(Part):
    """The case: its id in addresses, its reference among people."""

    id: str
    reference: str


class Catalogue(Part):
    """The version of the questions or scales that codes refer to."""

    id: str
    version: str
    sha256: Sha256
    title: Words


class Record(Part):
    """What every export begins with. `changed_at` is when anything in it last changed, in UTC."""

    federation: Owner
    organisation: Organisation
    connection: Connection
    catalogue: Catalogue
    status: str
    round: int = Field(ge=0)
    changed_at: AwareDatetime


class Evidence(Part):
    """A file or link that shows what an answer says; the file itself is fetched in the portal."""

    kind: str
    title: str
    url: str
    name: str
    sha256: Sha256 | None
    happened_on: date | None
    valid_until: date | None
    added_at: AwareDatetime


class Remark(Part):
    """What the organisation and the owner have said to each other about a requirement."""

    side: str
    by: str
    at: AwareDatetime
    text: str


class Mending(Part):
    """An action as it stands below what it mends."""

    number: int
    title: str
    responsible: str
    due: date | None
    status: ActionStatus


class Line(Part):
    """One requirement that counts, with its answer. `version` is 0 while nothing is stored."""

    requirement: str
    theme: Named
    title: Words
    text: Words
    strength: str
    hard: bool
    source: str
    value: AnswerValue | None
    comment: str
    version: int = Field(ge=0)
    answered_by: str
    answered_at: AwareDatetime | None
    verdict: Verdict | None
    verdict_text: str
    lacks: tuple[str, ...]
    actions: tuple[Mending, ...]
    evidence: tuple[Evidence, ...]
    remarks: tuple[Remark, ...]


class Declaration(Record):
    """A self-declaration as it stands, with its level in all and by the id of each theme."""

    format: Literal["anslut-declaration-1"] = "anslut-declaration-1"
    level: FulfilledLevel
    theme_levels: dict[str, FulfilledLevel]
    answers: tuple[Line, ...]


class Flow(Part):
    """An information flow and its class per aspect."""

    name: str
    direction: str
    counterpart_kind: str
    confidentiality: Named | None
    integrity: Named | None
    availability: Named | None
    traceability: Named | None


class Assessed(Part):
    """A consequence and a likelihood, and the level they give together; None while not stated."""

    consequence: Named | None
    likelihood: Named | None
    level: Named | None


class Risk(Part):
    """A risk at its three levels: without controls, with those in place, and after treatment."""

    number: int
    title: str
    description: str
    threat: str
    vulnerability: str
    affects: str
    aspects: tuple[Named, ...]
    requirements: tuple[str, ...]
    controls: str
    inherent: Assessed
    current: Assessed
    residual: Assessed
    treatment: Named | None
    owner: str
    accepted_by: str
    accepted_at: AwareDatetime | None
    accepted_until: date | None
    review_on: date | None
    actions: tuple[Mending, ...]


class RiskAnalysis(Record):
    """A risk analysis as it stands."""

    format: Literal["anslut-risk-1"] = "anslut-risk-1"
    flows: tuple[Flow, ...]
    risks: tuple[Risk, ...]


class Action(Part):
    """An action of the plan, with the numbers of the risks and the requirements that it mends."""

    number: int
    title: str
    kind: Named
    responsible: str
    starts: date | None
    due: date | None
    cost: Named | None
    effect: str
    evidence: str
    status: ActionStatus
    risks: tuple[int, ...]
    requirements: tuple[str, ...]


class ActionPlan(Record):
    """An action plan as it stands, cancelled actions too."""

    format: Literal["anslut-actions-1"] = "anslut-actions-1"
    actions: tuple[Action, ...]
