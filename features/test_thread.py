"""Steps of the thread on a requirement."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select

from portal.store import declarations
from portal.store.models import Connection, Letter, Mention
from portal.store.models.base import new_id
from tests.story import Story

scenarios("thread.feature")

WHO = {
    "informationssäkerhetsansvarig": "infosec",
    "granskaren": "reviewer",
    "läsaren": "viewer",
    "den tekniska kontakten": "tech",
}
AUDIENCES = {"båda": "both", "organisationen": "own"}
VALUES = {"Ja": "yes", "Nej": "no"}


def _write(story: Story, client: Any, requirement: str, text: str, **more: str) -> None:
    typed = {"remark_id": new_id(), "remark-text": text, **more}
    place = f"/connections/{story.connection}/declaration/{requirement}/remarks"
    assert client.post(place, data=typed).status_code == 302


def _page(story: Story, client: Any, requirement: str) -> str:
    return str(client.get(f"/connections/{story.connection}/declaration/{requirement}").text)


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@when(parsers.parse('granskaren skriver "{text}" om krav {requirement}'))
def reviewer_writes(story: Story, browse: Any, text: str, requirement: str) -> None:
    _write(story, browse("reviewer"), requirement, text)


@when(parsers.parse('informationssäkerhetsansvarig skriver "{text}" till {audience} om krav {requirement}'))
def infosec_writes(story: Story, browse: Any, text: str, audience: str, requirement: str) -> None:
    _write(story, browse("infosec"), requirement, text, **{"remark-audience": AUDIENCES[audience]})


@when(
    parsers.parse(
        'informationssäkerhetsansvarig nämner den tekniska kontakten i "{text}" om krav {requirement}'
    )
)
def infosec_mentions(story: Story, browse: Any, text: str, requirement: str) -> None:
    more = {"remark-audience": "own", "remark-mentions": story.people.tech}
    _write(story, browse("infosec"), requirement, text, **more)


@when("den tekniska kontakten markerar inlägget som läst")
def marks(story: Story, browse: Any) -> None:
    with story.home.read() as session:
        found = session.scalars(select(Mention.remark_id).where(Mention.person_id == story.people.tech))
        (remark,) = found.all()
    browse("tech").post(f"/my-questions/mentions/{remark}/read")


@when(parsers.parse('informationssäkerhetsansvarig svarar {value} på krav {requirement} med "{comment}"'))
def answers(story: Story, browse: Any, value: str, requirement: str, comment: str) -> None:
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        found = declarations.answer(session, connection, requirement)
    typed = {"value": VALUES[value], "comment": comment, "version": str(found.version if found else 0)}
    place = f"/connections/{story.connection}/declaration/{requirement}"
    assert browse("infosec").post(place, data=typed).status_code == 302


@then(parsers.re(r'läser (?P<who>[\w ]+) "(?P<text>.+)" bland sina frågor'))
def among_questions(browse: Any, who: str, text: str) -> None:
    page = str(browse(WHO[who]).get("/my-questions").text)
    assert "Mina frågor (1)" in page
    assert text in page


@then(parsers.re(r"(?:har )?(?P<who>[\w ]+?) (?:har )?inga olästa inlägg"))
def none_unread(browse: Any, who: str) -> None:
    page = str(browse(WHO[who]).get("/my-questions").text)
    assert "Det finns inga olästa inlägg där ni är nämnd." in page


@then(parsers.parse("informationssäkerhetsansvarig har fått ett brev med länk till krav {requirement}"))
def letter(story: Story, requirement: str) -> None:
    with story.home.read() as session:
        found = session.scalars(
            select(Letter).where(Letter.address == "infosec@exempel.se").order_by(Letter.id.desc())
        ).first()
    assert found is not None
    assert f"/connections/{story.connection}/declaration/{requirement}#remark-" in found.body


@then(parsers.parse('läser läsaren "{text}" på krav {requirement}'))
def viewer_reads(story: Story, browse: Any, text: str, requirement: str) -> None:
    assert text in _page(story, browse("viewer"), requirement)


@then(parsers.parse('granskaren läser inte "{text}" på krav {requirement}'))
def reviewer_does_not(story: Story, browse: Any, text: str, requirement: str) -> None:
    assert text not in _page(story, browse("reviewer"), requirement)


@then(parsers.parse("visar krav {requirement} att det är besvarat {n:d} gånger"))
def versions(story: Story, browse: Any, requirement: str, n: int) -> None:
    assert f"Besvarat {n} gånger" in _page(story, browse("viewer"), requirement)
