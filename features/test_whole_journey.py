"""Steps of the whole journey: a real demo, a real browser, and everything done by clicking."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_bdd import given, scenarios, then, when

from portal.reference.addresses import HEALTHY
from portal.reference.faults import NAMES
from tests.walking import Walk, Window, chromium_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("demo")]
scenarios("whole_journey.feature")

MUNICIPALITY = "Exempelstads kommun"
CONTACT, INFOSEC, TECH, SIGNATORY = "Karin Lund", "Anna Berg", "Ola Nyman", "Per Holm"
REVIEWER, APPROVER, SECOND_APPROVER = "Johan Vik", "Sara Dahl", "Nils Åberg"
EXPIRED = NAMES["expired-certificate"].participant
TODAY = datetime.now(UTC).date()
IN_SOME_MONTHS = (TODAY + timedelta(days=120)).isoformat()
ORDER = {
    "Kontaktperson för anslutning: namn": CONTACT,
    "Kontaktperson för anslutning: e-post": "karin.lund@exempelstads.example",
    "Kontaktperson för anslutning: telefon": "08-123 45 67",
    "Informationssäkerhet: namn": INFOSEC,
    "Informationssäkerhet: e-post": "anna.berg@exempelstads.example",
    "Teknisk kontakt: namn": TECH,
    "Teknisk kontakt: e-post": "ola.nyman@exempelstads.example",
    "Behörig firmatecknare: namn": SIGNATORY,
    "Behörig firmatecknare: e-post": "per.holm@exempelstads.example",
    "Leverantör av meddelandesystem": "Molnbrygga AB",
    "Accesspunktsoperatör": "Nordväg Drift AB",
    "Planerat datum för QA": (TODAY + timedelta(days=30)).isoformat(),
    "Planerat datum för produktion": IN_SOME_MONTHS,
}
RISKS = ("Meddelande skickas till fel funktionsadress", "Ett certifikat går ut")


@pytest.fixture
def walk(chromium: str, demo_address: str) -> Iterator[Walk]:
    with chromium_browser(chromium) as browser:
        yield Walk(browser, demo_address)


def home_of(walk: Walk, name: str) -> Window:
    """The person's window at the connection's own page."""
    window = walk.person(name)
    window.go("/")
    if "/connections/" not in window.path():
        window.follow(MUNICIPALITY)
    return window


def from_queue(walk: Walk, name: str, step: str) -> Window:
    """The person's window at what waits in the queue for a decision about the municipality's step."""
    window = walk.person(name)
    window.go("/overview/queue")
    window.look("queue")
    window.click(window.page.get_by_role("row").filter(has_text=step).get_by_role("link", name=MUNICIPALITY))
    return window


def confirm(window: Window, button: str) -> None:
    """Press a button that asks for the second factor, which a demo's person gives by a click."""
    window.press(button)
    if window.title() == "Visa att det är ni":
        window.look("second factor again")
        window.press("Bekräfta")


@given("en demo där Exempelstads kommun inte har börjat")
def not_begun(walk: Walk) -> None:
    stranger = walk.stranger()
    stranger.go("/register")
    stranger.look("register")
    assert not stranger.says(MUNICIPALITY)


@when("kontaktpersonen påbörjar anslutningen och skickar in beställningen")
def orders(walk: Walk) -> None:
    contact = walk.person(CONTACT)
    contact.go("/")
    contact.look("home before it begins")
    if contact.offers("button", "Påbörja anslutningen"):
        contact.press("Påbörja anslutningen")
    home_of(walk, CONTACT).look("connection begun")
    contact.follow("Beställning", within="table.steps")
    contact.look("order empty")
    contact.fill("Organisationsnummer", "212000-1355")
    contact.choose("Slag av organisation", "Kommun")
    contact.choose("Län", "Stockholms län")
    contact.choose("Hur ni ansluter", "Helhetslösning från en leverantör")
    for label, value in ORDER.items():
        contact.fill(label, value)
    contact.choose("Får organisationen visas i det öppna registret när den är ansluten?", "Ja")
    contact.press("Spara")
    contact.look("order saved")
    contact.press("Skicka in beställningen")
    contact.look("order submitted")
    assert contact.says("Beställningen är inskickad.")


@when("granskaren hittar beställningen i sin kö och godkänner den")
def approves_order(walk: Walk) -> None:
    reviewer = from_queue(walk, REVIEWER, "Beställning")
    reviewer.look("order to decide")
    reviewer.press("Godkänn att organisationen ansluter")
    assert reviewer.says("Organisationen får ansluta.")


