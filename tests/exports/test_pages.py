"""Downloads as each person: who may fetch what, in which language, and the schemas that are everyone's."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.exports import json_files
from portal.services import risks as service
from portal.store import risks
from portal.texts import LANGUAGES, has
from portal.web.exports import FILES, TYPES
from tests.exports.reading import sheet, table
from tests.story import Story

Browse = Callable[[str], FlaskClient]


def place(story: Story, rest: str = "") -> str:
    return f"/connections/{story.connection}/exports{rest}"


@pytest.mark.parametrize("who", ["infosec", "signatory", "viewer", "reviewer", "owner_viewer"])
def test_those_who_see_the_declaration_get_every_file(story: Story, browse: Browse, who: str) -> None:
    page = browse(who).get(place(story)).get_data(as_text=True)
    assert ("Läs in svar från kalkylblad" in page) == (who == "infosec")
    for name in FILES:
        assert place(story, f"/{name}") in page
        answer = browse(who).get(place(story, f"/{name}"))
        assert answer.status_code == 200
        assert answer.mimetype == TYPES[name.rsplit(".", 1)[1]]
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="A-2026-')
        assert answer.headers["Content-Disposition"].endswith(f'-{name}"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("supplier", 403)])
def test_nobody_else_gets_any(story: Story, browse: Browse, who: str, status: int) -> None:
    assert browse(who).get(place(story)).status_code == status
    for name in (*FILES, "secret.json"):
        assert browse(who).get(place(story, f"/{name}")).status_code == status


def test_an_unknown_file_does_not_exist(story: Story, browse: Browse) -> None:
    assert browse("infosec").get(place(story, "/audit.key")).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_speak_the_readers_language(story: Story, browse: Browse, language: str) -> None:
    client = browse("infosec")
    with client.session_transaction() as session:
        session["language"] = language
    name, heading = ("Svar", "Krav") if language == "sv" else ("Answers", "Requirement")
    rows = sheet(client.get(place(story, "/declaration.xlsx")).data, name)
    assert rows[0][heading] == "P-01"
    owner = "Riskägare" if language == "sv" else "Risk owner"
    assert table(client.get(place(story, "/risk.csv")).data)[0][owner] == "Anna Berg"


def test_a_plan_of_nothing_is_told_in_words(story: Story, browse: Browse) -> None:
    story.answer_all()
    with story.home.read() as session:
        (risk,) = risks.risks(session, story.connection)
    service.close(story.home, story.people.infosec, story.connection, risk.id)
    answer = browse("infosec").get(place(story, "/poam.json"))
    assert answer.status_code == 404
    assert "inga avvikelser eller risker" in answer.get_data(as_text=True)


def test_every_file_has_its_words() -> None:
    for file in FILES.values():
        for key in (
            f"export.kind.{file.kind}",
            f"export.about_kind.{file.kind}",
            f"export.format.{file.format}",
        ):
            assert all(has(key, language) for language in LANGUAGES), key


def test_the_schemas_are_public(anonymous: FlaskClient) -> None:
    for name in json_files.SCHEMAS:
        answer = anonymous.get(f"/schemas/{name}.json")
        assert answer.mimetype == "application/schema+json"
        assert json.loads(answer.data)["$id"].endswith(f"/schemas/{name}.json")
    assert anonymous.get("/schemas/nothing-1.json").status_code == 404
