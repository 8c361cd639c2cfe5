"""The administrator's pages: from download to publishing, with what is wrong told and what it means shown."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from checklists import load
from portal.services import declarations
from portal.store import catalogues
from tests.catalogues.editing import NEW, edited, publish
from tests.story import Story


@pytest.fixture
def admin(story: Story, client_as: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_as(story.people.admin)


def post_file(admin: FlaskClient, text: str | bytes, name: str = "krav.yaml") -> TestResponse:
    raw = text if isinstance(text, bytes) else text.encode()
    return admin.post("/catalogues/draft", data={"file": (io.BytesIO(raw), name)})


def draft_of(story: Story) -> str:
    with story.home.read() as session:
        found = catalogues.draft(session)
        assert found
        return found.id


def test_a_version_is_made_from_the_file_of_the_last(story: Story, admin: FlaskClient) -> None:
    assert 'href="/catalogues"' in admin.get("/overview").get_data(as_text=True)
    declarations.save_answer(story.home, story.people.infosec, story.connection, "P-01", "yes", "", 0)
    file = admin.get("/catalogues/1/file")
    assert 'filename="declaration-sdk-1.yaml"' in file.headers["Content-Disposition"]
    assert load.parse(file.get_data(as_text=True), "krav.yaml") == load.declaration("1")
    assert post_file(admin, edited()).status_code == 302
    page = admin.get("/catalogues/draft").get_data(as_text=True)
    for words in (
        "En påbörjad självdeklaration går över",
        "Exempelstads kommun",
        "Ni arbetar ännu mer systematiskt.",
        "P-99 Ett nytt krav",
        "Kravet öppnas igen",
        "Svaren följer med.",
        "77 krav är oförändrade",
    ):
        assert words in page, words
    sent = {"draft": draft_of(story), "newest": "1"}
    assert admin.post("/catalogues/draft/publish", data=sent).location == "/catalogues/draft"
    assert admin.post("/catalogues/draft/publish", data={**sent, "sure": "yes"}).location == "/catalogues"
    page = admin.get("/catalogues").get_data(as_text=True)
    assert "Version 1.1 är utgiven. 2 självdeklarationer har gått över till den." in page
    assert "Ett nytt krav" in admin.get("/catalogues/1.1").get_data(as_text=True)
    late = admin.post("/catalogues/draft/publish", data={**sent, "sure": "yes"})
    assert late.status_code == 302
    assert "Inget är gjort" in admin.get("/catalogues").get_data(as_text=True)


def test_what_is_wrong_is_told_on_the_page(admin: FlaskClient) -> None:
    refused = post_file(admin, edited("1"))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "write a version after 1 with a point in it" in page
    none = admin.post("/catalogues/draft", data={})
    assert none.status_code == 422
    hostile = post_file(admin, "kind: <script>alert(1)</script>", '"><script>.yaml')
    assert "<script>alert" not in hostile.get_data(as_text=True)
    assert "Det finns inget utkast" in admin.get("/catalogues/draft").get_data(as_text=True)
    assert admin.get("/catalogues/9").status_code == 404
    assert admin.get("/catalogues/9/file").status_code == 404


def test_a_draft_is_withdrawn_and_kept_in_the_list(story: Story, admin: FlaskClient) -> None:
    post_file(admin, edited())
    admin.post("/catalogues/draft/withdraw", data={"draft": draft_of(story)})
    page = admin.get("/catalogues").get_data(as_text=True)
    assert "Version 1.1, uppladdad av Admin" in page
    assert "Borttaget" in page


def test_the_pages_of_a_moved_declaration(story: Story, client_as: Callable[[str], FlaskClient]) -> None:
    declarations.save_answer(story.home, story.people.infosec, story.connection, "P-01", "no", "Inte än.", 0)
    publish(story.home, story.people)
    infosec, place = client_as(story.people.infosec), f"/connections/{story.connection}"
    page = infosec.get(f"{place}/declaration").get_data(as_text=True)
    assert "Ett krav utan svar har besvarats tidigare" in page
    earlier = infosec.get(f"{place}/declaration/earlier").get_data(as_text=True)
    assert "på version 1 av kraven" in earlier
    page = infosec.get(f"{place}/declaration/P-01").get_data(as_text=True)
    assert "Ni arbetar ännu mer systematiskt." in page
    assert "Inte än." in page
    assert infosec.get(f"{place}/declaration/P-02").status_code == 404
    assert "från version 1 till version 1.1" in infosec.get(f"{place}/history").get_data(as_text=True)
    for kind in ("declaration.xlsx", "declaration.json"):
        assert infosec.get(f"{place}/exports/{kind}").status_code == 200
    told = infosec.get(f"{place}/exports/declaration.json").get_json()
    assert told["catalogue"]["version"] == "1.1"
    assert NEW in {line["requirement"] for line in told["answers"]}


@pytest.mark.parametrize("who", ["reviewer", "approver", "owner_viewer", "contact", "supplier"])
def test_nobody_else_sees_the_pages(story: Story, client_as: Callable[[str], FlaskClient], who: str) -> None:
    browser = client_as(story.people.person[who])
    assert browser.get("/catalogues").status_code == 404
    assert browser.get("/catalogues/1/file").status_code == 404
    assert post_file(browser, edited()).status_code == 404
    assert 'href="/catalogues"' not in browser.get("/").get_data(as_text=True)
