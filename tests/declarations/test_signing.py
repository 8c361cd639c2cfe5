"""Signing: by the signatory, with a fresh second factor, after the tests; what is signed is frozen for good."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.services import declarations
from portal.store import decisions
from portal.store.models import Frozen, Signature, SignInSession
from tests.declarations.story import after_the_tests, signed
from tests.story import Story
from workflows.errors import Blocked, Forbidden
from workflows.frozen import digest
from workflows.status import Status

Browse = Callable[[str], FlaskClient]


def records(story: Story) -> list[dict[str, object]]:
    """The signed records, the latest first."""
    with story.home.read() as session:
        found = decisions.signatures(session, story.connection, "declaration")
        return [json.loads(session.get_one(Frozen, row.frozen_sha256).body) for row in found]


def test_the_tests_must_be_done_before_the_signature(either_story: Story) -> None:
    either_story.answer_all()
    either_story.move("infosec", "declaration", "submit")
    with pytest.raises(Blocked) as refused:
        declarations.sign(either_story.home, either_story.people.signatory, either_story.connection)
    assert [(reason.code, reason.params) for reason in refused.value.reasons] == [
        ("step_not_done", {"step": "tests"})
    ]
    assert records(either_story) == []


@pytest.mark.parametrize("who", ["contact", "infosec", "viewer", "reviewer", "approver"])
def test_nobody_but_the_signatory_signs(story: Story, who: str) -> None:
    after_the_tests(story)
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    with pytest.raises(Forbidden):
        declarations.sign(story.home, story.people.person[who], story.connection)


def test_what_is_signed_is_frozen_with_answers_catalogue_and_name(either_story: Story) -> None:
    signed(either_story, P_09="partly")
    assert either_story.states()["declaration"] is Status.SUBMITTED
    (record,) = records(either_story)
    answers = {line["requirement"]: line for line in record["answers"]}  # type: ignore[attr-defined]
    assert len(answers) == 80
    assert answers["P-09"]["value"] == "partly"
    assert answers["P-09"]["actions"][0]["title"] == "Besluta rutinen"
    assert record["summary"] == {"yes": 79, "partly": 1, "no": 0, "not_applicable": 0}
    assert record["signed"]["by_name"] == "Signatory"  # type: ignore[index]
    assert record["round"] == 1
    with either_story.home.read() as session:
        (row,) = decisions.signatures(session, either_story.connection, "declaration")
        assert row.frozen_sha256 == digest(record)


def test_signing_twice_is_one_signature(either_story: Story) -> None:
    signed(either_story)
    assert not declarations.sign(either_story.home, either_story.people.signatory, either_story.connection)
    with either_story.home.read() as session:
        assert session.scalar(select(func.count()).select_from(Signature)) == 1


def test_a_change_after_the_signature_is_refused(story: Story) -> None:
    signed(story)
    with pytest.raises(Blocked):
        declarations.save_answer(
            story.home, story.people.infosec, story.connection, "P-01", "no", "Ångrat.", 1
        )
    assert records(story)[0]["summary"] == {"yes": 80, "partly": 0, "no": 0, "not_applicable": 0}


def test_the_page_shows_each_deviation_and_takes_the_signature(story: Story, browse: Browse) -> None:
    after_the_tests(story)
    story.answer_all(P_09="partly")
    story.plan_action("P-09")
    story.move("infosec", "declaration", "submit")
    page = browse("signatory").get(f"/connections/{story.connection}/declaration/sign").get_data(as_text=True)
    assert "Hittar och rättar egna brister" in page
    assert "Jag intygar för Exempelstads kommun" in page
    answer = browse("signatory").post(f"/connections/{story.connection}/steps/declaration/sign")
    assert answer.status_code == 302
    assert story.states()["declaration"] is Status.SUBMITTED
    page = browse("signatory").get(f"/connections/{story.connection}/declaration/sign").get_data(as_text=True)
    assert "redan underskriven" in page


def test_a_stale_second_factor_is_asked_for_before_the_signature(story: Story, browse: Browse) -> None:
    after_the_tests(story)
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    signatory = browse("signatory")
    with story.home.write(story.people.signatory) as work:
        work.session.execute(update(SignInSession).values(second_factor_at=work.now - timedelta(hours=2)))
    answer = signatory.post(f"/connections/{story.connection}/steps/declaration/sign")
    assert answer.status_code == 302
    assert answer.location.startswith("/account/code?parked=")
    assert story.states()["declaration"] is Status.SIGNING


def test_those_who_may_not_sign_do_not_get_the_page(
    story: Story, browse: Browse, anonymous: FlaskClient
) -> None:
    place = f"/connections/{story.connection}/declaration/sign"
    assert browse("infosec").get(place).status_code == 403
    assert browse("outsider").get(place).status_code == 404
    assert anonymous.get(place).status_code == 302
