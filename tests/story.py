"""Doing the work of each step through the services, so that a test can begin where its own story begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from checklists import load
from portal.services import (
    actions,
    declaration_lines,
    declaration_review,
    declarations,
    flows,
    forms,
    risks,
    runs,
    steps,
    tasks,
    testbed,
)
from portal.services.actions import ActionValues
from portal.services.flows import FlowValues
from portal.services.installation import Installation
from portal.services.risk_values import RiskValues
from portal.services.steps import Wish
from portal.store import connections
from portal.store.models.base import new_id
from portal.verification.model import CheckResult
from tests.conftest import Cast
from workflows import journey
from workflows.status import Status

SCALE_KINDS = frozenset({"kommun", "region", "statlig_myndighet"})
ORDER = {
    "org_number": "212000-1355",
    "kind": "kommun",
    "county": "01",
    "contact_name": "Karin Lund",
    "contact_email": "karin.lund@exempel.se",
    "contact_phone": "08-123 45 67",
    "infosec_name": "Anna Berg",
    "infosec_email": "anna.berg@exempel.se",
    "tech_name": "Ola Nyman",
    "tech_email": "ola.nyman@exempel.se",
    "signatory_name": "Per Holm",
    "signatory_email": "per.holm@exempel.se",
    "route": "whole_solution",
    "supplier": "Molnbrygga AB",
    "operator": "Nordväg Drift AB",
    "planned_qa": "2027-01-15",
    "planned_production": "2027-04-15",
    "public_listing": "yes",
}
APPLICATION = {"planned_production": "2027-04-15", "statement_true": "yes"}
TEST_OBJECT = {
    "environment": "qa",
    "participant_id": "0203:referens.anslut.example",
    "operator": "Nordväg Drift AB",
    "ap_product": "Brygga AP",
    "ap_version": "4.2",
    "mt_product": "Brygga MT",
    "mt_version": "4.2",
}


@dataclass
class Story:
    """One connection and the people around it, who do the work of each step."""

    home: Installation
    people: Cast

    @property
    def connection(self) -> str:
        return self.people.connection

    def states(self) -> dict[str, Status]:
        with self.home.read() as session:
            return connections.statuses(connections.step_rows(session, self.connection))

    def move(self, who: str, step: str, name: str, wish: Wish | None = None) -> bool:
        """Make a move of the table as the person of that name in the cast."""
        return steps.make(self.home, self.people.person[who], self.connection, step, name, wish)

    def fill_order(self, **changes: str) -> None:
        values = {**ORDER, **changes}
        forms.save(self.home, self.people.contact, self.connection, "order", values, self._version("order"))

    def fill_application(self, **changes: str) -> None:
        values = {**APPLICATION, **changes}
        version = self._version("application")
        forms.save(self.home, self.people.contact, self.connection, "application", values, version)

    def _version(self, form: str) -> int:
        from portal.store import forms as store

        with self.home.read() as session:
            found = store.entry(session, self.connection, form)
            return found.version if found else 0

    def fill_test_object(self, **changes: str) -> None:
        from portal.store import testbed as store

        with self.home.read() as session:
            found = store.test_object(session, self.connection)
        version = found.version if found else 0
        values = {**TEST_OBJECT, **changes}
        testbed.save(
            self.home, self.people.tech, self.connection, values, version, frozenset({values["environment"]})
        )

    def tick(self, step: str) -> None:
        from portal.store.forms import task_list

        for task in task_list(step).tasks:
            tasks.tick(self.home, self.people.tech, self.connection, step, task.id, True)

    def answer_all(self, value: str = "yes", **others: str) -> None:
        """Answer every requirement; `others` maps a requirement, written P_01, to another value."""
        given = {name.replace("_", "-"): chosen for name, chosen in others.items()}
        with self.home.read() as session:
            connection = connections.with_organisation(session, self.connection)
            assert connection is not None
            found = {
                line.requirement.id: line.answer.version if line.answer else 0
                for line in declaration_lines.lines(session, connection[0])
            }
        who = self.people.infosec
        with self.home.write(who) as work:
            for requirement, version in found.items():
                chosen = given.get(requirement, value)
                comment = "" if chosen == "yes" else "Rutinen är inte beslutad än."
                declarations.save_within(work, who, self.connection, requirement, chosen, comment, version)

    def plan_action(self, *requirements: str, title: str = "Besluta rutinen", days: int = 60) -> str:
        action = new_id()
        stated = ActionValues(
            title,
            load.risk().action_kinds[0].code,
            "Anna Berg",
            self.today() + timedelta(days=days),
            requirements=requirements,
        )
        actions.save(self.home, self.people.infosec, self.connection, action, stated, 0)
        return action

    def classify_flow(self, name: str = "Orosanmälan", level: str = "significant") -> str:
        flow = new_id()
        classes: dict[str, str | None] = {
            "confidentiality": level,
            "integrity": "moderate",
            "availability": "moderate",
            "traceability": None,
        }
        stated = FlowValues(name, "both", "region", classes)
        flows.save(self.home, self.people.infosec, self.connection, flow, stated, 0, SCALE_KINDS)
        return flow

    def assess_risk(
        self, consequence: str = "moderate", likelihood: str = "possible", **changes: str | None
    ) -> str:
        risk = new_id()
        stated = RiskValues(
            title="Fel mottagare väljs",
            aspects=("confidentiality",),
            consequence=consequence,
            likelihood=likelihood,
            treatment=load.risk().treatments[0].code,
            owner="Anna Berg",
            residual_consequence=changes.get("residual_consequence"),
            residual_likelihood=changes.get("residual_likelihood"),
        )
        risks.save(self.home, self.people.infosec, self.connection, risk, stated, 0)
        return risk

    def accept_risks(self, *ids: str, who: str = "infosec") -> int:
        return risks.accept(self.home, self.people.person[who], self.connection, ids)

    def run(self, outcome: str = "passed", fault_owner: str | None = "organisation") -> str:
        """A finished run whose last check has this outcome and whose others passed."""
        started = runs.start(self.home, self.people.tech, self.connection, at=self.home.clock())
        suite = load.suite()
        for check in suite.checks:
            last = check is suite.checks[-1]
            runs.record_result(
                self.home,
                started,
                CheckResult(
                    check.number,
                    check.slug,
                    outcome if last else "passed",
                    check.severity,
                    fault_owner if last and outcome != "passed" else None,
                ),
            )
        runs.finish(self.home, started)
        return started

    def today(self) -> date:
        return self.home.clock().date()

    def order_approved(self) -> None:
        self.fill_order()
        self.move("contact", "order", "submit")
        self.move("reviewer", "order", "approve")

    def qa_connected(self) -> None:
        self.order_approved()
        self.fill_test_object()
        self.move("tech", "qa_connection", "submit")
        self.move("reviewer", "qa_connection", "approve")

    def tested(self) -> None:
        self.qa_connected()
        self.tick("registrations")
        self.move("tech", "registrations", "finish")
        self.run()

    def declared(self) -> None:
        self.answer_all()
        self.move("infosec", "declaration", "submit")
        self.move("signatory", "declaration", "sign")
        for theme in load.declaration().themes:
            declaration_review.accept_fulfilled(self.home, self.people.reviewer, self.connection, theme.id)
        self.move("reviewer", "declaration", "approve")

    def risks_done(self) -> None:
        self.classify_flow()
        self.accept_risks(self.assess_risk())
        self.move("infosec", "risk", "submit")
        self.move("reviewer", "risk", "approve")

    def ready_to_apply(self) -> None:
        self.tested()
        self.declared()
        self.risks_done()

    def applied(self) -> None:
        self.ready_to_apply()
        self.fill_application()
        self.move("signatory", "application", "sign")

    def approved(self) -> None:
        self.applied()
        self.move("approver", "application", "endorse")
        self.move("second_approver", "application", "approve")

    def in_production(self) -> None:
        self.approved()
        self.move("signatory", "agreement", "sign")
        self.move("approver", "agreement", "countersign")
        self.tick("production")
        self.move("tech", "production", "report")
        self.move("reviewer", "production", "confirm")

    def finished(self) -> None:
        self.in_production()
        self.tick("introduction")
        self.move("contact", "introduction", "finish")

    def everything(self) -> dict[str, Callable[[], object]]:
        """The work that somebody may try to do at any time, by name: for tests that walk at random."""
        return {
            "fill_order": self.fill_order,
            "fill_application": self.fill_application,
            "fill_test_object": self.fill_test_object,
            "tick_registrations": lambda: self.tick("registrations"),
            "tick_production": lambda: self.tick("production"),
            "tick_introduction": lambda: self.tick("introduction"),
            "answer_all": self.answer_all,
            "deviate": lambda: self.answer_all(P_01="no"),
            "plan": lambda: self.plan_action("P-01"),
            "flow": self.classify_flow,
            "risk": lambda: self.accept_risks(self.assess_risk()),
            "red_risk": lambda: self.assess_risk("serious", "very_likely"),
            "passing_run": self.run,
            "failing_run": lambda: self.run("failed"),
            "accept_lines": self._accept_lines,
            "return_line": lambda: declaration_review.review_line(
                self.home, self.people.reviewer, self.connection, "P-02", "returned", None, "Förtydliga."
            ),
        }

    def _accept_lines(self) -> None:
        for theme in load.declaration().themes:
            declaration_review.accept_fulfilled(self.home, self.people.reviewer, self.connection, theme.id)


MOVES_BY_PEOPLE = tuple(row for row in journey.MOVES if row.who and row.button)
