"""What a new version of a declaration means: what differs from an older one, and which answers can be carried over.

A requirement keeps its answer when what was answered reads the same: title, text, how strong it is, and whether a no
stops production. Everything else about it (guidance, source, theme, when it is asked) may change around the answer.
"""

from dataclasses import dataclass

from checklists.schema import DeclarationCatalogue, Requirement
from workflows.status import Status

ANSWERED_BY = ("title", "text", "strength", "hard")
AROUND = ("theme", "why", "source", "evidence", "shown_if", "checks")
MOVING = (Status.LOCKED, Status.NOT_STARTED, Status.IN_PROGRESS, Status.RETURNED)
"""Where a declaration goes on with a new version; handed over or signed, it stays with the one it has."""
BEGUN = (Status.IN_PROGRESS, Status.RETURNED)


@dataclass(frozen=True)
class Changed:
    """One requirement before and after, with the names of the fields that differ."""

    before: Requirement
    after: Requirement
    fields: tuple[str, ...]

    @property
    def reopens(self) -> bool:
        """True when an answer to the requirement as it was is no answer to it as it is."""
        return not set(self.fields).isdisjoint(ANSWERED_BY)


@dataclass(frozen=True)
class Difference:
    """What a version holds that another does not, in the order of the version that holds it."""

    added: tuple[Requirement, ...]
    removed: tuple[Requirement, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def reopened(self) -> tuple[str, ...]:
        return tuple(found.after.id for found in self.changed if found.reopens)

    @property
    def nothing(self) -> bool:
        return not (self.added or self.removed or self.changed)


def difference(before: DeclarationCatalogue, after: DeclarationCatalogue) -> Difference:
    """What differs between two versions, requirement by requirement; the same id is the same requirement."""
    old = {item.id: item for item in before.requirements}
    new = {item.id: item for item in after.requirements}
    changed = []
    for name, item in new.items():
        fields = tuple(
            field
            for field in (*ANSWERED_BY, *AROUND)
            if name in old and getattr(old[name], field) != getattr(item, field)
        )
        if fields:
            changed.append(Changed(old[name], item, fields))
    return Difference(
        added=tuple(item for name, item in new.items() if name not in old),
        removed=tuple(item for name, item in old.items() if name not in new),
        changed=tuple(changed),
        same=len(new.keys() & old.keys()) - len(changed),
    )
