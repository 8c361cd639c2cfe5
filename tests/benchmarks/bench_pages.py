"""Prints what the heaviest pages cost in CPU time, queries and bytes, on the register of a whole country.

Run it with `make bench`. The budget is 5 ms of CPU and 6 queries for a page of 50 rows; nothing here passes or fails.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event

from portal.app import create_app
from portal.services import imports, register_file
from portal.store import migrate
from tests.conftest import Clock, installation, make_cast, signed_in
from tests.story import Story

ROUNDS = 30
STAGES = ("", "started", "qa", "connected")
HEADER = "kind,scb_code,name,county_code,county,org_number,stage\n"


def register() -> str:
    """A fictional register of 600 municipalities."""
    rows = (f"kommun,{1000 + n:04d},Kommun {n:03d},01,Stockholms län,,{STAGES[n % 4]}" for n in range(600))
    return HEADER + "\n".join(rows) + "\n"


def measured(client: FlaskClient, path: str, queries: Callable[[], int]) -> str:
    """One line of figures: CPU milliseconds per page (median), queries, bytes."""
    client.get(path)
    before = queries()
    size = len(client.get(path).data)
    asked = queries() - before
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        client.get(path)
        spent.append((time.process_time() - began) * 1000)
    return f"{path.split('?')[0][:40]:40} {sorted(spent)[ROUNDS // 2]:7.1f} ms CPU {asked:4d} queries {size:8d} bytes"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        url = f"sqlite:///{data / 'anslut.sqlite3'}"
        migrate.upgrade(url)
        home = installation(url, data, Clock())
        story = Story(home, make_cast(home))
        story.applied()
        source = Path(folder) / "register.csv"
        source.write_text(register(), "utf-8")
        imports.import_register(home, register_file.load(source))
        app = create_app(home.settings, installation=home)
        count = [0]
        event.listen(
            home.database.reader, "before_cursor_execute", lambda *_: count.__setitem__(0, count[0] + 1)
        )
        owner = signed_in(app, home, story.people.reviewer)
        member = signed_in(app, home, story.people.infosec)
        here = f"/connections/{story.connection}"
        for client, path in (
            (owner, "/overview"),
            (owner, "/overview/queue"),
            (member, here),
            (member, f"{here}/declaration"),
            (member, f"{here}/declaration/P-40"),
            (member, f"{here}/risk"),
        ):
            print(measured(client, path, lambda: count[0]).replace(story.connection, "…"))
        home.database.dispose()


if __name__ == "__main__":
    main()
