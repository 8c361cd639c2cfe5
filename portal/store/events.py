"""The keyed chain of events: append, read, and find out whether somebody has touched it.

Each link is HMAC-SHA-256 over the previous hash and its own content, with a key kept outside the database, so that
someone who can write to the database can neither edit, remove, reorder nor re-hash. A cut tail shows against the
file of heads, which is appended to after each commit.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import ChainHead, StoredEvent
from workflows.events import Event, read
from workflows.frozen import canonical

ORIGIN = "0" * 64


@dataclass(frozen=True)
class Head:
    """The last link: its sequence number and its hash."""

    seq: int
    hash: str


def _link_hash(key: bytes, link: StoredEvent) -> str:
    content = canonical(
        {
            "seq": link.seq,
            "at": link.at.isoformat(timespec="microseconds"),
            "actor": link.actor_id,
            "organisation": link.organisation_id,
            "connection": link.connection_id,
            "rule_book": link.rule_book,
            "kind": link.kind,
            "body": link.body,
            "previous": link.previous,
        }
    )
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def append(
    session: Session,
    key: bytes,
    happened: Event,
    *,
    at: datetime,
    rule_book: str,
    actor: str | None,
    organisation: str | None = None,
    connection: str | None = None,
) -> Head:
    """Store the event as the next link, in the caller's transaction."""
    head = session.execute(select(ChainHead).with_for_update()).scalar_one_or_none()
    if head is None:
        head = ChainHead(id=1, seq=0, hash=ORIGIN)
        session.add(head)
    link = StoredEvent(
        seq=head.seq + 1,
        at=at,
        actor_id=actor,
        organisation_id=organisation,
        connection_id=connection,
        rule_book=rule_book,
        kind=happened.kind,
        body=canonical(happened.body()).decode(),
        previous=head.hash,
        hash="",
    )
    link.hash = _link_hash(key, link)
    session.add(link)
    head.seq, head.hash = link.seq, link.hash
    session.flush()
    return Head(link.seq, link.hash)


def of_connection(session: Session, connection_id: str) -> Sequence[StoredEvent]:
    """The links of one connection in their order."""
    rows = session.scalars(
        select(StoredEvent).where(StoredEvent.connection_id == connection_id).order_by(StoredEvent.seq)
    )
    return rows.all()


def as_event(link: StoredEvent) -> Event:
    return read(link.kind, json.loads(link.body))


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: edited, missing, order, tail, heads or no_heads, at a sequence number."""

    kind: str
    seq: int


def breaks(session: Session, key: bytes, heads: Path) -> Iterator[Break]:
    """Every place where chain, key and file of heads disagree; nothing when all is whole."""
    known = _heads(heads)
    expected, previous, last = 1, ORIGIN, 0
    for link in session.scalars(select(StoredEvent).order_by(StoredEvent.seq)).yield_per(1000):
        if link.seq != expected:
            yield Break("missing", expected)
        elif link.previous != previous:
            yield Break("order", link.seq)
        if not hmac.compare_digest(link.hash, _link_hash(key, link)):
            yield Break("edited", link.seq)
        elif known.get(link.seq, link.hash) != link.hash:
            yield Break("heads", link.seq)
        expected, previous, last = link.seq + 1, link.hash, link.seq
    head = session.scalars(select(ChainHead)).one_or_none()
    noted = max([head.seq if head else 0, *known])
    if noted > last:
        yield Break("tail", last + 1)
    elif head is not None and (head.seq, head.hash) != (last, previous):
        yield Break("heads", last)
    if last and not known:
        yield Break("no_heads", last)


def _heads(path: Path) -> dict[int, str]:
    if not path.exists():
        return {}
    pairs = (line.split() for line in path.read_text("ascii").splitlines())
    return {int(pair[0]): pair[1] for pair in pairs if len(pair) == 2}
