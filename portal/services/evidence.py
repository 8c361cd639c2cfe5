"""Evidence for the answers of a declaration: adding files and links, replacing, removing and handing them out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from portal import file_kinds, scanning
from portal.file_kinds import FileKind
from portal.files import FileStore, Received, TooLarge
from portal.scanning import Scan
from portal.services import answering, cases, moves
from portal.services.cases import Case
from portal.services.declarations import written
from portal.services.installation import SWEDEN, Installation, Work
from portal.services.minted import claimed
from portal.settings import Settings
from portal.store import declarations
from portal.store import evidence as store
from portal.store.models import Connection, Evidence
from workflows import declaration as answers
from workflows import evidence as rules
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.events import Event, EvidenceAdded, EvidenceRemoved, EvidenceReplaced
from workflows.evidence import Kind, Stated
from workflows.status import OPEN

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: its bytes to read once, and the name it was given."""

    stream: IO[bytes]
    name: str


@dataclass(frozen=True)
class Added:
    """What was stored. `renamed` is the name that told another type than the content, or empty."""

    id: str
    title: str
    name: str
    scan: str
    renamed: str = ""
    kind_code: str = ""


@dataclass(frozen=True)
class _Looked:
    """A file that may be kept, with what it turned out to be."""

    received: Received
    kind: FileKind
    name: str
    renamed: str
    scan: Scan


def store_of(settings: Settings) -> FileStore:
    """The installation's store of files."""
    return FileStore(settings.files_dir)


def add(
    home: Installation,
    person_id: str,
    connection_id: str,
    requirement: str,
    evidence_id: str,
    said: Stated,
    upload: Upload | None,
) -> Added:
    """Add a file or a link to a requirement under the id its form was made with; the same form twice adds once.

    Raises Invalid by field, Blocked when the declaration is not open.
    """
    return _put(home, person_id, connection_id, requirement, evidence_id, said, upload, replaces=None)


def replace_with(
    home: Installation,
    person_id: str,
    connection_id: str,
    replaced_id: str,
    evidence_id: str,
    said: Stated,
    upload: Upload | None,
) -> Added:
    """Add a newer version that names the one it replaces. Raises as `add`, and Blocked when that is not current."""
    with home.read() as session:
        cases.fetch(session, person_id, connection_id, "declaration.contribute")
        found = store.of(session, connection_id, replaced_id)
        if found is None:
            raise NotFound
        requirement = found.requirement
    return _put(home, person_id, connection_id, requirement, evidence_id, said, upload, replaces=replaced_id)


def remove(home: Installation, person_id: str, connection_id: str, evidence_id: str) -> str:
    """Take evidence away from its answer; its requirement. It stays listed as removed; twice changes nothing."""
    with home.write(person_id) as work:
        cases.fetch(work.session, person_id, connection_id, "declaration.contribute")
        found = store.of(work.session, connection_id, evidence_id, lock=True)
        if found is None:
            raise NotFound
        case = answering.fetch(work.session, person_id, connection_id, found.requirement)
        if found.removed_at is None:
            _must_be_current(work, found)
            moves.begin(work, answering.as_answering(case), "declaration")
            found.removed_by, found.removed_at = person_id, work.now
            _reopen_line(work, case, found.requirement)
            _record(work, case, EvidenceRemoved(found.id, found.requirement))
        return found.requirement


def file_of(
    home: Installation, person_id: str, connection_id: str, evidence_id: str
) -> tuple[Evidence, Path]:
    """The row and the place of a file, for someone who may see it.

    Raises NotFound, and Blocked for a file that carries malware or is no longer on the disk.
    """
    with home.read() as session:
        cases.fetch(session, person_id, connection_id, "declaration.see")
        found = store.of(session, connection_id, evidence_id)
        if found is None or found.sha256 is None:
            raise NotFound
        if found.scan == scanning.INFECTED:
            raise Blocked((Reason("evidence_blocked"),))
        path = store_of(home.settings).path(found.sha256)
        if not path.is_file():
            raise Blocked((Reason("evidence_lost"),))
        session.expunge(found)
        return found, path


