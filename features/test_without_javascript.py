"""Steps of working without JavaScript, in a real demo."""

from collections.abc import Iterator

import pytest
from pytest_bdd import given, scenarios, then, when

from tests.walking import Walk, Window, chromium_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("demo")]
scenarios("without_javascript.feature")

ORDERING, WORKING = "Ljungdala kommun", "Skogalunds kommun"


@pytest.fixture
def walk(chromium: str, demo_address: str) -> Iterator[Walk]:
    with chromium_browser(chromium) as browser:
        yield Walk(browser, demo_address, scripts=False)


def at_step(window: Window, step: str) -> None:
    window.go("/")
    window.follow(step, within="table.steps")


@given("en demo och en webbläsare utan JavaScript")
def without_javascript(walk: Walk) -> None:
    stranger = walk.stranger()
    stranger.go("/sign-in")
    assert stranger.title() == "Logga in"


@when("kontaktpersonen sparar halva beställningen")
def saves_order(walk: Walk) -> None:
    contact = walk.someone(ORDERING, "Kontaktperson för anslutning")
    at_step(contact, "Beställning")
    contact.fill("Organisationsnummer", "212000-0142")
    contact.choose("Slag av organisation", "Kommun")
    contact.fill("Leverantör av meddelandesystem", "Molnbrygga AB")
    contact.press("Spara")


@then("finns det som skrevs kvar och sidan säger vad som återstår")
def order_kept(walk: Walk) -> None:
    contact = walk.someone(ORDERING, "Kontaktperson för anslutning")
    contact.look("order without scripts")
    assert contact.says("Sparat")
    assert contact.value("Organisationsnummer") == "212000-0142"
    assert contact.value("Leverantör av meddelandesystem") == "Molnbrygga AB"
    assert contact.says("Län saknas.")


@when("informationssäkerhetsansvarig i Skogalunds kommun har besvarat ett krav")
def answers(walk: Walk) -> None:
    infosec = walk.someone(WORKING, "Informationssäkerhetsansvarig")
    at_step(infosec, "Självdeklaration")
    infosec.press("Nästa krav att svara på")
    infosec.asked = infosec.title()
    infosec.check("Uppfyller ni kravet?", "Ja")
    infosec.fill("Kommentar", "Beslutat i nämnden.")
    infosec.press("Spara och gå vidare")


@then("är svaret sparat och nästa krav visas")
def answered(walk: Walk) -> None:
    infosec = walk.someone(WORKING, "Informationssäkerhetsansvarig")
    infosec.look("requirement without scripts")
    assert infosec.says("Sparat")
    assert infosec.title() != infosec.asked
    infosec.click(infosec.page.locator("a[rel=prev]"))
    assert infosec.title() == infosec.asked
    assert infosec.value("Kommentar") == "Beslutat i nämnden."


@when("den tekniska kontakten i Skogalunds kommun kör verifieringen")
def runs(walk: Walk) -> None:
    tech = walk.someone(WORKING, "Tekniskt ansvarig")
    at_step(tech, "Tester")
    tech.press("Kör verifieringen")


@then("laddas sidan om av sig själv tills körningen är klar")
def run_followed(walk: Walk) -> None:
    tech = walk.someone(WORKING, "Tekniskt ansvarig")
    tech.page.wait_for_selector(".verdict:not(.verdict--running)", timeout=60_000)
    tech.look("run without scripts")
    assert "Underkänd" in tech.text(".verdict")
    assert tech.offers("button", "Kör igen")


@then("ingen sida hade några fel")
def no_problems(walk: Walk) -> None:
    assert not walk.problems, "\n".join(walk.problems)
