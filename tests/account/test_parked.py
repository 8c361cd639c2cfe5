"""What is posted too late is kept for that person alone, offered back after signing in, and then gone."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services.installation import Installation
from portal.store import declarations
from portal.store.connections import with_organisation
from portal.store.models import Answer, ParkedBody
from tests.account.conftest import Account, give_password, press, sign_in
from tests.conftest import Cast, Clock
from tests.story import Story
from workflows.status import Status

Browser = Callable[[], FlaskClient]
WRITTEN = 'Rutinen är "inte" beslutad än.\nDen beslutas i mars & gäller då.'


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    made = Story(home, people)
    made.fill_order()
    made.move("contact", "order", "submit")
    made.move("reviewer", "order", "approve")
    return made


@pytest.fixture
def late(browser: Browser, story: Story, contact: Account, clock: Clock) -> FlaskClient:
    """The contact person's browser, whose session has run out while an answer was being written."""
    client = browser()
    sign_in(client, contact)
    assert client.get(answer_page(story.people)).status_code == 200
    clock.forward(hours=3)
    return client


def answer_page(people: Cast) -> str:
    return f"/connections/{people.connection}/declaration/P-01"


def post_answer(client: FlaskClient, people: Cast, **more: str) -> str:
    answer = client.post(
        answer_page(people), data={"value": "partly", "comment": WRITTEN, "version": "0", **more}
    )
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")
    return str(answer.location)


def parked(home: Installation) -> list[ParkedBody]:
    with home.read() as session:
        return list(session.scalars(select(ParkedBody)))


def stored(home: Installation, people: Cast) -> Answer | None:
    with home.read() as session:
        found = with_organisation(session, people.connection)
        assert found is not None
        return declarations.answer(session, found[0], "P-01")


def test_an_answer_survives_signing_in_again(
    late: FlaskClient, home: Installation, people: Cast, contact: Account
) -> None:
    where = post_answer(late, people)
    assert stored(home, people) is None
    assert "det ni skickade är sparat" in late.get(where).get_data(as_text=True)
    parked_id = parked(home)[0].id
    came_to = sign_in(late, contact, parked=parked_id).location
    assert came_to.startswith(f"/account/parked/{parked_id}")
    page = late.get(came_to).get_data(as_text=True)
    assert "svar i självdeklarationen" in page
    assert "beslutas i mars &amp; gäller" in page
    path, fields = press(late, came_to)
    assert path == answer_page(people)
    late.sends_csrf = False
    assert late.post(path, data=fields).status_code == 302
    answer = stored(home, people)
    assert answer is not None
    assert answer.comment == WRITTEN
    assert answer.value == "partly"
    assert parked(home) == []
    assert late.get(came_to).status_code == 404


def test_it_is_offered_even_when_the_address_was_lost(
    late: FlaskClient, people: Cast, contact: Account
) -> None:
    post_answer(late, people)
    assert sign_in(late, contact).location.startswith("/account/parked/")


