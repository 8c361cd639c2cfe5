"""An installation with three hundred declarations under way takes a new version in a few seconds."""

import time

from sqlalchemy import func, insert, select, update

from checklists import load
from portal.services import imports, register_file
from portal.services.installation import Installation
from portal.store.models import Answer, Connection, StepState
from portal.store.models.base import new_id
from tests.catalogues.editing import publish
from tests.conftest import make_cast

MANY = 300
SECONDS = 10


def many_under_way(home: Installation) -> None:
    """Three hundred imported connections with every requirement answered in a declaration that is under way."""
    rows = [f"region,,Region {number:03d},12,,,qa" for number in range(MANY)]
    header = "kind,scb_code,name,county_code,county,org_number,stage"
    imports.import_register(home, register_file.parse("\n".join([header, *rows, ""]).encode()))
    with home.write() as work:
        work.session.execute(
            update(StepState).where(StepState.step == "declaration").values(status="in_progress")
        )
        ids = work.session.scalars(select(Connection.id)).all()
        answers = [
            {
                "id": new_id(),
                "connection_id": connection,
                "catalogue_version": "1",
                "requirement": item.id,
                "value": "yes",
                "comment": "Rutinen är beslutad och följs upp varje år.",
                "version": 1,
                "answered_at": work.now,
                "verdict_text": "",
            }
            for connection in ids
            for item in load.declaration("1").requirements
        ]
        work.session.execute(insert(Answer), answers)


def test_three_hundred_declarations_move_in_a_few_seconds(either_home: Installation) -> None:
    people = make_cast(either_home)
    many_under_way(either_home)
    begun = time.perf_counter()
    done = publish(either_home, people)
    took = time.perf_counter() - begun
    assert done.moved == MANY + 2
    assert took < SECONDS, f"{took:.1f} s"
    with either_home.read() as session:
        here = Answer.catalogue_version == "1.1"
        assert session.scalar(select(func.count(Answer.id)).where(here)) == (MANY + 2) * 79
        emptied = select(func.count(Answer.id)).where(here, Answer.value.is_(None))
        assert session.scalar(emptied) == MANY + 2
