"""The thread on a requirement: who reads what, who is mentioned, and that nothing is changed afterwards."""

import json
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.services import cases, threads
from portal.store import questions
from portal.store.models import Letter, Mention, Remark, StoredEvent
from portal.store.models.base import new_id
from tests.sharing.conftest import letters_to
from tests.sharing.test_assignments import ask
from tests.story import Story
from workflows.errors import Forbidden, Invalid, NotFound

Browse = Callable[[str], FlaskClient]
SECRET = "Vi litar inte på leverantören."


def say(
    story: Story,
    who: str,
    text: str = SECRET,
    audience: str = "own",
    mentions: Sequence[str] = (),
    requirement: str = "P-01",
) -> str:
    remark = new_id()
    ids = [story.people.person[name] for name in mentions]
    person = story.people.person[who]
    threads.write(story.home, person, story.connection, requirement, remark, text, audience, ids)
    return remark


def read(story: Story, who: str, requirement: str = "P-01") -> list[str]:
    with story.home.read() as session:
        case = cases.fetch(session, story.people.person[who], story.connection, "declaration.see")
        return [entry.remark.text for entry in threads.of(session, case, requirement)]


def waiting(story: Story, who: str) -> int:
    with story.home.read() as session:
        return questions.with_federation(session, story.people.person[who])[1]


def mentioned(story: Story, remark: str) -> set[str]:
    with story.home.read() as session:
        found = set(session.scalars(select(Mention.person_id).where(Mention.remark_id == remark)))
    return {name for name, person in story.people.person.items() if person in found}


def test_the_owner_never_reads_what_the_organisation_says_to_itself(either_story: Story) -> None:
    story = either_story
    say(story, "infosec", SECRET)
    say(story, "infosec", "Vi svarar ja.", "both")
    for who in ("contact", "viewer", "signatory", "contributor"):
        assert read(story, who) == [SECRET, "Vi svarar ja."]
    for who in ("admin", "reviewer", "approver", "owner_viewer"):
        assert read(story, who) == ["Vi svarar ja."]
    with pytest.raises(NotFound):
        read(story, "outsider")


@pytest.mark.parametrize("asked", ["own", "both", "", "everyone"])
def test_what_the_owner_writes_is_for_both_whatever_the_form_says(story: Story, asked: str) -> None:
    say(story, "reviewer", "Vem äger registret?", asked)
    assert read(story, "viewer") == ["Vem äger registret?"]
    with story.home.read() as session:
        (row,) = session.scalars(select(Remark))
        assert (row.audience, row.side) == ("both", "owner")


