"""Queries about the answers of a declaration, and the declaration's part of the facts that guards ask for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.schema import DeclarationCatalogue, Requirement
from portal.store import catalogues, forms
from portal.store.models import Action, ActionTarget, Answer, Connection
from workflows import declaration
from workflows.declaration import Given
from workflows.risk import CANCELLED


def catalogue(session: Session, connection: Connection) -> DeclarationCatalogue:
    """The catalogue version that the connection holds."""
    return catalogues.declaration(session, connection.declaration_version)


def requirement(session: Session, connection: Connection, name: str) -> Requirement:
    """A requirement of the connection's version, or of another one for what is kept of a requirement taken out."""
    return catalogues.requirement(session, connection.declaration_version, name)


def answers(session: Session, connection: Connection) -> dict[str, Answer]:
    """The answers to the pinned catalogue version, by requirement."""
    rows = session.scalars(
        select(Answer).where(
            Answer.connection_id == connection.id,
            Answer.catalogue_version == connection.declaration_version,
        )
    )
    return {row.requirement: row for row in rows}


def answer(
    session: Session, connection: Connection, requirement: str, *, lock: bool = False
) -> Answer | None:
    """One answer; `lock` keeps it for the rest of a write transaction where the database can."""
    query = select(Answer).where(
        Answer.connection_id == connection.id,
        Answer.catalogue_version == connection.declaration_version,
        Answer.requirement == requirement,
    )
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def given(row: Answer | None) -> Given:
    """A stored answer as the rules see it."""
    if row is None:
        return declaration.NOTHING
    return Given(row.value, row.comment, row.verdict, bool(row.verdict_reason or row.verdict_text))


def given_by_requirement(session: Session, connection: Connection) -> dict[str, Given]:
    """The answers to the pinned catalogue version as the rules see them, for those who need no rows."""
    rows = session.execute(
        select(
            Answer.requirement,
            Answer.value,
            Answer.comment,
            Answer.verdict,
            Answer.verdict_reason,
            Answer.verdict_text,
        ).where(
            Answer.connection_id == connection.id,
            Answer.catalogue_version == connection.declaration_version,
        )
    )
    return {
        name: Given(value, comment, verdict, bool(reason or text))
        for name, value, comment, verdict, reason, text in rows
    }


def planned(session: Session, connection_id: str) -> frozenset[str]:
    """The requirements that have an action with a date, not counting cancelled ones."""
    rows = session.scalars(
        select(ActionTarget.requirement)
        .join(Action, Action.id == ActionTarget.action_id)
        .where(
            Action.connection_id == connection_id,
            Action.status != CANCELLED,
            Action.due.is_not(None),
            ActionTarget.requirement.is_not(None),
        )
    )
    return frozenset(name for name in rows if name)


def order(session: Session, connection: Connection) -> dict[str, Any]:
    """The values of the order by field, which decide with the answers which requirements count."""
    return forms.values(forms.entry(session, connection.id, "order"))


def facts(session: Session, connection: Connection) -> dict[str, Any]:
    """The declaration's items of `guards.Facts`."""
    lines = {name: given(row) for name, row in answers(session, connection).items()}
    return declaration.facts(
        catalogue(session, connection), lines, planned(session, connection.id), order(session, connection)
    )


def progress(session: Session, connection: Connection) -> tuple[int, int]:
    """How many of the requirements that count are answered: (answered, all)."""
    lines = {name: given(row) for name, row in answers(session, connection).items()}
    shown = declaration.shown(catalogue(session, connection), lines, order(session, connection))
    found = declaration.progress(shown, lines)
    return found.answered, found.total
