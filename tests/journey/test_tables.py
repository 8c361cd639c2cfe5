"""The two journeys as tables: what opens when, whose turn it is, and how stage and step follow."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from workflows import journey
from workflows.access import TABLE, Role, actions_of
from workflows.guards import CERTIFICATE_DAYS, GUARDS, RUN_FRESH_DAYS, Facts
from workflows.status import Stage, Status, Track, Turn

TODAY = date(2026, 11, 24)
SDK = journey.of("sdk")
OLD = journey.of("sdk-2022")


def after(table: journey.Journey, *done: str, **others: Status) -> dict[str, Status]:
    states = journey.opening(table)
    for step in done:
        states = journey.unlock(table, {**states, step: Status.DONE})
    return journey.unlock(table, {**states, **others})


@pytest.mark.parametrize("table", journey.STEPS.values(), ids=list(journey.STEPS))
def test_a_new_connection_can_only_be_ordered(table: journey.Journey) -> None:
    states = journey.opening(table)
    assert states.pop("order") is Status.NOT_STARTED
    assert set(states.values()) == {Status.LOCKED}


def test_the_security_track_opens_when_the_order_is_sent() -> None:
    states = after(SDK, order=Status.SUBMITTED)
    assert states["declaration"] is states["risk"] is Status.NOT_STARTED
    assert states["qa_connection"] is Status.LOCKED


def test_the_technical_track_opens_with_qa_and_all_tracks_join_at_the_application() -> None:
    states = after(SDK, "order", "qa_connection")
    assert states["registrations"] is states["tests"] is Status.NOT_STARTED
    states = after(SDK, "order", "qa_connection", "registrations", "tests", "declaration")
    assert states["application"] is Status.LOCKED
    assert [reason.params["step"] for reason in journey.lock_reasons(SDK, "application", states)] == ["risk"]
    assert (
        after(SDK, "order", "qa_connection", "registrations", "tests", "declaration", "risk")["application"]
        is Status.NOT_STARTED
    )


def test_the_order_of_2022_approves_in_the_test_bed_before_production() -> None:
    states = after(OLD, "order", "qa_connection")
    assert states["test_bed_approval"] is Status.LOCKED
    states = after(OLD, "order", "qa_connection", "tests")
    assert states["test_bed_approval"] is Status.NOT_STARTED
    assert journey.current_step(OLD, states) == "test_bed_approval"
    assert (
        after(OLD, "order", "qa_connection", "tests", "test_bed_approval", "declaration", "risk")[
            "application"
        ]
        is Status.NOT_STARTED
    )
    assert "agreement" not in OLD.ids


@pytest.mark.parametrize(
    ("table", "done", "stage", "step"),
    [
        (SDK, (), Stage.NONE, "order"),
        (SDK, ("order",), Stage.STARTED, "qa_connection"),
        (SDK, ("order", "qa_connection"), Stage.QA, "application"),
        (SDK, SDK.ids[:-2], Stage.QA, "production"),
        (SDK, SDK.ids[:-1], Stage.CONNECTED, "introduction"),
        (SDK, SDK.ids, Stage.CONNECTED, "introduction"),
        (OLD, ("order", "qa_connection"), Stage.QA, "test_bed_approval"),
        (OLD, OLD.ids[:-1], Stage.CONNECTED, "introduction"),
    ],
)
def test_stage_and_step_follow_from_the_states(
    table: journey.Journey, done: tuple[str, ...], stage: Stage, step: str
) -> None:
    states = after(table, *done)
    assert (journey.stage(table, states), journey.current_step(table, states)) == (stage, step)


@pytest.mark.parametrize("table", journey.STEPS.values(), ids=list(journey.STEPS))
@pytest.mark.parametrize("reached", ["started", "qa", "connected"])
def test_an_imported_connection_has_the_stage_it_came_with(table: journey.Journey, reached: str) -> None:
    assert journey.stage(table, journey.imported(table, reached)) == reached


@pytest.mark.parametrize(
    ("status", "turn"),
    [
        (Status.LOCKED, Turn.NOBODY),
        (Status.NOT_STARTED, Turn.ORGANISATION),
        (Status.RETURNED, Turn.ORGANISATION),
        (Status.SIGNING, Turn.SIGNATORY),
        (Status.SUBMITTED, Turn.OWNER),
        (Status.DONE, Turn.NOBODY),
        (Status.REFUSED, Turn.NOBODY),
    ],
)
def test_whose_turn_a_status_means(status: Status, turn: Turn) -> None:
    assert journey.turn_of(status) is turn


def test_every_step_opens_only_after_steps_before_it() -> None:
    for table in journey.STEPS.values():
        for place, step in enumerate(table.steps):
            assert {need for need, _ in step.opens_after} <= set(table.ids[:place])
            assert step.see in TABLE
        assert {step.track for step in table.steps} == set(Track)


def test_every_step_can_be_finished_and_returned_work_can_be_sent_again() -> None:
    for table in journey.STEPS.values():
        for step in table.ids:
            rows = [row for row in journey.MOVES if row.step == step]
            assert any(row.target is Status.DONE for row in rows), f"{step} never ends"
            if any(row.target is Status.RETURNED for row in rows):
                assert any(Status.RETURNED in row.sources for row in rows), f"{step} is stuck when returned"


def test_the_organisation_never_decides_and_the_owner_never_signs_for_it() -> None:
    owner = {Role.OWNER_ADMIN, Role.OWNER_REVIEWER, Role.OWNER_APPROVER, Role.OWNER_VIEWER}
    for row in journey.MOVES:
        if row.who and row.name in ("approve", "return", "refuse", "endorse", "countersign", "confirm"):
            assert TABLE[row.who] <= owner, f"{row.step}.{row.name}"
        if row.who and row.name in ("sign", "submit", "report", "finish"):
            assert not TABLE[row.who] & owner, f"{row.step}.{row.name}"


def test_a_viewer_may_change_nothing() -> None:
    for role in (Role.VIEWER, Role.OWNER_VIEWER):
        assert all(action.endswith((".see", ".export")) for action in actions_of({role}))


READY = Facts(
    today=TODAY,
    actor="second",
    states=dict.fromkeys(SDK.ids, Status.DONE),
    run_outcome="passed",
    run_on=TODAY,
    flows_classified=1,
    risks=1,
    lines_unreviewed=0,
    endorsed_by="first",
)

# These say something of a case that is on its way, and READY is at its end.
NEED_OTHER_FACTS = ("nobody_endorsed", "some_line_returned", "application_not_sent")


@pytest.mark.parametrize("guard", [name for name in GUARDS if name not in NEED_OTHER_FACTS])
def test_nothing_stands_in_the_way_when_all_is_done(guard: str) -> None:
    assert GUARDS[guard](READY) == ()


@pytest.mark.parametrize(
    ("guard", "changed", "code"),
    [
        ("order_complete", {"order_missing": ("kind",)}, "field_missing"),
        ("test_object_complete", {"test_object_missing": ("participant_id",)}, "test_object_missing"),
        ("registrations_ticked", {"tasks_missing": {"registrations": ("smp",)}}, "task_left"),
        ("run_passed", {"run_outcome": "failed"}, "run_not_passed"),
        ("run_passed", {"run_outcome": "incomplete"}, "run_not_passed"),
        ("run_fresh", {"run_on": None}, "no_run"),
        ("run_fresh", {"run_on": TODAY - timedelta(days=RUN_FRESH_DAYS + 1)}, "run_old"),
        (
            "certificate_lasts",
            {"certificate_ends": TODAY + timedelta(days=CERTIFICATE_DAYS)},
            "certificate_ends",
        ),
        ("tests_done", {"states": {**READY.states, "tests": Status.IN_PROGRESS}}, "step_not_done"),
        ("declaration_complete", {"unanswered": 3}, "unanswered"),
        ("declaration_complete", {"deviations_unexplained": ("P-01",)}, "deviation_text"),
        ("declaration_complete", {"deviations_without_action": ("P-01",)}, "deviation_action"),
        ("every_line_reviewed", {"lines_unreviewed": 1}, "lines_unreviewed"),
        ("every_line_reviewed", {"lines_returned": 1}, "lines_returned"),
        ("some_line_returned", {"lines_returned": 0}, "no_line_returned"),
        ("no_hard_no", {"hard_no": ("P-17",)}, "hard_no"),
        ("flow_classified", {"flows_classified": 0}, "no_flow"),
        ("flow_classified", {"flows_above_ceiling": ("Orosanmälan",)}, "flow_above_ceiling"),
        ("risks_assessed", {"risks": 0}, "no_risk"),
        ("risks_assessed", {"risks_unassessed": ("1",)}, "risk_unassessed"),
        ("risks_accepted", {"risks_unaccepted": ("1",)}, "risk_unaccepted"),
        ("no_red_risk", {"risks_blocking": ("1",)}, "risk_blocking"),
        ("actions_planned", {"actions_undated": ("1",)}, "action_undated"),
        ("application_complete", {"application_missing": ("planned_production",)}, "field_missing"),
        ("from_outside", {"belongs": True}, "own_organisation"),
        ("nobody_endorsed", {"endorsed_by": "first"}, "already_endorsed"),
        ("endorsed_by_another", {"endorsed_by": None}, "not_endorsed"),
        ("endorsed_by_another", {"endorsed_by": "second"}, "endorsed_by_you"),
    ],
)
def test_each_guard_says_why(guard: str, changed: dict[str, object], code: str) -> None:
    assert [reason.code for reason in GUARDS[guard](replace(READY, **changed))] == [code]  # type: ignore[arg-type]
