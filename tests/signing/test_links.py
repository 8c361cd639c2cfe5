"""The one-time link: two secrets on two ways, 72 hours, five tries, one use, and nothing told to a stranger."""

import json
import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.services import declarations, signing_links
from portal.services.throttle import Throttled
from portal.store import decisions, people
from portal.store.models import Frozen, Letter, Signature, SigningLink
from tests.conftest import Clock
from tests.signing.story import SIGNATORY, made, seen, try_code, wrong
from tests.story import Story
from workflows.errors import Blocked, Forbidden, Invalid, NotFound
from workflows.status import Status

Browse = Callable[[str], FlaskClient]


def later(story: Story, **parts: float) -> None:
    clock = story.home.clock
    assert isinstance(clock, Clock)
    clock.forward(**parts)


def test_a_signatory_without_account_signs_and_is_recorded_apart_from_the_submitter(
    either_story: Story,
) -> None:
    story = either_story
    token, code = made(story)
    assert try_code(story, token, code.lower())
    signing_links.sign(story.home, token, seen(story, token))
    assert story.states()["declaration"] is Status.SUBMITTED
    with story.home.read() as session:
        person = people.by_email(session, SIGNATORY[1])
        assert person is not None
        assert person.password_hash is None
        assert people.holds(session, person.id, story.people.organisation, "signatory")
        (row,) = decisions.signatures(session, story.connection, "declaration")
        record = json.loads(session.get_one(Frozen, row.frozen_sha256).body)
    assert (row.submitted_by, row.signed_by) == (story.people.infosec, person.id)
    assert record["submitted"]["by_name"] == "Infosec"
    assert record["signed"]["by_name"] == SIGNATORY[0]


def test_what_the_signatory_saw_is_what_is_frozen(story: Story) -> None:
    token, _ = made(story)
    shown = seen(story, token)
    signing_links.sign(story.home, token, shown)
    with story.home.read() as session:
        (row,) = decisions.signatures(session, story.connection, "declaration")
        record = json.loads(session.get_one(Frozen, row.frozen_sha256).body)
    assert record["answers_sha256"] == shown


def test_answers_that_changed_after_reading_are_not_signed(story: Story) -> None:
    token, _ = made(story)
    shown = seen(story, token)
    story.plan_action("P-09", title="En åtgärd till")
    with pytest.raises(Blocked) as refused:
        signing_links.sign(story.home, token, shown)
    assert [reason.code for reason in refused.value.reasons] == ["answers_changed"]
    with pytest.raises(Blocked):
        signing_links.sign(story.home, token, "")
    assert story.states()["declaration"] is Status.SIGNING


def test_the_secrets_are_not_in_the_database(story: Story) -> None:
    token, code = made(story)
    with story.home.read() as session:
        (link,) = session.scalars(select(SigningLink)).all()
        letters = session.scalars(select(Letter.subject + Letter.body)).all()
    assert token not in (link.token_hash, link.code_hash)
    assert code not in link.code_hash
    assert not any(code in letter for letter in letters)


def test_a_link_works_once(story: Story) -> None:
    token, code = made(story)
    shown = seen(story, token)
    signing_links.sign(story.home, token, shown)
    assert not try_code(story, token, code)
    with pytest.raises(NotFound):
        signing_links.sign(story.home, token, shown)


