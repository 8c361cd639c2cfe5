"""A PostgreSQL server for one test run: made in a temporary folder, on a private socket, as a user that is not root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlalchemy import create_engine, text

from portal.store import migrate

TEMPLATE = "anslut_template"


def find_postgres() -> Path | None:
    """The folder of PostgreSQL's programs, the newest one, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if debian and (debian[-1] / "initdb").exists():
        return debian[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class PostgreSQL:
    """A running server; `database` gives a fresh migrated database."""

    def __init__(self, programs: Path, base: Path) -> None:
        self.programs = programs
        # A socket's path is at most 107 bytes, and the server's own user must be able to walk to it.
        self.folder = Path(tempfile.mkdtemp(prefix="anslut-pg-", dir="/tmp"))
        self.as_user: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [*self.as_user, str(self.programs / program), *args],
            check=True,
            capture_output=True,
            cwd=self.folder,
        )

    def __enter__(self) -> "PostgreSQL":
        data = str(self.folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "anslut", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", data, "-o", options, "-l", str(self.folder / "log"), "-w", "start")
        self._admin(f"CREATE DATABASE {TEMPLATE}")
        migrate.upgrade(self.url(TEMPLATE))
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://anslut@/{name}?host={self.folder}"

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A copy of the migrated template under this name; removed afterwards."""
        self._admin(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            self._admin(f"DROP DATABASE {name} WITH (FORCE)")