def test_a_page_that_saves_by_itself_is_sent_to_sign_in_whole(
    late: FlaskClient, home: Installation, people: Cast
) -> None:
    data = {"value": "partly", "comment": WRITTEN, "version": "0"}
    answer = late.post(answer_page(people), data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/sign-in?parked=")
    assert len(parked(home)) == 1


def test_another_person_is_never_offered_it(
    late: FlaskClient,
    home: Installation,
    people: Cast,
    account_of: Callable[[str], Account],
    client_as: Callable[[str], FlaskClient],
) -> None:
    post_answer(late, people)
    parked_id = parked(home)[0].id
    colleague = account_of(people.infosec)
    # A colleague at the same machine signs in, with the very address that names what is parked.
    assert sign_in(late, colleague, parked=parked_id).location == "/"
    for name in ("infosec", "outsider", "admin"):
        client = client_as(people.person[name])
        assert client.get(f"/account/parked/{parked_id}").status_code == 404
        assert client.post(f"/account/parked/{parked_id}/drop").status_code == 404
        client.post("/connections/x/order", data={"parked": parked_id})
    assert len(parked(home)) == 1


def test_it_can_be_thrown_away(late: FlaskClient, home: Installation, people: Cast, contact: Account) -> None:
    post_answer(late, people)
    sign_in(late, contact)
    assert late.post(f"/account/parked/{parked(home)[0].id}/drop").status_code == 302
    assert parked(home) == []
    assert stored(home, people) is None


def test_it_is_gone_after_a_day(
    late: FlaskClient, home: Installation, people: Cast, contact: Account, clock: Clock
) -> None:
    post_answer(late, people)
    parked_id = parked(home)[0].id
    clock.forward(hours=24)
    assert sign_in(late, contact).location == "/"
    assert late.get(f"/account/parked/{parked_id}").status_code == 404


def test_nothing_is_parked_without_the_forms_own_token(
    late: FlaskClient, home: Installation, people: Cast
) -> None:
    late.sends_csrf = False
    answer = late.post(answer_page(people), data={"value": "yes", "version": "0"})
    assert answer.status_code == 400
    assert parked(home) == []


def test_nothing_is_parked_for_a_session_that_was_ended(
    browser: Browser, home: Installation, people: Cast, contact: Account, clock: Clock, story: Story
) -> None:
    thief, owner = browser(), browser()
    sign_in(thief, contact)
    clock.forward(seconds=30)
    sign_in(owner, contact)
    owner.post("/account/sessions/end-others")
    post_answer(thief, people)
    assert parked(home) == []


def test_nothing_is_parked_for_a_session_long_gone(
    late: FlaskClient, home: Installation, people: Cast, clock: Clock
) -> None:
    clock.forward(hours=24)
    post_answer(late, people)
    assert parked(home) == []


def test_secrets_and_big_bodies_are_never_kept(late: FlaskClient, home: Installation, people: Cast) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
    path = f"/connections/{people.connection}/certificates"
    assert late.post(path, data={"purpose": "ap", "pem": key}).status_code == 302
    assert late.post(path, data={"purpose": "ap", "pem": key.lower()}).status_code == 302
    post_answer(late, people, password="en lagom lång mening")
    assert late.post("/account/password", data={"current": "a", "new": "b"}).status_code == 302
    post_answer(late, people, extra="x" * 200_001)
    assert parked(home) == []


def test_files_are_not_kept(late: FlaskClient, home: Installation, people: Cast) -> None:
    answer = late.post(answer_page(people), data={"value": "yes"}, content_type="multipart/form-data")
    assert answer.status_code in (302, 400)
    assert parked(home) == []


def test_the_kept_body_holds_no_token(late: FlaskClient, home: Installation, people: Cast) -> None:
    post_answer(late, people)
    assert parked(home)[0].body == urlencode({"value": "partly", "comment": WRITTEN, "version": "0"})


def test_forms_in_other_windows_still_count_after_signing_in_again(
    late: FlaskClient, home: Installation, people: Cast, contact: Account
) -> None:
    with late.session_transaction() as cookie:
        before = cookie["csrf_token"]
    sign_in(late, contact)
    with late.session_transaction() as cookie:
        assert cookie["csrf_token"] == before


def test_signing_asks_for_the_code_again_and_goes_on(
    browser: Browser,
    home: Installation,
    people: Cast,
    account_of: Callable[[str], Account],
    clock: Clock,
) -> None:
    story = Story(home, people)
    story.tested()
    story.answer_all()
    story.move("contact", "declaration", "submit")
    signatory = account_of(people.signatory)
    client = browser()
    sign_in(client, signatory)
    clock.forward(minutes=16)
    path = f"/connections/{people.connection}/steps/declaration/sign"
    referrer = {"Referer": f"http://localhost/connections/{people.connection}/declaration/sign"}
    asked = client.post(path, data={"text": "Två ord"}, headers=referrer)
    assert asked.location.startswith("/account/code?parked=")
    assert story.states()["declaration"] is Status.SIGNING
    parked_id = parked(home)[0].id
    assert client.get(asked.location).status_code == 200
    assert client.post("/account/code", data={"code": "000000", "parked": parked_id}).status_code == 422
    again = client.post("/account/code", data={"code": signatory.code(), "parked": parked_id})
    assert again.location == f"/account/parked/{parked_id}?reason=code"
    to, fields = press(client, again.location)
    assert to == path
    assert client.post(to, data=fields).status_code == 302
    assert story.states()["declaration"] is Status.SUBMITTED
    assert parked(home) == []


def test_a_code_alone_leads_back_to_the_page(browser: Browser, contact: Account, clock: Clock) -> None:
    client = browser()
    sign_in(client, contact)
    clock.forward(minutes=16)
    answer = client.post("/account/code", data={"code": contact.code(), "next": "//evil.example"})
    assert answer.location == "/"


def test_an_old_password_step_does_not_park(
    browser: Browser, contact: Account, home: Installation, people: Cast
) -> None:
    client = browser()
    give_password(client, contact.email)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = cookie["second_factor"]
    post_answer(client, people)
    assert parked(home) == []


def test_control_characters_in_ids_lead_nowhere(
    client_as: Callable[[str], FlaskClient], people: Cast, home: Installation
) -> None:
    client = client_as(people.contact)
    assert client.get("/account/parked/%00").status_code == 404
    assert client.post("/account/sessions/end", data={"session": "\x00"}).status_code == 404
    assert client.get("/organisations/%00/people").status_code == 404
