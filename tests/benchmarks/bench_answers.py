"""Prints what answering costs where 311 organisations have 140 answers each, and where ten times as many have.

Run it with `make bench`. The shipped catalogue has fewer requirements than 140, so the bench adds copies of them under
other ids to a version of its own; every answer has its version in the history and its event. The budgets stand in the
table; nothing here passes or fails.
"""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, insert

from checklists import load
from portal.app import create_app
from portal.services.installation import Installation
from portal.store import decisions, migrate
from portal.store.models import (
    Answer,
    AnswerVersion,
    ChainHead,
    Connection,
    Organisation,
    StepState,
    StoredEvent,
)
from portal.store.models.base import Base, new_id
from portal.store.sorting import sort_key
from tests.conftest import Clock, installation, make_cast, signed_in
from tests.declarations.story import after_the_tests
from tests.story import Story
from workflows import journey
from workflows.events import AnswerSaved
from workflows.frozen import canonical

ORGANISATIONS, TIMES, REQUIREMENTS = 311, 10, 140
ROUNDS = 41
VERSION = "99.0"
CHUNK = 20_000
COMMENT = "Rutinen är beslutad av ledningen och följs upp varje år i den interna revisionen."


@dataclass(frozen=True)
class Figures:
    """What one act costs: median milliseconds on the clock and of CPU, and queries."""

    wall: float
    cpu: float
    queries: int


def use_catalogue() -> None:
    """The newest declaration of this process has 140 requirements."""
    shipped = load.declaration()
    missing = REQUIREMENTS - len(shipped.requirements)
    more = [
        item.model_copy(update={"id": f"B-{number:02d}", "shown_if": None})
        for number, item in enumerate(shipped.requirements[:missing], start=1)
    ]
    longer = shipped.model_copy(update={"version": VERSION, "requirements": (*shipped.requirements, *more)})
    load.shipped()[longer.id, VERSION] = longer


