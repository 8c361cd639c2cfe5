"""What is not decided, not theirs or sealed between others does not reach a reader by a side door."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services import accounts, declaration_review, signing_links, threads
from portal.services.installation import Installation
from portal.services.steps import Wish
from portal.store.models import Letter
from portal.store.models.base import new_id
from tests.conftest import Cast, Clock
from tests.declarations.story import signed
from tests.signing.conftest import handed_over
from tests.signing.story import SIGNATORY
from tests.story import Story
from workflows.access import Role

Browse = Callable[[str], FlaskClient]
ASKED = "Vem äger registret?"


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return Story(home, people)


@pytest.fixture
def browse(client_as: Callable[[str], FlaskClient], people: Cast) -> Browse:
    return cache(lambda name: client_as(people.person[name]))


def returned_line(story: Story) -> None:
    declaration_review.review_line(
        story.home, story.people.reviewer, story.connection, "P-09", "returned", None, ASKED
    )


def test_the_organisation_does_not_watch_the_review(story: Story, browse: Browse, clock: Clock) -> None:
    story.order_approved()
    signed(story, P_09="partly")
    clock.at += timedelta(hours=1)
    returned_line(story)
    below = f"/connections/{story.connection}/declaration"
    pages = (f"{below}/P-09", below, f"{below}?filter=returned", f"{below}/themes/governance")
    for address in pages:
        page = browse("infosec").get(address).text
        assert ASKED not in page
    assert 'href="/connections/' + story.connection + "/declaration/P-09" not in (
        browse("infosec").get(f"{below}?filter=returned").text
    )
    assert ASKED in browse("reviewer").get(f"{below}/P-09").text
    story.move("reviewer", "declaration", "return")
    assert ASKED in browse("infosec").get(f"{below}/P-09").text
    assert "declaration/P-09" in browse("infosec").get(f"{below}?filter=returned").text


def test_what_was_asked_for_in_an_earlier_round_can_be_read_during_the_next(
    story: Story, browse: Browse, clock: Clock
) -> None:
    story.order_approved()
    signed(story, P_09="partly")
    returned_line(story)
    clock.at += timedelta(hours=1)
    story.move("reviewer", "declaration", "return")
    clock.at += timedelta(hours=1)
    story.answer_all(P_09="no")
    story.move("infosec", "declaration", "submit")
    story.move("signatory", "declaration", "sign")
    assert ASKED in browse("infosec").get(f"/connections/{story.connection}/declaration/P-09").text


def test_the_level_tells_nothing_of_a_review_under_way(story: Story, browse: Browse, clock: Clock) -> None:
    story.order_approved()
    signed(story, P_09="not_applicable")
    below = f"/connections/{story.connection}"
    clock.at += timedelta(hours=1)
    exported = f"{below}/exports/declaration.json"
    before = browse("infosec").get(exported).json
    assert before is not None
    assert levels(browse, story) == ["På väg"]
    declaration_review.review_line(story.home, story.people.reviewer, story.connection, "P-09", "accepted")
    assert browse("infosec").get(exported).json == before
    assert levels(browse, story) == ["På väg"]
    assert levels(browse, story, "reviewer") == ["Uppfyllt"]


def levels(browse: Browse, story: Story, who: str = "infosec") -> list[str]:
    """The level in all, as the page of the declaration says it."""
    page = browse(who).get(f"/connections/{story.connection}/declaration").text
    section = page.partition('aria-labelledby="level"')[2].partition("</section>")[0]
    return re.findall(r"</svg>\s*([^<]*?)\s*</span>", section)


def test_a_contributor_reads_no_conditions_of_the_application(story: Story, browse: Browse) -> None:
    with story.home.write(story.people.contact) as work:
        story.people.person["contributor"] = accounts.add_person(
            work,
            email="contributor@exempel.se",
            name="Lena Ek",
            organisation_id=story.people.organisation,
            role=Role.CONTRIBUTOR.value,
        ).id
    story.applied()
    story.move("approver", "application", "endorse")
    due = story.today() + timedelta(days=90)
    words = "Registret ska vara upprättat"
    story.move("second_approver", "application", "approve", Wish(conditions=[(words, due)]))
    below = f"/connections/{story.connection}"
    for address in (below, f"{below}/conditions"):
        assert words in browse("viewer").get(address).text
        assert words not in browse("contributor").get(address).text


def test_letters_about_the_organisations_own_remarks_are_sealed_to_the_owner(
    story: Story, browse: Browse
) -> None:
    story.order_approved()
    home, people = story.home, story.people
    for audience, requirement in (("own", "P-01"), ("both", "P-02")):
        threads.write(
            home,
            people.infosec,
            story.connection,
            requirement,
            new_id(),
            "Hur är det?",
            audience,
            [people.tech],
        )
    with home.read() as session:
        rows = {
            name: session.scalars(select(Letter.id).where(Letter.body.contains(f"/declaration/{name}"))).one()
            for name in ("P-01", "P-02")
        }
    pages = {name: browse("admin").get(f"/outbox?letter={found}").text for name, found in rows.items()}
    assert "/declaration/P-01" not in pages["P-01"]
    assert "/declaration/P-02" in pages["P-02"]
    assert pages["P-02"].count("nämner er</") == 2  # Once in the list and once as the open letter.
    assert pages["P-01"].count("nämner er</") == 1  # That of the shared remark, in the list.


def test_the_owners_page_of_letters_shows_no_link_that_signs(
    story: Story, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over(story)
    signing_links.make(story.home, story.people.infosec, story.connection, *SIGNATORY)
    with story.home.read() as session:
        letter = session.scalars(select(Letter).where(Letter.address == SIGNATORY[1])).one()
    monkeypatch.setattr(story.home.settings, "smtp_host", "mail.exempel.se")
    page = browse("admin").get(f"/outbox?letter={letter.id}").text
    assert "/signing/…" in page
    token = letter.body.partition("/signing/")[2].split()[0]
    assert token not in page
