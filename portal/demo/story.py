"""One organisation of the demo: who its people are, and the dice that its choices are made with."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.demo.cast import Player
from portal.services import steps
from portal.services.installation import Installation
from portal.services.steps import Wish


@dataclass(frozen=True)
class Owner:
    """The owner's people by what they do."""

    admin: str
    reviewer: str
    approver: str
    second_approver: str


@dataclass
class Story:
    """An organisation on its way. `people` are person ids by role, `names` their names by role.

    `number` is an organisation number that no register holds; `asked_about` is the requirement that the reviewer asked about.
    """

    home: Installation
    player: Player
    dice: random.Random
    owner: Owner
    number: str
    organisation: str = ""
    people: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    connection: str = ""
    deviations: list[str] = field(default_factory=list)
    answered: int = 0
    asked_about: str = ""

    def person(self, role: str) -> str:
        return self.people[role]

    def move(self, who: str, step: str, name: str, wish: Wish | None = None) -> None:
        """A person makes a move, as by pressing its button."""
        steps.make(self.home, who, self.connection, step, name, wish)

    def address(self, role: str) -> str:
        """The e-mail address of the person with this role."""
        return address(self.names[role], self.player.domain)


def address(name: str, domain: str) -> str:
    plain = name.lower().translate(str.maketrans("åäöé ", "aaoe."))
    return f"{plain}@{domain}"


def some(dice: random.Random, items: Sequence[str], at_least: int, at_most: int) -> list[str]:
    """A few of the items, in their order."""
    chosen = set(dice.sample(range(len(items)), min(len(items), dice.randint(at_least, at_most))))
    return [item for place, item in enumerate(items) if place in chosen]
