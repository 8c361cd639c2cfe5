"""The pages of the declaration: as each role, without JavaScript and with it, and with what must not be lost."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from checklists import load
from portal.services import declarations
from portal.store import declarations as store
from portal.store import risks
from portal.store.models import Answer, Connection
from portal.store.models.base import new_id
from tests.conftest import Cast
from tests.declarations.story import after_the_tests
from tests.story import Story

Browse = Callable[[str], FlaskClient]
LIVE = {"HX-Request": "true"}


def place(story: Story, rest: str = "") -> str:
    return f"/connections/{story.connection}/declaration{rest}"


def held(story: Story, name: str) -> Answer | None:
    with story.home.read() as session:
        return store.answer(session, session.get_one(Connection, story.connection), name)


def save(story: Story, name: str, value: str, comment: str = "", version: int = 0) -> None:
    declarations.save_answer(
        story.home, story.people.contact, story.connection, name, value, comment, version
    )


@pytest.mark.parametrize("who", ["contact", "infosec", "signatory", "viewer", "reviewer", "owner_viewer"])
def test_those_who_may_see_get_every_page(story: Story, browse: Browse, who: str) -> None:
    save(story, "P-16", "partly", "Två enheter saknar kort.")
    for rest in ("", "?filter=deviations", "?filter=nonsens", "/P-01", "/P-16", "/check"):
        answer = browse(who).get(place(story, rest))
        assert answer.status_code == 200, rest
    page = browse(who).get(place(story)).get_data(as_text=True)
    assert "1 av 80 krav besvarade" in page
    assert ("Nästa krav att svara på" in page) == (who in ("contact", "infosec"))


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("supplier", 403)])
def test_those_who_may_not_see_do_not(story: Story, browse: Browse, who: str, status: int) -> None:
    for rest in ("", "/P-01", "/check", "/sign"):
        assert browse(who).get(place(story, rest)).status_code == status
    assert browse(who).post(place(story, "/P-01"), data={"value": "yes"}).status_code == status
    assert held(story, "P-01") is None


def test_nobody_signed_in_is_asked_to_sign_in(story: Story, anonymous: FlaskClient) -> None:
    answer = anonymous.get(place(story))
    assert answer.status_code == 302
    assert "next=" in answer.location


@pytest.mark.parametrize("who", ["viewer", "signatory", "reviewer"])
def test_those_who_only_read_have_no_form_and_may_not_post(story: Story, browse: Browse, who: str) -> None:
    assert 'name="comment"' not in browse(who).get(place(story, "/P-01")).get_data(as_text=True)
    assert browse(who).post(place(story, "/P-01"), data={"value": "yes"}).status_code == 403


def test_a_requirement_tells_why_what_proves_it_and_where_it_comes_from(story: Story, browse: Browse) -> None:
    page = browse("infosec").get(place(story, "/P-16")).get_data(as_text=True)
    with story.home.read() as session:
        requirement = store.catalogue(session, _connection(story)).by_id("P-16")
    for words in (requirement.title.sv, requirement.text.sv, requirement.why.sv, requirement.evidence.sv):
        assert words in page
    assert "SAD 4.2, 5.6" in page
    assert "Svaret Nej hindrar ansökan" in page
    assert "krav 16 av 80" in page
    assert browse("infosec").get(place(story, "/P-99")).status_code == 404


def _connection(story: Story) -> Connection:
    with story.home.read() as session:
        return session.get_one(Connection, story.connection)


def test_the_pages_speak_english_too(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    with infosec.session_transaction() as session:
        session["language"] = "en"
    page = infosec.get(place(story, "/P-16")).get_data(as_text=True)
    assert "Strong sign-in of users" in page
    assert "Stark inloggning" not in page


def test_saving_goes_on_to_the_next_requirement_of_the_chosen_list(story: Story, browse: Browse) -> None:
    save(story, "P-02", "yes")
    said = {"value": "yes", "comment": "", "version": "0", "go": "next", "filter": "unanswered"}
    answer = browse("infosec").post(place(story, "/P-01"), data=said)
    assert answer.location == place(story, "/P-03?filter=unanswered")
    answer = browse("infosec").post(place(story, "/P-80"), data={**said, "filter": "all"})
    assert answer.location == place(story, "/check")


def test_a_new_deviation_stays_to_ask_for_its_action_and_the_action_leads_back(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    said = {"value": "no", "comment": "Saknas.", "version": "0", "go": "next"}
    answer = infosec.post(place(story, "/P-09"), data=said)
    assert answer.location == place(story, "/P-09#deviation")
    page = infosec.get(place(story, "/P-09")).get_data(as_text=True)
    assert "En avvikelse behöver minst en åtgärd" in page
    action, about = new_id(), {"came_from": "P-09", "requirements": "P-09", "version": "0"}
    typed = {"title": "Besluta rutinen", "kind": "organisational", "responsible": "Anna", "due": "2027-02-01"}
    address = f"/connections/{story.connection}/risk/actions/{action}"
    for _ in range(2):
        assert infosec.post(address, data={**about, **typed}).location == place(story, "/P-09#deviation")
    page = infosec.get(place(story, "/P-09")).get_data(as_text=True)
    assert page.count("Åtgärd 1: Besluta rutinen") == 1
    assert "Åtgärd 2" not in page


def test_an_action_without_a_date_is_refused_with_what_was_typed(story: Story, browse: Browse) -> None:
    save(story, "P-09", "no", "Saknas.")
    address = f"/connections/{story.connection}/risk/actions/{new_id()}"
    typed = {
        "title": "Besluta rutinen",
        "kind": "organisational",
        "responsible": "Anna",
        "due": "i vår",
        "requirements": "P-09",
        "came_from": "P-09",
        "version": "0",
    }
    answer = browse("infosec").post(address, data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="i vår"' in page
    assert 'value="P-09" checked' in page
    assert 'name="came_from" value="P-09"' in page


def test_saving_without_leaving_the_page_answers_with_one_line_and_the_next_version(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    said = {"value": "yes", "comment": "", "version": "0"}
    answer = infosec.post(place(story, "/P-16"), data=said, headers=LIVE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'name="version" value="1"' in page
    assert "Sparat 10.00 · 79 krav kvar" in page
    assert "<html" not in page
    assert "deviation" not in page
    answer = infosec.post(
        place(story, "/P-16"), data={"value": "no", "comment": "Nej.", "version": "1"}, headers=LIVE
    )
    assert 'id="deviation"' in answer.get_data(as_text=True)


def test_both_answers_are_shown_when_somebody_saved_first(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    save(story, "P-16", "no", "Saknas <helt>.")
    said = {"value": "yes", "comment": "Finns sedan i går.", "version": "0", "go": "next"}
    answer = infosec.post(place(story, "/P-16"), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Finns sedan i går." in page
    assert "Saknas &lt;helt&gt;." in page
    assert 'name="version" value="1"' in page
    found = held(story, "P-16")
    assert found is not None
    assert found.value == "no"
    infosec.post(place(story, "/P-16"), data={**said, "version": "1"})
    found = held(story, "P-16")
    assert found is not None
    assert (found.value, found.comment) == ("yes", "Finns sedan i går.")


def test_a_lost_race_without_leaving_the_page_says_who_was_first(story: Story, browse: Browse) -> None:
    save(story, "P-16", "no", "Saknas.")
    answer = browse("infosec").post(
        place(story, "/P-16"), data={"value": "yes", "version": "0"}, headers=LIVE
    )
    assert answer.status_code == 409
    assert "Contact hann spara ett annat svar" in answer.get_data(as_text=True)
    assert 'name="version" value="0"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1٠"])
def test_a_version_that_is_none_loses_nothing(story: Story, browse: Browse, version: str) -> None:
    save(story, "P-16", "no", "Saknas.")
    said = {"value": "yes", "comment": "Mitt svar.", "version": version}
    answer = browse("infosec").post(place(story, "/P-16"), data=said)
    assert answer.status_code == 409
    assert "Mitt svar." in answer.get_data(as_text=True)


def test_a_hundred_kilobytes_are_refused_with_the_text_kept(story: Story, browse: Browse) -> None:
    text = ("åäö " * 25_000).strip()
    said = {"value": "partly", "comment": text, "version": "0"}
    answer = browse("infosec").post(place(story, "/P-16"), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert text in page
    assert "tecken" in page
    assert held(story, "P-16") is None
    live = browse("infosec").post(place(story, "/P-16"), data=said, headers=LIVE)
    assert live.status_code == 422
    assert "tecken" in live.get_data(as_text=True)


def test_nul_and_control_characters_do_no_harm(story: Story, browse: Browse) -> None:
    said = {"value": "yes", "comment": "före\x00efter\x1b[31m", "version": "0"}
    assert browse("infosec").post(place(story, "/P-16"), data=said).status_code == 302
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == "föreefter[31m"


def test_a_value_outside_the_scale_is_refused(story: Story, browse: Browse) -> None:
    answer = browse("infosec").post(place(story, "/P-16"), data={"value": "kanske", "version": "0"})
    assert answer.status_code == 422
    assert held(story, "P-16") is None


def test_checking_the_answers_names_what_is_left_and_links_to_it(story: Story, browse: Browse) -> None:
    story.answer_all(P_09="partly")
    page = browse("infosec").get(place(story, "/check")).get_data(as_text=True)
    assert "Åtgärd med datum saknas" in page
    assert "Det här behöver lösas först" in page
    refused = browse("infosec").post(f"/connections/{story.connection}/steps/declaration/submit")
    assert refused.status_code == 409
    story.plan_action("P-09")
    page = browse("infosec").get(place(story, "/check")).get_data(as_text=True)
    assert "Allt är ifyllt" in page
    browse("infosec").post(f"/connections/{story.connection}/steps/declaration/submit")
    page = browse("infosec").get(place(story, "/P-09")).get_data(as_text=True)
    assert 'name="comment"' not in page
    with story.home.read() as session:
        assert len(risks.actions(session, story.connection)) == 1


def test_a_locked_declaration_says_so_and_shows_no_list(people: Cast, client_as: Browse) -> None:
    page = (
        client_as(people.infosec).get(f"/connections/{people.connection}/declaration").get_data(as_text=True)
    )
    assert "Den har status kan inte påbörjas än" in page
    assert "<table" not in page


def test_a_declaration_that_waits_leads_signatory_and_reviewer_on(story: Story, browse: Browse) -> None:
    after_the_tests(story)
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    assert "Granska och skriv under" in browse("signatory").get(place(story)).get_data(as_text=True)
    assert "Den har status" in browse("infosec").get(place(story)).get_data(as_text=True)
    story.move("signatory", "declaration", "sign")
    assert "Granska svaren" in browse("reviewer").get(place(story)).get_data(as_text=True)


def test_a_requirement_that_checks_prove_shows_how_they_went(story: Story, browse: Browse) -> None:
    page = browse("infosec").get(place(story, "/P-66")).get_data(as_text=True)
    title = load.suite().by_number("12").title.sv
    assert "Ingen körning är klar än" in page
    assert title in page
    assert "Verifieras också automatiskt" not in browse("infosec").get(place(story, "/P-16")).get_data(
        as_text=True
    )
    story.fill_test_object()
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")
    story.run("failed")
    page = browse("infosec").get(place(story, "/P-66")).get_data(as_text=True)
    assert "Körning 1" in page
    assert "Underkänd" in page
