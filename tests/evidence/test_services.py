"""Evidence on both databases: what is stored, replaced, signed and swept, and what clamd says afterwards."""

import io
import json
import os
import shutil
import socket
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import backups, checkup, reports, scanning
from portal.file_kinds import KINDS
from portal.files import FileStore, TooLarge
from portal.restoring import CannotRestore, restore
from portal.scanning import Scan, ping, scan
from portal.services import declaration_review, evidence, file_keeping
from portal.services.evidence import Added, Upload, store_of
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import decisions
from portal.store import evidence as store
from portal.store.models import Answer, Connection, Evidence, Frozen, StoredEvent
from portal.store.models.base import new_id
from tests.declarations.story import signed
from tests.evidence import making
from tests.evidence.clamd import Clamd
from tests.reports.reading import spoken
from tests.story import Story
from workflows.errors import Blocked, Invalid, NotFound
from workflows.evidence import Holds, Stated, holds

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def add(
    story: Story,
    body: bytes | None = making.PDF,
    requirement: str = "P-01",
    name: str = "policy.pdf",
    **said: object,
) -> Added:
    upload = Upload(io.BytesIO(body), name) if body is not None else None
    return evidence.add(
        story.home,
        story.people.infosec,
        story.connection,
        requirement,
        new_id(),
        Stated(**said),
        upload,  # type: ignore[arg-type]
    )


def newer(story: Story, replaced: str, body: bytes) -> Added:
    upload = Upload(io.BytesIO(body), "policy.pdf")
    return evidence.replace_with(
        story.home, story.people.infosec, story.connection, replaced, new_id(), Stated(), upload
    )


def test_a_file_lies_under_its_hash_and_only_its_owner_reads_it(either_story: Story) -> None:
    added = add(either_story)
    row, path = evidence.file_of(
        either_story.home, either_story.people.reviewer, either_story.connection, added.id
    )
    assert row.sha256
    assert path == either_story.home.settings.files_dir / "sha256" / row.sha256[:2] / row.sha256
    assert path.read_bytes() == making.PDF
    assert path.stat().st_mode & 0o777 == 0o600
    assert (row.title, row.size, row.media_type, row.scan) == (
        "policy.pdf",
        len(making.PDF),
        "application/pdf",
        "unscanned",
    )


def test_the_same_bytes_are_stored_once(story: Story) -> None:
    first, second = add(story), add(story, requirement="P-02")
    assert first.id != second.id
    assert len(list(story.home.settings.files_dir.glob("sha256/??/*"))) == 1


def test_versions_name_what_they_replace_and_only_the_newest_counts(either_story: Story) -> None:
    first = add(either_story, title="Policy", valid_until=date(2026, 12, 1))
    second = newer(either_story, first.id, making.PDF + b"%2")
    with pytest.raises(Blocked):
        newer(either_story, first.id, making.PDF + b"%3")
    with pytest.raises(Blocked):
        evidence.remove(either_story.home, either_story.people.infosec, either_story.connection, first.id)
    with either_story.home.read() as session:
        (piece,) = store.pieces(session, either_story.connection)["P-01"]
        assert piece.row.id == second.id
        assert [row.id for row in piece.earlier] == [first.id]
        assert piece.name_of(piece.row.added_by) == "Infosec"
        assert [row.id for row in store.standing(session, either_story.connection)["P-01"]] == [second.id]
        assert not store.expiring(session, TODAY, 365)


def test_two_newer_versions_at_once_cannot_both_win(either_story: Story) -> None:
    first = add(either_story)
    won: list[str] = []
    lost: list[Exception] = []

    def race(number: int) -> None:
        try:
            won.append(newer(either_story, first.id, making.PDF + bytes([number])).id)
        except Blocked as error:
            lost.append(error)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)


