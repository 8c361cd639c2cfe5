"""What `portal doctor` looks at: each thing is well, worth a look or wrong, with the next thing to do."""

import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

import workflows
from portal import __version__, scanning
from portal.files import FileStore
from portal.services.installation import Installation
from portal.services.workers import SILENT
from portal.settings import Settings
from portal.store import evidence, migrate
from portal.store.database import BUSY_MILLISECONDS, Database
from portal.store.models import Federation, Letter, Worker
from portal.verification import pack as packs

OK, WARN, ERROR = "ok", "warn", "error"
LOW_SPACE = 500 * 1024 * 1024
KEYS = ("audit.key", "cookie.key")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `todo` is the next thing to do, empty when all is well."""

    name: str
    state: str
    said: str
    todo: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which one thing rests on another."""
    found = [_python(), _our_workflows(), *_data_folder(settings)]
    database = Database(settings.database)
    try:
        reachable = _database(settings, database)
        found += reachable
        if all(finding.state != ERROR for finding in reachable):
            found += [
                *_pragmas(database),
                _worker(settings, database),
                *_mail(settings, database),
                *_files(settings, database),
            ]
    finally:
        database.dispose()
    return [*found, *_packs(settings), _port(settings)]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", OK, f"Python {version}, Anslut {__version__}")


def _our_workflows() -> Finding:
    place = Path(workflows.__file__ or "").resolve().parent
    if place.parent == Path(__file__).resolve().parents[1] and (place / "journey.py").is_file():
        return Finding("workflows", OK, f"workflows is ours: {place}")
    return Finding(
        "workflows",
        ERROR,
        f"Another package named workflows is imported: {place}",
        "Give Anslut a virtual environment of its own; `pip uninstall` the other package from this one.",
    )


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding(
            "data folder", ERROR, f"{folder} does not exist", "Run `portal init`, or set PORTAL_DATA_DIR."
        )
        return
    probe = folder / ".doctor"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        todo = f"Give the user that runs Anslut the right to write in {folder}."
        yield Finding("data folder", ERROR, f"{folder} cannot be written to: {error.strerror}", todo)
        return
    free = shutil.disk_usage(folder).free
    megabytes = f"{free // 1024**2} MB free"
    low = free < LOW_SPACE
    yield Finding(
        "data folder",
        WARN if low else OK,
        f"{folder}, {megabytes}",
        "Free some space on the disk." if low else "",
    )
    keys = [
        path for path in [*(folder / name for name in KEYS), *folder.rglob("*key*.pem")] if path.is_file()
    ]
    loose = [path for path in keys if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        names = " ".join(str(path) for path in loose)
        yield Finding("keys", ERROR, f"Others can read: {names}", f"Run: chmod 600 {names}")
    elif not (folder / "audit.key").is_file():
        yield Finding(
            "keys",
            ERROR,
            "The key of the event chain is missing",
            "Put it back from a copy: `portal restore`.",
        )
    else:
        yield Finding("keys", OK, f"{len(keys)} key files, readable by their owner only")


def _database(settings: Settings, database: Database) -> list[Finding]:
    if database.is_sqlite and not Path(settings.database.removeprefix("sqlite:///")).exists():
        return [Finding("database", ERROR, "There is no database", "Run `portal init`.")]
    try:
        at, newest = migrate.current(database), migrate.newest()
        with database.read() as session:
            federation = session.get(Federation, 1) if at == newest else None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        todo = "Check PORTAL_DATABASE_URL and that the database server is running."
        return [Finding("database", ERROR, f"The database cannot be read: {reason}", todo)]
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    found = [Finding("database", OK, f"{kind} answers")]
    if at != newest:
        todo = (
            "Take a copy with `portal backup`, then run `portal init`, which migrates and keeps everything."
        )
        found.append(Finding("migrations", ERROR, f"The database is at {at}, and {newest} is needed", todo))
    elif federation is None:
        found.append(Finding("federation", ERROR, "The database has no federation", "Run `portal init`."))
    else:
        found.append(Finding("migrations", OK, f"at the newest, {newest}"))
        found.append(Finding("federation", OK, federation.name + (" (demo)" if federation.demo else "")))
    return found


def _pragmas(database: Database) -> Iterator[Finding]:
    if not database.is_sqlite:
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_MILLISECONDS}
    with database.writer.connect() as connection:
        real = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    wrong = [f"{name}={real[name]}" for name in wanted if real[name] != wanted[name]]
    if wrong:
        todo = (
            "Move the data folder to a local disk: SQLite's write-ahead log does not work on network disks."
        )
        yield Finding("sqlite", ERROR, f"Unsafe settings: {', '.join(wrong)}", todo)
    else:
        yield Finding("sqlite", OK, "write-ahead log, full synchronisation, foreign keys")


