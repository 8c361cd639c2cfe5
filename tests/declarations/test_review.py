"""The owner's review: line by line, accepted or returned, and only what is new in the next round."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from checklists import load
from portal.services import declaration_review as review
from portal.services import declarations
from portal.store import declarations as store
from portal.store.models import Answer, Connection, Frozen
from tests.declarations.story import signed
from tests.story import Story
from workflows.errors import Blocked, Forbidden, Invalid, NotFound
from workflows.status import Status

Browse = Callable[[str], FlaskClient]


def line(story: Story, name: str) -> Answer:
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        found = store.answer(session, connection, name)
        assert found is not None
        return found


def judge(story: Story, name: str, verdict: str, text: str = "", reason: str | None = None) -> None:
    review.review_line(story.home, story.people.reviewer, story.connection, name, verdict, reason, text)


def accept_all(story: Story) -> int:
    return sum(
        review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)
        for theme in load.declaration().themes
    )


def test_every_line_accepted_lets_the_declaration_be_approved(either_story: Story) -> None:
    signed(either_story, P_09="partly")
    assert accept_all(either_story) == 79
    with pytest.raises(Blocked) as refused:
        review.approve(either_story.home, either_story.people.reviewer, either_story.connection)
    assert [(reason.code, reason.params) for reason in refused.value.reasons] == [
        ("lines_unreviewed", {"n": 1})
    ]
    judge(either_story, "P-09", "accepted")
    assert review.approve(either_story.home, either_story.people.reviewer, either_story.connection)
    assert either_story.states()["declaration"] is Status.DONE
    assert not review.approve(either_story.home, either_story.people.reviewer, either_story.connection)


def test_a_returned_line_goes_back_with_its_remark_and_only_it_is_reviewed_again(either_story: Story) -> None:
    signed(either_story, P_09="partly")
    accept_all(either_story)
    with pytest.raises(Blocked):
        review.send_back(either_story.home, either_story.people.reviewer, either_story.connection)
    judge(either_story, "P-09", "returned", "Beskriv vem som äger rutinen.")
    with pytest.raises(Blocked):
        review.approve(either_story.home, either_story.people.reviewer, either_story.connection)
    assert review.send_back(either_story.home, either_story.people.reviewer, either_story.connection)
    assert either_story.states()["declaration"] is Status.RETURNED

    found = line(either_story, "P-09")
    assert found.verdict_text == "Beskriv vem som äger rutinen."
    declarations.save_answer(
        either_story.home,
        either_story.people.infosec,
        either_story.connection,
        "P-09",
        "partly",
        "Säkerhetschefen äger rutinen.",
        found.version,
    )
    either_story.move("infosec", "declaration", "submit")
    either_story.move("signatory", "declaration", "sign")
    assert line(either_story, "P-09").verdict is None
    assert line(either_story, "P-01").verdict == "accepted"
    with either_story.home.read() as session:
        rounds = review.rounds(session, session.get_one(Connection, either_story.connection))
        assert set(rounds.changes) == {"P-09"}
        assert rounds.changes["P-09"].comment_before == "Rutinen är inte beslutad än."
        assert rounds.latest is not None
        body = session.get_one(Frozen, rounds.latest.sha256).body
        assert json.loads(body)["round"] == 2
    judge(either_story, "P-09", "accepted")
    assert review.approve(either_story.home, either_story.people.reviewer, either_story.connection)


def test_an_accepted_line_that_is_changed_is_reviewed_again(story: Story) -> None:
    signed(story, P_09="partly")
    accept_all(story)
    judge(story, "P-09", "returned", "Förtydliga.")
    review.send_back(story.home, story.people.reviewer, story.connection)
    declarations.save_answer(
        story.home,
        story.people.infosec,
        story.connection,
        "P-01",
        "yes",
        "Ny policy.",
        line(story, "P-01").version,
    )
    assert line(story, "P-01").verdict is None


@pytest.mark.parametrize(
    ("verdict", "reason", "text", "field"),
    [
        ("returned", None, "", "reason"),
        ("returned", "finns-inte", "Text.", "reason"),
        ("kanske", None, "", "verdict"),
        ("returned", None, "x" * 5_000, "text"),
    ],
)
def test_a_verdict_that_tells_too_little_or_too_much_is_refused(
    story: Story, verdict: str, reason: str | None, text: str, field: str
) -> None:
    signed(story)
    with pytest.raises(Invalid) as refused:
        judge(story, "P-01", verdict, text, reason)
    assert set(refused.value.errors) == {field}
    assert line(story, "P-01").verdict is None


def test_only_the_owner_reviews_and_only_what_is_submitted(story: Story) -> None:
    with pytest.raises(Blocked):
        judge(story, "P-01", "accepted")
    signed(story)
    for who, error in (("infosec", Forbidden), ("owner_viewer", Forbidden), ("outsider", NotFound)):
        with pytest.raises(error):
            review.review_line(story.home, story.people.person[who], story.connection, "P-01", "accepted")
    with pytest.raises(NotFound):
        judge(story, "P-99", "accepted")


def test_the_page_accepts_returns_and_keeps_what_was_typed(story: Story, browse: Browse) -> None:
    signed(story, P_09="partly")
    reviewer, place = browse("reviewer"), f"/connections/{story.connection}/declaration/review"
    page = reviewer.get(place).get_data(as_text=True)
    assert "Omgång 1" in page
    assert "0 av 80 rader granskade" in page
    after = reviewer.post(f"{place}/P-01", data={"verdict": "accepted"})
    assert after.status_code == 302
    assert after.location.endswith("at=P-02#P-02")
    refused = reviewer.post(f"{place}/P-09", data={"verdict": "returned", "text": "  ", "reason": ""})
    assert refused.status_code == 422
    reviewer.post(f"{place}/P-09", data={"verdict": "returned", "text": "Vem äger <rutinen>?"})
    assert line(story, "P-09").verdict == "returned"
    page = reviewer.get(place + "?filter=returned").get_data(as_text=True)
    assert "Vem äger &lt;rutinen&gt;?" in page
    reviewer.post(f"{place}-theme/governance")
    assert line(story, "P-02").verdict == "accepted"
    assert reviewer.get(place + "?filter=all").status_code == 200
    assert reviewer.get(place + "?filter=nonsens").status_code == 200


def test_a_text_too_long_is_refused_with_the_text_kept(story: Story, browse: Browse) -> None:
    signed(story)
    text = "lång text " * 10_000
    page = browse("reviewer").post(
        f"/connections/{story.connection}/declaration/review/P-01", data={"verdict": "returned", "text": text}
    )
    assert page.status_code == 422
    assert text.strip()[:2_000] in page.get_data(as_text=True)
    assert line(story, "P-01").verdict is None


def test_the_organisation_reads_the_remark_on_the_requirement(story: Story, browse: Browse) -> None:
    signed(story, P_09="partly")
    reason = load.reasons().of_step("declaration")[0]
    judge(story, "P-09", "returned", "Vem äger rutinen?", reason.id)
    accept_all(story)
    review.send_back(story.home, story.people.reviewer, story.connection)
    page = browse("infosec").get(f"/connections/{story.connection}/declaration/P-09").get_data(as_text=True)
    assert "Granskaren ber om komplettering" in page
    assert "Vem äger rutinen?" in page
    assert reason.text.sv in page


@pytest.mark.parametrize(("who", "status"), [("infosec", 403), ("owner_viewer", 403), ("outsider", 404)])
def test_the_page_is_the_reviewers_own(story: Story, browse: Browse, who: str, status: int) -> None:
    signed(story)
    place = f"/connections/{story.connection}/declaration/review"
    assert browse(who).get(place).status_code == status
    assert browse(who).post(f"{place}/P-01", data={"verdict": "accepted"}).status_code == status
    assert line(story, "P-01").verdict is None
