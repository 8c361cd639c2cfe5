"""Steps of the order."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from checklists import load
from portal.services.steps import Wish
from portal.store.models import Letter
from tests.story import ORDER, Story
from workflows.status import Status, Turn

scenarios("order.feature")


@given("att Exempelstads kommun har en anslutning som inte är påbörjad")
def not_begun(story: Story) -> None:
    assert story.states()["order"] is Status.NOT_STARTED


@given("att beställningen är ifylld")
@when("kontaktpersonen fyller i hela beställningen")
def filled(story: Story) -> None:
    story.fill_order()


@given("att beställningen är inskickad")
def sent(story: Story) -> None:
    story.fill_order()
    story.move("contact", "order", "submit")


@when("kontaktpersonen skickar in beställningen")
def submit(story: Story) -> None:
    story.move("contact", "order", "submit")


@when("kontaktpersonen skickar in beställningen igen")
def submit_again(story: Story) -> None:
    story.fill_order(contact_phone="08-765 43 21")
    story.move("contact", "order", "submit")


@when("granskaren godkänner beställningen")
def approve(story: Story) -> None:
    story.move("reviewer", "order", "approve")


@when(parsers.parse('granskaren begär komplettering med skälet "{title}"'))
def send_back(story: Story, title: str) -> None:
    story.move("reviewer", "order", "return", Wish(_reason(title)))


@when(parsers.parse('granskaren avslår beställningen med skälet "{title}"'))
def refuse(story: Story, title: str) -> None:
    story.move("reviewer", "order", "refuse", Wish(_reason(title)))


def _reason(title: str) -> str:
    return next(reason.id for reason in load.reasons().reasons if reason.title.sv == title)


@when("kontaktpersonen fyller i beställningen utan leverantör")
def without_supplier(story: Story) -> None:
    story.fill_order(supplier="")


@then("går beställningen inte att skicka in eftersom leverantör saknas")
def cannot_submit(story: Story, browse: Any) -> None:
    page = browse("contact").get(f"/connections/{story.connection}/order").get_data(as_text=True)
    assert "Leverantör av meddelandesystem saknas" in page or "Leverantör saknas" in page
    refused = browse("contact").post(f"/connections/{story.connection}/steps/order/submit")
    assert refused.status_code == 409
    assert story.states()["order"] is Status.IN_PROGRESS


@when(parsers.parse("kontaktpersonen sparar organisationsnumret {number}"), target_fixture="page")
def save_number(story: Story, browse: Any, number: str) -> str:
    typed = {**ORDER, "org_number": number, "version": "0"}
    saved = browse("contact").post(
        f"/connections/{story.connection}/order", data=typed, follow_redirects=True
    )
    assert saved.status_code == 200
    return str(saved.get_data(as_text=True))


@then("varnas kontaktpersonen för kontrollsiffran")
def warned(page: str) -> None:
    assert "Kontrollsiffran i 2120001356 stämmer inte" in page


@then("beställningen är sparad")
def saved(story: Story) -> None:
    assert story.states()["order"] is Status.IN_PROGRESS


@then("är det federationsägarens tur")
def owners_turn(story: Story) -> None:
    from portal.store.models import StepState

    with story.home.read() as session:
        row = session.get(StepState, (story.connection, "order"))
        assert row is not None
        assert row.turn == Turn.OWNER


@then("är beställningen klar")
def done(story: Story) -> None:
    assert story.states()["order"] is Status.DONE


@then("QA-anslutningen kan påbörjas")
def qa_open(story: Story) -> None:
    assert story.states()["qa_connection"] is Status.NOT_STARTED


@then("är beställningen avslagen")
def refused(story: Story) -> None:
    assert story.states()["order"] is Status.REFUSED


@then("inget annat steg kan påbörjas än de som redan är öppna")
def nothing_more(story: Story) -> None:
    open_steps = {step for step, status in story.states().items() if status is not Status.LOCKED}
    assert open_steps == {"order", "declaration", "risk"}


@then("har kontaktpersonen fått ett brev med vad som ska kompletteras")
def letter(story: Story) -> None:
    from sqlalchemy import select

    with story.home.read() as session:
        letters = session.scalars(select(Letter).where(Letter.person_id == story.people.contact)).all()
    assert any("Kontrollera namn, e-post och telefon" in found.body for found in letters)


@when("en utomstående öppnar beställningen", target_fixture="answer")
def outsider(story: Story, browse: Any) -> Any:
    return browse("outsider").get(f"/connections/{story.connection}/order")


@then("finns sidan inte för den utomstående")
def not_found(answer: Any) -> None:
    assert answer.status_code == 404


@when("läsaren försöker skicka in beställningen", target_fixture="answer")
def viewer_submits(story: Story, browse: Any) -> Any:
    return browse("viewer").post(f"/connections/{story.connection}/steps/order/submit")


@then("nekas läsaren")
def forbidden(answer: Any, story: Story) -> None:
    assert answer.status_code == 403
    assert story.states()["order"] is Status.IN_PROGRESS