def _worker(settings: Settings, database: Database) -> Finding:
    home = Installation(settings, database)
    with home.read() as session:
        last = session.scalar(select(func.max(Worker.beat_at)))
    if last is None:
        return Finding(
            "worker", WARN, "No worker is running", "Start one: `portal serve` or `portal worker`."
        )
    age = datetime.now(UTC) - last
    if age > SILENT:
        todo = "Start one: `portal serve` or `portal worker`. Runs and letters wait until then."
        return Finding("worker", WARN, f"The last worker was heard of {int(age.total_seconds())} s ago", todo)
    return Finding("worker", OK, "a worker is alive")


def _mail(settings: Settings, database: Database) -> Iterator[Finding]:
    with database.read() as session:
        failed = session.scalar(
            select(func.count())
            .select_from(Letter)
            .where(Letter.sent_at.is_(None), Letter.error.is_not(None))
        )
    if not settings.smtp_host:
        todo = "Set PORTAL_SMTP_HOST and PORTAL_MAIL_FROM to send mail."
        yield Finding("mail", WARN, f"Letters are written to {settings.data_dir / 'mail'}", todo)
    else:
        yield _connects(
            "mail", settings.smtp_host, settings.smtp_port, "Check PORTAL_SMTP_HOST and PORTAL_SMTP_PORT."
        )
    if failed:
        todo = "See why on the owner's page of letters; they are tried again."
        yield Finding("letters", WARN, f"{failed} letters could not be sent yet", todo)


def _files(settings: Settings, database: Database) -> Iterator[Finding]:
    """Is malware looked for, does any file wait for it, and does any lack that evidence leads to."""
    with database.read() as session:
        known = evidence.known_files(session)
        unscanned = evidence.known_files(session, scanning.UNSCANNED)
        infected = evidence.known_files(session, scanning.INFECTED)
    yield _clamd(settings.clamd)
    if unscanned:
        todo = "Set PORTAL_CLAMD and keep a worker running; it scans them." if not settings.clamd else ""
        todo = todo or "Keep clamd and a worker running; it scans them within a minute or two."
        yield Finding(
            "unscanned files", WARN, f"{len(unscanned)} files have not been scanned for malware", todo
        )
    if infected:
        todo = "They are not handed out. See the connections' histories, and have the organisations replace them."
        yield Finding("infected files", WARN, f"{len(infected)} files carry malware", todo)
    lost = FileStore(settings.files_dir).lacking(known)
    if lost:
        todo = "Put them back from a copy: `portal restore` into another folder, then copy its `files` folder here."
        yield Finding("evidence", ERROR, f"{len(lost)} files are missing, the first being {lost[0]}", todo)
    else:
        yield Finding("evidence", OK, f"all {len(known)} files are in their place")


def _clamd(address: str) -> Finding:
    if not address:
        todo = "Set PORTAL_CLAMD to the address of clamd, such as 127.0.0.1:3310."
        return Finding("clamd", WARN, "Files are not scanned for malware and are marked as unscanned", todo)
    try:
        return Finding("clamd", OK, f"{address} answers: {scanning.ping(address)}")
    except OSError as error:
        todo = (
            "Start clamd, or check PORTAL_CLAMD. Files are taken in and marked as unscanned until it answers."
        )
        return Finding("clamd", ERROR, f"{address} does not answer: {error}", todo)


def _connects(name: str, host: str, port: int, todo: str) -> Finding:
    try:
        with closing(socket.create_connection((host, port), timeout=5)):
            return Finding(name, OK, f"{host}:{port} answers")
    except OSError as error:
        return Finding(name, ERROR, f"{host}:{port} does not answer: {error}", todo)


def _packs(settings: Settings) -> Iterator[Finding]:
    for environment in packs.environments(settings.packs_dir):
        try:
            found = packs.load(settings.packs_dir, environment)
        except packs.PackError as error:
            yield Finding(
                f"profile {environment}", ERROR, str(error), "Run `portal profile install DIR` again."
            )
            continue
        lacking = [purpose for purpose in packs.PURPOSES if not found.anchors.get(purpose)]
        if lacking:
            todo = f"Run `portal profile install DIR --environment {environment}` with the federation's certificates."
            said = f"no trusted certificates for {', '.join(lacking)}"
            yield Finding(f"profile {environment}", WARN, said, todo)
        else:
            yield Finding(f"profile {environment}", OK, f"version {found.version}, certificates installed")


def _port(settings: Settings) -> Finding:
    with closing(socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)) as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    if taken:
        return Finding("port", OK, f"something answers on {settings.bind}, Anslut if it is being served")
    return Finding("port", OK, f"{settings.bind} is free")
