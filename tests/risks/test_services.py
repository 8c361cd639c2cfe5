"""Flows, risks and actions as use cases: on both databases, once for a double click, never over another's work."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from portal.services import actions, cases, facts, flows, risks
from portal.services.actions import ActionValues
from portal.services.flows import FlowValues
from portal.services.risk_values import RiskValues
from portal.services.steps import Wish
from portal.store import decisions
from portal.store import risks as store
from portal.store.models import Flow, Frozen, Risk, StoredEvent
from portal.store.models.base import new_id
from tests.story import SCALE_KINDS, Story
from workflows import journey
from workflows.errors import Blocked, Forbidden, Invalid, NotFound, Stale
from workflows.frozen import digest
from workflows.status import Status

CLASSES: dict[str, str | None] = {
    "confidentiality": "serious",
    "integrity": "significant",
    "availability": "significant",
    "traceability": None,
}
FLOW = FlowValues("Orosanmälan", "in", "region", CLASSES)
RISK = RiskValues(
    "Fel mottagare", consequence="significant", likelihood="likely", treatment="reduce", owner="Anna"
)


def save_risk(
    story: Story, said: RiskValues = RISK, risk_id: str | None = None, version: int = 0, who: str = "infosec"
) -> str:
    risk_id = risk_id or new_id()
    risks.save(story.home, story.people.person[who], story.connection, risk_id, said, version)
    return risk_id


def save_flow(story: Story, said: FlowValues = FLOW, flow_id: str | None = None, version: int = 0) -> str:
    flow_id = flow_id or new_id()
    flows.save(story.home, story.people.infosec, story.connection, flow_id, said, version, SCALE_KINDS)
    return flow_id


def count(story: Story, table: type[Flow] | type[Risk] | type[StoredEvent], *where: object) -> int:
    with story.home.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


def held(story: Story, risk_id: str) -> Risk:
    with story.home.read() as session:
        found = store.risk(session, story.connection, risk_id)
        assert found is not None
        return found


def test_a_flow_saved_twice_is_one_flow(either_story: Story) -> None:
    flow = save_flow(either_story)
    save_flow(either_story, flow_id=flow)
    assert count(either_story, Flow) == 1
    assert count(either_story, StoredEvent, StoredEvent.kind == "FlowSaved") == 1
    assert either_story.states()["risk"] is Status.IN_PROGRESS


def test_information_above_the_ceiling_is_refused_and_not_stored(either_story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        save_flow(either_story, replace(FLOW, classes={**CLASSES, "integrity": "exceptional"}))
    assert {name: reason.code for name, reason in refused.value.errors.items()} == {
        "integrity": "class_above_ceiling"
    }
    assert count(either_story, Flow) == 0
    assert either_story.states()["risk"] is Status.NOT_STARTED


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (replace(FLOW, name=" \x00 "), "name"),
        (replace(FLOW, name="x" * 100_000), "name"),
        (replace(FLOW, direction="upp"), "direction"),
        (replace(FLOW, counterpart_kind="bank"), "counterpart_kind"),
        (replace(FLOW, classes={}), "confidentiality"),
    ],
)
def test_a_flow_that_does_not_fit_names_its_field(story: Story, said: FlowValues, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_flow(story, said)
    assert field in refused.value.errors


def test_a_flow_from_an_older_page_is_refused_with_what_is_stored(either_story: Story) -> None:
    flow = save_flow(either_story)
    save_flow(either_story, replace(FLOW, name="Orosanmälan barn"), flow, 1)
    with pytest.raises(Stale) as refused:
        save_flow(either_story, replace(FLOW, name="Annat namn"), flow, 1)
    assert isinstance(refused.value.current, FlowValues)
    assert refused.value.current.name == "Orosanmälan barn"


def test_a_removed_flow_is_gone_and_removing_it_again_changes_nothing(either_story: Story) -> None:
    flow = save_flow(either_story)
    for _ in range(2):
        flows.remove(either_story.home, either_story.people.infosec, either_story.connection, flow)
    with either_story.home.read() as session:
        assert store.flows(session, either_story.connection) == []
    assert count(either_story, StoredEvent, StoredEvent.kind == "FlowRemoved") == 1
    with pytest.raises(NotFound):
        save_flow(either_story, flow_id=flow, version=1)


def test_a_risk_saved_twice_is_one_risk_with_one_number(either_story: Story) -> None:
    first = save_risk(either_story)
    save_risk(either_story, risk_id=first)
    second = save_risk(either_story, replace(RISK, title="Nyckeln röjs"))
    assert (held(either_story, first).number, held(either_story, second).number) == (1, 2)
    risks.close(either_story.home, either_story.people.infosec, either_story.connection, second)
    third = save_risk(either_story, replace(RISK, title="Certifikatet går ut"))
    assert held(either_story, third).number == 3


def test_a_risk_from_an_older_page_is_refused_with_what_is_stored(either_story: Story) -> None:
    risk = save_risk(either_story)
    save_risk(either_story, replace(RISK, owner="Ola"), risk, 1)
    with pytest.raises(Stale) as refused:
        save_risk(either_story, replace(RISK, owner="Per"), risk, 1)
    assert isinstance(refused.value.current, RiskValues)
    assert refused.value.current.owner == "Ola"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (replace(RISK, title=""), "title"),
        (replace(RISK, title="x" * 201), "title"),
        (replace(RISK, description="x" * 100_000), "description"),
        (replace(RISK, consequence="exceptional"), "consequence"),
        (replace(RISK, current_consequence="exceptional"), "current_consequence"),
        (replace(RISK, current_likelihood="5"), "current_likelihood"),
        (replace(RISK, threat="x" * 5_000), "threat"),
        (replace(RISK, review_on=date(9999, 1, 1)), "review_on"),
        (replace(RISK, likelihood="5"), "likelihood"),
        (replace(RISK, treatment="hoppas"), "treatment"),
        (replace(RISK, requirements=("P-99",)), "requirements"),
    ],
)
def test_a_risk_that_does_not_fit_names_its_field(story: Story, said: RiskValues, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_risk(story, said)
    assert set(refused.value.errors) == {field}
    assert count(story, Risk) == 0


@pytest.mark.parametrize(
    ("likelihood", "who", "reason"),
    [
        ("possible", "infosec", None),
        ("possible", "signatory", None),
        ("likely", "infosec", "risk_needs_signatory"),
        ("likely", "signatory", None),
        ("very_likely", "infosec", "risk_blocking"),
        ("very_likely", "signatory", "risk_blocking"),
    ],
)
def test_acceptance_follows_the_level(
    either_story: Story, likelihood: str, who: str, reason: str | None
) -> None:
    risk = save_risk(either_story, replace(RISK, likelihood=likelihood))
    if reason is None:
        assert either_story.accept_risks(risk, who=who) == 1
        assert either_story.accept_risks(risk, who=who) == 0
        assert held(either_story, risk).accepted_by == either_story.people.person[who]
        return
    with pytest.raises(Blocked) as refused:
        either_story.accept_risks(risk, who=who)
    assert [found.code for found in refused.value.reasons] == [reason]
    assert held(either_story, risk).accepted_at is None


def test_one_risk_that_may_not_be_accepted_leaves_all_unaccepted(either_story: Story) -> None:
    fine = save_risk(either_story, replace(RISK, likelihood="possible"))
    bare = save_risk(either_story, RiskValues("Inte bedömd"))
    with pytest.raises(Blocked) as refused:
        either_story.accept_risks(fine, bare)
    assert [found.code for found in refused.value.reasons] == ["risk_unassessed"]
    assert held(either_story, fine).accepted_at is None


@pytest.mark.parametrize("who", ["contact", "tech", "viewer", "reviewer"])
def test_only_infosec_and_signatory_accept(story: Story, who: str) -> None:
    risk = save_risk(story, replace(RISK, likelihood="possible"))
    with pytest.raises(Forbidden):
        story.accept_risks(risk, who=who)


def test_a_changed_assessment_must_be_accepted_anew_but_a_changed_text_need_not(story: Story) -> None:
    said = replace(RISK, likelihood="possible")
    risk = save_risk(story, said)
    story.accept_risks(risk)
    save_risk(story, replace(said, description="Namnen liknar varandra."), risk, held(story, risk).version)
    assert held(story, risk).accepted_at is not None
    save_risk(story, replace(said, likelihood="unlikely"), risk, held(story, risk).version)
    assert held(story, risk).accepted_at is None


def test_an_acceptance_ends_counts_as_none_and_is_renewed_after_submission(either_story: Story) -> None:
    save_flow(either_story)
    risk = save_risk(either_story, replace(RISK, likelihood="possible"))
    either_story.accept_risks(risk)
    ends = held(either_story, risk).accepted_until
    assert ends is not None
    assert (ends - either_story.today()).days in (365, 366)
    assert either_story.move("infosec", "risk", "submit")
    with pytest.raises(Blocked):
        save_risk(either_story, replace(RISK, likelihood="unlikely"), risk, held(either_story, risk).version)
    end_acceptance(either_story, risk)
    with either_story.home.read() as session:
        case = cases.fetch(session, either_story.people.infosec, either_story.connection, "risk.see")
        known = facts.of(session, case, today=either_story.today(), actor=None)
    assert (known.risks_unaccepted, known.risks_expired) == ((), ("1",))
    assert either_story.accept_risks(risk) == 1
    assert held(either_story, risk).accepted_until == ends


def test_a_risk_whose_acceptance_has_ended_stops_submission_with_its_own_reason(story: Story) -> None:
    save_flow(story)
    risk = save_risk(story, replace(RISK, likelihood="possible"))
    story.accept_risks(risk)
    end_acceptance(story, risk)
    with pytest.raises(Blocked) as refused:
        risks.submit(story.home, story.people.infosec, story.connection)
    assert [reason.code for reason in refused.value.reasons] == ["risk_acceptance_ended"]


def end_acceptance(story: Story, risk: str) -> None:
    """Let the acceptance have ended yesterday."""
    with story.home.write(None) as work:
        work.session.get_one(Risk, risk).accepted_until = story.today() - timedelta(days=1)


def test_a_high_risk_is_accepted_for_a_shorter_time(story: Story) -> None:
    risk = save_risk(story)
    story.accept_risks(risk, who="signatory")
    ends = held(story, risk).accepted_until
    assert ends is not None
    assert 180 <= (ends - story.today()).days <= 184


def test_threat_and_todays_level_are_part_of_what_was_accepted(story: Story) -> None:
    said = replace(RISK, likelihood="possible", threat="En medarbetare")
    for change in ({"threat": "En motpart"}, {"current_likelihood": "unlikely"}, {"vulnerability": "Slarv"}):
        risk = save_risk(story, said)
        story.accept_risks(risk)
        save_risk(story, replace(said, **change), risk, held(story, risk).version)
        assert (held(story, risk).accepted_at, held(story, risk).accepted_until) == (None, None), change


def test_starters_are_added_once_in_the_language_of_the_person(either_story: Story) -> None:
    chosen = ["malware", "logs", "malware"]
    home, infosec, connection = either_story.home, either_story.people.infosec, either_story.connection
    assert risks.add_starters(home, infosec, connection, chosen) == 2
    assert risks.add_starters(home, infosec, connection, chosen) == 0
    with home.read() as session:
        titles = {row.title for row in store.risks(session, connection)}
        assert all(row.threat and row.vulnerability for row in store.risks(session, connection))
    assert "Skadlig kod i en bilaga" in titles
    with pytest.raises(NotFound):
        risks.add_starters(home, infosec, connection, ["finns-inte"])


def test_an_action_needs_something_to_mend_a_date_a_kind_and_a_person(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        actions.save(
            story.home, story.people.infosec, story.connection, new_id(), ActionValues("", "", "", None), 0
        )
    assert set(refused.value.errors) == {"title", "kind", "responsible", "due", "risks"}
    risk = save_risk(story)
    far = ActionValues("Skriv", "technical", "Ola", date(9999, 1, 1), (risk,))
    with pytest.raises(Invalid) as refused:
        actions.save(story.home, story.people.infosec, story.connection, new_id(), far, 0)
    assert set(refused.value.errors) == {"due"}
    early = ActionValues("Skriv", "technical", "Ola", date(2027, 1, 1), (risk,), starts=date(2027, 1, 2))
    with pytest.raises(Invalid) as refused:
        actions.save(story.home, story.people.infosec, story.connection, new_id(), early, 0)
    assert {name: reason.code for name, reason in refused.value.errors.items()} == {
        "starts": "starts_after_due"
    }
    dear = replace(early, starts=None, cost="gigantisk", effect="x" * 5_000)
    with pytest.raises(Invalid) as refused:
        actions.save(story.home, story.people.infosec, story.connection, new_id(), dear, 0)
    assert set(refused.value.errors) == {"cost", "effect"}
    foreign = ActionValues("Skriv", "technical", "Ola", date(2027, 1, 1), (new_id(),))
    with pytest.raises(Invalid):
        actions.save(story.home, story.people.infosec, story.connection, new_id(), foreign, 0)


def test_what_stands_in_the_way_of_submission_is_named(either_story: Story) -> None:
    save_risk(either_story, RiskValues("Inte bedömd"))
    save_risk(either_story, replace(RISK, likelihood="possible"))
    with pytest.raises(Blocked) as refused:
        risks.submit(either_story.home, either_story.people.infosec, either_story.connection)
    assert [(reason.code, reason.params) for reason in refused.value.reasons] == [
        ("no_flow", {}),
        ("risk_unassessed", {"risk": "1"}),
        ("risk_unaccepted", {"risk": "2"}),
    ]


def test_what_is_submitted_is_frozen_and_can_come_back_with_a_reason(either_story: Story) -> None:
    save_flow(either_story)
    risk = save_risk(
        either_story,
        replace(RISK, residual_likelihood="possible", threat="En medarbetare", review_on=date(2027, 11, 1)),
    )
    either_story.accept_risks(risk)
    stated = ActionValues(
        "Inför favoriter",
        "technical",
        "Ola",
        date(2027, 2, 1),
        (risk,),
        starts=date(2027, 1, 7),
        cost="small",
        effect="Färre fel.",
        evidence="Beslut KS 2027/3.",
    )
    home, people, connection = either_story.home, either_story.people, either_story.connection
    actions.save(home, people.infosec, connection, new_id(), stated, 0)
    assert risks.submit(home, people.infosec, connection)
    assert not risks.submit(home, people.infosec, connection)
    with home.read() as session:
        (signature,) = decisions.signatures(session, connection, "risk")
        record = json.loads(session.get_one(Frozen, signature.frozen_sha256).body)
    assert digest(record) == signature.frozen_sha256
    assert record["flows"][0]["confidentiality"] == "serious"
    (frozen,) = record["risks"]
    assert (frozen["level"], frozen["residual_level"], frozen["accepted_by_name"]) == (
        "orange",
        "yellow",
        "Infosec",
    )
    assert (
        frozen["threat"],
        frozen["current_consequence"],
        frozen["current_level"],
        frozen["review_on"],
    ) == (
        "En medarbetare",
        "significant",
        "orange",
        "2027-11-01",
    )
    assert frozen["accepted_until"] > "2027"
    (action,) = record["actions"]
    assert action["risks"] == [1]
    assert [action[name] for name in ("starts", "cost", "effect", "evidence")] == [
        "2027-01-07",
        "small",
        "Färre fel.",
        "Beslut KS 2027/3.",
    ]
    with pytest.raises(Blocked):
        save_risk(either_story, replace(RISK, owner="Per"), risk, 2)
    with pytest.raises(Blocked):
        risks.send_back(home, people.reviewer, connection, None, "   ")
    assert risks.send_back(home, people.reviewer, connection, None, "Beskriv flödet till regionen.")
    assert either_story.states()["risk"] is Status.RETURNED
    with home.read() as session:
        said = store.last_return(session, connection)
    assert said is not None
    assert said["text"] == "Beskriv flödet till regionen."
    assert risks.submit(home, people.infosec, connection)
    assert risks.approve(home, people.reviewer, connection)
    assert either_story.states()["risk"] is Status.DONE


def test_after_submission_an_action_can_still_be_marked_done_but_not_cancelled(story: Story) -> None:
    save_flow(story)
    risk = save_risk(story, replace(RISK, likelihood="possible"))
    action = new_id()
    stated = ActionValues("Inför favoriter", "technical", "Ola", date(2027, 2, 1), (risk,))
    actions.save(story.home, story.people.infosec, story.connection, action, stated, 0)
    story.accept_risks(risk)
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    story.move("infosec", "risk", "submit")
    for status in ("begun", "done"):
        actions.set_status(story.home, story.people.infosec, story.connection, action, status)
    with pytest.raises(Blocked):
        actions.set_status(story.home, story.people.infosec, story.connection, action, "cancelled")
    with pytest.raises(NotFound):
        actions.set_status(story.home, story.people.infosec, story.connection, action, "nästan")


def test_ids_of_another_connection_tell_nothing(story: Story) -> None:
    risk, flow = save_risk(story), save_flow(story)
    outsider, other = story.people.outsider, story.people.other_connection
    with pytest.raises(NotFound):
        risks.save(story.home, outsider, story.connection, risk, RISK, 1)
    stranger = Story(story.home, replace(story.people, connection=other))
    stranger.people.person["infosec"] = outsider
    stranger.people.person["contact"] = outsider
    stranger.fill_order(org_number="212000-0142")
    stranger.move("contact", "order", "submit")
    with pytest.raises(NotFound):
        risks.save(story.home, outsider, other, risk, RISK, 1)
    with pytest.raises(NotFound):
        flows.save(story.home, outsider, other, flow, FLOW, 1, SCALE_KINDS)
    with pytest.raises(NotFound):
        risks.close(story.home, outsider, other, risk)


def test_a_red_risk_can_be_submitted_but_stops_the_application(story: Story) -> None:
    save_flow(story)
    save_risk(story, replace(RISK, likelihood="very_likely"))
    assert story.move("infosec", "risk", "submit")
    with story.home.read() as session:
        case = cases.fetch(session, story.people.signatory, story.connection, "application.see")
        known = facts.of(session, case, today=story.today(), actor=None)
    against = journey.reasons_against(journey.move("application", "sign"), known)
    assert ("risk_blocking", {"risk": "1"}) in [(reason.code, reason.params) for reason in against]
    assert story.move("reviewer", "risk", "return", Wish(None, "Sänk risk 1."))
