"""What a page costs the database: it gives back the connection that it read with, and asks no more than it needs."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.story import Story

As = Callable[[str], FlaskClient]
PAGES = {
    "declaration": 40,
    "declaration/P-40": 45,
    "declaration/themes/access": 25,
    "declaration/check": 45,
    "risk": 40,
    "": 40,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_gives_its_connection_back_and_asks_little(story: Story, browse: As, page: str) -> None:
    client, database = browse("infosec"), story.home.database
    story.answer_all()
    path = f"/connections/{story.connection}/{page}".rstrip("/")
    asked: list[str] = []
    event.listen(database.reader, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    assert client.get(path).status_code == 200
    # Looked at before the garbage collector could hide a session that nobody closed.
    assert database.reader.pool.checkedout() == 0
    print(page, len(asked))
    assert len(asked) <= PAGES[page], "\n".join(asked)


def test_a_saved_answer_gives_the_connection_back(story: Story, browse: As) -> None:
    path = f"/connections/{story.connection}/declaration/P-40"
    answer = browse("infosec").post(
        path, data={"value": "no", "comment": "", "version": "0"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert story.home.database.reader.pool.checkedout() == 0