@when("den tekniska kontakten anmäler ett testobjekt vars certifikat har gått ut")
def describes(walk: Walk) -> None:
    tech = home_of(walk, TECH)
    tech.look("connection ordered")
    tech.follow("QA-anslutning", within="table.steps")
    tech.look("test object empty")
    tech.choose("Miljö", "Demo (referensorganisationen på den här datorn)")
    tech.fill("Deltagar-id", EXPIRED)
    tech.fill("Accesspunktsoperatör", "Nordväg Drift AB")
    tech.fill("Accesspunktens produkt", "Brygga AP")
    tech.fill("Accesspunktens version", "4.2")
    tech.fill("Meddelandetjänstens produkt", "Brygga MT")
    tech.fill("Meddelandetjänstens version", "4.2")
    tech.press("Spara")
    tech.look("test object saved")
    tech.press("Anmäl till QA-miljön")
    assert tech.says("Anmälan till QA-miljön är inskickad.")


@when("granskaren godkänner QA-anslutningen")
def approves_qa(walk: Walk) -> None:
    reviewer = from_queue(walk, REVIEWER, "QA-anslutning")
    reviewer.look("test object to decide")
    reviewer.press("Godkänn QA-anslutningen")
    assert reviewer.says("QA-anslutningen är godkänd.")


def tick_all(window: Window) -> None:
    """Mark every task of the page as done, one at a time."""
    while (buttons := window.page.get_by_role("button", name="Markera som klar")).count():
        window.click(buttons.first)


@when("den tekniska kontakten bockar av registreringarna")
def registers(walk: Walk) -> None:
    tech = home_of(walk, TECH)
    tech.follow("Registreringar", within="table.steps")
    tech.look("registrations")
    tick_all(tech)
    tech.press("Markera registreringarna som klara")
    tech.look("registrations done")
    assert tech.says("Registreringarna är klara.")


def follow_run(tech: Window) -> None:
    """Follow the run on its page, which is never loaded again, until it has its verdict."""
    tech.page.evaluate("window.stayed = true")
    tech.page.wait_for_selector(".verdict:not(.verdict--running)", timeout=60_000)
    assert tech.page.evaluate("window.stayed"), "the page was loaded again instead of followed"


@when("den tekniska kontakten kör verifieringen och följer den på sidan")
def runs_faulty(walk: Walk) -> None:
    tech = home_of(walk, TECH)
    tech.follow("Tester", within="table.steps")
    tech.look("tests before a run")
    tech.press("Kör verifieringen")
    follow_run(tech)
    tech.look("run failed")


@then("säger körningen att operatören ska förnya certifikatet")
def failed(walk: Walk) -> None:
    tech = walk.person(TECH)
    verdict = tech.text(".verdict")
    assert "Underkänd" in verdict
    assert "accesspunktens certifikat gäller inte" in verdict
    assert "Åtgärdas av: er accesspunktsoperatör" in verdict
    assert "nytt" in tech.text(".verdict__do")
    assert tech.download("Hämta rapporten som PDF").startswith(b"%PDF")


@when("den tekniska kontakten byter till ett helt testobjekt och kör igen")
def runs_healthy(walk: Walk) -> None:
    tech = home_of(walk, TECH)
    tech.follow("QA-anslutning", within="table.steps")
    tech.fill("Deltagar-id", HEALTHY)
    tech.press("Spara")
    tech.follow(MUNICIPALITY, within=".band")
    tech.look("connection with a failed run")
    tech.follow("Tester", within="table.steps")
    tech.look("tests after a run")
    tech.press("Kör verifieringen")
    follow_run(tech)
    tech.look("run passed")


@then("är körningen godkänd och jämförelsen säger vad som är åtgärdat")
def passed(walk: Walk) -> None:
    tech = walk.person(TECH)
    assert "Godkänd" in tech.text(".verdict__outcome")
    assert tech.says("Åtgärdat", within="#run-facts")
    home_of(walk, TECH).look("connection tested")


