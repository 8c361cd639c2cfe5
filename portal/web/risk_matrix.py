"""The risk picture: one matrix per stage of treatment, and the list filtered on one of its cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checklists.schema import Consequence, Level, Likelihood, RiskCatalogue
from portal.store import risks as store
from portal.store.models import Risk
from portal.web.language import language
from workflows import risk as rules


@dataclass(frozen=True)
class Cell:
    """A consequence and a likelihood, their level, and the risks that lie there at one stage."""

    consequence: Consequence
    likelihood: Likelihood
    level: Level
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class Row:
    """The cells of one consequence, from the least likely on."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Picture:
    """The matrix of one stage from the worst consequence down. `counts` is how many risks each level has."""

    stage: str
    rows: tuple[Row, ...]
    counts: tuple[tuple[Level, int], ...]

    @property
    def total(self) -> int:
        return sum(n for _, n in self.counts)


@dataclass(frozen=True)
class Chosen:
    """A cell of one stage that the list is filtered on."""

    stage: str
    consequence: Consequence
    likelihood: Likelihood

    def holds(self, row: Risk) -> bool:
        """True when the risk lies in the cell at that stage."""
        place = rules.places(store.assessment(row))[self.stage]
        return place == (self.consequence.code, self.likelihood.code)


def picture(scale: RiskCatalogue, rows: Iterable[Risk], stage: str) -> Picture:
    """The matrix of one stage; a risk that is not assessed lies nowhere."""
    placed: dict[rules.Placed, list[Risk]] = {}
    for row in rows:
        placed.setdefault(rules.places(store.assessment(row))[stage], []).append(row)
    lines = tuple(
        Row(
            consequence.label.get(language()),
            tuple(
                Cell(
                    consequence,
                    likelihood,
                    scale.level(consequence.code, likelihood.code),
                    tuple(placed.get((consequence.code, likelihood.code), ())),
                )
                for likelihood in scale.likelihoods
            ),
        )
        for consequence in reversed(rules.consequences(scale))
    )
    cells = [cell for line in lines for cell in line.cells]
    counts = tuple(
        (level, sum(len(cell.risks) for cell in cells if cell.level.code == level.code))
        for level in reversed(scale.levels)
    )
    return Picture(stage, lines, counts)


def pictures(scale: RiskCatalogue, rows: Iterable[Risk]) -> list[Picture]:
    """The matrix of every stage: without controls, today, after treatment."""
    held = list(rows)
    return [picture(scale, held, stage) for stage in rules.STAGES]


def chosen(scale: RiskCatalogue, asked: Mapping[str, str]) -> Chosen | None:
    """The cell that an address asks for, or None when it names none of the scale."""
    consequences = {item.code: item for item in rules.consequences(scale)}
    likelihoods = {item.code: item for item in scale.likelihoods}
    consequence = consequences.get(asked.get("consequence", ""))
    likelihood = likelihoods.get(asked.get("likelihood", ""))
    if asked.get("stage") not in rules.STAGES or consequence is None or likelihood is None:
        return None
    return Chosen(asked["stage"], consequence, likelihood)
