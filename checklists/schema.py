"""What a catalogue is made of: frozen models that refuse anything they do not know."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of all parts: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Part)


class Text(Part):
    """One text in each language of the portal."""

    sv: str
    en: str

    def get(self, language: str) -> str:
        """The text in the language; KeyError-free for `sv` and `en`."""
        return self.en if language == "en" else self.sv


class Catalogue(Part):
    """Base of all catalogues: an id and a version that answers refer to."""

    id: str
    version: str
    title: Text


class ShownIf(Part):
    """An entry is asked for only when another has one of these values."""

    id: str
    values: tuple[str, ...]


class Option(Part):
    """A code with its words."""

    code: str
    label: Text


class Theme(Part):
    id: str
    title: Text


class Requirement(Part):
    """One line of a declaration. `hard` means that a no stops production; `checks` are numbers of the suite."""

    id: str
    theme: str
    title: Text
    text: Text
    why: Text
    strength: Literal["must", "should", "platform", "law"]
    source: str
    evidence: Text
    hard: bool = False
    shown_if: ShownIf | None = None
    checks: tuple[str, ...] = ()


class DeclarationCatalogue(Catalogue):
    """The requirements of a self-declaration, by theme."""

    kind: Literal["declaration"]
    source: str
    scale: tuple[Option, ...]
    themes: tuple[Theme, ...]
    requirements: tuple[Requirement, ...]

    def by_id(self, requirement: str) -> Requirement:
        """The requirement of that id; KeyError when there is none."""
        return _one(self.requirements, "id", requirement)

    def of_theme(self, theme: str) -> tuple[Requirement, ...]:
        return tuple(found for found in self.requirements if found.theme == theme)


FieldType = Literal[
    "text",
    "long_text",
    "email",
    "phone",
    "date",
    "choice",
    "choices",
    "yes_no",
    "org_number",
    "participant_id",
]


class Field(Part):
    """One question of a form."""

    id: str
    type: FieldType
    label: Text
    hint: Text | None = None
    required: bool = False
    choices: tuple[Option, ...] = ()
    max_length: int = 200
    shown_if: ShownIf | None = None
    summary: bool = False


class Section(Part):
    id: str
    title: Text
    lede: Text | None = None
    fields: tuple[Field, ...]


class FormCatalogue(Catalogue):
    """A form in sections."""

    kind: Literal["form"]
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, field_id: str) -> Field:
        """The field of that id; KeyError when there is none."""
        return _one(self.fields, "id", field_id)

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The ids of required fields that are shown and have no value."""
        return tuple(
            field.id
            for field in self.fields
            if field.required and _shown(field, values) and values.get(field.id) in (None, "", [], ())
        )


class Task(Part):
    id: str
    title: Text
    text: Text
    required: bool = True


class TaskListCatalogue(Catalogue):
    """The tasks of a step."""

    kind: Literal["tasks"]
    tasks: tuple[Task, ...]


class Consequence(Option):
    """A degree of consequence; an exceptional one lies above what the federation may carry."""

    text: Text
    out_of_scope: bool = False


class Likelihood(Option):
    text: Text


class Level(Part):
    """A risk level: who may accept it, and whether it stops production."""

    code: str
    label: Text
    accepted_by: Literal["infosec", "signatory", "nobody"]
    blocks: bool = False


class Cell(Part):
    consequence: str
    likelihood: str
    level: str


class StarterRisk(Part):
    """A risk that many have, to begin from."""

    id: str
    title: Text
    text: Text
    aspects: tuple[str, ...]
    requirements: tuple[str, ...] = ()


class RiskCatalogue(Catalogue):
    """Scales, matrix and starter risks of the risk analysis."""

    kind: Literal["risk"]
    source: str
    consequences: tuple[Consequence, ...]
    likelihoods: tuple[Likelihood, ...]
    levels: tuple[Level, ...]
    matrix: tuple[Cell, ...]
    treatments: tuple[Option, ...]
    action_kinds: tuple[Option, ...]
    aspects: tuple[Option, ...]
    starters: tuple[StarterRisk, ...]

    def level(self, consequence: str, likelihood: str) -> Level:
        """The level of a cell; KeyError for codes that the scale lacks."""
        for cell in self.matrix:
            if cell.consequence == consequence and cell.likelihood == likelihood:
                return _one(self.levels, "code", cell.level)
        raise KeyError(f"{consequence} × {likelihood}")


class Reason(Part):
    """A named reason to return or refuse, with its ready text."""

    id: str
    steps: tuple[str, ...]
    title: Text
    text: Text


class ReasonCatalogue(Catalogue):
    """The reasons a reviewer chooses from, per step."""

    kind: Literal["reasons"]
    reasons: tuple[Reason, ...]

    def by_id(self, reason: str) -> Reason:
        """The reason of that id; KeyError when there is none."""
        return _one(self.reasons, "id", reason)

    def of_step(self, step: str) -> tuple[Reason, ...]:
        return tuple(found for found in self.reasons if step in found.steps)


class Assertion(Part):
    """One thing that a check asserts, in words for when it holds."""

    id: str
    title: Text


class FindingText(Part):
    """What one fault found by a check means, why it matters and what mends it. Texts may hold {params}.

    `case` tells the faults of one id apart; `expected` and `actual` replace the measured values where words say more.
    """

    id: str
    case: str = ""
    what: Text
    why: Text
    remedy: Text
    fault_owner: Literal["organisation", "operator", "federation", "portal"]
    expected: Text | None = None
    actual: Text | None = None


class SuiteCheck(Part):
    """One numbered check of a suite. `needs` are the numbers of the checks that must not have failed before it."""

    number: str
    slug: str
    title: Text
    clause: str
    severity: Literal["mandatory", "recommended", "information"]
    group: str
    needs: tuple[str, ...] = ()
    assertions: tuple[Assertion, ...]
    findings: tuple[FindingText, ...]

    def finding(self, finding_id: str, case: str = "") -> FindingText:
        """The texts of a fault; KeyError when there are none."""
        return _one((found for found in self.findings if found.case == case), "id", finding_id)

    def assertion(self, finding_id: str) -> Assertion:
        """What the check asserts under an id; KeyError when there is none."""
        return _one(self.assertions, "id", finding_id)


class Suite(Catalogue):
    """The checks of a verification run, in their order."""

    kind: Literal["suite"]
    source: str
    checks: tuple[SuiteCheck, ...]

    def by_number(self, number: str) -> SuiteCheck:
        """The check of that number; KeyError when there is none."""
        return _one(self.checks, "number", number)


AnyCatalogue = (
    DeclarationCatalogue | FormCatalogue | TaskListCatalogue | RiskCatalogue | ReasonCatalogue | Suite
)
KINDS: dict[str, type[AnyCatalogue]] = {
    "declaration": DeclarationCatalogue,
    "form": FormCatalogue,
    "tasks": TaskListCatalogue,
    "risk": RiskCatalogue,
    "reasons": ReasonCatalogue,
    "suite": Suite,
}


def _shown(field: Field, values: Mapping[str, Any]) -> bool:
    rule = field.shown_if
    return rule is None or values.get(rule.id) in rule.values


def _one(parts: Iterable[P], name: str, value: str) -> P:
    for part in parts:
        if getattr(part, name) == value:
            return part
    raise KeyError(value)