@when("informationssäkerhetsansvarig besvarar alla krav och planerar en åtgärd för en avvikelse")
def answers(walk: Walk) -> None:
    infosec = home_of(walk, INFOSEC)
    infosec.follow("Självdeklaration", within="table.steps")
    infosec.look("declaration empty")
    infosec.press("Börja svara")
    infosec.look("requirement")
    answer_with_deviation(infosec)
    while infosec.page.locator("form#answer").count():
        infosec.check("Uppfyller ni kravet?", "Ja")
        infosec.press("Spara och gå vidare")
    infosec.look("answers checked")
    infosec.press("Lämna för underskrift")
    infosec.look("declaration to sign")
    assert infosec.says("Självdeklarationen väntar på firmatecknarens underskrift.")


def answer_with_deviation(infosec: Window) -> None:
    """Answer the requirement that is shown with Delvis, and plan how it is mended, before the next."""
    infosec.check("Uppfyller ni kravet?", "Delvis")
    infosec.page.wait_for_selector("#deviation h2")
    infosec.fill("Kommentar", "Rutinen är skriven men inte beslutad.")
    infosec.press("Spara")
    infosec.fill("Vad ska göras?", "Besluta rutinen", within="#deviation")
    infosec.check("Vilken sorts åtgärd?", "Organisatorisk")
    infosec.fill("Ansvarig", INFOSEC, within="#deviation")
    infosec.fill("Klar senast", IN_SOME_MONTHS, within="#deviation")
    infosec.press("Lägg till åtgärden")
    infosec.look("requirement with a deviation")
    infosec.press("Spara och gå vidare")


@when("informationssäkerhetsansvarig klassar ett flöde, bedömer riskerna och skickar in dem")
def assesses(walk: Walk) -> None:
    infosec = home_of(walk, INFOSEC)
    infosec.follow("Riskanalys och åtgärdsplan", within="table.steps")
    infosec.look("risk empty")
    describe_flow(infosec)
    infosec.press("Hämta ur biblioteket")
    infosec.look("risk library")
    for title in RISKS:
        infosec.page.get_by_label(title, exact=True).check()
    infosec.press("Lägg till valda risker")
    infosec.look("risks added")
    for title in RISKS:
        assess(infosec, title)
    infosec.look("risks assessed")
    infosec.press("Acceptera de 2 risker som väntar på er")
    infosec.follow("Öppna åtgärdsplanen")
    infosec.look("action plan")
    infosec.follow("Riskanalys och åtgärdsplan", within=".band")
    infosec.press("Skicka in riskanalys och åtgärdsplan")
    infosec.look("connection with risks submitted")


def describe_flow(infosec: Window) -> None:
    infosec.press("Lägg till informationsflöde")
    infosec.look("flow")
    infosec.fill("Vad utbyts?", "Orosanmälningar om barn")
    infosec.check("Åt vilket håll går informationen?", "Åt båda håll")
    infosec.pick("Vilken sorts motpart?", "Region")
    infosec.pick("Konfidentialitet", "Betydande")
    infosec.pick("Riktighet", "Måttlig")
    infosec.pick("Tillgänglighet", "Måttlig")
    infosec.press("Spara flödet")


def assess(infosec: Window, title: str) -> None:
    infosec.click(infosec.page.get_by_role("link", name=title).first)
    infosec.look("risk")
    infosec.pick("Konsekvens", "Betydande")
    infosec.pick("Sannolikhet", "Möjligt")
    infosec.choose("Hur hanteras risken?", "Acceptera")
    infosec.fill("Riskägare", INFOSEC)
    infosec.press("Spara risken")


@when("firmatecknaren skriver under självdeklarationen")
def signs_declaration(walk: Walk) -> None:
    signatory = home_of(walk, SIGNATORY)
    signatory.look("connection to sign")
    signatory.follow("Självdeklaration", within="table.steps")
    signatory.press("Granska och skriv under")
    signatory.look("declaration signing")
    confirm(signatory, "Skriv under och skicka in")
    signatory.look("declaration signed")
    assert signatory.says("Självdeklarationen är underskriven och inskickad.")


