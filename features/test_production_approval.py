"""Steps of the application, the decision, the agreement and production."""

from datetime import date
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from portal.services.steps import Wish
from portal.store import decisions
from tests.story import Story
from workflows.errors import Blocked
from workflows.status import Status

scenarios("production_approval.feature")


@given("att organisationen är ansluten till QA")
def in_qa(story: Story) -> None:
    story.qa_connected()


@given("att alla villkor för ansökan är uppfyllda")
def ready(story: Story) -> None:
    story.ready_to_apply()


@given("att ansökan är inskickad")
def applied(story: Story) -> None:
    story.applied()


@given("att organisationen är i produktion utan samtycke till publicering")
def unlisted(story: Story) -> None:
    story.fill_order(public_listing="no")
    story.move("contact", "order", "submit")
    story.move("reviewer", "order", "approve")
    story.fill_test_object()
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")
    story.tick("registrations")
    story.move("tech", "registrations", "finish")
    story.run()
    story.declared()
    story.risks_done()
    story.fill_application()
    story.move("signatory", "application", "sign")
    _to_production(story)


def _to_production(story: Story) -> None:
    story.move("approver", "application", "endorse")
    story.move("second_approver", "application", "approve")
    story.move("signatory", "agreement", "sign")
    story.move("approver", "agreement", "countersign")
    story.tick("production")
    story.move("tech", "production", "report")
    story.move("reviewer", "production", "confirm")


@when("firmatecknaren öppnar ansökan", target_fixture="page")
def opens(story: Story, browse: Any) -> str:
    return str(browse("signatory").get(f"/connections/{story.connection}/application").get_data(as_text=True))


@then("står det varför den inte kan påbörjas än")
def locked(page: str) -> None:
    for step in ("Registreringar", "Tester", "Självdeklaration", "Riskanalys och åtgärdsplan"):
        assert f"{step} behöver bli klar först" in page


@when("kontaktpersonen fyller i ansökan")
def fills(story: Story) -> None:
    story.fill_application()


@when("firmatecknaren skriver under ansökan")
@when("firmatecknaren skriver under ansökan igen")
def signs(story: Story, browse: Any) -> None:
    browse("signatory").post(f"/connections/{story.connection}/steps/application/sign")


@then("är det federationsägarens tur")
def owners_turn(story: Story) -> None:
    assert story.states()["application"] is Status.SUBMITTED


@when("den första beslutsfattaren tillstyrker")
def endorses(story: Story, browse: Any) -> None:
    browse("approver").post(f"/connections/{story.connection}/steps/application/endorse")


@when("den andra beslutsfattaren godkänner")
def approves(story: Story, browse: Any) -> None:
    browse("second_approver").post(f"/connections/{story.connection}/steps/application/approve")


@when(parsers.parse('den andra beslutsfattaren godkänner med förbehållet "{what}" till {due}'))
def approves_with_condition(story: Story, browse: Any, what: str, due: str) -> None:
    said = {"condition-0": what, "condition-0-due": due}
    browse("second_approver").post(f"/connections/{story.connection}/steps/application/approve", data=said)


@then("är ansökan klar")
def application_done(story: Story) -> None:
    assert story.states()["application"] is Status.DONE


