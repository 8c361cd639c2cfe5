"""Steps of the risk analysis and the action plan."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from checklists import load
from portal.services import cases, declarations, facts
from portal.services import risks as service
from portal.services.risk_values import RiskValues
from portal.store import risks as store
from portal.store.models import Risk
from portal.store.models.base import new_id
from tests.conftest import Clock
from tests.story import Story
from workflows import journey
from workflows.status import Status

scenarios("risk_analysis.feature")

SCALE = load.risk()
CONSEQUENCES = {item.label.sv: item.code for item in SCALE.consequences}
LIKELIHOODS = {item.label.sv: item.code for item in SCALE.likelihoods}
NAMES = {"informationssäkerhetsansvarig": "infosec", "firmatecknaren": "signatory"}
WHO = r"(?P<who>informationssäkerhetsansvarig|firmatecknaren)"


def _place(story: Story, rest: str = "") -> str:
    return f"/connections/{story.connection}/risk{rest}"


def _page(story: Story, browser: Any, rest: str = "") -> str:
    return " ".join(browser.get(_place(story, rest)).get_data(as_text=True).split())


def _risk(story: Story, number: int) -> Risk:
    with story.home.read() as session:
        return next(row for row in store.risks(session, story.connection) if row.number == number)


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given(parsers.parse("en risk med konsekvensen {consequence} och sannolikheten {likelihood}"))
def risk_of(story: Story, consequence: str, likelihood: str) -> None:
    story.assess_risk(CONSEQUENCES[consequence], LIKELIHOODS[likelihood])


@given("att informationssäkerhetsansvarig har beskrivit och accepterat en risk på nivån Medel")
def accepted_risk(story: Story) -> None:
    story.accept_risks(story.assess_risk("moderate", "possible"))


@given("att riskanalysen är inskickad")
def submitted(story: Story) -> None:
    story.classify_flow()
    story.accept_risks(story.assess_risk())
    story.move("infosec", "risk", "submit")


@when(
    parsers.parse('informationssäkerhetsansvarig beskriver flödet "{name}" med konfidentialiteten {level}'),
    target_fixture="page",
)
def describes_flow(story: Story, browse: Any, name: str, level: str) -> str:
    typed = {
        "name": name,
        "direction": "both",
        "counterpart_kind": "region",
        "confidentiality": CONSEQUENCES[level],
        "integrity": "moderate",
        "availability": "significant",
        "version": "0",
    }
    return str(browse("infosec").post(_place(story, f"/flows/{new_id()}"), data=typed).get_data(as_text=True))


@when(
    parsers.parse(
        "informationssäkerhetsansvarig beskriver en risk med konsekvensen {consequence} och sannolikheten {likelihood}"
    )
)
def describes_risk(story: Story, browse: Any, consequence: str, likelihood: str) -> None:
    typed = {
        "title": "Fel mottagare väljs",
        "consequence": CONSEQUENCES[consequence],
        "likelihood": LIKELIHOODS[likelihood],
        "treatment": "reduce",
        "owner": "Anna Berg",
        "version": "0",
    }
    assert browse("infosec").post(_place(story, f"/risks/{new_id()}"), data=typed).status_code == 302


@when(parsers.re(WHO + r" accepterar risk (?P<number>\d+)"))
def accepts_risk(story: Story, browse: Any, who: str, number: str) -> None:
    browse(NAMES[who]).post(_place(story, "/accept"), data={"risk": _risk(story, int(number)).id})


@when(parsers.parse('informationssäkerhetsansvarig planerar åtgärden "{title}" för risk {number:d}'))
def plans(story: Story, browse: Any, title: str, number: int) -> None:
    typed = {
        "title": title,
        "kind": "technical",
        "responsible": "Ola Nyman",
        "due": "2027-02-01",
        "risks": _risk(story, number).id,
        "version": "0",
    }
    browse("infosec").post(_place(story, f"/actions/{new_id()}"), data=typed)
    assert title in _page(story, browse("viewer"), "/actions")


@when("informationssäkerhetsansvarig skickar in riskanalysen", target_fixture="page")
def submits(story: Story, browse: Any) -> str:
    answer = browse("infosec").post(f"/connections/{story.connection}/steps/risk/submit")
    return str(answer.get_data(as_text=True))


@when("granskaren godtar riskanalysen")
def approves(story: Story, browse: Any) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/risk/approve")


@when(parsers.parse('granskaren begär komplettering av riskanalysen med "{text}"'))
def sends_back(story: Story, browse: Any, text: str) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/risk/return", data={"text": text})


@when(
    parsers.parse("informationssäkerhetsansvarig höjer sannolikheten för risk {number:d} till {likelihood}")
)
def raises(story: Story, number: int, likelihood: str) -> None:
    row = _risk(story, number)
    stated = replace(service.values(row), likelihood=LIKELIHOODS[likelihood])
    service.save(story.home, story.people.infosec, story.connection, row.id, stated, row.version)


@when(parsers.parse('informationssäkerhetsansvarig hämtar risken "{title}" ur biblioteket'))
def picks(story: Story, browse: Any, title: str) -> None:
    starter = next(item.id for item in SCALE.starters if item.title.sv == title)
    assert title in _page(story, browse("infosec"), "/library")
    browse("infosec").post(_place(story, "/library"), data={"starter": starter})


@then(parsers.parse("visar riskbilden {n:d} risk på nivån {level}"))
def matrix(story: Story, browse: Any, n: int, level: str) -> None:
    cells = re.findall(
        r'<span class="matrix__level">([^<]+)</span> <strong class="matrix__n">(\d+)</strong>',
        _page(story, browse("viewer")),
    )
    assert sum(int(count) for word, count in cells if word == level) == n
    assert sum(int(count) for _, count in cells) == n


@then("är det federationsägarens tur att granska riskanalysen")
def owners_turn(story: Story, browse: Any) -> None:
    assert story.states()["risk"] is Status.SUBMITTED
    assert "Inför favoriter i adressboken" in _page(story, browse("reviewer"), "/review")


@then("är riskanalysen klar")
def done(story: Story) -> None:
    assert story.states()["risk"] is Status.DONE


@then("får informationssäkerhetsansvarig veta att federationen bär information upp till nivån allvarlig")
def told_ceiling(page: str) -> None:
    assert "Federationen bär information upp till nivån allvarlig" in page
    assert "govuk-error-summary" in page


@then(parsers.parse('flödet "{name}" är inte sparat'))
def no_flow(story: Story, name: str) -> None:
    with story.home.read() as session:
        assert name not in {flow.name for flow in store.flows(session, story.connection)}


@then("står det att minst ett flöde behöver klassas")
def needs_flow(page: str) -> None:
    assert "Inget informationsflöde är klassat" in page


@then("riskanalysen pågår")
def going_on(story: Story) -> None:
    assert story.states()["risk"] is Status.IN_PROGRESS


@then(parsers.re(r"är risk (?P<number>\d+) (?P<outcome>accepterad|inte accepterad)"))
def accepted(story: Story, number: str, outcome: str) -> None:
    assert (_risk(story, int(number)).accepted_at is not None) is (outcome == "accepterad")


@then(parsers.parse('finns risken "{title}" en gång i analysen'))
def once(story: Story, title: str) -> None:
    with story.home.read() as session:
        assert [row.title for row in store.risks(session, story.connection)] == [title]


@then(parsers.parse("hindrar risk {number:d} ansökan om produktion"))
def blocks(story: Story, number: int) -> None:
    with story.home.read() as session:
        case = cases.fetch(session, story.people.signatory, story.connection, "application.see")
        known = facts.of(session, case, today=story.today(), actor=None)
    against = journey.reasons_against(journey.move("application", "sign"), known)
    assert ("risk_blocking", {"risk": str(number)}) in [(reason.code, reason.params) for reason in against]


@then(parsers.parse('läser kontaktpersonen "{text}" i riskanalysen'))
def reads(story: Story, browse: Any, text: str) -> None:
    assert text in _page(story, browse("contact"))


@then("riskanalysen är öppen för ändring igen")
def open_again(story: Story, browse: Any) -> None:
    assert story.states()["risk"] is Status.RETURNED
    assert "Lägg till informationsflöde" in _page(story, browse("infosec"))


STAGES = {"Utan skydd": "inherent", "I dag": "current", "Efter åtgärd": "residual"}
STATED = RiskValues(
    title="Fel mottagare väljs",
    aspects=("confidentiality",),
    affects="Orosanmälningar",
    consequence="significant",
    likelihood="possible",
    treatment="reduce",
    controls="Mottagaren bekräftas.",
    owner="Anna Berg",
)


def _save(story: Story, stated: RiskValues = STATED) -> None:
    service.save(story.home, story.people.infosec, story.connection, new_id(), stated, 0)


@given("en risk som är Mycket hög utan skydd, Hög i dag och Medel efter åtgärd")
def risk_in_three_stages(story: Story) -> None:
    _save(
        story,
        replace(
            STATED,
            consequence="serious",
            likelihood="likely",
            current_likelihood="possible",
            residual_likelihood="unlikely",
        ),
    )


@then(parsers.parse('visar riskbilden "{stage}" {n:d} risk på nivån {level}'))
def picture(story: Story, browse: Any, stage: str, n: int, level: str) -> None:
    page = _page(story, browse("viewer"))
    found = re.search(rf'<desc id="picture-{STAGES[stage]}-desc">([^<]*)</desc>', page)
    assert found is not None
    assert found.group(1) == f"{level}: {n}"


@when(
    parsers.parse("informationssäkerhetsansvarig väljer rutan {consequence} och {likelihood} i riskbilden"),
    target_fixture="page",
)
def picks_cell(story: Story, browse: Any, consequence: str, likelihood: str) -> str:
    words = f"{consequence} konsekvens, {likelihood.lower()}: en risk"
    links = re.findall(
        r'<a class="picture__link" href="([^"]+)" aria-label="([^"]+)"', _page(story, browse("infosec"))
    )
    address = next(link for link, name in links if name.startswith(words) and "residual" in link)
    return str(browse("infosec").get(address.replace("&amp;", "&")).get_data(as_text=True))


@then(parsers.parse("visas bara risk {number:d} i listan"))
def only(page: str, number: int) -> None:
    assert re.findall(r'<tr class="govuk-table__row" id="risk-(\d+)"', page) == [str(number)]
    assert "Visa alla 2" in page


@then(parsers.parse('är hotet för risk {number:d} "{threat}"'))
def threat_is(story: Story, number: int, threat: str) -> None:
    assert _risk(story, number).threat == threat
    assert _risk(story, number).vulnerability


@when(parsers.parse("det har gått {months:d} månader"))
def time_passes(clock: Clock, months: int) -> None:
    clock.forward(days=31 * months)


@then("står det på risksidan att acceptansen har gått ut")
def acceptance_ended(story: Story, browse: Any) -> None:
    page = _page(story, browse("infosec"))
    assert "Acceptansen gick ut" in page
    assert "Risk 1: acceptansen har gått ut." in page


@then(
    parsers.parse("riskanalysen går inte att skicka in eftersom acceptansen av risk {number:d} har gått ut")
)
def stopped_by_ended(story: Story, browse: Any, number: int) -> None:
    page = submits(story, browse)
    assert f"Acceptansen av risk {number} har gått ut. Den behöver accepteras på nytt." in page


@then(parsers.parse("gäller acceptansen av risk {number:d} i {months:d} månader"))
def holds(story: Story, number: int, months: int) -> None:
    until = _risk(story, number).accepted_until
    assert until is not None
    assert 0 <= (until - story.today()).days - 365 * months // 12 <= 1


@given("en risk som är högre efter åtgärd än i dag")
def residual_above(story: Story) -> None:
    _save(story, replace(STATED, residual_likelihood="likely"))


@given("en risk som är högre i dag än utan skydd")
def current_above(story: Story) -> None:
    _save(story, replace(STATED, current_likelihood="likely"))


@given("en risk som ska minskas utan skydd och åtgärd")
def without_means(story: Story) -> None:
    _save(story, replace(STATED, controls=""))


@given("en risk som skulle ha setts över i går")
def review_passed(story: Story) -> None:
    _save(story, replace(STATED, review_on=story.today() - timedelta(days=1)))


@given(parsers.parse("en avvikelse på {requirement} utan åtgärd"))
def deviation(story: Story, requirement: str) -> None:
    _answer(story, requirement, "partly")


@given("en åtgärd som skulle ha varit klar i går")
def overdue(story: Story) -> None:
    _answer(story, "P-16", "partly")
    story.plan_action("P-16", days=-1)


@given(parsers.parse("ett ja på {requirement} och en verifiering där kontroll {check} underkändes"))
def contradicted(story: Story, requirement: str, check: str) -> None:
    assert load.suite().checks[-1].number == check
    story.fill_test_object()
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")
    story.tick("registrations")
    story.move("tech", "registrations", "finish")
    story.run("failed")
    _answer(story, requirement, "yes")


def _answer(story: Story, requirement: str, value: str) -> None:
    person, comment = story.people.infosec, "Rutinen är inte beslutad."
    declarations.save_answer(story.home, person, story.connection, requirement, value, comment, 0)


@then(parsers.parse('pekar risksidan ut "{sentence}" med en länk till {field}'))
def pointed_out(story: Story, browse: Any, sentence: str, field: str) -> None:
    page = _page(story, browse("infosec"))
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page[page.index('id="consistency"') :])
    address = next(link for link, words in links if words == sentence)
    assert address.endswith(f"#{field}")
    assert f'id="{field}"' in browse("infosec").get(address).get_data(as_text=True)
    check = browse("infosec").get(f"/connections/{story.connection}/declaration/check")
    assert sentence in check.get_data(as_text=True)


@then(parsers.parse("är anslutningens samlade konfidentialitet {level}"))
def overall_class(story: Story, browse: Any, level: str) -> None:
    page = _page(story, browse("viewer"))
    assert f'<abbr title="Konfidentialitet">K</abbr> {level}' in page[page.index('<div class="overall">') :]
