"""Steps of review and decision."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select

from checklists import load
from portal.services import conditions, declaration_review, declarations
from portal.store import conditions as condition_store
from portal.store import decisions, risks
from portal.store.models import Letter
from tests.conditions.story import the_condition
from tests.declarations.story import signed
from tests.story import Story
from workflows.status import Status

scenarios("review.feature")


def _accept(story: Story, *names: str) -> None:
    for name in names:
        declaration_review.review_line(story.home, story.people.reviewer, story.connection, name, "accepted")


@given("att självdeklarationen är underskriven med en avvikelse på P-09")
def signed_with_deviation(story: Story) -> None:
    story.order_approved()
    signed(story, P_09="partly")


@given("att P-16 är besvarat med Ej tillämpligt och underskrivet på nytt")
def signed_again(story: Story) -> None:
    home, people, connection = story.home, story.people, story.connection
    declaration_review.review_line(
        home, people.reviewer, connection, "P-16", "returned", None, "Stämmer det?"
    )
    declaration_review.send_back(home, people.reviewer, connection)
    declarations.save_answer(
        home, people.infosec, connection, "P-16", "not_applicable", "Gäller inte oss.", 1
    )
    declarations.submit(home, people.infosec, connection)
    declarations.sign(home, people.signatory, connection)


@given("att granskaren har godtagit alla rader")
def all_accepted(story: Story) -> None:
    accepts_yes(story)
    _accept(story, "P-09")


@when("granskaren godtar alla rader med svaret Ja")
def accepts_yes(story: Story) -> None:
    for theme in load.declaration().themes:
        declaration_review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)


@when("granskaren godtar raderna P-09 och P-16")
def accepts_the_rest(story: Story) -> None:
    _accept(story, "P-09", "P-16")


@when("granskaren godtar självdeklarationen utan förbehåll")
def approves(story: Story, browse: Any) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/declaration/approve")


@when("granskaren godkänner med åtgärden för P-09 som förbehåll")
def approves_on_condition(story: Story, browse: Any) -> None:
    with story.home.read() as session:
        (action,) = risks.actions(session, story.connection)
    place = f"/connections/{story.connection}/steps/declaration/approve"
    assert browse("reviewer").post(place, data={"action": action.id}).status_code == 302


@when("dagen för förbehållet passerar")
def day_passes(story: Story) -> None:
    due = the_condition(story).condition.due
    story.home.clock.at = datetime.combine(due + timedelta(days=1), datetime.min.time(), UTC)  # type: ignore[attr-defined]
    conditions.lapse(story.home)


@when("granskaren avslår självdeklarationen utan skäl")
def refuses_without(story: Story, browse: Any) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/declaration/refuse")


@when(parsers.parse('granskaren avslår självdeklarationen med skälet "{title}"'))
def refuses(story: Story, browse: Any, title: str) -> None:
    reason = next(found.id for found in load.reasons().reasons if found.title.sv == title)
    browse("reviewer").post(
        f"/connections/{story.connection}/steps/declaration/refuse", data={"reason": reason}
    )


@when(parsers.parse('administratören lägger till skälet "{title}"'))
def adds_reason(browse: Any, title: str) -> None:
    typed = {
        "title_sv": title,
        "title_en": "Ways of contact are missing",
        "text_sv": "Ange hur ni nås.",
        "text_en": "State how you are reached.",
        "steps": "declaration",
        "version": "1",
    }
    assert browse("admin").post("/reasons/new", data=typed).status_code == 302


@then(parsers.parse('är självdeklarationens nivå "{words}"'))
def level(story: Story, browse: Any, words: str) -> None:
    place = f"/connections/{story.connection}/declaration"
    for who, address in (("viewer", place), ("reviewer", f"{place}/review")):
        assert words in browse(who).get(address).get_data(as_text=True)


@then("går självdeklarationen inte att godta")
def cannot_be_approved(story: Story, browse: Any) -> None:
    answer = browse("reviewer").post(f"/connections/{story.connection}/steps/declaration/approve")
    assert answer.status_code == 409
    assert story.states()["declaration"] is Status.SUBMITTED


@then("är självdeklarationen godtagen")
def approved(story: Story) -> None:
    assert story.states()["declaration"] is Status.DONE


@then(parsers.parse('visar anslutningens sida förbehållet "{words}"'))
def home_shows(story: Story, browse: Any, words: str) -> None:
    page = browse("contact").get(f"/connections/{story.connection}").get_data(as_text=True)
    assert "Förbehåll" in page
    assert words in page


@then("beslutet finns som handling")
def document(story: Story, browse: Any) -> None:
    with story.home.read() as session:
        (found,) = decisions.decided(session, story.connection, "declaration")
    assert found.kind == "approved_with_conditions"
    place = f"/connections/{story.connection}/documents/{found.frozen_sha256}.pdf"
    assert browse("contact").get(place).data.startswith(b"%PDF")


@then("har förbehållet löpt ut och båda sidor har fått brev")
def lapsed(story: Story) -> None:
    assert the_condition(story).state == "lapsed"
    with story.home.read() as session:
        told = session.scalars(select(Letter.address).where(Letter.subject.contains("har löpt ut"))).all()
    assert {"contact@exempel.se", "reviewer@exempel.se"} <= set(told)


@then("federationsägarens kö visar förbehållet")
def in_queue(story: Story) -> None:
    with story.home.read() as session:
        assert [held.organisation.name for held in condition_store.for_owner(session)] == [
            "Exempelstads kommun"
        ]


@then("är självdeklarationen fortfarande under granskning")
def still(story: Story) -> None:
    assert story.states()["declaration"] is Status.SUBMITTED


@then("har självdeklarationen fått avslag")
def refused(story: Story, browse: Any) -> None:
    assert story.states()["declaration"] is Status.REFUSED
    page = browse("contact").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert "Avslag" in page


@then(parsers.parse('kan granskaren välja skälet "{title}"'))
def offered(story: Story, browse: Any, title: str) -> None:
    page = browse("reviewer").get(f"/connections/{story.connection}/declaration/review?filter=all")
    assert title in page.get_data(as_text=True)
