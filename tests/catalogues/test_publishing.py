"""A published version: who goes on with it and with which answers, who stays, and that nothing is lost in between."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import select

from checklists import load
from checklists.schema import DeclarationCatalogue
from portal import reports
from portal.services import (
    assignments,
    cases,
    catalogue_drafts,
    catalogue_impact,
    catalogue_publishing,
    declaration_review,
    declarations,
    earlier_answers,
)
from portal.services import catalogues as shipping
from portal.services import connections as opening
from portal.services.catalogue_impact import Impact
from portal.services.installation import Installation
from portal.store import answer_versions, catalogues, events
from portal.store import declarations as store
from portal.store.models import Assignment, Connection, Frozen, Letter, StoredCatalogue, StoredEvent
from tests.catalogues.editing import NEW, edited, publish, upload
from tests.conftest import Cast, add_organisation
from tests.declarations.story import after_the_tests, signed
from tests.story import Story
from workflows.errors import Blocked, Forbidden, NotFound, Stale
from workflows.events import CataloguePublished, DeclarationMoved


def version(story: Story) -> str:
    with story.home.read() as session:
        return session.get_one(Connection, story.connection).declaration_version


def impact(story: Story) -> Impact:
    after = load.parse(edited(), "krav.yaml")
    assert isinstance(after, DeclarationCatalogue)
    with story.home.read() as session:
        return catalogue_impact.of(session, after)


def save(
    story: Story, requirement: str, value: str | None, seen: int, comment: str = ""
) -> declarations.Saved:
    return declarations.save_answer(
        story.home, story.people.infosec, story.connection, requirement, value, comment, seen
    )


def answer(story: Story, requirement: str) -> tuple[str | None, str, int] | None:
    with story.home.read() as session:
        found = store.answer(session, session.get_one(Connection, story.connection), requirement)
        return (found.value, found.comment, found.version) if found else None


def test_answers_to_unchanged_requirements_come_along(either_story: Story) -> None:
    story = either_story
    for name in ("P-01", "P-02", "P-03"):
        save(story, name, "yes", 0, f"Svar på {name}.")
    save(story, "P-04", "partly", 0, "Först.")
    save(story, "P-04", "partly", 1, "Sedan.")
    assert publish(story.home, story.people).moved == 2
    assert version(story) == "1.1"
    assert answer(story, "P-01") == (None, "", 2)
    assert answer(story, "P-02") is None
    assert answer(story, "P-03") == ("yes", "Svar på P-03.", 1)
    assert answer(story, "P-04") == ("partly", "Sedan.", 2)
    assert answer(story, NEW) is None


def test_the_earlier_answer_is_offered_and_the_history_is_whole(either_story: Story) -> None:
    story = either_story
    save(story, "P-01", "no", 0, "Nej, inte än.")
    save(story, "P-04", "yes", 0, "Ett.")
    save(story, "P-04", "yes", 1, "Två.")
    publish(story.home, story.people)
    save(story, "P-04", "yes", 2, "Tre.")
    with story.home.read() as session:
        case = cases.fetch(session, story.people.infosec, story.connection, "declaration.answer")
        (offer,) = earlier_answers.offers(session, case)
        assert (offer.requirement.id, offer.value, offer.comment) == ("P-01", "no", "Nej, inte än.")
        assert (offer.catalogue_version, offer.version) == ("1", 2)
        told = {}
        for name in ("P-01", "P-04"):
            row = store.answer(session, case.connection, name)
            assert row is not None
            told[name] = [
                (item.version, item.value, item.comment)
                for item, _ in answer_versions.history(session, row.id)
            ]
    assert told["P-01"] == [(2, None, ""), (1, "no", "Nej, inte än.")]
    assert told["P-04"] == [(3, "yes", "Tre."), (2, "yes", "Två."), (1, "yes", "Ett.")]
    assert save(story, "P-01", "no", 2, "Nej, inte än.").version == 3


def test_a_page_with_the_old_text_saves_over_nothing(either_story: Story) -> None:
    story = either_story
    save(story, "P-01", "yes", 0)
    publish(story.home, story.people)
    with pytest.raises(Stale):
        save(story, "P-01", "partly", 1, "Svar på den gamla texten.")
    with pytest.raises(NotFound):
        save(story, "P-02", "yes", 0)
    assert save(story, NEW, "yes", 0).changed


def test_verdicts_come_along_with_their_answers_and_a_returned_declaration_moves(either_story: Story) -> None:
    story = either_story
    signed(story)
    reviewer = story.people.reviewer
    for name, verdict in (("P-01", "accepted"), ("P-03", "accepted"), ("P-04", "returned")):
        declaration_review.review_line(
            story.home,
            reviewer,
            story.connection,
            name,
            verdict,
            None,
            "Mer." if verdict == "returned" else "",
        )
    declaration_review.send_back(story.home, reviewer, story.connection)
    publish(story.home, story.people)
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        rows = store.answers(session, connection)
        assert (rows["P-01"].verdict, rows["P-03"].verdict, rows["P-04"].verdict) == (
            None,
            "accepted",
            "returned",
        )
        assert rows["P-04"].verdict_text == "Mer."
    with pytest.raises(Blocked):
        story.move("infosec", "declaration", "submit")
    save(story, "P-01", "yes", 2)
    save(story, NEW, "yes", 0)
    story.move("infosec", "declaration", "submit")
    story.move("signatory", "declaration", "sign")
    with story.home.read() as session:
        bodies = [json.loads(row) for row in session.scalars(select(Frozen.body)) if '"declaration"' in row]
        by_version = {row["catalogue"]["version"]: row for row in bodies if "catalogue" in row}
        assert by_version.keys() == {"1", "1.1"}
        held = {line["requirement"] for line in by_version["1.1"]["answers"]}
        assert NEW in held
        assert "P-02" not in held
        drawn = reports.render(by_version["1.1"], "sv", partial(catalogues.get, session))
        assert drawn.startswith(b"%PDF")
        with pytest.raises(KeyError):
            reports.render(by_version["1.1"], "sv")


@pytest.mark.parametrize("moves", [("submit",), ("submit", "sign")])
def test_what_is_handed_over_or_signed_stays_with_its_version(story: Story, moves: tuple[str, ...]) -> None:
    after_the_tests(story)
    story.answer_all()
    for name in moves:
        story.move("infosec" if name == "submit" else "signatory", "declaration", name)
    assert [found.connection for found in impact(story).waiting] == [story.connection]
    publish(story.home, story.people)
    assert version(story) == "1"
    assert answer(story, "P-01") == ("yes", "", 1)


def test_an_approval_is_told_to_need_renewal(story: Story) -> None:
    after_the_tests(story)
    story.declared()
    (found,) = impact(story).approvals
    assert (found.connection, found.reopened, found.added, found.removed) == (
        story.connection,
        ("P-01",),
        (NEW,),
        ("P-02",),
    )
    publish(story.home, story.people)
    assert version(story) == "1"


def test_a_new_connection_begins_with_the_new_version(either_story: Story) -> None:
    story = either_story
    publish(story.home, story.people)
    publish(story.home, story.people, edited("1.10"))
    with story.home.write() as work:
        organisation = add_organisation(work.session, work.now, "Nybygds kommun")
        work.session.flush()
        opened = opening.open_for(work, organisation)
        assert opened.declaration_version == "1.10"
        assert shipping.store_shipped(work) == 0


def test_events_letters_and_questions(either_story: Story) -> None:
    story = either_story
    save(story, "P-01", "yes", 0)
    save(story, "P-03", "yes", 0)
    wish = assignments.Wish(requirements=("P-02", "P-03"), member=story.people.business)
    assignments.ask(story.home, story.people.infosec, story.connection, wish)
    publish(story.home, story.people)
    with story.home.read() as session:
        (told,) = [
            json.loads(row.body)
            for row in events.of_connection(session, story.connection)
            if row.kind == DeclarationMoved.kind
        ]
        assert told == {
            "before": "1",
            "version": "1.1",
            "carried": 1,
            "reopened": ["P-01"],
            "added": [NEW],
            "removed": ["P-02"],
        }
        letters = session.scalars(select(Letter).where(Letter.subject.contains("ny version"))).all()
        assert {row.address for row in letters} == {"contact@exempel.se", "infosec@exempel.se"}
        assert "P-99 Ett nytt krav" in letters[0].body
        assert "P-01 " in letters[0].body
        assert "P-03 " not in letters[0].body
        open_ones = session.scalars(
            select(Assignment.requirement).where(Assignment.withdrawn_at.is_(None))
        ).all()
        assert list(open_ones) == ["P-03"]
        connection = session.get_one(Connection, story.connection)
        assert store.requirement(session, connection, "P-02").title.sv == "Följer ändringar i regelverket"


def test_a_published_version_is_stored_whole_and_the_chain_tells_it(home: Installation, people: Cast) -> None:
    publish(home, people)
    with home.read() as session:
        stored = session.get_one(StoredCatalogue, ("declaration-sdk", "1.1"))
        found = catalogues.declaration(session, "1.1")
        assert stored.sha256 == load.sha256(found) == load.sha256(load.parse(edited(), "krav.yaml"))
        kinds = session.scalars(select(StoredEvent.kind)).all()
        assert CataloguePublished.kind in kinds
        assert catalogues.draft(session) is None
        with pytest.raises(KeyError):
            catalogues.declaration(session, "7")


def test_publishing_twice_or_by_an_old_page_does_nothing(home: Installation, people: Cast) -> None:
    draft = upload(home, people, edited())
    with pytest.raises(Stale):
        catalogue_publishing.publish(home, people.admin, draft, "0")
    catalogue_publishing.publish(home, people.admin, draft, "1")
    with pytest.raises(Stale):
        catalogue_publishing.publish(home, people.admin, draft, "1")
    with pytest.raises(catalogue_drafts.Unusable):
        upload(home, people, edited())


@pytest.mark.parametrize("who", ["reviewer", "approver", "owner_viewer", "contact"])
def test_nobody_but_the_administrator_publishes(home: Installation, people: Cast, who: str) -> None:
    draft = upload(home, people, edited())
    with pytest.raises(Forbidden):
        catalogue_publishing.publish(home, people.person[who], draft, "1")
    with pytest.raises(Forbidden):
        catalogue_drafts.withdraw(home, people.person[who], draft)


def test_answers_saved_while_a_version_is_published_are_kept(either_story: Story) -> None:
    story = either_story
    names = [item.id for item in load.declaration("1").requirements[2:42]]
    going = threading.Event()

    def write(mine: list[str]) -> None:
        for name in mine:
            save(story, name, "yes", 0, f"Svar {name}")
            going.set()

    draft = upload(story.home, story.people, edited())
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, names[start::4]) for start in range(4)]
        assert going.wait(20)
        catalogue_publishing.publish(story.home, story.people.admin, draft, "1")
        assert not all(writer.done() for writer in writers)
        for writer in writers:
            writer.result(60)
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        assert connection.declaration_version == "1.1"
        rows = store.answers(session, connection)
        assert {name: row.comment for name, row in rows.items()} == {name: f"Svar {name}" for name in names}
