"""Conditions of a declaration's requirements: what `shown_if` may name, and what is wrong with one."""

from checklists.schema import DeclarationCatalogue, Field, FormCatalogue, ShownIf

ORDER = "order."
YES_NO = ("yes", "no")
Place = tuple[int | str, ...]


def order_field(name: str) -> str | None:
    """The field of the order that the name of a condition stands for; None when it names a requirement."""
    return name.removeprefix(ORDER) if name.startswith(ORDER) else None


def codes(field: Field) -> tuple[str, ...]:
    """The values that a field can have; none for a field that is written freely."""
    return YES_NO if field.type == "yes_no" else tuple(option.code for option in field.choices)


def faults(catalogue: DeclarationCatalogue, order: FormCatalogue) -> list[tuple[Place, str]]:
    """What is wrong with the conditions: the place in the file, and what to write instead."""
    found: list[tuple[Place, str]] = []
    for number, item in enumerate(catalogue.requirements):
        if item.shown_if is None:
            continue
        place: Place = ("requirements", number, "shown_if")
        said = _values(catalogue, order, item.shown_if)
        if isinstance(said, str):
            found.append(((*place, "id"), said))
            continue
        unknown = [value for value in item.shown_if.values if value not in said]
        if unknown or not item.shown_if.values:
            found.append(((*place, "values"), f"{_listed(unknown)}: write some of {', '.join(said)}"))
        elif _in_circle(catalogue, item.id):
            found.append(((*place, "id"), f"{item.id} waits for itself: let the condition name another one"))
    return found


def _listed(unknown: list[str]) -> str:
    return f"{', '.join(unknown)} cannot be answered" if unknown else "a condition without values never holds"


def _values(
    catalogue: DeclarationCatalogue, order: FormCatalogue, condition: ShownIf
) -> tuple[str, ...] | str:
    """The values that what the condition names can have, or what to write instead of its name."""
    field = order_field(condition.id)
    if field is None:
        if condition.id in {item.id for item in catalogue.requirements}:
            return tuple(option.code for option in catalogue.scale)
        return f"{condition.id} is neither a requirement of this file nor order.<field>"
    closed = {found.id: codes(found) for found in order.fields if codes(found)}
    if field in closed:
        return closed[field]
    known = ", ".join(f"{ORDER}{name}" for name in closed)
    return f"{condition.id} is no choice of the order; write one of {known}"


def _in_circle(catalogue: DeclarationCatalogue, name: str) -> bool:
    waits = {item.id: item.shown_if.id for item in catalogue.requirements if item.shown_if}
    seen: set[str] = set()
    here = waits.get(name)
    while here is not None and here not in seen:
        if here == name:
            return True
        seen.add(here)
        here = waits.get(here)
    return False