@pytest.mark.parametrize("who", ["viewer", "owner_viewer", "admin"])
def test_those_who_only_read_do_not_write(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        say(story, who)


@pytest.mark.parametrize("who", ["outsider", "supplier"])
def test_others_find_no_thread(story: Story, who: str) -> None:
    with pytest.raises((NotFound, Forbidden)):
        say(story, who)


def test_the_mentioned_gets_a_letter_and_an_unread_mention_until_it_is_read(either_story: Story) -> None:
    story = either_story
    remark = say(story, "infosec", mentions=["tech", "infosec"])
    assert mentioned(story, remark) == {"tech"}
    letter = letters_to(story, "tech@exempel.se")[-1]
    assert letter.body.startswith(
        f"Läs och svara: {story.home.settings.address}/connections/{story.connection}"
        f"/declaration/P-01#remark-{remark}"
    )
    assert waiting(story, "tech") == 1
    threads.mark_read(story.home, story.people.tech, remark)
    threads.mark_read(story.home, story.people.tech, remark)
    assert waiting(story, "tech") == 0
    with pytest.raises(NotFound):
        threads.mark_read(story.home, story.people.business, remark)


def test_no_letter_carries_what_was_said(story: Story) -> None:
    say(story, "infosec", mentions=["tech"])
    with story.home.read() as session:
        assert not [
            letter for letter in session.scalars(select(Letter)) if SECRET in letter.body + letter.subject
        ]


def test_no_event_carries_what_was_said(story: Story) -> None:
    remark = say(story, "infosec")
    with story.home.read() as session:
        bodies = session.scalars(select(StoredEvent.body).where(StoredEvent.kind == "RemarkWritten")).all()
    assert [json.loads(body) for body in bodies] == [
        {"remark": remark, "requirement": "P-01", "audience": "own"}
    ]


def test_answering_in_the_thread_is_having_read_it(story: Story) -> None:
    say(story, "infosec", mentions=["tech"])
    say(story, "infosec", mentions=["tech"], requirement="P-02")
    say(story, "tech", "Jag håller med.")
    assert waiting(story, "tech") == 1


@pytest.mark.parametrize("name", ["reviewer", "outsider", "supplier"])
def test_nobody_is_mentioned_who_may_not_read(story: Story, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        say(story, "infosec", audience="own", mentions=[name])
    assert set(refused.value.errors) == {"mentions"}
    assert read(story, "infosec") == []


def test_the_owner_is_mentioned_in_what_both_read(story: Story) -> None:
    remark = say(story, "infosec", audience="both", mentions=["reviewer"])
    assert mentioned(story, remark) == {"reviewer"}
    assert waiting(story, "reviewer") == 1


def test_a_question_of_the_reviewer_always_reaches_someone(either_story: Story) -> None:
    story = either_story
    ask(story, "P-01")
    remark = say(story, "reviewer", "Hur gör ni?", "both")
    assert mentioned(story, remark) == {"contact", "infosec", "contributor"}
    answer = say(story, "infosec", "Så här.", "both")
    assert mentioned(story, answer) == {"reviewer"}
    assert mentioned(story, say(story, "infosec", "Internt.", "own")) == set()


@pytest.mark.parametrize(
    ("text", "audience", "field"),
    [("", "own", "text"), (" \n ", "own", "text"), ("x" * 10_001, "own", "text"), ("Hej", "", "audience")],
)
def test_what_cannot_be_written(story: Story, text: str, audience: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        say(story, "infosec", text, audience)
    assert set(refused.value.errors) == {field}


def test_ten_thousand_characters_fit(story: Story) -> None:
    say(story, "infosec", "å" * 10_000)
    assert len(read(story, "infosec")[0]) == 10_000


def test_the_same_form_sent_twice_is_one_remark_and_changes_nothing(story: Story) -> None:
    remark = say(story, "infosec", "Först.")
    again = threads.write(
        story.home, story.people.infosec, story.connection, "P-01", remark, "Ändrat.", "both"
    )
    assert not again
    assert read(story, "infosec") == ["Först."]
    assert read(story, "reviewer") == []


def test_an_id_of_another_connection_is_not_taken_over(story: Story) -> None:
    remark = say(story, "infosec", "Först.")
    with pytest.raises(NotFound):
        threads.write(
            story.home, story.people.outsider, story.people.other_connection, "P-01", remark, "Mitt.", "own"
        )


def test_an_unknown_requirement_has_no_thread(story: Story) -> None:
    with pytest.raises(NotFound):
        say(story, "infosec", requirement="P-999")


def test_nothing_can_change_or_remove_a_remark() -> None:
    public = {name for name in vars(threads) if callable(getattr(threads, name)) and name.islower()}
    assert {"write", "mark_read", "of"} <= public
    assert not {name for name in public if name.startswith(("edit", "change", "remove", "delete"))}


class TestPages:
    def page(self, story: Story, browse: Browse, who: str) -> str:
        return browse(who).get(f"/connections/{story.connection}/declaration/P-01").text

    def test_a_remark_is_written_read_and_corrected_by_another(self, story: Story, browse: Browse) -> None:
        place = f"/connections/{story.connection}/declaration/P-01/remarks"
        first, second = new_id(), new_id()
        for remark, text in ((first, "Registret finns <b>här</b>."), (second, "Rättelse: det finns där.")):
            typed = {
                "remark_id": remark,
                "remark-text": text,
                "remark-audience": "own",
                "remark-mentions": story.people.tech,
            }
            answer = browse("infosec").post(place, data=typed)
            assert answer.headers["Location"].endswith(f"/declaration/P-01#remark-{remark}")
        page = self.page(story, browse, "viewer")
        assert "Registret finns &lt;b&gt;här&lt;/b&gt;." in page
        assert page.index(f'id="remark-{first}"') < page.index(f'id="remark-{second}"')
        assert "@Tech" in page
        assert "Mina frågor (2)" in browse("tech").get("/my-questions").text
        assert "Rättelse: det finns där." in browse("tech").get("/my-questions").text
        browse("tech").post(f"/my-questions/mentions/{first}/read")
        assert "Mina frågor (1)" in browse("tech").get("/my-questions").text

    def test_the_owner_sees_neither_text_nor_trace_of_what_is_own(self, story: Story, browse: Browse) -> None:
        say(story, "infosec", SECRET, mentions=["tech"])
        history = f"/connections/{story.connection}/history"
        below = f"/connections/{story.connection}"
        assert SECRET in self.page(story, browse, "contact")
        assert "Ett inlägg skrevs om krav P-01" in browse("contact").get(history).text
        for who in ("reviewer", "approver", "owner_viewer", "admin"):
            assert SECRET not in self.page(story, browse, who)
            assert "Ett inlägg skrevs" not in browse(who).get(history).text
            for address in (f"{below}/declaration", f"{below}/declaration/check", "/my-questions", below):
                assert SECRET not in browse(who).get(address).text
        assert SECRET not in browse("admin").get("/outbox").text

    def test_no_export_carries_the_thread(self, story: Story, browse: Browse) -> None:
        say(story, "infosec", SECRET)
        say(story, "reviewer", "Hur gör ni?", "both")
        files = [
            f"/connections/{story.connection}/exports/declaration.{kind}" for kind in ("json", "csv", "xlsx")
        ]
        for who in ("contact", "reviewer"):
            for address in files:
                answer = browse(who).get(address)
                assert SECRET.encode() not in answer.data, address

    def test_the_owner_asks_without_choosing_readers(self, story: Story, browse: Browse) -> None:
        page = self.page(story, browse, "reviewer")
        assert "remark-audience" not in page
        assert "Organisationen läser det ni skriver." in page
        typed = {"remark_id": new_id(), "remark-text": "Hur gör ni?"}
        place = f"/connections/{story.connection}/declaration/P-01/remarks"
        assert browse("reviewer").post(place, data=typed).status_code == 302
        assert "Hur gör ni?" in self.page(story, browse, "contact")

    def test_what_was_written_stays_when_it_is_refused(self, story: Story, browse: Browse) -> None:
        place = f"/connections/{story.connection}/declaration/P-01/remarks"
        typed = {
            "remark_id": new_id(),
            "remark-text": "Något att säga",
            "remark-audience": "own",
            "remark-mentions": story.people.reviewer,
        }
        answer = browse("infosec").post(place, data=typed)
        assert answer.status_code == 422
        assert "Något att säga" in answer.text
        assert "får inte läsa inlägget" in answer.text
        answer = browse("infosec").post(place, data={**typed, "remark-text": "x" * 10_001})
        assert answer.status_code == 422
        assert "1 tecken för lång" in answer.text

    def test_readers_without_a_pen_see_no_form(self, story: Story, browse: Browse) -> None:
        assert "/remarks" not in self.page(story, browse, "viewer")
