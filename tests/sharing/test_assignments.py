"""Asking a colleague: who may answer then, what is told, what is taken back, and what stays hidden."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from checklists import load
from portal.services import assignments, declarations, joining
from portal.services.assignments import Wish
from portal.store import answer_versions, questions
from portal.store import assignments as store
from portal.store import declarations as answers
from portal.store.models import Assignment, Connection, Evidence, Membership, Person, StoredEvent
from portal.store.models.base import new_id
from tests.sharing.conftest import letters_to
from tests.story import Story
from workflows.access import Role
from workflows.errors import Blocked, Forbidden, Invalid, NotFound


def ask(story: Story, *requirements: str, who: str = "contributor", days: int | None = 7) -> None:
    due = story.today() + timedelta(days=days) if days is not None else None
    wish = Wish(requirements, member=story.people.person[who], due=due)
    assignments.ask(story.home, story.people.infosec, story.connection, wish)


def save(
    story: Story, who: str, requirement: str, value: str | None = "yes", comment: str = "", version: int = 0
) -> None:
    declarations.save_answer(
        story.home, story.people.person[who], story.connection, requirement, value, comment, version
    )


def rows(story: Story) -> list[Assignment]:
    with story.home.read() as session:
        return list(session.scalars(select(Assignment).order_by(Assignment.requirement, Assignment.id)))


def waiting(story: Story, who: str) -> int:
    with story.home.read() as session:
        return questions.with_federation(session, story.people.person[who])[1]


def test_a_contributor_answers_only_what_is_asked(either_story: Story) -> None:
    story = either_story
    with pytest.raises(Forbidden):
        save(story, "contributor", "P-01")
    ask(story, "P-01", "P-02")
    assert waiting(story, "contributor") == 2
    save(story, "contributor", "P-01")
    with pytest.raises(Forbidden):
        save(story, "contributor", "P-03")
    assert waiting(story, "contributor") == 1
    done, left = rows(story)
    assert done.done_at is not None
    assert left.done_at is None


def test_an_answer_may_be_mended_after_it_is_done_until_the_question_is_taken_back(story: Story) -> None:
    ask(story, "P-01", "P-02")
    save(story, "contributor", "P-01")
    save(story, "contributor", "P-01", "partly", "Halva är klar.", version=1)
    assert assignments.withdraw(story.home, story.people.contact, story.connection, rows(story)[1].id)
    with pytest.raises(Forbidden):
        save(story, "contributor", "P-02")
    assert waiting(story, "contributor") == 0


def test_a_comment_without_an_answer_is_not_done(story: Story) -> None:
    ask(story, "P-01")
    save(story, "contributor", "P-01", None, "Jag frågar driften.")
    assert rows(story)[0].done_at is None
    save(story, "contributor", "P-01", "yes", "Jag frågar driften.", version=1)
    assert rows(story)[0].done_at is not None


def test_agreeing_with_a_stored_answer_is_an_answer(story: Story) -> None:
    save(story, "infosec", "P-01", "yes")
    ask(story, "P-01")
    save(story, "contributor", "P-01", "yes", version=1)
    assert rows(story)[0].done_at is not None


def test_the_signatory_may_answer_when_asked(story: Story) -> None:
    with pytest.raises(Forbidden):
        save(story, "signatory", "P-01")
    ask(story, "P-01", who="signatory")
    save(story, "signatory", "P-01")
    assert rows(story)[0].done_at is not None


def test_a_reader_who_is_asked_is_invited_to_contribute(story: Story) -> None:
    ask(story, "P-01", who="viewer")
    with pytest.raises(Forbidden):
        save(story, "viewer", "P-01")
    token = letters_to(story, "viewer@exempel.se")[-1].body.split("/invitations/")[1].split()[0]
    joining.accept_as(story.home, story.people.viewer, token)
    save(story, "viewer", "P-01")
    assert rows(story)[0].done_at is not None


def test_somebody_else_answering_leaves_the_question_open(story: Story) -> None:
    ask(story, "P-01")
    save(story, "infosec", "P-01")
    assert rows(story)[0].done_at is None


def test_one_letter_tells_of_all_and_leads_to_the_very_requirement(either_story: Story) -> None:
    story = either_story
    ask(story, "P-05", "P-06")
    (letter,) = letters_to(story, "contributor@exempel.se")
    place = f"{story.home.settings.address}/connections/{story.connection}/declaration"
    assert letter.body.startswith(f"Öppna frågan och svara: {place}/P-05")
    assert f"{place}/P-06" in letter.body
    assert "Svara senast 30 november 2026." in letter.body
    assert "2 krav" in letter.subject


def test_asking_again_moves_the_date_and_makes_no_second_question(either_story: Story) -> None:
    story = either_story
    ask(story, "P-01", days=7)
    ask(story, "P-01", days=14)
    (row,) = rows(story)
    assert row.due == story.today() + timedelta(days=14)


def test_asking_by_e_mail_invites_a_contributor_who_gets_the_questions(either_story: Story) -> None:
    story = either_story
    wish = Wish(("P-01",), email="Ny.Kollega@exempel.se ", name="Ny Kollega")
    sent = assignments.ask(story.home, story.people.infosec, story.connection, wish)
    assert sent.invited
    (letter,) = letters_to(story, "ny.kollega@exempel.se")
    token = re.search(r"/invitations/(\S+)", letter.body)
    assert token is not None
    assert f"/connections/{story.connection}/declaration/P-01" in letter.body
    assert rows(story)[0].person_id is None
    with story.home.write() as work:
        person = Person(email="ny.kollega@exempel.se", name="Ny Kollega", language="sv", created_at=work.now)
        work.session.add(person)
        work.session.flush()
        known = person.id
    joining.accept_as(story.home, known, token.group(1))
    story.people.person["new"] = known
    with story.home.read() as session:
        held = session.scalars(select(Membership.role).where(Membership.person_id == known)).all()
    assert held == [Role.CONTRIBUTOR]
    assert waiting(story, "new") == 1
    save(story, "new", "P-01")
    assert waiting(story, "new") == 0


def test_an_e_mail_of_a_member_is_that_member(story: Story) -> None:
    wish = Wish(("P-01",), email="TECH@exempel.se")
    sent = assignments.ask(story.home, story.people.infosec, story.connection, wish)
    assert not sent.invited
    assert rows(story)[0].person_id == story.people.tech


def test_asking_an_outsider_by_e_mail_does_not_tell_who_that_is(story: Story) -> None:
    wish = Wish(("P-01",), email="outsider@exempel.se")
    with pytest.raises(Invalid) as refused:
        assignments.ask(story.home, story.people.infosec, story.connection, wish)
    assert set(refused.value.errors) == {"name"}
    wish = Wish(("P-01",), email="outsider@exempel.se", name="Kim")
    assert assignments.ask(story.home, story.people.infosec, story.connection, wish).name == "Kim"
    with pytest.raises(NotFound):
        save(story, "outsider", "P-01")


def test_taking_back_the_last_question_ends_the_invitation(either_story: Story) -> None:
    story = either_story
    wish = Wish(("P-01", "P-02"), email="ny@exempel.se", name="Ny")
    assignments.ask(story.home, story.people.infosec, story.connection, wish)
    token = letters_to(story, "ny@exempel.se")[0].body.split("/invitations/")[1].split()[0]
    first, second = rows(story)
    assignments.withdraw(story.home, story.people.infosec, story.connection, first.id)
    assert joining.look(story.home, token).email == "ny@exempel.se"
    assignments.withdraw(story.home, story.people.infosec, story.connection, second.id)
    with pytest.raises(joining.Unusable):
        joining.look(story.home, token)
    assert not assignments.withdraw(story.home, story.people.infosec, story.connection, second.id)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(()), "about"),
        (Wish(("P-999",)), "about"),
        (Wish(("P-01",)), "member"),
        (Wish(("P-01",), member="nobody"), "member"),
        (Wish(("P-01",), email="inte en adress", name="N"), "email"),
        (Wish(("P-01",), email="ny@exempel.se"), "name"),
        (Wish(("P-01",), email="ny@exempel.se", name="N" * 201), "name"),
    ],
)
def test_what_cannot_be_asked(story: Story, wish: Wish, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        assignments.ask(story.home, story.people.infosec, story.connection, wish)
    assert field in refused.value.errors
    assert not rows(story)


def test_a_day_that_has_passed_is_refused(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        ask(story, "P-01", days=-1)
    assert set(refused.value.errors) == {"due"}
    ask(story, "P-01", days=0)


@pytest.mark.parametrize("who", ["signatory", "viewer", "contributor", "reviewer", "admin"])
def test_those_whose_role_it_is_not_cannot_ask(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        assignments.ask(
            story.home, story.people.person[who], story.connection, Wish(("P-01",), member=story.people.tech)
        )


def test_outsiders_find_nothing(story: Story) -> None:
    ask(story, "P-01")
    with pytest.raises(NotFound):
        assignments.ask(
            story.home, story.people.outsider, story.connection, Wish(("P-01",), member=story.people.tech)
        )
    with pytest.raises(NotFound):
        assignments.withdraw(
            story.home, story.people.outsider, story.people.other_connection, rows(story)[0].id
        )


def test_nobody_is_asked_while_the_declaration_is_closed(story: Story) -> None:
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    with pytest.raises(Blocked):
        ask(story, "P-01")


def test_questions_of_a_closed_declaration_and_of_former_members_wait_for_nobody(story: Story) -> None:
    ask(story, "P-01")
    with story.home.write() as work:
        mine = select(Membership).where(Membership.person_id == story.people.contributor)
        member = work.session.scalars(mine).one()
        member.ended_at = work.now
    assert waiting(story, "contributor") == 0
    with pytest.raises(NotFound):
        save(story, "contributor", "P-01")


def test_what_is_asked_comes_by_due_date(story: Story) -> None:
    ask(story, "P-03", days=None)
    ask(story, "P-02", days=9)
    ask(story, "P-09", days=2)
    with story.home.read() as session:
        found = store.of_person(session, story.people.contributor)
    assert [row.assignment.requirement for row in found] == ["P-09", "P-02", "P-03"]


def test_each_change_has_its_event(story: Story) -> None:
    ask(story, "P-01", "P-02")
    save(story, "contributor", "P-01")
    assignments.withdraw(story.home, story.people.infosec, story.connection, rows(story)[1].id)
    with story.home.read() as session:
        kinds = session.scalars(select(StoredEvent.kind).order_by(StoredEvent.seq)).all()
    assert kinds.count("RequirementAssigned") == 2
    assert kinds.count("AssignmentDone") == 1
    assert kinds.count("AssignmentWithdrawn") == 1


def test_every_version_of_an_answer_is_kept(either_story: Story) -> None:
    story = either_story
    save(story, "infosec", "P-01", "no", "Inget finns.")
    save(story, "tech", "P-01", "partly", "Halva finns.", version=1)
    save(story, "tech", "P-01", "partly", "Halva finns.", version=2)
    with story.home.read() as session:
        answer = answers.answer(session, session.get_one(Connection, story.connection), "P-01")
        assert answer is not None
        found = [
            (row.version, row.value, row.comment, name)
            for row, name in answer_versions.history(session, answer.id)
        ]
    assert found == [(2, "partly", "Halva finns.", "Tech"), (1, "no", "Inget finns.", "Infosec")]


Browse = Callable[[str], FlaskClient]


class TestPages:
    def test_the_asked_one_finds_the_question_answers_it_and_is_done(
        self, story: Story, browse: Browse
    ) -> None:
        ask(story, "P-01", "P-02", days=-0)
        ask(story, "P-02", days=3)
        page = browse("contributor").get("/my-questions").text
        assert "Mina frågor (2)" in page
        assert page.index("P-01 ") < page.index("P-02 ")
        assert "Senast i dag, 23 november 2026" in page
        place = f"/connections/{story.connection}/declaration/P-01"
        assert place in page
        requirement = browse("contributor").get(place).text
        assert "Ni är ombedd att svara på det här kravet." in requirement
        assert 'name="value"' in requirement
        answer = browse("contributor").post(place, data={"value": "yes", "comment": "", "version": "0"})
        assert answer.status_code == 302
        assert "Mina frågor (1)" in browse("contributor").get("/my-questions").text

    def test_late_is_said_in_words(self, story: Story, browse: Browse) -> None:
        ask(story, "P-01", days=1)
        story.home.clock.forward(days=4)  # type: ignore[attr-defined]
        page = browse("contributor").get("/my-questions").text
        assert "Försenad 3 dagar, skulle ha varit klar 24 november 2026" in page

    def test_what_is_not_asked_cannot_be_written_in(self, story: Story, browse: Browse) -> None:
        place = f"/connections/{story.connection}/declaration/P-01"
        assert 'name="value"' not in browse("contributor").get(place).text
        answer = browse("contributor").post(place, data={"value": "yes", "version": "0"})
        assert answer.status_code == 403

    def test_a_contributor_sees_the_declaration_and_nothing_else(self, story: Story, browse: Browse) -> None:
        story.classify_flow()
        story.assess_risk()
        client, below = browse("contributor"), f"/connections/{story.connection}"
        for hidden in (
            "/risk",
            "/risk/actions",
            "/application",
            "/agreement",
            "/order",
            "/runs",
            "/test-object",
            "/history",
        ):
            assert client.get(below + hidden).status_code == 403, hidden
        assert client.get(f"/organisations/{story.people.organisation}/people").status_code == 403
        home = client.get(below).text
        assert f"{below}/declaration" in home
        for hidden in ("/risk", "/application", "/order", "/history"):
            assert f'href="{below}{hidden}' not in home, hidden
        assert client.get(f"{below}/declaration").status_code == 200

    def test_a_deviation_of_a_contributor_leads_to_no_form_that_is_refused(
        self, story: Story, browse: Browse
    ) -> None:
        ask(story, "P-01")
        save(story, "contributor", "P-01", "no", "Finns inte.")
        story.plan_action("P-01")
        page = browse("contributor").get(f"/connections/{story.connection}/declaration/P-01").text
        assert "/risk/actions" not in page
        assert "Besluta rutinen" in page

    def test_a_contributor_shows_evidence_for_what_is_asked_and_nothing_else(
        self, story: Story, browse: Browse
    ) -> None:
        ask(story, "P-01")
        below = f"/connections/{story.connection}/declaration"

        def add(requirement: str) -> int:
            typed = {
                "evidence": new_id(),
                "evidence-title": "Beslut",
                "evidence-url": "https://exempel.se/beslut",
            }
            place = f"{below}/{requirement}/evidence"
            return browse("contributor").post(place, data=typed).status_code

        assert f"{below}/P-01/evidence" in browse("contributor").get(f"{below}/P-01").text
        assert f"{below}/P-02/evidence" not in browse("contributor").get(f"{below}/P-02").text
        assert add("P-02") == 403
        assert add("P-01") == 302
        assert "Beslut" in browse("viewer").get(f"{below}/P-01").text
        with story.home.read() as session:
            evidence = session.scalars(select(Evidence)).one().id
        place = f"/connections/{story.connection}/evidence/{evidence}"
        assert browse("viewer").post(f"{place}/remove").status_code == 403
        assert browse("viewer").get(f"{place}/replace").status_code == 403
        assert browse("contributor").get(f"{place}/replace").status_code == 200
        assert browse("contributor").post(f"{place}/remove").status_code == 302

    def test_a_whole_theme_is_asked_about_on_the_list(self, story: Story, browse: Browse) -> None:
        place = f"/connections/{story.connection}/assignments"
        assert "Hela temat" in browse("contact").get(place).text
        typed = {
            "ask-about": f"theme:{load.declaration().themes[0].id}",
            "ask-member": story.people.business,
            "ask-due": "2026-12-11",
        }
        answer = browse("contact").post(place, data=typed)
        assert answer.status_code == 302
        page = browse("contact").get(place).text
        assert len(rows(story)) > 3
        assert page.count("/withdraw") == len(rows(story))
        assert "Business är ombedd att svara" in page

    def test_the_form_of_a_requirement_comes_back_to_it(self, story: Story, browse: Browse) -> None:
        place = f"/connections/{story.connection}/assignments"
        typed = {"ask-about": "P-07", "ask-member": story.people.business, "came_from": "P-07"}
        answer = browse("contact").post(place, data=typed)
        assert answer.headers["Location"].endswith("/declaration/P-07#who")
        page = browse("contact").get(f"/connections/{story.connection}/declaration/P-07").text
        assert "Business är ombedd att svara." in page
        answer = browse("contact").post(f"{place}/{rows(story)[0].id}/withdraw", data={"came_from": "P-07"})
        assert answer.status_code == 302
        page = browse("contact").get(f"/connections/{story.connection}/declaration/P-07").text
        assert "Frågan är tillbakatagen." in page
        assert "Business är ombedd att svara." not in page

    @pytest.mark.parametrize("typed", [{"ask-due": "i morgon"}, {}, {"ask-member": "x"}, {"ask-email": "x"}])
    def test_mistakes_are_shown_and_what_was_typed_stays(
        self, story: Story, browse: Browse, typed: dict[str, str]
    ) -> None:
        place = f"/connections/{story.connection}/assignments"
        answer = browse("contact").post(place, data={"ask-about": "P-01", "ask-name": "Kim", **typed})
        assert answer.status_code == 422
        assert 'value="Kim"' in answer.text
        assert 'value="P-01" selected' in answer.text

    def test_the_owner_does_not_see_who_is_asked(self, story: Story, browse: Browse) -> None:
        ask(story, "P-01")
        assert browse("reviewer").get(f"/connections/{story.connection}/assignments").status_code == 403
        page = browse("reviewer").get(f"/connections/{story.connection}/declaration/P-01").text
        assert "ombedd att svara" not in page

    def test_the_history_of_an_answer_is_on_its_page(self, story: Story, browse: Browse) -> None:
        save(story, "infosec", "P-01", "no", "Inget finns.")
        save(story, "tech", "P-01", "yes", "Nu finns det.", version=1)
        page = browse("viewer").get(f"/connections/{story.connection}/declaration/P-01").text
        assert "Besvarat 2 gånger" in page
        assert "Inget finns." in page

    def test_both_languages(self, story: Story, browse: Browse) -> None:
        ask(story, "P-01")
        client = browse("contributor")
        client.get("/language/en?next=/my-questions")
        assert "By 30 November 2026" in client.get("/my-questions").text
        assert client.get(f"/connections/{story.connection}/assignments").status_code == 200