def rows_of(home: Installation, person: str, count: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """The rows of so many organisations whose declarations are answered."""
    with home.read() as session:
        last = session.get_one(ChainHead, 1)
        seq, previous = last.seq, last.hash
    at, table = home.clock(), journey.of(journey.DEFAULT_JOURNEY)
    states = journey.opening(table)
    names = [item.id for item in load.declaration().requirements]
    body = canonical(AnswerSaved("P-01", "yes").body()).decode()
    for number in range(count):
        name, organisation, connection = f"Kommun {number:04d}", new_id(), new_id()
        yield (
            Organisation,
            {
                "id": organisation,
                "name": name,
                "sort_key": sort_key(name),
                "kind": "kommun",
                "created_at": at,
            },
        )
        yield (
            Connection,
            {
                "id": connection,
                "reference": f"B-2026-{number:04d}",
                "organisation_id": organisation,
                "journey": table.id,
                "journey_version": table.version,
                "declaration_version": VERSION,
                "risk_version": load.risk().version,
                "stage": journey.stage(table, states),
                "step": journey.current_step(table, states),
                "turn": journey.whose_turn(table, states),
                "created_at": at,
                "changed_at": at,
            },
        )
        for step, status in states.items():
            yield (
                StepState,
                {
                    "connection_id": connection,
                    "step": step,
                    "status": status.value,
                    "turn": "nobody",
                    "since": at,
                },
            )
        for requirement in names:
            answer = new_id()
            said = {
                "value": "yes",
                "comment": COMMENT,
                "answered_by": person,
                "answered_at": at,
                "version": 1,
            }
            yield (
                Answer,
                {
                    "id": answer,
                    "connection_id": connection,
                    "catalogue_version": VERSION,
                    "requirement": requirement,
                    **said,
                },
            )
            yield AnswerVersion, {"id": new_id(), "answer_id": answer, **said}
            seq += 1
            yield (
                StoredEvent,
                {
                    "seq": seq,
                    "at": at,
                    "actor_id": person,
                    "organisation_id": organisation,
                    "connection_id": connection,
                    "rule_book": "SDK 1.5",
                    "kind": AnswerSaved.kind,
                    "body": body,
                    # The chain is not what is measured; only its length and its head count.
                    "previous": previous,
                    "hash": previous,
                },
            )


def fill(home: Installation, person: str, count: int) -> None:
    """Store the rows of so many organisations, many at once, and move the head of the events past them."""
    order = (Organisation, Connection, StepState, Answer, AnswerVersion, StoredEvent)
    waiting: dict[type[Base], list[dict[str, Any]]] = {kind: [] for kind in order}

    def store() -> None:
        with home.database.write() as session:
            for kind in order:
                if waiting[kind]:
                    session.execute(insert(kind), waiting[kind])
            if waiting[StoredEvent]:
                session.get_one(ChainHead, 1).seq = waiting[StoredEvent][-1]["seq"]
        for rows in waiting.values():
            rows.clear()

    for kind, row in rows_of(home, person, count):
        waiting[kind].append(row)
        if kind is StoredEvent and len(waiting[kind]) >= CHUNK:
            store()
    store()


def measured(act: Callable[[], object], queries: list[int]) -> Figures:
    act()
    before = queries[0]
    act()
    asked = queries[0] - before
    wall, cpu = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.process_time()
        act()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    return Figures(sorted(wall)[ROUNDS // 2], sorted(cpu)[ROUNDS // 2], asked)


def saving(client: FlaskClient, path: str, rest: dict[str, str], version: int) -> Callable[[], None]:
    """Save an answer as the page does by itself, each time another one, from the version that was saved last."""
    turn = [version]

    def save() -> None:
        said = {"value": "yes", "comment": f"{COMMENT} {turn[0]}", "version": str(turn[0])}
        answer = client.post(path, data={**rest, **said}, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.status_code
        turn[0] += 1

    return save


def fetching(client: FlaskClient, path: str) -> Callable[[], None]:
    def fetch() -> None:
        assert client.get(path).status_code == 200

    return fetch


def figures(count: int) -> dict[str, Figures]:
    """What each act costs in an installation with so many organisations."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        url = f"sqlite:///{data / 'anslut.sqlite3'}"
        migrate.upgrade(url)
        home = installation(url, data, Clock())
        story = Story(home, make_cast(home))
        story.order_approved()
        story.answer_all()
        after_the_tests(story)
        fill(home, story.people.infosec, count - 1)
        app = create_app(home.settings, installation=home)
        queries = [0]
        for engine in (home.database.reader, home.database.writer):
            event.listen(engine, "before_cursor_execute", lambda *_: queries.__setitem__(0, queries[0] + 1))
        client = signed_in(app, home, story.people.infosec)
        here = f"/connections/{story.connection}"
        page = client.get(f"{here}/declaration/P-40").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        rest = {"csrf_token": token.group(1)} if token else {}
        found = {
            "save one answer": measured(saving(client, f"{here}/declaration/P-40", rest, 1), queries),
            "show one questionnaire": measured(fetching(client, f"{here}/declaration"), queries),
            "show one requirement": measured(fetching(client, f"{here}/declaration/P-40"), queries),
            "its XLSX": measured(fetching(client, f"{here}/exports/declaration.xlsx"), queries),
        }
        story.move("infosec", "declaration", "submit")
        story.move("signatory", "declaration", "sign")
        with home.read() as session:
            signature = decisions.signatures(session, story.connection, "declaration")[0]
        found["its PDF"] = measured(
            fetching(client, f"{here}/documents/{signature.frozen_sha256}.pdf"), queries
        )
        home.database.dispose()
        return found


BUDGETS = {
    "save one answer": "15 ms, 6 ms CPU",
    "show one questionnaire": "40 ms",
    "show one requirement": "none",
    "its XLSX": "100 ms",
    "its PDF": "300 ms",
}


def main() -> None:
    use_catalogue()
    few, many = figures(ORGANISATIONS), figures(ORGANISATIONS * TIMES)
    print(
        f"{ORGANISATIONS} organisations × {REQUIREMENTS} answers = {ORGANISATIONS * REQUIREMENTS:,} rows, "
        f"and {TIMES} times as many; median of {ROUNDS}; the budget of the ratio is 1.3"
    )
    for name, budget in BUDGETS.items():
        one, ten = few[name], many[name]
        print(
            f"{name:24} {one.wall:7.1f} ms {one.cpu:7.1f} ms CPU {one.queries:4d} queries; ten times: "
            f"{ten.wall:7.1f} ms {ten.cpu:7.1f} ms CPU {ten.queries:4d} queries; "
            f"ratio {ten.wall / one.wall:.2f}, CPU {ten.cpu / one.cpu:.2f}; budget {budget}"
        )


if __name__ == "__main__":
    main()
