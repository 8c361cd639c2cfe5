"""Frozen records of the shapes that the services freeze, for reports to be drawn from."""

from string import Formatter
from typing import Any

from checklists import load
from checklists.schema import SuiteCheck
from workflows.risk import ASPECTS

FRAME: dict[str, Any] = {
    "federation": {"name": "Säker digital kommunikation", "short_name": "SDK"},
    "organisation": {
        "name": "Exempelstads kommun",
        "org_number": "2120001234",
        "kind": "kommun",
        "county": "12",
    },
    "connection": {
        "id": "0190a1b2-0000-7000-8000-000000000001",
        "reference": "A-2026-0042",
        "journey": "sdk",
        "journey_version": "1",
    },
    "frozen_at": "2026-11-23T13:02:00+00:00",
    "by": "0190a1b2-0000-7000-8000-000000000002",
    "by_name": "Maria Lindqvist",
}
SIGNED = {"by": FRAME["by"], "by_name": FRAME["by_name"], "at": FRAME["frozen_at"]}
ACTION = {
    "number": 1,
    "title": "Inför andra faktor i klienten",
    "due": "2027-03-15",
    "responsible": "It-chefen",
}


def declaration(**lines: tuple[str, str]) -> dict[str, Any]:
    """A signed declaration; `lines` are value and comment by requirement with _ for -, the others yes."""
    catalogue = load.declaration()
    answers = []
    for item in catalogue.requirements:
        value, comment = lines.get(item.id.replace("-", "_"), ("yes", ""))
        actions = [ACTION] if value in ("partly", "no") else []
        answers.append({"requirement": item.id, "value": value, "comment": comment, "actions": actions})
    values = [line["value"] for line in answers]
    return {
        **FRAME,
        "kind": "declaration",
        "catalogue": {"id": catalogue.id, "version": catalogue.version, "sha256": load.sha256(catalogue)},
        "round": 1,
        "answers": answers,
        "summary": {code: values.count(code) for code in ("yes", "partly", "no", "not_applicable")},
        "signed": SIGNED,
    }


def risk(count: int = 3, **changes: Any) -> dict[str, Any]:
    """A submitted analysis with that many risks; `changes` go into each of them."""
    scale = load.risk()
    flow = {"name": "Orosanmälningar om barn", "direction": "both", "counterpart_kind": "region"}
    return {
        **FRAME,
        "kind": "risk",
        "scale": {"id": scale.id, "version": scale.version},
        "flows": [{**flow, **dict.fromkeys(ASPECTS, "significant"), "traceability": None}],
        "risks": [_risk(number) | changes for number in range(1, count + 1)],
        "actions": [
            {
                **ACTION,
                "kind": "technical",
                "status": "begun",
                "starts": "2026-12-01",
                "cost": "medium",
                "effect": "Ingen inloggning utan andra faktor.",
                "evidence": "",
                "risks": [1],
                "requirements": ["P-16"],
            },
            {
                **ACTION,
                "number": 2,
                "due": None,
                "kind": "training",
                "status": "done",
                "risks": [2],
                "requirements": [],
            },
        ],
    }


def _risk(number: int) -> dict[str, Any]:
    scale = load.risk()
    likelihoods = [item.code for item in scale.likelihoods]
    consequence, likelihood = (
        ("negligible", "moderate", "significant", "serious")[number % 4],
        likelihoods[number % 3],
    )
    starter = scale.starters[number % len(scale.starters)]
    return {
        "number": number,
        "title": starter.title.sv,
        "description": starter.text.sv,
        "aspects": list(starter.aspects),
        "requirements": list(starter.requirements),
        "consequence": consequence,
        "likelihood": likelihood,
        "treatment": "reduce",
        "controls": "Adressboken kontrolleras före varje utskick.",
        "threat": starter.threat.sv,
        "vulnerability": starter.vulnerability.sv,
        "affects": "Orosanmälningar om barn",
        "current_consequence": consequence,
        "current_likelihood": likelihood,
        "current_level": scale.level(consequence, likelihood).code,
        "review_on": "2027-11-20",
        "residual_consequence": consequence,
        "residual_likelihood": "unlikely",
        "owner": "Socialchefen",
        "level": scale.level(consequence, likelihood).code,
        "residual_level": scale.level(consequence, "unlikely").code,
        "accepted_by": FRAME["by"],
        "accepted_by_name": "Anna Berg",
        "accepted_at": "2026-11-20T08:15:00+00:00",
        "accepted_until": "2027-11-20",
    }


