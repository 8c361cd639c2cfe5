"""Somebody who belongs to an organisation and works for the federation owner never decides in the own organisation's case."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from portal.services import accounts, conditions, declaration_review, memberships
from portal.services.installation import Installation
from portal.services.steps import Wish
from portal.store.models import Delegation
from tests.conditions.story import on_condition, the_condition
from tests.conftest import Cast
from tests.story import Story
from workflows import journey
from workflows.errors import Blocked
from workflows.guards import GUARDS, Facts
from workflows.status import Status


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return Story(home, people)


def join(story: Story, who: str, role: str, organisation: str | None = None) -> None:
    """The person of the owner also gets a role in the organisation."""
    with story.home.write() as work:
        accounts.add_person(
            work,
            email=f"{who}@exempel.se",
            name=who,
            organisation_id=organisation or story.people.organisation,
            role=role,
        )


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(Blocked) as refusal:
        act()
    assert "own_organisation" in [reason.code for reason in refusal.value.reasons]


def test_every_decision_of_the_owner_asks_for_somebody_outside() -> None:
    own = Facts(today=date(2026, 11, 24), belongs=True)
    decided = {
        (row.step, row.name)
        for row in journey.MOVES
        if row.who in {"order.decide", "testbed.decide", "declaration.review", "risk.review"}
        or row.who in {"application.review", "application.approve"}
        or row.who in {"agreement.countersign", "production.confirm"}
    }
    asked = {(row.step, row.name) for row in journey.MOVES if "from_outside" in row.guards}
    assert decided == asked
    assert GUARDS["from_outside"](own)


def test_a_reviewer_who_is_a_member_approves_nothing(story: Story) -> None:
    join(story, "reviewer", "viewer")
    story.fill_order()
    story.move("contact", "order", "submit")
    refused(lambda: story.move("reviewer", "order", "approve"))
    refused(lambda: story.move("reviewer", "order", "return", Wish(text="Nej.")))
    assert story.states()["order"] is Status.SUBMITTED


def test_a_reviewer_who_works_for_the_supplier_approves_nothing(story: Story) -> None:
    with story.home.read() as session:
        supplier = session.scalars(select(Delegation.supplier_id)).one()
    join(story, "reviewer", "supplier", supplier)
    story.fill_order()
    story.move("contact", "order", "submit")
    refused(lambda: story.move("reviewer", "order", "approve"))


def test_a_reviewer_who_is_a_member_accepts_no_line(story: Story) -> None:
    story.tested()
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    story.move("signatory", "declaration", "sign")
    join(story, "reviewer", "infosec")
    home, people = story.home, story.people
    refused(
        lambda: declaration_review.review_line(home, people.reviewer, people.connection, "P-01", "accepted")
    )
    refused(
        lambda: declaration_review.accept_fulfilled(home, people.reviewer, people.connection, "governance")
    )


def test_who_has_signed_for_the_organisation_does_not_approve_after_leaving_it(story: Story) -> None:
    story.ready_to_apply()
    story.fill_application()
    join(story, "approver", "signatory")
    story.move("approver", "application", "sign")
    refused(lambda: story.move("approver", "application", "endorse"))
    home, people = story.home, story.people
    with home.read() as session:
        seen = memberships.of(session, people.contact, people.organisation)
    mine = next(found for found, person in seen.members if person.id == people.approver)
    memberships.end(home, people.contact, people.organisation, mine.id)
    refused(lambda: story.move("approver", "application", "endorse"))
    assert story.move("second_approver", "application", "endorse")


def test_a_reviewer_who_is_a_member_confirms_no_condition(story: Story) -> None:
    on_condition(story)
    condition = the_condition(story).condition.id
    join(story, "reviewer", "viewer")
    refused(lambda: conditions.confirm(story.home, story.people.reviewer, story.connection, condition))
    assert the_condition(story).condition.met_at is None
    assert conditions.confirm(story.home, story.people.approver, story.connection, condition)