def test_two_signing_at_once_make_one_signature(either_story: Story) -> None:
    token, _ = made(either_story)
    shown = seen(either_story, token)
    refused: list[str] = []

    def sign() -> None:
        try:
            signing_links.sign(either_story.home, token, shown)
        except NotFound:
            refused.append("gone")

    threads = [threading.Thread(target=sign) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["gone", "gone"]
    with either_story.home.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 1


def test_a_link_ends_after_72_hours(story: Story) -> None:
    token, code = made(story)
    later(story, hours=71, minutes=59)
    assert try_code(story, token, code)
    later(story, minutes=1)
    assert not try_code(story, token, code)


def test_five_wrong_codes_end_the_link_even_from_five_places(story: Story) -> None:
    token, code = made(story)
    for number in range(5):
        assert not try_code(story, token, wrong(code), f"192.0.2.{number}")
    later(story, hours=7)
    assert not try_code(story, token, code)


def test_four_wrong_codes_and_the_right_one_open_it(story: Story) -> None:
    token, code = made(story)
    for _ in range(4):
        assert not try_code(story, token, wrong(code))
    assert try_code(story, token, code)


def test_unknown_and_real_links_slow_a_guesser_down_alike(story: Story) -> None:
    token, code = made(story)
    for tried in (token, "unknown"):
        for _ in range(5):
            assert not try_code(story, tried, wrong(code))
        with pytest.raises(Throttled) as slowed:
            try_code(story, tried, wrong(code))
        assert slowed.value.seconds == 30


def test_a_new_link_a_withdrawal_and_a_taken_back_declaration_end_the_old(story: Story) -> None:
    first, first_code = made(story)
    second, second_code = made(story)
    assert not try_code(story, first, first_code)
    assert try_code(story, second, second_code)
    assert signing_links.withdraw(story.home, story.people.infosec, story.connection)
    assert not signing_links.withdraw(story.home, story.people.infosec, story.connection)
    assert not try_code(story, second, second_code)
    third, third_code = made(story)
    later(story, minutes=1)
    declarations.take_back(story.home, story.people.infosec, story.connection)
    assert not try_code(story, third, third_code)
    later(story, minutes=1)
    declarations.submit(story.home, story.people.infosec, story.connection)
    assert not try_code(story, third, third_code)


@pytest.mark.parametrize("who", ["tech", "viewer", "signatory", "reviewer"])
def test_only_those_who_hand_over_make_links(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        signing_links.make(story.home, story.people.person[who], story.connection, *SIGNATORY)


@pytest.mark.parametrize(
    ("name", "email", "field", "code"),
    [
        ("", "per.holm@exempel.se", "name", "person_name_missing"),
        ("Per", "per.holm", "email", "email_form"),
        ("Per", "infosec@exempel.se", "email", "signatory_is_maker"),
        ("Per", "Reviewer@exempel.se", "email", "signatory_unfit"),
        ("P" * 201, "per.holm@exempel.se", "name", "too_long"),
    ],
)
def test_whom_a_link_cannot_be_made_for(story: Story, name: str, email: str, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        signing_links.make(story.home, story.people.infosec, story.connection, name, email)
    assert refused.value.errors[field].code == code


def test_no_link_is_made_for_what_cannot_be_signed(story: Story) -> None:
    declarations.take_back(story.home, story.people.infosec, story.connection)
    with pytest.raises(Blocked):
        made(story)


def test_the_pages_from_letter_to_signature(story: Story, browse: Browse, anonymous: FlaskClient) -> None:
    page = browse("infosec").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert f"/connections/{story.connection}/signing-link" in page
    form = {"name": SIGNATORY[0], "email": SIGNATORY[1]}
    answer = browse("infosec").post(f"/connections/{story.connection}/signing-link", data=form)
    import re

    from tests.signing.story import token_in_letter

    shown = answer.get_data(as_text=True)
    code = re.search(r'<code class="wrap">(\w{6})</code>', shown)
    assert code is not None
    again = browse("infosec").get(f"/connections/{story.connection}/signing-link").get_data(as_text=True)
    assert code.group(1) not in again
    place = f"/signing/{token_in_letter(story)}"
    assert "Exempelstads" not in anonymous.get(place).get_data(as_text=True)
    assert anonymous.get(f"{place}/declaration").location == place
    assert anonymous.post(f"{place}/declaration", data={"seen": "x"}).location == place
    assert anonymous.post(place, data={"code": code.group(1)}).location == f"{place}/declaration"
    read = anonymous.get(f"{place}/declaration").get_data(as_text=True)
    assert "Hittar och rättar egna brister" in read
    sha256 = re.search(r'name="seen" value="([0-9a-f]{64})"', read)
    assert sha256 is not None
    done = anonymous.post(f"{place}/declaration", data={"seen": sha256.group(1)})
    assert "är underskriven" in done.get_data(as_text=True)
    assert story.states()["declaration"] is Status.SUBMITTED
    assert anonymous.get(f"{place}/declaration").location == place
    page = browse("contact").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert "Underskriven av Per Holm" in page
    assert "Lämnad för underskrift av Infosec" in page
    assert sha256.group(1) in page


def test_a_stranger_gets_the_same_answers_whatever_the_link_is(story: Story, anonymous: FlaskClient) -> None:
    used, used_code = made(story)
    signing_links.sign(story.home, used, seen(story, used))
    pages = []
    for token, code in ((used, used_code), ("unknown", "AAAAAA")):
        asked = anonymous.get(f"/signing/{token}")
        tried = anonymous.post(f"/signing/{token}", data={"code": code})
        assert (asked.status_code, tried.status_code) == (200, 422)
        pages.append([answer.get_data(as_text=True).replace(token, "") for answer in (asked, tried)])
    import re

    plain = [[re.sub(r'(nonce|value)="[^"]*"', "", page) for page in found] for found in pages]
    assert plain[0] == plain[1]
    assert "be den som skickade länken om en ny" in plain[0][1]


def test_one_browsers_code_does_not_open_the_link_in_another(
    story: Story, anonymous: FlaskClient, browse: Browse
) -> None:
    token, code = made(story)
    anonymous.post(f"/signing/{token}", data={"code": code})
    assert browse("outsider").get(f"/signing/{token}/declaration").location == f"/signing/{token}"
    later(story, minutes=31)
    assert anonymous.get(f"/signing/{token}/declaration").location == f"/signing/{token}"
