"""The chain of events tells of every way to touch it: edit, removal, cut tail, reordering and re-hash."""

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from portal.cli import main
from portal.services.installation import Installation
from portal.store import events
from portal.store.models import ChainHead, StoredEvent
from tests.conftest import make_cast
from workflows.events import FlowSaved


@pytest.fixture
def story(either_home: Installation) -> Installation:
    """An installation with some events."""
    people = make_cast(either_home)
    for number in range(8):
        with either_home.write(people.contact) as work:
            work.record(FlowSaved(f"flow-{number}"), connection=people.connection)
    return either_home


def broken(home: Installation) -> list[tuple[str, int]]:
    with home.read() as session:
        return [(found.kind, found.seq) for found in events.breaks(session, home.key, home.heads_file)]


def tamper(home: Installation, how: Callable[[Session], object]) -> None:
    with home.database.write() as session:
        how(session)


def last(home: Installation) -> int:
    with home.read() as session:
        return session.scalars(select(StoredEvent.seq).order_by(StoredEvent.seq.desc()).limit(1)).one()


def test_a_chain_that_nobody_touched_is_whole(story: Installation) -> None:
    assert broken(story) == []


def test_an_edit_is_found(story: Installation) -> None:
    tamper(
        story,
        lambda session: session.execute(
            update(StoredEvent).where(StoredEvent.seq == 5).values(body='{"flow":"another"}')
        ),
    )
    assert broken(story) == [("edited", 5)]


def test_another_actor_is_found(story: Installation) -> None:
    tamper(story, lambda s: s.execute(update(StoredEvent).where(StoredEvent.seq == 5).values(actor_id=None)))
    assert broken(story) == [("edited", 5)]


def test_a_removal_is_found(story: Installation) -> None:
    tamper(story, lambda session: session.execute(delete(StoredEvent).where(StoredEvent.seq == 5)))
    assert broken(story) == [("missing", 5)]


def test_a_removal_that_closes_the_gap_is_found(story: Installation) -> None:
    def close_the_gap(session: Session) -> None:
        session.execute(delete(StoredEvent).where(StoredEvent.seq == 5))
        for seq in range(6, last(story) + 1):
            session.execute(update(StoredEvent).where(StoredEvent.seq == seq).values(seq=seq - 1))

    tamper(story, close_the_gap)
    assert ("order", 5) in broken(story)


@pytest.mark.parametrize("also_the_head", [False, True])
def test_a_cut_tail_is_found(story: Installation, also_the_head: bool) -> None:
    end = last(story)

    def cut(session: Session) -> None:
        session.execute(delete(StoredEvent).where(StoredEvent.seq > end - 2))
        if also_the_head:
            link = session.get_one(StoredEvent, end - 2)
            session.execute(update(ChainHead).values(seq=link.seq, hash=link.hash))

    tamper(story, cut)
    assert broken(story) == [("tail", end - 1)]


def test_a_cut_tail_is_found_without_the_file_of_heads(story: Installation) -> None:
    end = last(story)
    story.heads_file.unlink()
    tamper(story, lambda session: session.execute(delete(StoredEvent).where(StoredEvent.seq == end)))
    assert broken(story) == [("tail", end), ("no_heads", end - 1)]


def test_a_reordering_is_found(story: Installation) -> None:
    def swap(session: Session) -> None:
        for before, after in ((5, 9999), (6, 5), (9999, 6)):
            session.execute(update(StoredEvent).where(StoredEvent.seq == before).values(seq=after))

    tamper(story, swap)
    assert {("order", 5), ("order", 6)} <= set(broken(story))


def test_a_re_hash_without_the_key_is_found(story: Installation) -> None:
    """Someone edits an event and computes every later hash anew, but lacks the key."""
    tamper(story, lambda session: _rehash(session, b"another key"))
    found = broken(story)
    assert ("edited", 5) in found
    assert ("edited", last(story)) in found


def test_a_re_hash_with_the_stolen_key_is_found(story: Installation) -> None:
    """With the key too the chain agrees with itself, but not with the heads that were noted after each commit."""
    tamper(story, lambda session: _rehash(session, story.key))
    assert ("heads", 5) in broken(story)


def _rehash(session: Session, key: bytes) -> None:
    previous = session.get_one(StoredEvent, 4).hash
    for link in session.scalars(select(StoredEvent).where(StoredEvent.seq >= 5).order_by(StoredEvent.seq)):
        if link.seq == 5:
            link.body = '{"flow":"another"}'
        content = {
            "seq": link.seq,
            "at": link.at.isoformat(timespec="microseconds"),
            "actor": link.actor_id,
            "organisation": link.organisation_id,
            "connection": link.connection_id,
            "rule_book": link.rule_book,
            "kind": link.kind,
            "body": link.body,
            "previous": previous,
        }
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        link.previous = previous
        link.hash = previous = hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()
    session.execute(update(ChainHead).values(hash=previous))


def test_the_command_names_each_break(home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    make_cast(home)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(home.settings.data_dir))
    whole = CliRunner().invoke(main, ["audit", "verify"])
    assert whole.exit_code == 0, whole.output
    assert "whole" in whole.output
    with home.database.write() as session:
        session.execute(text("UPDATE event SET body = '{}' WHERE seq = 1"))
    outcome = CliRunner().invoke(main, ["audit", "verify"])
    assert outcome.exit_code == 1
    assert "Event 1: the event or its hash has been changed" in outcome.output
    as_json = CliRunner().invoke(main, ["audit", "verify", "--json"])
    assert as_json.exit_code == 1
    told = json.loads(as_json.output)
    assert told["whole"] is False
    assert [(row["kind"], row["event"]) for row in told["breaks"]] == [("edited", 1)]
