"""The decision on a declaration: approved, with conditions, returned or refused, each with record, letter and PDF."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from checklists import load
from portal import reports
from portal.services import declaration_review as review
from portal.store import decisions
from portal.store.models import Condition, Decision, Frozen, Letter
from tests.declarations.story import signed
from tests.story import Story
from workflows.errors import Blocked, Invalid
from workflows.status import Status

Browse = Callable[[str], FlaskClient]


def accepted(story: Story, *others: str) -> None:
    for theme in load.declaration().themes:
        review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)
    for name in others:
        review.review_line(story.home, story.people.reviewer, story.connection, name, "accepted")


def decided(story: Story) -> tuple[Decision, dict[str, Any]]:
    with story.home.read() as session:
        (found,) = decisions.decided(session, story.connection, "declaration")
        assert found.frozen_sha256
        return found, json.loads(session.get_one(Frozen, found.frozen_sha256).body)


def test_approval_tied_to_a_dated_action_makes_a_condition(either_story: Story) -> None:
    story = either_story
    signed(story, P_09="partly")
    with story.home.read() as session:
        from portal.store import risks

        (action,) = risks.actions(session, story.connection)
    accepted(story, "P-09")
    assert review.approve(story.home, story.people.reviewer, story.connection, [action.id])
    decision, record = decided(story)
    assert (decision.kind, record["decision"]) == ("approved_with_conditions",) * 2
    assert record["conditions"] == [
        {"text": "Besluta rutinen", "due": action.due.isoformat(), "action": action.number}  # type: ignore[union-attr]
    ]
    assert [found["kind"] for found in record["rests_on"]] == ["declaration"]
    with story.home.read() as session:
        (condition,) = session.scalars(select(Condition)).all()
        assert (condition.action_id, condition.due) == (action.id, action.due)
    for language in ("sv", "en"):
        assert reports.render(record, language).startswith(b"%PDF")


def test_an_action_that_is_done_unknown_or_somebody_elses_ties_nothing(story: Story) -> None:
    signed(story, P_09="partly")
    accepted(story, "P-09")
    with pytest.raises(Invalid) as refused:
        review.approve(story.home, story.people.reviewer, story.connection, ["nothing"])
    assert {name: reason.code for name, reason in refused.value.errors.items()} == {
        "action": "condition_action"
    }
    assert story.states()["declaration"] is Status.SUBMITTED


def test_a_return_freezes_what_was_asked_for_line_by_line(story: Story) -> None:
    signed(story, P_09="partly")
    accepted(story)
    review.review_line(
        story.home, story.people.reviewer, story.connection, "P-09", "returned", "line_evidence", "Bifoga."
    )
    review.send_back(story.home, story.people.reviewer, story.connection)
    decision, record = decided(story)
    assert decision.kind == "returned"
    (line,) = record["lines"]
    assert (line["requirement"], line["text"]) == ("P-09", "Bifoga.")
    assert line["reason"]["sv"].startswith("Beskriv eller hänvisa")
    assert reports.render(record, "sv").startswith(b"%PDF")


def test_a_refusal_needs_a_reason_and_ends_the_step(story: Story, browse: Browse) -> None:
    signed(story)
    place = f"/connections/{story.connection}/steps/declaration/refuse"
    assert browse("reviewer").post(place).status_code == 409
    with pytest.raises(Blocked):
        story.move("reviewer", "declaration", "refuse")
    answer = browse("reviewer").post(place, data={"reason": "other", "text": "Uppgifterna är oriktiga."})
    assert answer.status_code == 302
    assert story.states()["declaration"] is Status.REFUSED
    page = browse("contact").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert "Avslag" in page
    assert "Uppgifterna är oriktiga." in page
    with story.home.read() as session:
        subjects = session.scalars(select(Letter.subject)).all()
    assert any("har fått avslag" in subject for subject in subjects)


def test_the_reviewers_page_offers_the_actions_and_keeps_the_choice(story: Story, browse: Browse) -> None:
    signed(story, P_09="partly")
    accepted(story, "P-09")
    page = (
        browse("reviewer").get(f"/connections/{story.connection}/declaration/review").get_data(as_text=True)
    )
    assert "Godkänn med förbehåll" in page
    assert "Åtgärd 1: Besluta rutinen" in page
    answer = browse("reviewer").post(
        f"/connections/{story.connection}/steps/declaration/approve", data={"action": "unknown"}
    )
    assert answer.status_code == 422
    assert "Åtgärd 1: Besluta rutinen" in answer.get_data(as_text=True)