def test_what_ends_soon_is_found_for_the_reminders(either_story: Story) -> None:
    ended = add(either_story, title="slut", valid_until=TODAY - timedelta(days=3))
    soon = add(either_story, title="snart", valid_until=TODAY + timedelta(days=30))
    add(either_story, title="sedan", valid_until=TODAY + timedelta(days=31))
    add(either_story, title="utan slut")
    removed = add(either_story, title="borta", valid_until=TODAY)
    evidence.remove(either_story.home, either_story.people.infosec, either_story.connection, removed.id)
    with either_story.home.read() as session:
        assert [row.id for row in store.expiring(session, TODAY, 30)] == [ended.id, soon.id]


@pytest.mark.parametrize(
    ("until", "state"),
    [(None, Holds.OPEN_ENDED), (-1, Holds.EXPIRED), (0, Holds.SOON), (30, Holds.SOON), (31, Holds.VALID)],
)
def test_evidence_holds_through_its_last_day(until: int | None, state: Holds) -> None:
    assert holds(None if until is None else TODAY + timedelta(days=until), TODAY) is state


def test_events_name_the_hash(story: Story) -> None:
    first = add(story)
    second = newer(story, first.id, making.PDF + b"%2")
    evidence.remove(story.home, story.people.infosec, story.connection, second.id)
    with story.home.read() as session:
        found = [
            (row.kind, json.loads(row.body))
            for row in session.scalars(select(StoredEvent).order_by(StoredEvent.seq))
            if row.kind.startswith("Evidence")
        ]
        shas = {row.id: row.sha256 for row in session.scalars(select(Evidence))}
    assert [kind for kind, _ in found] == ["EvidenceAdded", "EvidenceReplaced", "EvidenceRemoved"]
    assert found[0][1]["sha256"] == shas[first.id]
    assert (found[1][1]["replaces"], found[1][1]["sha256"]) == (first.id, shas[second.id])


def test_adding_begins_the_declaration_and_unknown_requirements_do_not_exist(story: Story) -> None:
    assert story.states()["declaration"] == "not_started"
    with pytest.raises(NotFound):
        add(story, requirement="P-999")
    add(story)
    assert story.states()["declaration"] == "in_progress"


def test_what_is_signed_names_the_evidence_by_hash_and_the_pdf_shows_it(story: Story, tmp_path: Path) -> None:
    add(story, title="Policy", happened_on=date(2026, 3, 1), valid_until=date(2027, 3, 1))
    gone = add(story, making.PNG, name="a.png")
    evidence.remove(story.home, story.people.infosec, story.connection, gone.id)
    add(story, None, url="https://exempelstad.se/rutin", title="Rutin")
    signed(story)
    with story.home.read() as session:
        (signature,) = decisions.signatures(session, story.connection, "declaration")
        record = json.loads(session.get_one(Frozen, signature.frozen_sha256).body)
    line = next(line for line in record["answers"] if line["requirement"] == "P-01")
    policy, rutin = line["evidence"]
    assert (policy["title"], policy["kind"], policy["happened_on"], policy["valid_until"]) == (
        "Policy", "file", "2026-03-01", "2027-03-01",
    )  # fmt: skip
    assert (
        policy["sha256"]
        == next(iter(story.home.settings.files_dir.glob(f"sha256/??/{policy['sha256']}"))).name
    )
    assert (rutin["kind"], rutin["url"], rutin["sha256"]) == ("link", "https://exempelstad.se/rutin", None)
    body = reports.render(record, "sv")
    assert body == reports.render(record, "sv")
    assert policy["sha256"] in "".join(spoken(body, tmp_path).split())


