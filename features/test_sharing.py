"""Steps of sharing the requirements."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select

from checklists import load
from portal.services import accounts, joining, reminders
from portal.services.installation import Installation
from portal.store.models import Letter
from tests.conftest import Clock
from tests.story import Story
from workflows.access import Role

scenarios("sharing.feature")

EMAIL = "lena.ek@exempel.se"


def _letters(story: Story, email: str) -> list[Letter]:
    with story.home.read() as session:
        return list(session.scalars(select(Letter).where(Letter.address == email).order_by(Letter.id)))


def _ask(story: Story, browse: Any, **typed: str) -> None:
    fields = {f"ask-{name}": value for name, value in typed.items()}
    answer = browse("infosec").post(f"/connections/{story.connection}/assignments", data=fields)
    assert answer.status_code == 302


def _due(story: Story, days: int = 10) -> str:
    return (story.today() + timedelta(days=days)).isoformat()


def _mine(browse: Any, who: str = "lena") -> str:
    return str(browse(who).get("/my-questions").text)


@pytest.fixture
def lena(story: Story) -> str:
    """Lena Ek, who takes part as a contributor."""
    with story.home.write(story.people.contact) as work:
        person = accounts.add_person(
            work,
            email=EMAIL,
            name="Lena Ek",
            organisation_id=story.people.organisation,
            role=Role.CONTRIBUTOR.value,
        )
        story.people.person["lena"] = person.id
        return person.id


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given(parsers.parse("att Lena Ek är med och ombedd att svara på krav {requirement}"))
def takes_part(story: Story, browse: Any, lena: str, requirement: str) -> None:
    _ask(story, browse, about=requirement, member=lena, due=_due(story))


@given(parsers.parse("att Lena Ek är ombedd att svara på krav {requirement}"))
def asked_too(story: Story, browse: Any, requirement: str) -> None:
    _ask(story, browse, about=requirement, member=story.people.person["lena"], due=_due(story))


@when(
    parsers.parse(
        'informationssäkerhetsansvarig ber "{email}" svara på krav {requirement} inom {days:d} dagar'
    )
)
def asks_by_email(story: Story, browse: Any, email: str, requirement: str, days: int) -> None:
    _ask(story, browse, about=requirement, email=email, name="Lena Ek", due=_due(story, days))


@when("informationssäkerhetsansvarig ber verksamhetsansvarig svara på hela det första temat")
def asks_theme(story: Story, browse: Any) -> None:
    _ask(story, browse, about=f"theme:{load.declaration().themes[0].id}", member=story.people.business)


@when("informationssäkerhetsansvarig tar tillbaka frågan")
def takes_back(story: Story, browse: Any) -> None:
    from portal.store import assignments

    with story.home.read() as session:
        (found,) = assignments.of_connection(session, story.connection)
    place = f"/connections/{story.connection}/assignments/{found[0].id}/withdraw"
    assert browse("infosec").post(place).status_code == 302


@when("Lena Ek tar emot inbjudan")
def accepts(story: Story) -> None:
    token = _letters(story, EMAIL)[0].body.split("/invitations/")[1].split()[0]
    with story.home.write() as work:
        person = accounts.new_person(work, EMAIL, "Lena Ek", "sv")
        story.people.person["lena"] = person.id
    joining.accept_as(story.home, story.people.person["lena"], token)


@when(parsers.parse("Lena Ek svarar Ja på krav {requirement}"))
@when(parsers.parse("Lena Ek försöker svara på krav {requirement}"), target_fixture="status_code")
def answers(story: Story, browse: Any, requirement: str) -> int:
    place = f"/connections/{story.connection}/declaration/{requirement}"
    return int(browse("lena").post(place, data={"value": "yes", "version": "0"}).status_code)


@when("det är 7 dagar kvar")
def seven_days_left(home: Installation, clock: Clock) -> None:
    clock.forward(days=3)
    reminders.send_due(home)


@when("datumet har passerat med 7 dagar")
def seven_days_late(home: Installation, clock: Clock) -> None:
    clock.forward(days=14)
    reminders.send_due(home)


@then(parsers.parse('får "{email}" ett brev med inbjudan och länk till krav {requirement}'))
def invited(story: Story, email: str, requirement: str) -> None:
    (letter,) = _letters(story, email)
    assert "/invitations/" in letter.body
    assert f"/connections/{story.connection}/declaration/{requirement}" in letter.body


@then(parsers.parse("står krav {requirement} under Lena Eks frågor"))
def stands_there(story: Story, browse: Any, requirement: str) -> None:
    page = _mine(browse)
    assert "Mina frågor (1)" in page
    assert f"/connections/{story.connection}/declaration/{requirement}" in page


@then("har Lena Ek inga frågor kvar")
def none_left(browse: Any) -> None:
    assert "Ingen har bett er svara på något just nu." in _mine(browse)


@then("får Lena Ek veta att rollen saknas")
def forbidden(status_code: int) -> None:
    assert status_code == 403


@then("Lena Ek ser inte riskanalysen, ansökan eller beställningen")
def sees_nothing_else(story: Story, browse: Any) -> None:
    for page in ("risk", "application", "order"):
        assert browse("lena").get(f"/connections/{story.connection}/{page}").status_code == 403


@then("har verksamhetsansvarig varje krav i temat bland sina frågor")
def whole_theme(story: Story, browse: Any) -> None:
    page = _mine(browse, "business")
    catalogue = load.declaration()
    inside = [item.id for item in catalogue.requirements if item.theme == catalogue.themes[0].id]
    assert all(f"/connections/{story.connection}/declaration/{name}" in page for name in inside)


@then(parsers.parse("får Lena Ek en påminnelse om krav {first} och krav {second} i ett brev"))
def one_letter(story: Story, first: str, second: str) -> None:
    (letter,) = [found for found in _letters(story, EMAIL) if found.subject.startswith("Påminnelse")]
    assert f"Krav {first}" in letter.body
    assert f"Krav {second}" in letter.body


@then(parsers.parse('får Lena Ek en påminnelse där det står "{words}"'))
def reminded(story: Story, words: str) -> None:
    assert words in _letters(story, EMAIL)[-1].body
