"""Queries about the owner's named reasons: every stored version of their catalogue, the newest first."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import Reason, ReasonCatalogue
from portal.store.models import StoredCatalogue


def versions(session: Session) -> list[tuple[ReasonCatalogue, datetime]]:
    """Every version with the time from which it holds, the newest first."""
    rows = session.execute(
        select(StoredCatalogue.body, StoredCatalogue.stored_at).where(StoredCatalogue.id == "reasons")
    ).all()
    found = [(_read(body), at) for body, at in rows]
    return sorted(found, key=lambda item: order(item[0].version), reverse=True)


def latest(session: Session) -> ReasonCatalogue:
    """The version that reviewers choose from now."""
    return versions(session)[0][0]


def of_step(session: Session, step: str) -> tuple[Reason, ...]:
    """The reasons to choose from on a step."""
    return latest(session).of_step(step)


def text_of(session: Session, reason: str | None, language: str, at: datetime | None = None) -> str:
    """The ready text of a named reason, as it was at a time or as it is now; empty for none.

    A reason that was given before the version that holds it was stored has the words of the oldest that does.
    """
    if not reason:
        return ""
    holding = [
        (found, since)
        for catalogue, since in versions(session)
        for found in catalogue.reasons
        if found.id == reason
    ]
    valid = [found for found, since in holding if at is None or since <= at]
    chosen = valid[0] if valid else holding[-1][0]
    return chosen.text.get(language)


def order(version: str) -> tuple[int, ...]:
    """What versions sort by: 1.10 comes after 1.9."""
    return tuple(int(part) for part in version.split("."))


@lru_cache(maxsize=64)
def _read(body: str) -> ReasonCatalogue:
    found = load.from_body(body)
    if not isinstance(found, ReasonCatalogue):
        raise TypeError(f"{found.id} {found.version} holds no reasons")
    return found
