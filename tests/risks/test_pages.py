"""The pages of the risk analysis and the action plan, as each role, and with what must not be lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal.services import declarations
from portal.services import risks as service
from portal.store import risks
from portal.store.models import Action, Flow, Risk
from portal.store.models.base import new_id
from tests.conftest import Clock
from tests.story import Story
from workflows.status import Status

Browse = Callable[[str], FlaskClient]
FLOW = {
    "name": "Orosanmälan",
    "direction": "in",
    "counterpart_kind": "region",
    "confidentiality": "serious",
    "integrity": "significant",
    "availability": "moderate",
    "traceability": "",
    "version": "0",
}
RISK = {
    "title": "Fel mottagare väljs",
    "aspects": "confidentiality",
    "requirements": "p-12, P-63",
    "consequence": "significant",
    "likelihood": "possible",
    "treatment": "reduce",
    "owner": "Anna Berg",
    "version": "0",
}


def place(story: Story, rest: str = "") -> str:
    return f"/connections/{story.connection}/risk{rest}"


def stored_risks(story: Story) -> list[Risk]:
    with story.home.read() as session:
        return list(risks.risks(session, story.connection))


def stored_flows(story: Story) -> list[Flow]:
    with story.home.read() as session:
        return list(risks.flows(session, story.connection))


def stored_actions(story: Story) -> list[Action]:
    with story.home.read() as session:
        return list(risks.actions(session, story.connection))


def text(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.fixture
def full(story: Story) -> Story:
    """A flow, three risks of different levels and an action that is late."""
    story.classify_flow()
    story.assess_risk()
    story.assess_risk("significant", "likely", residual_likelihood="possible")
    story.assess_risk("serious", "very_likely")
    declarations.save_answer(
        story.home, story.people.infosec, story.connection, "P-09", "partly", "Rutin saknas.", 0
    )
    story.plan_action("P-09", days=-3)
    return story


@pytest.mark.parametrize(
    "who", ["contact", "infosec", "tech", "signatory", "viewer", "reviewer", "owner_viewer"]
)
def test_those_who_may_see_get_every_page(full: Story, browse: Browse, who: str) -> None:
    client = browse(who)
    page = text(client, place(full))
    assert page.count('id="risk-') == 3
    text(client, place(full, f"/risks/{stored_risks(full)[0].id}"))
    text(client, place(full, f"/flows/{stored_flows(full)[0].id}"))
    text(client, place(full, f"/actions/{stored_actions(full)[0].id}"))
    assert "Försenad 3 dagar" in text(client, place(full, "/actions"))
    for chosen in ("planned", "late", "done", "nonsens"):
        text(client, place(full, f"/actions?filter={chosen}"))
    writes = who in ("contact", "infosec", "tech")
    assert ("Skriv en egen risk" in page) is writes
    for rest in ("/risks/new", "/flows/new", "/actions/new", "/library"):
        text(client, place(full, rest), 200 if writes else 403)


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("supplier", 403)])
def test_those_who_may_not_see_do_not(full: Story, browse: Browse, who: str, status: int) -> None:
    risk, flow, action = stored_risks(full)[0].id, stored_flows(full)[0].id, stored_actions(full)[0].id
    for rest in (
        "",
        "/actions",
        "/library",
        "/review",
        f"/risks/{risk}",
        f"/flows/{flow}",
        f"/actions/{action}",
    ):
        text(browse(who), place(full, rest), status)
    for rest in (
        f"/risks/{risk}",
        f"/risks/{risk}/close",
        f"/flows/{flow}/remove",
        f"/actions/{action}/status",
    ):
        assert browse(who).post(place(full, rest), data=RISK).status_code == status
    assert len(stored_risks(full)) == 3
    assert browse(who).post(place(full, "/accept"), data={"risk": risk}).status_code == status


def test_nobody_signed_in_is_asked_to_sign_in(full: Story, anonymous: FlaskClient) -> None:
    for rest in ("", "/actions", "/review"):
        assert anonymous.get(place(full, rest)).status_code == 302


def test_before_anything_is_stated_the_page_names_the_next_step(story: Story, browse: Browse) -> None:
    page = text(browse("infosec"), place(story))
    assert "Inget flöde är beskrivet" in page
    assert "Riskbilden visas när minst en risk är bedömd" in page
    assert "Hämta ur biblioteket" in page
    assert "Ingen åtgärd är planerad" in text(browse("infosec"), place(story, "/actions"))


def test_a_locked_step_says_why(people, home, client_as) -> None:  # type: ignore[no-untyped-def] # fixtures of the root
    page = text(client_as(people.infosec), f"/connections/{people.connection}/risk")
    assert "Beställning" in page
    assert "Lägg till informationsflöde" not in page


def test_the_matrix_is_a_table_with_level_in_words_and_the_risks_of_each_cell(
    full: Story, browse: Browse
) -> None:
    page = " ".join(text(browse("infosec"), place(full)).split())
    matrix = page[page.index('<table class="matrix"') :]
    matrix = matrix[: matrix.index("</table>")]
    assert matrix.count('<td class="matrix__cell') == 16
    for level, n in (("Låg", 5), ("Medel", 5), ("Hög", 3), ("Mycket hög", 3)):
        assert matrix.count(f'<span class="matrix__level">{level}</span>') == n, level
    assert matrix.count('<strong class="matrix__n">1</strong>') == 3
    assert matrix.count('<strong class="matrix__n">0</strong>') == 13
    assert matrix.index("Allvarlig") < matrix.index("Betydande") < matrix.index("Försumbar")
    assert 'href="#risk-3"' in matrix
    assert "Synnerligen" not in matrix


def test_a_flow_is_described_and_posting_it_twice_is_one(story: Story, browse: Browse) -> None:
    address = place(story, f"/flows/{new_id()}")
    for _ in range(2):
        assert browse("infosec").post(address, data=FLOW).status_code == 302
    assert [flow.name for flow in stored_flows(story)] == ["Orosanmälan"]
    page = " ".join(text(browse("infosec"), place(story)).split())
    assert '<abbr title="Konfidentialitet">K</abbr> Allvarlig' in page
    assert '<abbr title="Spårbarhet">' not in page


def test_information_above_the_ceiling_is_refused_with_the_reason(story: Story, browse: Browse) -> None:
    page = browse("infosec").post(
        place(story, f"/flows/{new_id()}"), data={**FLOW, "confidentiality": "exceptional"}
    )
    words = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'href="#confidentiality"' in words
    assert 'value="Orosanmälan"' in words
    assert '<option value="exceptional" selected>' in words
    assert "Federationen bär information upp till nivån allvarlig" in words
    assert stored_flows(story) == []


def test_a_flow_is_removed_after_one_question(full: Story, browse: Browse) -> None:
    flow = stored_flows(full)[0].id
    page = text(browse("infosec"), place(full, f"/flows/{flow}"))
    assert "Flödet försvinner ur analysen" in page
    browse("infosec").post(place(full, f"/flows/{flow}/remove"))
    assert stored_flows(full) == []
    text(browse("infosec"), place(full, f"/flows/{flow}"), 404)


def test_a_risk_is_stated_and_posting_it_twice_is_one(story: Story, browse: Browse) -> None:
    address = place(story, f"/risks/{new_id()}")
    for _ in range(2):
        assert browse("infosec").post(address, data=RISK).location.endswith("/risk#risk-1")
    (risk,) = stored_risks(story)
    assert risk.requirements == "P-12 P-63"
    page = text(browse("infosec"), address)
    assert "Risk 1: Fel mottagare väljs" in page
    assert "Acceptera risk 1" in page


def test_a_risk_that_does_not_fit_keeps_what_was_typed(story: Story, browse: Browse) -> None:
    said = {**RISK, "title": "", "description": "Beskrivning <kvar>", "requirements": "P-12 P-99"}
    answer = browse("infosec").post(place(story, f"/risks/{new_id()}"), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Beskrivning &lt;kvar&gt;" in page
    assert 'href="#title"' in page
    assert 'href="#requirements"' in page
    assert stored_risks(story) == []


def test_a_hundred_kilobytes_and_control_characters(story: Story, browse: Browse) -> None:
    long = ("risk " * 20_000).strip()
    answer = browse("infosec").post(place(story, f"/risks/{new_id()}"), data={**RISK, "description": long})
    assert answer.status_code == 422
    assert long in answer.get_data(as_text=True)
    assert stored_risks(story) == []
    browse("infosec").post(
        place(story, f"/risks/{new_id()}"), data={**RISK, "title": "Fel\x00 mottagare\x07"}
    )
    assert stored_risks(story)[0].title == "Fel mottagare"


def test_an_unlikely_id_is_not_found(story: Story, browse: Browse) -> None:
    assert browse("infosec").post(place(story, "/risks/ett-eget-id"), data=RISK).status_code == 404
    text(browse("infosec"), place(story, f"/risks/{new_id()}"), 404)


def test_both_versions_are_shown_when_somebody_saved_first(full: Story, browse: Browse) -> None:
    risk = stored_risks(full)[0]
    said = {**RISK, "owner": "Mitt förslag", "version": "0"}
    answer = browse("infosec").post(place(full, f"/risks/{risk.id}"), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Mitt förslag" in page
    assert "Anna Berg" in page
    assert 'name="version" value="1"' in page
    assert 'name="owner" value="Mitt förslag"' in page
    browse("infosec").post(place(full, f"/risks/{risk.id}"), data={**said, "version": "1"})
    assert stored_risks(full)[0].owner == "Mitt förslag"


def test_both_versions_of_a_flow_and_of_an_action_are_shown(full: Story, browse: Browse) -> None:
    flow, action = stored_flows(full)[0], stored_actions(full)[0]
    answer = browse("tech").post(place(full, f"/flows/{flow.id}"), data={**FLOW, "name": "Annat"})
    assert answer.status_code == 409
    assert "Annat" in answer.get_data(as_text=True)
    said = {
        "title": "Annan rubrik",
        "kind": "technical",
        "responsible": "Ola",
        "due": "2027-02-01",
        "requirements": "P-09",
        "version": "0",
    }
    answer = browse("tech").post(place(full, f"/actions/{action.id}"), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Annan rubrik" in page
    assert "Besluta rutinen" in page


def test_the_library_adds_what_is_chosen_and_says_what_is_held(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    none = infosec.post(place(story, "/library"), data={})
    assert none.status_code == 200
    assert "Ingen risk är vald" in none.get_data(as_text=True)
    infosec.post(place(story, "/library"), data={"starter": ["malware", "logs"]})
    assert len(stored_risks(story)) == 2
    page = text(infosec, place(story, "/library"))
    assert "Finns redan" in page
    assert 'value="malware"' not in page
    assert infosec.post(place(story, "/library"), data={"starter": "finns-inte"}).status_code == 404
    rest = [item.id for item in risks.scale(_connection(story)).starters]
    infosec.post(place(story, "/library"), data={"starter": rest})
    assert "Alla risker ur biblioteket finns redan" in text(infosec, place(story, "/library"))


def _connection(story: Story):  # type: ignore[no-untyped-def] # a row of the store
    from portal.store.models import Connection

    with story.home.read() as session:
        return session.get_one(Connection, story.connection)


def test_acceptance_is_offered_by_level(full: Story, browse: Browse) -> None:
    page = text(browse("infosec"), place(full))
    assert "Acceptera de 2 risker som väntar på er" in page
    assert "Får inte accepteras. Sänk risken." in page
    ids = [risk.id for risk in stored_risks(full)]
    refused = browse("infosec").post(place(full, "/accept"), data={"risk": ids[2]})
    assert refused.status_code == 409
    for _ in range(2):
        browse("infosec").post(place(full, "/accept"), data={"risk": ids[:2]})
    assert [risk.accepted_at is not None for risk in stored_risks(full)] == [True, True, False]
    assert "Acceptera" not in text(browse("contact"), place(full)).replace("Accepterad", "")


def test_a_high_risk_waits_for_the_signatory(story: Story, browse: Browse) -> None:
    story.assess_risk("significant", "likely")
    page = text(browse("infosec"), place(story))
    assert "Väntar på firmatecknare" in page
    assert "Acceptera risk 1" in text(browse("signatory"), place(story))


def test_an_action_is_marked_done_and_opened_again(full: Story, browse: Browse) -> None:
    action = stored_actions(full)[0].id
    for status in ("done", "done", "planned", "cancelled"):
        answer = browse("infosec").post(place(full, f"/actions/{action}/status"), data={"status": status})
        assert answer.status_code == 302
        assert stored_actions(full)[0].status == status
    assert "Öppna åtgärd 1 igen" in text(browse("infosec"), place(full, f"/actions/{action}"))
    assert browse("infosec").post(place(full, f"/actions/{action}/status"), data={}).status_code == 404


def test_an_action_can_be_begun_from_a_risk(full: Story, browse: Browse) -> None:
    risk = stored_risks(full)[2]
    page = text(browse("infosec"), place(full, f"/actions/new?risk={risk.id}"))
    assert f'value="{risk.id}" checked' in page
    due = (full.today() + timedelta(days=40)).isoformat()
    said = {
        "title": "Inför dubbelkoll",
        "kind": "technical",
        "responsible": "Ola",
        "due": due,
        "risks": risk.id,
    }
    browse("infosec").post(place(full, f"/actions/{new_id()}"), data={**said, "version": "0"})
    assert "Inför dubbelkoll" in text(browse("infosec"), place(full, f"/risks/{risk.id}"))


def test_submission_review_and_return(story: Story, browse: Browse) -> None:
    story.classify_flow()
    risk = story.assess_risk()
    infosec, reviewer = browse("infosec"), browse("reviewer")
    page = text(infosec, place(story))
    assert "Det här behöver lösas först" in page
    steps = f"/connections/{story.connection}/steps/risk"
    assert infosec.post(f"{steps}/submit").status_code == 409
    service.accept(story.home, story.people.infosec, story.connection, [risk])
    assert infosec.post(f"{steps}/submit").status_code == 302
    page = text(reviewer, place(story, "/review"))
    assert "Omgång 1" in page
    assert "Fel mottagare väljs" in page
    text(infosec, place(story, "/review"), 403)
    assert reviewer.post(f"{steps}/return", data={"text": ""}).status_code == 409
    reviewer.post(f"{steps}/return", data={"text": "Beskriv flödet <tydligare>."})
    assert story.states()["risk"] is Status.RETURNED
    page = text(infosec, place(story))
    assert "Federationsägaren ber om komplettering" in page
    assert "Beskriv flödet &lt;tydligare&gt;." in page
    assert "Version 1" in page


def test_a_reason_that_nobody_named_is_refused_calmly(story: Story, browse: Browse) -> None:
    story.classify_flow()
    story.accept_risks(story.assess_risk())
    story.move("infosec", "risk", "submit")
    answer = browse("reviewer").post(
        f"/connections/{story.connection}/steps/risk/return", data={"reason": "finns-inte"}
    )
    assert answer.status_code in (400, 404, 409, 422)
    assert story.states()["risk"] is Status.SUBMITTED


def test_the_pages_speak_english_too(full: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    with infosec.session_transaction() as session:
        session["language"] = "en"
    page = text(infosec, place(full))
    for words in ("Consequence", "Very likely", "Serious", "Very high"):
        assert words in page
    for rest in ("/library", "/flows/new", "/risks/new", "/actions", "/actions/new"):
        assert "å" not in text(infosec, place(full, rest)).split("<main")[1].split("</main>")[
            0
        ].lower().replace("besluta rutinen är inte beslutad än", "") or rest in ("/actions", "/actions/new")


def test_an_ended_acceptance_is_said_and_offered_again_to_those_who_may(
    story: Story, browse: Browse, clock: Clock
) -> None:
    story.classify_flow()
    story.accept_risks(story.assess_risk())
    assert "Gäller till och med 23 november 2027" in text(browse("viewer"), place(story))
    story.move("infosec", "risk", "submit")
    clock.forward(days=366)
    for who, offered in (("infosec", True), ("contact", False)):
        page = text(browse(who), place(story))
        assert "Acceptansen gick ut 23 november 2027" in page
        assert ("Acceptera risk 1" in page) is offered
    assert browse("infosec").post(place(story, "/accept"), data={"risk": stored_risks(story)[0].id}).location
    assert "Acceptansen gick ut" not in text(browse("contact"), place(story))


def test_the_picture_is_named_and_each_cell_leads_to_its_risks(full: Story, browse: Browse) -> None:
    page = " ".join(text(browse("viewer"), place(full)).split())
    assert page.count('<svg class="picture"') == 3
    for stage, n in (("inherent", 3), ("current", 3), ("residual", 3)):
        picture = page[page.index(f'aria-labelledby="picture-{stage}-title"') :].split("</svg>")[0]
        assert picture.count('<a class="picture__link"') == n
        assert f'<desc id="picture-{stage}-desc">' in picture
        assert picture.count('class="picture__ground"') == 16
    chosen = place(full, "?stage=residual&consequence=significant&likelihood=possible")
    page = text(browse("viewer"), chosen)
    assert page.count('id="risk-') == 1
    assert 'id="risk-2"' in page
    assert page.split("</nav>")[-1].count('aria-current="true"') == 1
    assert f'href="{place(full)}#risk-3"' in page
    assert "Visar en risk. Efter åtgärd: betydande konsekvens, möjligt." in page


@pytest.mark.parametrize(
    "asked",
    [
        "stage=residual&consequence=exceptional&likelihood=likely",
        "stage=nonsens&consequence=serious&likelihood=likely",
        "stage=residual&consequence=serious",
        "stage=residual&consequence=<b>&likelihood=%00",
    ],
)
def test_a_cell_that_the_scale_lacks_shows_every_risk(full: Story, browse: Browse, asked: str) -> None:
    assert text(browse("viewer"), place(full, f"?{asked}")).count('id="risk-') == 3


def test_only_risks_that_are_shown_are_accepted_together(full: Story, browse: Browse) -> None:
    page = text(browse("infosec"), place(full, "?stage=residual&consequence=moderate&likelihood=possible"))
    assert "Acceptera de" not in page
    assert "Acceptera de 2 risker" in text(browse("infosec"), place(full))


def test_the_reviewer_filters_the_submitted_analysis_too(story: Story, browse: Browse) -> None:
    story.classify_flow()
    story.accept_risks(story.assess_risk(), story.assess_risk("negligible", "unlikely"))
    story.move("infosec", "risk", "submit")
    page = text(browse("reviewer"), place(story, "/review"))
    assert f"{place(story, '/review')}?stage=residual" in page
    page = text(
        browse("reviewer"), place(story, "/review?stage=residual&consequence=moderate&likelihood=possible")
    )
    assert page.count('id="risk-') == 1


def test_what_does_not_agree_is_counted_at_home_for_those_who_mend_it(full: Story, browse: Browse) -> None:
    home = f"/connections/{full.connection}"
    assert "Se över 7 uppgifter som inte stämmer överens" in text(browse("infosec"), home)
    for who in ("viewer", "reviewer"):
        assert "stämmer överens" not in text(browse(who), home)
    page = text(browse("viewer"), place(full))
    assert "7 uppgifter att se över" in page
    assert "Visa 2 till" in page


def test_a_supplier_sees_nothing_of_risks_that_do_not_agree(full: Story, browse: Browse) -> None:
    assert "stämmer överens" not in text(browse("supplier"), f"/connections/{full.connection}")


def test_the_board_keeps_its_view_and_a_viewer_moves_nothing(full: Story, browse: Browse) -> None:
    board = place(full, "/actions?view=board")
    assert "Påbörja" not in text(browse("viewer"), board).replace("Påbörjad", "")
    page = text(browse("infosec"), board)
    assert '<input type="hidden" name="view" value="board">' in page
    assert "board__card--late" in page
    action = stored_actions(full)[0].id
    data = {"status": "cancelled", "view": "board", "filter": "nonsens", "sort": "-nonsens"}
    answer = browse("infosec").post(place(full, f"/actions/{action}/status"), data=data)
    assert answer.location == f"{board}#action-1"
    assert "Avbrutna" in text(browse("viewer"), board)
    assert "Besluta rutinen" in text(browse("viewer"), f"{board}&filter=cancelled")


def test_a_date_that_is_none_is_said_at_its_field_and_nothing_is_lost(full: Story, browse: Browse) -> None:
    risk = browse("infosec").post(
        place(full, f"/risks/{new_id()}"), data={**RISK, "review_on": "i vår", "threat": "Kvar <här>"}
    )
    page = risk.get_data(as_text=True)
    assert risk.status_code == 422
    assert 'href="#review_on"' in page
    assert "Kvar &lt;här&gt;" in page
    said = {"title": "Skriv", "kind": "technical", "responsible": "Ola", "starts": "3/4", "due": "snart"}
    action = browse("infosec").post(place(full, f"/actions/{new_id()}"), data={**said, "effect": "Kvar"})
    page = action.get_data(as_text=True)
    assert action.status_code == 422
    for words in ('href="#starts"', 'href="#due"', "\nKvar</textarea>"):
        assert words in page
