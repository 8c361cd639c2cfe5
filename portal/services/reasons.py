"""The owner's catalogue of reasons: added to, edited and ended, each time as a new version beside the old ones."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from checklists import load
from checklists.parts import Text
from checklists.schema import Reason as NamedReason
from checklists.schema import ReasonCatalogue
from portal.services.installation import Installation, Work
from portal.services.letters import owner_of
from portal.store import reasons
from portal.store.connections import roles_towards
from portal.store.models import StoredCatalogue
from workflows import journey
from workflows.access import may
from workflows.errors import Forbidden, Invalid, NotFound, Reason, Stale
from workflows.events import ReasonsChanged
from workflows.identifiers import clean

LONGEST_TITLE, LONGEST_TEXT = 120, 2000
STEPS = tuple(
    dict.fromkeys(
        [*(row.step for row in journey.MOVES if row.name in ("return", "refuse")), "declaration"],
    )
)
"""The steps that something can be returned or refused on."""


@dataclass(frozen=True)
class ReasonValues:
    """A reason as the owner writes it: title and ready text in both languages, and the steps it is offered on."""

    title_sv: str
    title_en: str
    text_sv: str
    text_en: str
    steps: tuple[str, ...]


def save(home: Installation, person_id: str, reason_id: str | None, values: ReasonValues, seen: str) -> str:
    """Add a reason (id None) or give one new words, as a new version; the id. Saving the same changes nothing.

    `seen` is the version that the page was made from. Raises Forbidden, NotFound for an unknown id, Invalid by
    field, and Stale when somebody made a newer version in between.
    """
    title_sv, title_en, text_sv, text_en = (_written(found) for found in _words(values))
    wanted = ReasonValues(title_sv, title_en, text_sv, text_en, values.steps)
    _check(wanted)

    def change(found: ReasonCatalogue) -> tuple[NamedReason, ...]:
        named = NamedReason(
            id=reason_id or _id_for(wanted.title_sv, {item.id for item in found.reasons}),
            steps=tuple(step for step in STEPS if step in wanted.steps),
            title=Text(sv=wanted.title_sv, en=wanted.title_en),
            text=Text(sv=wanted.text_sv, en=wanted.text_en),
        )
        if reason_id is None:
            return (*found.reasons, named)
        return _with(found, named)

    return _store(home, person_id, seen, change)


def end(home: Installation, person_id: str, reason_id: str, seen: str) -> str:
    """Offer a reason on no step any more; its words stay for what was decided with it. Raises as `save`."""

    def change(found: ReasonCatalogue) -> tuple[NamedReason, ...]:
        return _with(found, _named(found, reason_id).model_copy(update={"steps": ()}))

    return _store(home, person_id, seen, change)


def _store(
    home: Installation,
    person_id: str,
    seen: str,
    change: Callable[[ReasonCatalogue], tuple[NamedReason, ...]],
) -> str:
    try:
        with home.write(person_id) as work:
            return _store_within(work, person_id, seen, change)
    except IntegrityError:
        # Another administrator has published a version of the same number since this one was read.
        raise Stale from None


def _store_within(
    work: Work,
    person_id: str,
    seen: str,
    change: Callable[[ReasonCatalogue], tuple[NamedReason, ...]],
) -> str:
    if not may("installation.admin", roles_towards(work.session, person_id, owner_of(work))):
        raise Forbidden("installation.admin")
    newest = reasons.latest(work.session)
    if newest.version != seen:
        raise Stale(newest.version)
    after = change(newest)
    different = [found for found in after if found not in newest.reasons]
    if not different:
        return seen
    _publish(work, newest.model_copy(update={"version": _next(newest.version), "reasons": after}))
    work.record(ReasonsChanged(_next(newest.version), different[0].id), organisation=owner_of(work))
    return different[0].id


def _publish(work: Work, catalogue: ReasonCatalogue) -> None:
    work.session.add(
        StoredCatalogue(
            id=catalogue.id,
            version=catalogue.version,
            sha256=load.sha256(catalogue),
            body=load.canonical(catalogue),
            stored_at=work.now,
        )
    )
    work.session.flush()


def _next(version: str) -> str:
    """The owner's versions follow the shipped one they began from: 1, 1.1, 1.2."""
    major, *rest = reasons.order(version)
    return f"{major}.{(rest[0] if rest else 0) + 1}"


def _with(found: ReasonCatalogue, named: NamedReason) -> tuple[NamedReason, ...]:
    _named(found, named.id)
    return tuple(named if item.id == named.id else item for item in found.reasons)


def _named(found: ReasonCatalogue, reason_id: str) -> NamedReason:
    for item in found.reasons:
        if item.id == reason_id:
            return item
    raise NotFound


def _words(values: ReasonValues) -> tuple[str, str, str, str]:
    return values.title_sv, values.title_en, values.text_sv, values.text_en


def _written(text: str) -> str:
    return clean(text.replace("\r\n", "\n")).strip()


def _check(values: ReasonValues) -> None:
    errors: dict[str, Reason] = {}
    for name, text in zip(("title_sv", "title_en", "text_sv", "text_en"), _words(values), strict=True):
        longest = LONGEST_TITLE if name.startswith("title") else LONGEST_TEXT
        if not text:
            errors[name] = Reason("words_missing")
        elif len(text) > longest:
            errors[name] = Reason("too_long", {"n": len(text) - longest, "max": longest})
    if not values.steps:
        errors["steps"] = Reason("steps_missing")
    elif not set(values.steps) <= set(STEPS):
        errors["steps"] = Reason("choice_unknown")
    if errors:
        raise Invalid(errors)


def _id_for(title: str, taken: set[str]) -> str:
    """A readable id of the title that no other reason has: `Underlag saknas` becomes `underlag_saknas`."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "reason"
    if stem not in taken:
        return stem
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}_{number}") not in taken)
