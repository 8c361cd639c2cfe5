"""The owner's reasons: added, edited and ended as new versions, while what was decided keeps its words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from checklists import load
from portal.services import catalogues, reasons
from portal.services.installation import Installation
from portal.services.reasons import ReasonValues
from portal.store import reasons as store
from portal.store.models import StoredCatalogue
from tests.conftest import Cast, Clock
from tests.story import Story
from workflows.errors import Forbidden, Invalid, NotFound, Stale

NEW = ReasonValues(
    "Kontaktvägar saknas",
    "Ways of contact are missing",
    "Ange hur ni nås dygnet runt.",
    "State how you are reached around the clock.",
    ("order", "declaration"),
)


def save(home: Installation, people: Cast, values: ReasonValues = NEW, **changes: str | None) -> str:
    with home.read() as session:
        seen = store.latest(session).version
    return reasons.save(home, people.admin, changes.get("reason"), values, changes.get("seen") or seen)


def text(home: Installation, reason: str, **at: object) -> str:
    with home.read() as session:
        return store.text_of(session, reason, "sv", at.get("at"))  # type: ignore[arg-type]


def test_an_added_reason_is_offered_on_its_steps_and_history_is_kept(
    home: Installation, people: Cast
) -> None:
    name = save(home, people)
    assert name == "kontaktvagar_saknas"
    with home.read() as session:
        assert [found.version for found, _ in store.versions(session)] == ["1.1", "1"]
        for step in ("order", "declaration"):
            assert name in {found.id for found in store.of_step(session, step)}
        assert name not in {found.id for found in store.of_step(session, "risk")}
        stored = session.get_one(StoredCatalogue, ("reasons", "1.1"))
        assert stored.sha256 == load.sha256(load.from_body(stored.body))


def test_two_reasons_of_the_same_title_have_different_ids(home: Installation, people: Cast) -> None:
    assert [save(home, people), save(home, people)] == ["kontaktvagar_saknas", "kontaktvagar_saknas_2"]


def test_saving_the_same_makes_no_version(home: Installation, people: Cast) -> None:
    name = save(home, people)
    save(home, people, reason=name)
    with home.read() as session:
        assert store.latest(session).version == "1.1"


def test_versions_sort_as_numbers(home: Installation, people: Cast) -> None:
    name = save(home, people)
    for number in range(11):
        save(home, people, replace(NEW, text_sv=f"Text {number}"), reason=name)
    with home.read() as session:
        assert store.latest(session).version == "1.12"
    assert text(home, name) == "Text 10"


def test_the_words_of_a_time_are_the_words_of_its_version(
    home: Installation, people: Cast, clock: Clock
) -> None:
    before = text(home, "order_basis")
    given = clock.at
    clock.forward(days=1)
    save(home, people, replace(NEW, text_sv="Nya ord."), reason="order_basis")
    assert text(home, "order_basis") == "Nya ord."
    assert text(home, "order_basis", at=given) == before
    assert text(home, "order_basis", at=given - timedelta(days=900)) == before


def test_an_ended_reason_is_not_offered_but_keeps_its_words(home: Installation, people: Cast) -> None:
    reasons.end(home, people.admin, "line_action", "1")
    with home.read() as session:
        assert "line_action" not in {found.id for found in store.of_step(session, "declaration")}
    assert text(home, "line_action").startswith("Åtgärden behöver")
    save(home, people, reason="line_action")
    with home.read() as session:
        assert "line_action" in {found.id for found in store.of_step(session, "declaration")}


def test_a_decision_keeps_the_words_it_was_made_with(
    home: Installation, people: Cast, client_as: Callable[[str], FlaskClient]
) -> None:
    story = Story(home, people)
    story.fill_order()
    story.move("contact", "order", "submit")
    reviewer = client_as(people.reviewer)
    reviewer.post(f"/connections/{story.connection}/steps/order/return", data={"reason": "order_basis"})
    save(home, people, replace(NEW, text_sv="Nya ord."), reason="order_basis")
    page = client_as(people.contact).get(f"/connections/{story.connection}/order").get_data(as_text=True)
    assert "Beskriv vilket offentligt finansierat uppdrag" in page
    assert "Nya ord." not in page


def test_a_reviewer_may_not_use_what_has_ended(home: Installation, people: Cast) -> None:
    from portal.services.steps import Wish

    story = Story(home, people)
    story.fill_order()
    story.move("contact", "order", "submit")
    reasons.end(home, people.admin, "order_basis", "1")
    with pytest.raises(Invalid):
        story.move("reviewer", "order", "return", Wish("order_basis"))


@pytest.mark.parametrize("who", ["reviewer", "approver", "owner_viewer", "contact"])
def test_nobody_but_the_administrator_edits(home: Installation, people: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        reasons.save(home, people.person[who], None, NEW, "1")
    with pytest.raises(Forbidden):
        reasons.end(home, people.person[who], "other", "1")


def test_an_older_page_overwrites_nothing(home: Installation, people: Cast) -> None:
    save(home, people)
    with pytest.raises(Stale):
        reasons.save(home, people.admin, "other", NEW, "1")
    with pytest.raises(Stale):
        reasons.end(home, people.admin, "other", "1")
    with pytest.raises(NotFound):
        reasons.end(home, people.admin, "nothing", "1.1")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title_sv": " "}, "title_sv", "words_missing"),
        ({"text_en": ""}, "text_en", "words_missing"),
        ({"title_en": "x" * 121}, "title_en", "too_long"),
        ({"steps": ()}, "steps", "steps_missing"),
        ({"steps": ("nowhere",)}, "steps", "choice_unknown"),
    ],
)
def test_what_is_refused(
    home: Installation, people: Cast, changes: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reasons.save(home, people.admin, None, replace(NEW, **changes), "1")  # type: ignore[arg-type]
    assert refused.value.errors[field].code == code


def test_an_upgrade_finds_the_shipped_version_untouched(home: Installation, people: Cast) -> None:
    save(home, people)
    with home.write() as work:
        assert catalogues.store_shipped(work) == 0


def test_the_pages_add_edit_end_and_keep_what_was_typed(
    people: Cast, client_as: Callable[[str], FlaskClient]
) -> None:
    admin = client_as(people.admin)
    assert "Underlag saknas" in admin.get("/reasons").get_data(as_text=True)
    typed = {
        "title_sv": "Kontaktvägar saknas",
        "title_en": "Ways of contact are missing",
        "text_sv": "Ange hur ni nås.",
        "text_en": "",
        "steps": "declaration",
        "version": "1",
    }
    refused = admin.post("/reasons/new", data=typed)
    assert refused.status_code == 422
    assert "Ange hur ni nås." in refused.get_data(as_text=True)
    assert admin.post("/reasons/new", data={**typed, "text_en": "State how."}).status_code == 302
    late = admin.post("/reasons/other", data={**typed, "text_en": "State how."})
    assert late.status_code == 409
    assert "Ange hur ni nås." in late.get_data(as_text=True)
    assert "Kontaktvägar saknas" in admin.get("/reasons/kontaktvagar_saknas").get_data(as_text=True)
    admin.post("/reasons/kontaktvagar_saknas/end", data={"version": "1.1"})
    page = admin.get("/reasons").get_data(as_text=True)
    assert "Avslutade skäl" in page
    assert "Version 1.2" in page
    assert client_as(people.reviewer).get("/reasons").status_code == 404