@when("granskaren godtar självdeklarationen och riskanalysen")
def accepts(walk: Walk) -> None:
    reviewer = from_queue(walk, REVIEWER, "Självdeklaration")
    if reviewer.offers("button", "Granska svaren"):
        reviewer.look("declaration submitted")
        reviewer.press("Granska svaren")
    reviewer.look("declaration review")
    while (many := reviewer.page.get_by_role("button", name="svaret Ja")).count():
        reviewer.click(many.first)
    reviewer.look("declaration review, deviations left")
    reviewer.click(reviewer.page.locator("article.review").get_by_role("button", name="Godta").first)
    reviewer.press("Godta självdeklarationen")
    assert reviewer.says("Självdeklarationen är godtagen.")
    reviewer = from_queue(walk, REVIEWER, "Riskanalys och åtgärdsplan")
    if reviewer.offers("button", "Granska riskanalysen"):
        reviewer.press("Granska riskanalysen")
    reviewer.look("risk review")
    reviewer.press("Godta riskanalys och åtgärdsplan")
    assert reviewer.says("Riskanalys och åtgärdsplan är godtagna.")


@when("kontaktpersonen fyller i ansökan och firmatecknaren skriver under den")
def applies(walk: Walk) -> None:
    contact = home_of(walk, CONTACT)
    contact.look("connection ready to apply")
    contact.follow("Ansökan om produktion", within="table.steps")
    contact.look("application empty")
    contact.fill("Önskat datum för produktion", IN_SOME_MONTHS)
    contact.choose("Stämmer det som står i självdeklarationen och riskanalysen fortfarande?", "Ja")
    contact.press("Spara")
    contact.look("application saved")
    signatory = home_of(walk, SIGNATORY)
    signatory.follow("Ansökan om produktion", within="table.steps")
    signatory.look("application to sign")
    confirm(signatory, "Skriv under och skicka in ansökan")
    assert signatory.says("Ansökan är underskriven och inskickad.")


@when("två beslutsfattare prövar ansökan")
def decided(walk: Walk) -> None:
    first = from_queue(walk, APPROVER, "Ansökan om produktion")
    first.look("application to endorse")
    confirm(first, "Tillstyrk ansökan")
    first.look("application endorsed")
    assert first.says("Ansökan är tillstyrkt.")
    second = from_queue(walk, SECOND_APPROVER, "Ansökan om produktion")
    second.open("Godkänn med förbehåll")
    second.look("application to decide")
    second.fill("Vad som ska vara gjort", "Rutinen är beslutad")
    second.fill("Senast (år-månad-dag)", IN_SOME_MONTHS)
    confirm(second, "Godkänn ansökan")
    second.look("application approved")
    assert second.says("Ansökan är godkänd.")


@then("kan beslutet laddas ner som PDF")
def decision(walk: Walk) -> None:
    contact = home_of(walk, CONTACT)
    contact.look("connection approved")
    assert contact.download("Beslut").startswith(b"%PDF")


@when("avtalet skrivs under av båda parter")
def agrees(walk: Walk) -> None:
    signatory = home_of(walk, SIGNATORY)
    signatory.follow("Anslutningsavtal", within="table.steps")
    signatory.look("agreement")
    confirm(signatory, "Skriv under avtalet")
    owner = from_queue(walk, APPROVER, "Anslutningsavtal")
    owner.look("agreement to countersign")
    confirm(owner, "Skriv under avtalet för federationsägaren")
    owner.look("agreement signed")
    assert owner.says("Avtalet är underskrivet av båda parter.")


@when("produktionsregistreringen rapporteras och bekräftas")
def in_production(walk: Walk) -> None:
    tech = home_of(walk, TECH)
    tech.follow("Produktionsregistrering", within="table.steps")
    tech.look("production")
    tick_all(tech)
    tech.press("Rapportera produktionsregistreringen klar")
    tech.look("production reported")
    reviewer = from_queue(walk, REVIEWER, "Produktionsregistrering")
    reviewer.look("production to confirm")
    reviewer.press("Bekräfta produktionsregistreringen")
    assert reviewer.says("Organisationen är ansluten.")


@when("kontaktpersonen avslutar införandet")
def introduced(walk: Walk) -> None:
    contact = home_of(walk, CONTACT)
    contact.follow("Verksamhetsinförande", within="table.steps")
    contact.look("introduction")
    tick_all(contact)
    contact.press("Markera införandet som klart")
    assert contact.says("Införandet är klart.")
    home_of(walk, CONTACT).look("connection finished")
    contact.follow("Historik")
    contact.look("history")


@then("står Exempelstads kommun i det öppna registret")
def registered(walk: Walk) -> None:
    stranger = walk.stranger()
    stranger.go("/register")
    assert stranger.says(MUNICIPALITY)


@then("ingen sida på vägen hade några fel")
def no_problems(walk: Walk) -> None:
    assert not walk.problems, "\n".join(walk.problems)