@then("beslutet finns som handling")
def decision_document(story: Story, browse: Any) -> None:
    with story.home.read() as session:
        sha256 = decisions.decided(session, story.connection, "application")[0].frozen_sha256
    answer = browse("contact").get(f"/connections/{story.connection}/documents/{sha256}.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


@when("firmatecknaren skriver under avtalet")
def signs_agreement(story: Story) -> None:
    story.move("signatory", "agreement", "sign")


@when("en beslutsfattare skriver under avtalet")
def countersigns(story: Story) -> None:
    story.move("approver", "agreement", "countersign")


@when("den tekniska kontakten gör produktionsregistreringen")
def registers(story: Story) -> None:
    story.tick("production")
    story.move("tech", "production", "report")


@when("granskaren bekräftar produktionen")
def confirms(story: Story) -> None:
    story.move("reviewer", "production", "confirm")


@then("är anslutningen i drift")
def live(story: Story) -> None:
    from portal.store import connections

    with story.home.read() as session:
        found = connections.with_organisation(session, story.connection)
    assert found is not None
    assert found[0].stage == "connected"
    assert found[0].live_at is not None


@then("organisationen står i det öppna registret")
def listed(anonymous: Any) -> None:
    assert "Exempelstads kommun" in anonymous.get("/register").get_data(as_text=True)


@then("organisationen står inte i det öppna registret")
@then("står organisationen inte i det öppna registret")
def not_listed(anonymous: Any) -> None:
    assert "Exempelstads kommun" not in anonymous.get("/register").get_data(as_text=True)


@then("kan den första beslutsfattaren inte godkänna")
def two_persons(story: Story, browse: Any) -> None:
    answer = browse("approver").post(f"/connections/{story.connection}/steps/application/approve")
    assert answer.status_code == 409
    assert "Ni har själv tillstyrkt" in answer.get_data(as_text=True)
    assert story.states()["application"] is Status.SUBMITTED


@then("är beslutet godkänt med förbehåll")
def with_conditions(story: Story) -> None:
    with story.home.read() as session:
        assert (
            decisions.decided(session, story.connection, "application")[0].kind == "approved_with_conditions"
        )


@then("förbehållet och datumet står på ansökans sida")
def condition_shown(story: Story, browse: Any) -> None:
    page = browse("contact").get(f"/connections/{story.connection}/application").get_data(as_text=True)
    assert "Backup övas" in page
    assert "30 juni 2027" in page


@when("granskaren begär komplettering av ansökan")
def sent_back(story: Story) -> None:
    story.move("reviewer", "application", "return", Wish(text="Bilagan om drift saknas."))


@then("är ansökan hos organisationen igen")
def returned(story: Story) -> None:
    assert story.states()["application"] is Status.RETURNED


@then("väntar ansökan på ett nytt tillstyrkande")
def endorsed_anew(story: Story) -> None:
    with story.home.read() as session:
        assert decisions.pending_endorsement(session, story.connection) is None
    with pytest.raises(Blocked) as blocked:
        story.move("second_approver", "application", "approve")
    assert [reason.code for reason in blocked.value.reasons] == ["not_endorsed"]


@when("en beslutsfattare avslår ansökan")
def refuses(story: Story) -> None:
    story.move("approver", "application", "refuse", Wish(text="Kraven är inte uppfyllda."))


@then("är ansökan avslagen")
def refused(story: Story) -> None:
    assert story.states()["application"] is Status.REFUSED


@when("kontaktpersonen försöker skriva under ansökan", target_fixture="answer")
def contact_signs(story: Story, browse: Any) -> Any:
    story.fill_application(planned_production=date(2027, 5, 3).isoformat())
    return browse("contact").post(f"/connections/{story.connection}/steps/application/sign")


@then("nekas kontaktpersonen")
def denied(answer: Any, story: Story) -> None:
    assert answer.status_code == 403
    assert story.states()["application"] is Status.IN_PROGRESS


@when(
    parsers.parse('den andra beslutsfattaren skriver förbehållet "{what}" med datumet {due}'),
    target_fixture="answer",
)
def mistypes_condition(story: Story, browse: Any, what: str, due: str) -> Any:
    said = {"condition-0": what, "condition-0-due": due}
    return browse("second_approver").post(
        f"/connections/{story.connection}/steps/application/approve", data=said
    )


@then("står det hur datumet ska skrivas")
def date_explained(answer: Any) -> None:
    assert answer.status_code == 422
    assert "Skriv det som år-månad-dag" in answer.get_data(as_text=True)


@then("förbehållets text finns kvar")
def condition_kept(answer: Any) -> None:
    page = answer.get_data(as_text=True)
    assert 'value="Backup övas"' in page
    assert 'value="30/6"' in page


@then("ansökan är fortfarande inskickad")
def still_submitted(story: Story) -> None:
    assert story.states()["application"] is Status.SUBMITTED
