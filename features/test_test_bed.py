"""Steps of connecting to the test bed."""

from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import text

from portal.store import connections, testbed
from tests.certificates import self_signed
from tests.story import TEST_OBJECT, Story
from workflows.status import Status

scenarios("test_bed.feature")


@pytest.fixture
def certificate() -> tuple[str, str]:
    """A certificate and its private key, both in PEM."""
    return self_signed("AP0001-SDK-QA")


@given("att beställningen är godkänd")
def ordered(story: Story) -> None:
    story.order_approved()


@given("att testobjektet är beskrivet")
@when("den tekniska kontakten beskriver testobjektet")
def described(story: Story) -> None:
    story.fill_test_object()


@given("att QA-anslutningen är godkänd")
def connected(story: Story) -> None:
    story.fill_test_object()
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")


@when("den tekniska kontakten anmäler till QA")
def submit(story: Story) -> None:
    story.move("tech", "qa_connection", "submit")


@when("granskaren godkänner QA-anslutningen")
def approve(story: Story) -> None:
    story.move("reviewer", "qa_connection", "approve")


@then("kan registreringar och tester påbörjas")
def opened(story: Story) -> None:
    states = story.states()
    assert states["registrations"] is states["tests"] is Status.NOT_STARTED


@then("anslutningens läge är QA")
def stage(story: Story) -> None:
    with story.home.read() as session:
        found = connections.with_organisation(session, story.connection)
    assert found is not None
    assert found[0].stage == "qa"


@when(parsers.re(r"den tekniska kontakten skriver deltagar-id (?P<typed>.+)"), target_fixture="answer")
def types_participant(story: Story, browse: Any, typed: str) -> Any:
    values = {**TEST_OBJECT, "participant_id": typed, "version": "0"}
    answer = browse("tech").post(f"/connections/{story.connection}/test-object", data=values)
    answer.typed = typed
    return answer


@then(parsers.re(r"står det (?P<words>.+)"))
def explained(answer: Any, words: str) -> None:
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


@then("det som skrevs finns kvar i fältet")
def kept(answer: Any) -> None:
    assert f'value="{answer.typed}"' in answer.get_data(as_text=True)


@when(
    "den tekniska kontakten klistrar in ett certifikat tillsammans med den privata nyckeln",
    target_fixture="answer",
)
def pastes_key(story: Story, browse: Any, certificate: tuple[str, str]) -> Any:
    pasted = {"purpose": "ap", "pem": "\n".join(certificate)}
    return browse("tech").post(f"/connections/{story.connection}/certificates", data=pasted)


@then("nekas det med förklaringen att nyckeln inte har sparats")
def key_refused(answer: Any) -> None:
    assert answer.status_code == 422
    assert "innehåller en privat nyckel. Den har inte sparats" in answer.get_data(as_text=True)


@then("nyckeln finns varken på sidan eller i databasen")
def key_nowhere(answer: Any, story: Story, certificate: tuple[str, str]) -> None:
    secret = certificate[1].splitlines()[3]
    assert secret not in answer.get_data(as_text=True)
    with story.home.read() as session:
        tables = session.scalars(text("SELECT name FROM sqlite_master WHERE type='table'")).all()
        for table in tables:
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                assert not any(secret in str(value) for value in row), table


@when("den tekniska kontakten klistrar in ett avklippt certifikat", target_fixture="answer")
def pastes_cut(story: Story, browse: Any, certificate: tuple[str, str]) -> Any:
    lines = certificate[0].strip().splitlines()
    cut = "\n".join([*lines[:4], lines[-1]])
    return browse("tech").post(
        f"/connections/{story.connection}/certificates", data={"purpose": "ap", "pem": cut}
    )


@then("nekas det med förklaringen att certifikatet är skadat")
def damaged(answer: Any) -> None:
    assert answer.status_code == 422
    assert "skadat eller avklippt" in answer.get_data(as_text=True)


@when("den tekniska kontakten bockar av alla registreringar")
def ticks(story: Story) -> None:
    story.tick("registrations")


@when("den tekniska kontakten avslutar registreringarna")
def finishes(story: Story) -> None:
    story.move("tech", "registrations", "finish")


@then("är registreringarna klara")
def registered(story: Story) -> None:
    assert story.states()["registrations"] is Status.DONE


@when("leverantören ändrar version på accesspunkten")
def supplier_changes(story: Story, browse: Any) -> None:
    with story.home.read() as session:
        found = testbed.test_object(session, story.connection)
    assert found is not None
    values = {**TEST_OBJECT, "ap_version": "4.3", "version": str(found.version)}
    answer = browse("supplier").post(f"/connections/{story.connection}/test-object", data=values)
    assert answer.status_code == 302


@then("är den nya versionen sparad")
def version_stored(story: Story) -> None:
    with story.home.read() as session:
        found = testbed.test_object(session, story.connection)
    assert found is not None
    assert found.ap_version == "4.3"


@when("leverantören försöker anmäla till QA", target_fixture="answer")
def supplier_submits(story: Story, browse: Any) -> Any:
    return browse("supplier").post(f"/connections/{story.connection}/steps/qa_connection/submit")


@then("nekas leverantören")
def forbidden(answer: Any) -> None:
    assert answer.status_code == 403