def _put(
    home: Installation,
    person_id: str,
    connection_id: str,
    requirement: str,
    evidence_id: str,
    said: Stated,
    upload: Upload | None,
    *,
    replaces: str | None,
) -> Added:
    stated = replace(said, title=" ".join(written(said.title).split()), url=said.url.strip())
    _may_begin(home, person_id, connection_id, requirement)
    errors = rules.check(stated, has_file=upload is not None, today=home.clock().astimezone(SWEDEN).date())
    if errors:
        raise Invalid(errors)
    with _kept(home, upload) as looked, home.write(person_id) as work:
        case = answering.fetch(work.session, person_id, connection_id, requirement)
        found = claimed(work, Evidence, evidence_id, connection_id)
        if found is not None:
            return Added(found.id, found.title, found.name, found.scan)
        # One at a time per connection, so that two uploads cannot both be the last that has room.
        work.session.get_one(Connection, connection_id, with_for_update=True)
        if looked:
            _must_not_be_known_as_infected(work, looked.received)
            _must_have_room(work, home.settings, case, looked.received)
        moves.begin(work, answering.as_answering(case), "declaration")
        row = _row(case, requirement, evidence_id, stated, looked, person_id, work.now)
        happened: Event = EvidenceAdded(row.id, requirement, row.sha256)
        if replaces is not None:
            row.replaces_id = _replaced(work, connection_id, replaces).id
            happened = EvidenceReplaced(row.id, replaces, requirement, row.sha256)
        work.session.add(row)
        work.session.flush()
        _reopen_line(work, case, requirement)
        _record(work, case, happened)
        renamed, code = (looked.renamed, looked.kind.code) if looked else ("", "")
        return Added(row.id, row.title, row.name, row.scan, renamed, code)


def _may_begin(home: Installation, person_id: str, connection_id: str, requirement: str) -> None:
    """Refuse before a large file is looked at what would be refused afterwards."""
    with home.read() as session:
        case = answering.fetch(session, person_id, connection_id, requirement)
        if requirement not in {
            item.id for item in declarations.catalogue(session, case.connection).requirements
        }:
            raise NotFound
        status = case.states["declaration"]
        if status not in OPEN:
            raise Blocked(
                (Reason("not_now", {"step": "declaration", "status": status}, place="declaration"),)
            )


@contextmanager
def _kept(home: Installation, upload: Upload | None) -> Iterator[_Looked | None]:
    """The file received, looked at and in its place until the row is committed; None where a link is added."""
    if upload is None:
        yield None
        return
    files, most = store_of(home.settings), home.settings.max_file_mb
    try:
        with files.receive(upload.stream, most * MEGABYTE) as received:
            looked = _look(home, received, upload.name)
            with files.keep(received):
                yield looked
    except TooLarge:
        raise Invalid({"file": Reason("file_too_large", {"max": most})}) from None


def _look(home: Installation, received: Received, given_name: str) -> _Looked:
    try:
        kind = file_kinds.inspect(received.path, rules.tidy_name(given_name))
    except file_kinds.Refused as error:
        raise Invalid({"file": Reason(f"file_{error.code}")}) from error
    found = scanning.scan(home.settings.clamd, received.path)
    if found.state == scanning.INFECTED:
        raise Invalid({"file": Reason("file_infected")})
    name, lies = rules.named_for(given_name, kind.extensions)
    return _Looked(received, kind, name, rules.tidy_name(given_name) if lies else "", found)


def _must_not_be_known_as_infected(work: Work, received: Received) -> None:
    """What was found out about the same bytes before holds, even while clamd is silent."""
    if received.sha256 in store.known_files(work.session, scanning.INFECTED):
        raise Invalid({"file": Reason("file_infected")})


def _must_have_room(work: Work, settings: Settings, case: Case, received: Received) -> None:
    held = store.bytes_held(work.session, case.connection.id)
    held[received.sha256] = received.size
    most = settings.max_connection_mb
    if sum(held.values()) > most * MEGABYTE:
        raise Invalid({"file": Reason("file_no_room", {"max": most})})


def _row(
    case: Case,
    requirement: str,
    evidence_id: str,
    stated: Stated,
    looked: _Looked | None,
    person_id: str,
    at: datetime,
) -> Evidence:
    name = looked.name if looked else ""
    return Evidence(
        id=evidence_id,
        connection_id=case.connection.id,
        requirement=requirement,
        kind=Kind.FILE if looked else Kind.LINK,
        title=stated.title or (name or stated.url)[: rules.MAX_TITLE],
        url=stated.url,
        sha256=looked.received.sha256 if looked else None,
        name=name,
        media_type=looked.kind.media_type if looked else "",
        size=looked.received.size if looked else 0,
        scan=looked.scan.state if looked else "",
        happened_on=stated.happened_on,
        valid_until=stated.valid_until,
        added_by=person_id,
        added_at=at,
    )


def _replaced(work: Work, connection_id: str, evidence_id: str) -> Evidence:
    found = store.of(work.session, connection_id, evidence_id, lock=True)
    if found is None:
        raise NotFound
    _must_be_current(work, found)
    return found


def _must_be_current(work: Work, found: Evidence) -> None:
    if not store.is_current(work.session, found):
        raise Blocked((Reason("evidence_not_current", place=f"declaration:{found.requirement}"),))


def _reopen_line(work: Work, case: Case, requirement: str) -> None:
    """An accepted answer that is shown by something else must be looked at again."""
    answer = declarations.answer(work.session, case.connection, requirement, lock=True)
    if answer is not None and answer.verdict == answers.ACCEPTED:
        answer.verdict, _ = answers.after_edit(declarations.given(answer))


def _record(work: Work, case: Case, happened: Event) -> None:
    work.record(happened, organisation=case.organisation.id, connection=case.connection.id)