def application() -> dict[str, Any]:
    codes = ("eligible", "qa_connected", "registrations_done", "tests_done", "run_fresh", "declaration_done")
    return {
        **FRAME,
        "kind": "application",
        "form": {"id": "application", "version": "1"},
        "values": {
            "planned_production": "2027-01-11",
            "production_participant": "0203:sdk.exempelstad.se",
            "staffed_address": "Socialtjänstens mottagning",
            "remaining_deviations": "P-16 rättas till den 15 mars 2027.",
            "statement_true": "yes",
        },
        "conditions": [{"code": code, "met": True} for code in codes],
        "declaration_sha256": "ab" * 32,
        "risk_sha256": "cd" * 32,
        "run": {"number": 4, "outcome": "passed", "finished_at": "2026-11-19T10:30:00+00:00"},
    }


def agreement(*earlier: str) -> dict[str, Any]:
    return {
        **FRAME,
        "kind": "agreement",
        "application_decision_sha256": "ef" * 32,
        "rule_book": "SDK 1.5",
        "signed_before": list(earlier),
    }


def decision(
    kind: str = "approved_with_conditions", step: str = "application", **changes: Any
) -> dict[str, Any]:
    conditions = [{"text": "Andra faktor är införd i klienten för alla användare.", "due": "2027-03-15"}]
    return {
        **FRAME,
        "kind": "decision",
        "by_name": "Karin Ek",
        "step": step,
        "decision": kind,
        "reason": None,
        "text": "",
        "conditions": conditions if kind == "approved_with_conditions" else [],
        "endorsed": {"by": "p1", "by_name": "Per Sund", "at": "2026-11-23T10:10:00+00:00"},
        "decided": {"by": "p2", "by_name": "Karin Ek", "at": FRAME["frozen_at"]},
        "application_sha256": "12" * 32,
        "rests_on": [
            {"kind": "declaration", "sha256": "ab" * 32},
            {"kind": "risk", "sha256": "cd" * 32},
            {"kind": "application", "sha256": "12" * 32},
        ],
        **changes,
    }


def run(**outcomes: str) -> dict[str, Any]:
    """A finished run; `outcomes` are by check number with c before it, the others passed."""
    suite = load.suite()
    results, worst = [], "passed"
    for check in suite.checks:
        outcome = outcomes.get(f"c{check.number}", "passed")
        worst = "failed" if outcome == "failed" else worst
        results.append(
            {
                "check": check.number,
                "slug": check.slug,
                "outcome": outcome,
                "severity": check.severity,
                "fault_owner": "organisation" if outcome == "failed" else None,
                "expected": "0203:referens.anslut.example",
                "actual": "https://smp.demo.anslut.example/" + "mycket-lang-adress-" * 12,
                "caused_by": None,
                "findings": _findings(check, outcome),
                "evidence_sha256": "5a" * 32,
                "milliseconds": 12,
            }
        )
    return {
        **FRAME,
        "kind": "run",
        "run": {
            "id": "0190a1b2-0000-7000-8000-000000000009",
            "number": 4,
            "suite": suite.id,
            "suite_version": suite.version,
            "pack": "demo",
            "pack_version": "1",
            "participant": "0203:referens.anslut.example",
            "environment": "demo",
            "started_at": "2026-11-23T12:58:11+00:00",
            "finished_at": FRAME["frozen_at"],
            "outcome": worst,
            "fault_owner": "organisation" if worst == "failed" else None,
            "plan": [check.number for check in suite.checks],
        },
        "results": results,
    }


def _findings(check: SuiteCheck, outcome: str) -> list[dict[str, Any]]:
    """Every assertion of the check as it holds, and its first fault when the outcome is one."""
    if outcome in ("skipped", "not_applicable"):
        return []
    found = [
        {"id": item.id, "outcome": "passed", "case": "", "params": _params(item.title.sv)}
        for item in check.assertions
    ]
    if outcome != "passed":
        fault = check.findings[0]
        said = [fault.what, fault.why, fault.remedy, fault.expected, fault.actual]
        template = " ".join(part.sv for part in said if part)
        found.insert(0, {"id": fault.id, "outcome": outcome, "case": fault.case, "params": _params(template)})
    return found


def _params(template: str) -> dict[str, str | int]:
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return {name: FRAME["frozen_at"] if name.endswith("_at") else "smp.demo.anslut.example" for name in names}