def test_a_changed_file_opens_an_accepted_line_and_shows_as_changed(story: Story) -> None:
    first = add(story)
    signed(story)
    home, connection = story.home, story.connection
    declaration_review.review_line(home, story.people.reviewer, connection, "P-01", "accepted")
    declaration_review.review_line(
        home, story.people.reviewer, connection, "P-02", "returned", text="Visa beslutet."
    )
    story.move("reviewer", "declaration", "return")
    newer(story, first.id, making.PDF + b"%2")
    with home.read() as session:
        verdicts = dict(
            session.execute(
                select(Answer.requirement, Answer.verdict).where(Answer.connection_id == connection)
            ).all()
        )
    assert verdicts["P-01"] is None
    assert verdicts["P-02"] == "returned"
    story.move("infosec", "declaration", "submit")
    story.move("signatory", "declaration", "sign")
    with home.read() as session:
        opened = session.get_one(Connection, connection)
        assert "P-01" in declaration_review.rounds(session, opened).changes


def test_an_upload_that_breaks_off_leaves_nothing(story: Story) -> None:
    parts = [making.PDF, making.PDF]

    class Broken(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            if not parts:
                raise OSError("connection lost")
            return parts.pop()

    with pytest.raises(OSError, match="connection lost"):
        evidence.add(
            story.home,
            story.people.infosec,
            story.connection,
            "P-01",
            new_id(),
            Stated(),
            Upload(Broken(), "a.pdf"),
        )
    assert not [
        path for path in story.home.settings.files_dir.rglob("*") if path.is_file() and path.name != ".lock"
    ]


def test_the_sweep_takes_orphans_and_leaves_what_evidence_leads_to(story: Story) -> None:
    add(story)
    files = store_of(story.home.settings)
    with files.receive(io.BytesIO(b"orphan"), 100) as received, files.keep(received):
        orphan = files.path(received.sha256)
    left_over = files.folder / ".incoming" / "left"
    left_over.write_bytes(b"half")
    assert file_keeping.sweep(story.home) == 0, "what has just come may be about to be committed"
    for path in files.folder.rglob("*"):
        os.utime(path, (0, 0))
    assert file_keeping.sweep(story.home) == 2
    assert not orphan.exists()
    assert not left_over.exists()
    assert len(list(files.folder.glob("sha256/??/*"))) == 1


def test_the_sweep_waits_for_what_is_being_committed(story: Story) -> None:
    files = store_of(story.home.settings)
    swept = threading.Event()

    def sweep() -> None:
        file_keeping.sweep(story.home, grace=-10)
        swept.set()

    with files.receive(io.BytesIO(b"soon known"), 100) as received, files.keep(received):
        thread = threading.Thread(target=sweep)
        thread.start()
        assert not swept.wait(0.3)
        assert files.path(received.sha256).exists()
    thread.join(timeout=10)
    assert swept.is_set()


def test_a_store_takes_no_more_than_it_should(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    with pytest.raises(TooLarge), files.receive(io.BytesIO(bytes(101)), 100):
        pass
    assert not list((tmp_path / "files").glob(".incoming/*"))
    for wrong in ("../../etc/passwd", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            files.path(wrong)


def test_a_lost_file_is_told(story: Story) -> None:
    added = add(story)
    shutil.rmtree(story.home.settings.files_dir / "sha256")
    with pytest.raises(Blocked) as refused:
        evidence.file_of(story.home, story.people.infosec, story.connection, added.id)
    assert refused.value.reasons[0].code == "evidence_lost"
    found = {finding.name: finding for finding in checkup.examine(story.home.settings)}
    assert found["evidence"].state == checkup.ERROR


def test_clamd_is_asked_with_instream(tmp_path: Path, clamd: Clamd) -> None:
    clean, bad = tmp_path / "clean", tmp_path / "bad"
    clean.write_bytes(making.PDF + bytes(300_000))
    bad.write_bytes(making.PDF + b"SKADLIG")
    assert scan(clamd.address, clean) == Scan(scanning.CLEAN)
    assert clamd.scanned == [clean.read_bytes()]
    assert scan(clamd.address, bad) == Scan(scanning.INFECTED, "Test.Skadlig")
    assert ping(clamd.address).startswith("ClamAV 1.4.2")


def test_a_clamd_without_a_verdict_leaves_the_file_unscanned(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1_000_000))
    with Clamd(takes=1000) as small:
        found = scan(small.address, path)
    assert found.state == scanning.UNSCANNED
    assert found.said
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert scan(address, path).state == scanning.UNSCANNED
    assert scan(str(tmp_path / "no.sock"), path).state == scanning.UNSCANNED
    assert scan("", path) == Scan(scanning.UNSCANNED)


def test_files_that_came_before_clamd_are_scanned_and_blocked(either_story: Story, clamd: Clamd) -> None:
    story = either_story
    good, bad = add(story), add(story, making.PDF + b"SKADLIG", requirement="P-02")
    assert file_keeping.scan_waiting(story.home) == 0
    story.home.settings.clamd = clamd.address
    assert file_keeping.scan_waiting(story.home) == 2
    assert file_keeping.scan_waiting(story.home) == 0
    evidence.file_of(story.home, story.people.reviewer, story.connection, good.id)
    with pytest.raises(Blocked) as refused:
        evidence.file_of(story.home, story.people.reviewer, story.connection, bad.id)
    assert refused.value.reasons[0].code == "evidence_blocked"
    story.home.settings.clamd = ""
    with pytest.raises(Invalid) as again:
        add(story, making.PDF + b"SKADLIG")
    assert again.value.errors["file"].code == "file_infected"
    with story.home.read() as session:
        kinds = session.scalars(select(StoredEvent.kind)).all()
    assert list(kinds).count("EvidenceInfected") == 1


def test_doctor_tells_of_clamd_and_unscanned_files(story: Story, clamd: Clamd) -> None:
    add(story)

    def findings(**changes: object) -> dict[str, checkup.Finding]:
        settings = story.home.settings.model_copy(update=changes)
        return {finding.name: finding for finding in checkup.examine(settings)}

    found = findings()
    assert found["clamd"].state == found["unscanned files"].state == checkup.WARN
    assert "PORTAL_CLAMD" in found["clamd"].todo
    assert found["evidence"].state == checkup.OK
    found = findings(clamd=clamd.address)
    assert found["clamd"].state == checkup.OK
    assert "ClamAV 1.4.2" in found["clamd"].said
    assert findings(clamd="127.0.0.1:1")["clamd"].state == checkup.ERROR


def test_settings_refuse_a_place_of_clamd_that_is_none() -> None:
    assert Settings(clamd="/run/clamd.sock").clamd
    with pytest.raises(ValueError, match="PORTAL_CLAMD"):
        Settings(clamd="clamd")


def test_a_copy_holds_the_files_and_is_refused_without_them(story: Story, tmp_path: Path) -> None:
    added = add(story)
    target = tmp_path / "copy.tar.gz"
    backups.make(story.home, target, NOW)
    fresh = Settings(data_dir=tmp_path / "fresh")
    restore(target, fresh, replace=False, at=NOW)
    with Opened(fresh) as home:
        _row, path = evidence.file_of(home, story.people.infosec, story.connection, added.id)
        assert path.is_relative_to(tmp_path / "fresh")
        assert path.read_bytes() == making.PDF
        assert path.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(story.home.settings.files_dir / "sha256")
    lacking = tmp_path / "lacking.tar.gz"
    backups.make(story.home, lacking, NOW)
    with pytest.raises(CannotRestore, match="lacks 1 files of evidence"):
        restore(lacking, Settings(data_dir=tmp_path / "other"), replace=False, at=NOW)


class Opened:
    """An installation over a data folder, closed afterwards."""

    def __init__(self, settings: Settings) -> None:
        from portal.store.database import Database

        self.home = Installation(settings, Database(settings.database))

    def __enter__(self) -> Installation:
        return self.home

    def __exit__(self, *_: object) -> None:
        self.home.database.dispose()


def test_every_kind_has_its_ending_once() -> None:
    endings = [ending for kind in KINDS.values() for ending in kind.extensions]
    assert len(endings) == len(set(endings))
