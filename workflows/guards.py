"""Guards: pure functions from facts to the reasons against a move, so that a closed door can say why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.errors import Reason
from workflows.status import Status

CERTIFICATE_DAYS = 30
RUN_FRESH_DAYS = 90


@dataclass(frozen=True)
class Facts:
    """What the guards need to know about one connection, as plain values.

    `actor` is the person who asks; `belongs` is true when that person is of the organisation or its supplier, or has
    signed for it. `run_on` is the day of the latest passed run against the test object as it stands.
    """

    today: date
    actor: str | None = None
    belongs: bool = False
    states: Mapping[str, Status] = field(default_factory=dict)
    order_missing: tuple[str, ...] = ()
    test_object_missing: tuple[str, ...] = ()
    tasks_missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    run_outcome: str | None = None
    run_on: date | None = None
    unanswered: int = 0
    deviations_unexplained: tuple[str, ...] = ()
    deviations_without_action: tuple[str, ...] = ()
    hard_no: tuple[str, ...] = ()
    lines_unreviewed: int = 0
    lines_returned: int = 0
    flows_classified: int = 0
    flows_above_ceiling: tuple[str, ...] = ()
    risks: int = 0
    risks_unassessed: tuple[str, ...] = ()
    risks_unaccepted: tuple[str, ...] = ()
    risks_expired: tuple[str, ...] = ()
    risks_blocking: tuple[str, ...] = ()
    actions_undated: tuple[str, ...] = ()
    certificate_ends: date | None = None
    application_missing: tuple[str, ...] = ()
    endorsed_by: str | None = None


Guard = Callable[[Facts], tuple[Reason, ...]]


def _missing(kind: str, place: str, missing: tuple[str, ...]) -> tuple[Reason, ...]:
    return tuple(Reason(kind, {"field": name}, place=f"{place}:{name}") for name in missing)


def _step_done(step: str) -> Guard:
    def guard(facts: Facts) -> tuple[Reason, ...]:
        done = facts.states.get(step, Status.DONE) is Status.DONE
        return () if done else (Reason("step_not_done", {"step": step}, place=step),)

    return guard


def _ticked(step: str) -> Guard:
    def guard(facts: Facts) -> tuple[Reason, ...]:
        return _missing("task_left", step, facts.tasks_missing.get(step, ()))

    return guard


def _declaration_complete(facts: Facts) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if facts.unanswered:
        reasons.append(Reason("unanswered", {"n": facts.unanswered}, place="declaration"))
    for requirement in facts.deviations_unexplained:
        reasons.append(
            Reason("deviation_text", {"requirement": requirement}, place=f"declaration:{requirement}")
        )
    for requirement in facts.deviations_without_action:
        reasons.append(
            Reason("deviation_action", {"requirement": requirement}, place=f"declaration:{requirement}")
        )
    return tuple(reasons)


def _every_line_reviewed(facts: Facts) -> tuple[Reason, ...]:
    if facts.lines_returned:
        return (Reason("lines_returned", {"n": facts.lines_returned}, place="declaration"),)
    if facts.lines_unreviewed:
        return (Reason("lines_unreviewed", {"n": facts.lines_unreviewed}, place="declaration"),)
    return ()


def _some_line_returned(facts: Facts) -> tuple[Reason, ...]:
    return () if facts.lines_returned else (Reason("no_line_returned", place="declaration"),)


def _flow_classified(facts: Facts) -> tuple[Reason, ...]:
    if facts.flows_above_ceiling:
        return tuple(
            Reason("flow_above_ceiling", {"flow": name}, place="risk:flows")
            for name in facts.flows_above_ceiling
        )
    return () if facts.flows_classified else (Reason("no_flow", place="risk:flows"),)


def _risks_assessed(facts: Facts) -> tuple[Reason, ...]:
    if not facts.risks:
        return (Reason("no_risk", place="risk"),)
    return tuple(Reason("risk_unassessed", {"risk": name}, place="risk") for name in facts.risks_unassessed)


def _risks_accepted(facts: Facts) -> tuple[Reason, ...]:
    return (
        *(Reason("risk_unaccepted", {"risk": name}, place="risk") for name in facts.risks_unaccepted),
        *(Reason("risk_acceptance_ended", {"risk": name}, place="risk") for name in facts.risks_expired),
    )


def _actions_planned(facts: Facts) -> tuple[Reason, ...]:
    return tuple(
        Reason("action_undated", {"action": name}, place="risk:actions") for name in facts.actions_undated
    )


def _run_passed(facts: Facts) -> tuple[Reason, ...]:
    return () if facts.run_outcome in ("passed", "warning") else (Reason("run_not_passed", place="tests"),)


def _run_fresh(facts: Facts) -> tuple[Reason, ...]:
    if facts.run_on is None:
        return (Reason("no_run", place="tests"),)
    age = (facts.today - facts.run_on).days
    return () if age <= RUN_FRESH_DAYS else (Reason("run_old", {"n": age}, place="tests"),)


def _application_not_sent(facts: Facts) -> tuple[Reason, ...]:
    if facts.states.get("application") not in (Status.SUBMITTED, Status.DONE, Status.REFUSED):
        return ()
    return (Reason("application_sent", place="application"),)


def _certificate_lasts(facts: Facts) -> tuple[Reason, ...]:
    if facts.certificate_ends is None:
        return ()
    left = (facts.certificate_ends - facts.today).days
    return (
        ()
        if left > CERTIFICATE_DAYS
        else (Reason("certificate_ends", {"n": max(left, 0)}, place="qa_connection"),)
    )


def _nobody_endorsed(facts: Facts) -> tuple[Reason, ...]:
    return () if facts.endorsed_by is None else (Reason("already_endorsed", place="application"),)


def _endorsed_by_another(facts: Facts) -> tuple[Reason, ...]:
    if facts.endorsed_by is None:
        return (Reason("not_endorsed", place="application"),)
    return () if facts.endorsed_by != facts.actor else (Reason("endorsed_by_you", place="application"),)


def _from_outside(facts: Facts) -> tuple[Reason, ...]:
    return (Reason("own_organisation"),) if facts.belongs else ()


GUARDS: dict[str, Guard] = {
    "from_outside": _from_outside,
    "order_complete": lambda facts: _missing("field_missing", "order", facts.order_missing),
    "test_object_complete": lambda facts: _missing(
        "test_object_missing", "qa_connection", facts.test_object_missing
    ),
    "registrations_ticked": _ticked("registrations"),
    "production_ticked": _ticked("production"),
    "introduction_ticked": _ticked("introduction"),
    "run_passed": _run_passed,
    "run_fresh": _run_fresh,
    "tests_done": _step_done("tests"),
    "application_not_sent": _application_not_sent,
    "eligible": _step_done("order"),
    "qa_connected": _step_done("qa_connection"),
    "registrations_done": _step_done("registrations"),
    "declaration_done": _step_done("declaration"),
    "risk_done": _step_done("risk"),
    "declaration_complete": _declaration_complete,
    "every_line_reviewed": _every_line_reviewed,
    "some_line_returned": _some_line_returned,
    "no_hard_no": lambda facts: tuple(
        Reason("hard_no", {"requirement": name}, place=f"declaration:{name}") for name in facts.hard_no
    ),
    "flow_classified": _flow_classified,
    "risks_assessed": _risks_assessed,
    "risks_accepted": _risks_accepted,
    "no_red_risk": lambda facts: tuple(
        Reason("risk_blocking", {"risk": name}, place="risk") for name in facts.risks_blocking
    ),
    "actions_planned": _actions_planned,
    "certificate_lasts": _certificate_lasts,
    "application_complete": lambda facts: _missing("field_missing", "application", facts.application_missing),
    "nobody_endorsed": _nobody_endorsed,
    "endorsed_by_another": _endorsed_by_another,
}
