"""What the worker does with stored files by the clock: sweep up orphans, and scan what nobody has scanned yet."""

from sqlalchemy import select, update

from portal import scanning
from portal.files import GRACE_SECONDS
from portal.services.evidence import store_of
from portal.services.installation import Installation
from portal.store import evidence as store
from portal.store.models import Evidence
from workflows.events import EvidenceInfected


def sweep(home: Installation, grace: float = GRACE_SECONDS) -> int:
    """Remove stored files that no evidence leads to; how many."""
    files = store_of(home.settings)
    if not files.folder.is_dir():
        return 0
    with files.sweeping():
        with home.read() as session:
            known = store.known_files(session)
        return files.sweep(known, grace)


def scan_waiting(home: Installation) -> int:
    """Scan the files that came while there was no clamd; how many now have a verdict.

    A file that carries malware is marked, and is not handed out again.
    """
    address = home.settings.clamd
    if not address or not _answers(address):
        return 0
    with home.read() as session:
        waiting = sorted(store.known_files(session, scanning.UNSCANNED))
    scanned = 0
    for sha256 in waiting:
        path = store_of(home.settings).path(sha256)
        found = scanning.scan(address, path) if path.is_file() else scanning.Scan(scanning.UNSCANNED)
        if found.state != scanning.UNSCANNED:
            _mark(home, sha256, found.state)
            scanned += 1
    return scanned


def _answers(address: str) -> bool:
    try:
        scanning.ping(address)
    except OSError:
        return False
    return True


def _mark(home: Installation, sha256: str, state: str) -> None:
    with home.write() as work:
        rows = work.session.scalars(
            select(Evidence).where(Evidence.sha256 == sha256, Evidence.scan == scanning.UNSCANNED)
        ).all()
        work.session.execute(
            update(Evidence)
            .where(Evidence.id.in_([row.id for row in rows]))
            .values(scan=state)
            .execution_options(synchronize_session=False)
        )
        if state == scanning.INFECTED:
            for row in rows:
                happened = EvidenceInfected(row.id, row.requirement, sha256)
                work.record(happened, connection=row.connection_id)
