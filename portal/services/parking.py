"""What someone posted while not allowed to: kept for that person alone, a day at most, and never a secret."""

from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete, select

from portal.services.installation import Installation
from portal.store.models import ParkedBody
from portal.store.models.base import new_id
from portal.store.sessions import PARKED_FOR

LARGEST = 200_000
MOST_PER_PERSON = 10
LONGEST_PATH = 500
NOT_KEPT = frozenset({"csrf_token", "parked"})


def fields_of(body: str) -> list[tuple[str, str]]:
    """Names and values of a urlencoded body, in their order and with the empty ones."""
    return parse_qsl(body, keep_blank_values=True)


def keepable(body: str) -> str | None:
    """The body without tokens, or None when it is too large or holds a password or a private key."""
    if len(body.encode()) > LARGEST:
        return None
    try:
        pairs = [(name, value) for name, value in fields_of(body) if name not in NOT_KEPT]
    except ValueError:
        return None
    if any("password" in name.lower() or "PRIVATE KEY" in value.upper() for name, value in pairs):
        return None
    return urlencode(pairs)


def park(
    home: Installation, person_id: str, path: str, body: str, *, instead_of: str | None = None
) -> str | None:
    """Keep a body for the person; its id, or None when it is not to be kept. Older ones make room."""
    kept = keepable(body)
    if kept is None or len(path) > LONGEST_PATH:
        return None
    with home.write(person_id) as work:
        work.session.execute(delete(ParkedBody).where(ParkedBody.created_at <= work.now - PARKED_FOR))
        mine = select(ParkedBody.id).where(ParkedBody.person_id == person_id)
        surplus = work.session.scalars(
            mine.order_by(ParkedBody.created_at.desc(), ParkedBody.id.desc()).offset(MOST_PER_PERSON - 1)
        ).all()
        work.session.execute(
            delete(ParkedBody).where(
                ParkedBody.person_id == person_id, ParkedBody.id.in_([*surplus, instead_of or ""])
            )
        )
        row = ParkedBody(id=new_id(), person_id=person_id, path=path, body=kept, created_at=work.now)
        work.session.add(row)
        return row.id


def drop(home: Installation, person_id: str, parked_id: str) -> None:
    """Remove what is parked for the person under this id; nothing happens for anybody else's."""
    with home.write(person_id) as work:
        work.session.execute(
            delete(ParkedBody).where(ParkedBody.id == parked_id, ParkedBody.person_id == person_id)
        )
