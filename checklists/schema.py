"""What a catalogue is made of: frozen models that refuse anything they do not know."""

from collections.abc import Mapping
from typing import Any, Literal

from checklists.parts import Catalogue as Catalogue
from checklists.parts import Part as Part
from checklists.parts import Text as Text
from checklists.parts import one
from checklists.suites import Assertion as Assertion
from checklists.suites import FindingText as FindingText
from checklists.suites import Suite as Suite
from checklists.suites import SuiteCheck as SuiteCheck


class ShownIf(Part):
    """An entry is asked for only when another has one of these values."""

    id: str
    values: tuple[str, ...]


class AskedIf(ShownIf):
    """The same for a requirement, whose `id` may also be a field of the order, written `order.<field>`.

    `because` tells those who are asked why they are.
    """

    because: Text


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
    shown_if: AskedIf | None = None
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
        return one(self.requirements, "id", requirement)

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
        return one(self.fields, "id", field_id)

    def missing(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The ids of required fields that are shown and have no value."""
        return tuple(
            field.id
            for field in self.fields
            if field.required and shown(field, values) and values.get(field.id) in (None, "", [], ())
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


class Cost(Option):
    """A class of cost of an action, by who can decide on it."""

    text: Text


class Level(Part):
    """A risk level: who may accept it, for how many months, and whether it stops production."""

    code: str
    label: Text
    accepted_by: Literal["infosec", "signatory", "nobody"]
    accepted_months: int = 12
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
    threat: Text
    vulnerability: Text
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
    costs: tuple[Cost, ...]
    aspects: tuple[Option, ...]
    starters: tuple[StarterRisk, ...]

    def level(self, consequence: str, likelihood: str) -> Level:
        """The level of a cell; KeyError for codes that the scale lacks."""
        for cell in self.matrix:
            if cell.consequence == consequence and cell.likelihood == likelihood:
                return one(self.levels, "code", cell.level)
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
        return one(self.reasons, "id", reason)

    def of_step(self, step: str) -> tuple[Reason, ...]:
        return tuple(found for found in self.reasons if step in found.steps)


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


def shown(field: Field, values: Mapping[str, Any]) -> bool:
    """True when the other answers ask for the field."""
    rule = field.shown_if
    return rule is None or values.get(rule.id) in rule.values
