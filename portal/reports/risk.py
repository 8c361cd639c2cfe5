"""The submitted risk analysis: flows with classes, the matrix, every risk before and after, and the action plan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from checklists import load
from checklists.schema import Level, Option, RiskCatalogue
from portal.reports.blocks import DONE, SOFT, STOP, WAIT, Shape
from portal.reports.paper import LEDE, Line, Marked, Paper, Said
from portal.reports.saying import Saying
from workflows import risk as rules

# Orange and red differ by shape, and in the matrix by word; no level rests on colour alone.
SHAPES = {
    "green": Shape("ring", DONE),
    "yellow": Shape("dash", WAIT),
    "orange": Shape("warning", "#b4500f"),
    "red": Shape("cross", STOP),
}
FILLS = {"green": "#e2efe7", "yellow": "#fbf1d2", "orange": "#f9dfc9", "red": "#f4d3d3"}
STATES = {
    rules.PLANNED: Shape("ring", SOFT),
    rules.BEGUN: Shape("ring", WAIT),
    rules.DONE: Shape("tick", DONE),
    rules.CANCELLED: Shape("dash", SOFT),
}
# How a record names the fields of each stage; records from before the stage of today was stated lack its fields.
STAGES = {"before": "", "now": "current_", "after": "residual_"}
# A cell of the matrix counts its risks instead of naming them when they are more than this.
NAMED = 12


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The analysis as it was submitted, by the scale version that it names."""
    scale = load.risk(record["scale"]["version"])
    paper = Paper(record, say, say.t("journey.step.risk"))
    title = scale.title.get(say.language)
    paper.frame(
        [
            (say.t("report.scale"), say.t("report.version", title=title, version=scale.version)),
            (say.t("report.submitted"), say.by(record["by_name"], record["frozen_at"])),
        ]
    )
    _flows(paper, say, scale, record["flows"])
    _counts(paper, say, scale, record["risks"])
    _matrix(paper, say, scale, record["risks"])
    _risks(paper, say, scale, record["risks"])
    _actions(paper, say, scale, record["actions"])
    if record["risks"]:
        paper.h2(say.t("report.risk_details"))
        for found in record["risks"]:
            _one(paper, say, scale, found)
    return paper


def _label(options: Sequence[Option | Level], code: str | None, say: Saying) -> str:
    return next((item.label.get(say.language) for item in options if item.code == code), "")


def _level(say: Saying, scale: RiskCatalogue, code: str | None) -> Marked:
    for found in scale.levels:
        if found.code == code:
            return Marked(found.label.get(say.language), SHAPES[found.code])
    return Marked(say.t("report.not_assessed"), Shape("ring", SOFT))


def _flows(paper: Paper, say: Saying, scale: RiskCatalogue, flows: Sequence[Mapping[str, Any]]) -> None:
    paper.h2(say.t("risk.flows.title"))
    if not flows:
        paper.p(say.t("report.flows_empty"))
        return
    heads = [
        (say.t("risk.flows.name"), 0.32),
        (say.t("risk.flows.direction"), 0.16),
        (say.t("risk.flows.counterpart"), 0.2),
        (say.t("risk.flows.class"), 0.32),
    ]
    lines: list[Line] = []
    for flow in flows:
        classes = _classes(say, scale, flow)
        counterpart = say.t(f"journey.kind.{flow['counterpart_kind']}")
        lines.append([flow["name"], say.t(f"risk.direction.{flow['direction']}"), counterpart, classes])
    held = [tuple(flow[aspect] for aspect in rules.ASPECTS) for flow in flows]
    overall = dict(zip(rules.ASPECTS, rules.overall(scale, held), strict=True))
    lines.append([say.t("risk.flows.overall"), "", "", _classes(say, scale, overall)])
    paper.table(heads, lines)


def _classes(say: Saying, scale: RiskCatalogue, stated: Mapping[str, Any]) -> list[Said]:
    return [
        say.t(
            "report.class_line",
            aspect=say.t(f"risk.aspect.{aspect}"),
            level=_label(scale.consequences, stated[aspect], say),
        )
        for aspect in rules.ASPECTS
        if stated[aspect]
    ]


def _level_code(found: Mapping[str, Any], stage: str) -> str | None:
    """The level at a stage; what a record does not state of today is as without controls."""
    code: str | None = found.get(f"{STAGES[stage]}level", found["level"])
    return code


def _counts(paper: Paper, say: Saying, scale: RiskCatalogue, risks: Sequence[Mapping[str, Any]]) -> None:
    """How many risks each level has without controls, today and after treatment."""
    if not risks:
        return
    paper.h2(say.t("report.levels"))
    heads = [(say.t("risk.risk.level_now"), 0.4), *((say.t(f"risk.risks.{stage}"), 0.2) for stage in STAGES)]
    lines: list[Line] = [
        [
            Marked(level.label.get(say.language), SHAPES[level.code]),
            *(str(sum(_level_code(found, stage) == level.code for found in risks)) for stage in STAGES),
        ]
        for level in reversed(scale.levels)
    ]
    paper.table(heads, lines)


def _matrix(paper: Paper, say: Saying, scale: RiskCatalogue, risks: Sequence[Mapping[str, Any]]) -> None:
    if not risks:
        return
    held: dict[tuple[str, str], list[int]] = defaultdict(list)
    for found in risks:
        held[found["residual_consequence"], found["residual_likelihood"]].append(found["number"])
    paper.h2(say.t("risk.matrix.title"))
    paper.p(say.t("report.matrix_lede"), LEDE)
    heads = [(say.t("report.matrix_axis"), 0.2)]
    heads += [(item.label.get(say.language), 0.2) for item in scale.likelihoods]
    lines: list[Line] = []
    fills = []
    for consequence in reversed(rules.consequences(scale)):
        levels = [scale.level(consequence.code, item.code) for item in scale.likelihoods]
        cells: list[Said | Sequence[Said]] = [consequence.label.get(say.language)]
        for level, likelihood in zip(levels, scale.likelihoods, strict=True):
            cells.append(
                [level.label.get(say.language), _numbers(say, held[consequence.code, likelihood.code])]
            )
        lines.append(cells)
        fills.append(["", *(FILLS[level.code] for level in levels)])
    paper.table(heads, lines, fills=fills)


def _numbers(say: Saying, numbers: Sequence[int]) -> str:
    if len(numbers) > NAMED:
        return say.t("report.matrix_many", n=len(numbers))
    return ", ".join(map(str, numbers)) or "–"


def _risks(paper: Paper, say: Saying, scale: RiskCatalogue, risks: Sequence[Mapping[str, Any]]) -> None:
    paper.h2(say.t("risk.risks.title"))
    if not risks:
        paper.p(say.t("report.risks_empty"))
        return
    heads = [
        (say.t("risk.risks.number"), 0.06),
        (say.t("risk.risks.name"), 0.23),
        *((say.t(f"risk.risks.{stage}"), 0.13) for stage in STAGES),
        (say.t("risk.risks.owner"), 0.14),
        (say.t("risk.risks.accepted"), 0.18),
    ]
    lines: list[Line] = [
        [
            str(found["number"]),
            found["title"],
            *(_level(say, scale, _level_code(found, stage)) for stage in STAGES),
            found["owner"],
            [found["accepted_by_name"] or "", say.date(found["accepted_at"])]
            if found["accepted_at"]
            else say.t("report.not_accepted"),
        ]
        for found in risks
    ]
    paper.table(heads, lines)


def _assessed(say: Saying, scale: RiskCatalogue, found: Mapping[str, Any], stage: str) -> str:
    prefix = STAGES[stage] if f"{STAGES[stage]}level" in found else ""
    consequence, likelihood = found[f"{prefix}consequence"], found[f"{prefix}likelihood"]
    if found[f"{prefix}level"] is None:
        return say.t("report.not_assessed")
    return say.t(
        "report.assessed",
        level=_label(scale.levels, found[f"{prefix}level"], say),
        consequence=_label(scale.consequences, consequence, say).lower(),
        likelihood=_label(scale.likelihoods, likelihood, say).lower(),
    )


def _one(paper: Paper, say: Saying, scale: RiskCatalogue, found: Mapping[str, Any]) -> None:
    aspects = [_label(scale.aspects, code, say) for code in found["aspects"]]
    accepted = say.by(found["accepted_by_name"] or "", found["accepted_at"])
    facts = [
        (say.t("risk.risk.threat_short"), found.get("threat", "")),
        (say.t("risk.risk.vulnerability_short"), found.get("vulnerability", "")),
        (say.t("risk.risk.affects_short"), found.get("affects", "")),
        (say.t("report.aspects"), ", ".join(aspects)),
        (say.t("report.requirements"), ", ".join(found["requirements"])),
        (say.t("risk.risks.before"), _assessed(say, scale, found, "before")),
        (say.t("report.controls"), found["controls"]),
        (say.t("risk.risks.now"), _assessed(say, scale, found, "now")),
        (say.t("report.treatment"), _label(scale.treatments, found["treatment"], say)),
        (say.t("risk.risks.after"), _assessed(say, scale, found, "after")),
        (say.t("risk.risks.owner"), found["owner"]),
        (say.t("report.review_on"), say.date(found.get("review_on"))),
        (say.t("risk.risks.accepted"), accepted or say.t("report.not_accepted")),
        (say.t("report.accepted_until"), say.date(found.get("accepted_until"))),
    ]
    number = say.t("report.risk_number", number=found["number"])
    remaining = _level(say, scale, found["residual_level"])
    paper.entry(number, found["title"], remaining, [("", found["description"])], facts)


def _actions(paper: Paper, say: Saying, scale: RiskCatalogue, actions: Sequence[Mapping[str, Any]]) -> None:
    paper.h2(say.t("risk.actions.title"))
    if not actions:
        paper.p(say.t("report.actions_empty"))
        return
    heads = [
        (say.t("risk.actions.number"), 0.06),
        (say.t("risk.actions.name"), 0.34),
        (say.t("risk.actions.mends"), 0.15),
        (say.t("risk.actions.responsible"), 0.15),
        (say.t("report.when"), 0.15),
        (say.t("risk.actions.status"), 0.15),
    ]
    lines: list[Line] = []
    for action in actions:
        mends = [say.t("risk.actions.risk", number=number) for number in action["risks"]]
        lines.append(
            [
                str(action["number"]),
                [action["title"], *_about(say, scale, action)],
                [*mends, *action["requirements"]],
                action["responsible"],
                _when(say, action),
                Marked(say.t(f"risk.actions.state.{action['status']}"), STATES[action["status"]]),
            ]
        )
    paper.table(heads, lines)


def _about(say: Saying, scale: RiskCatalogue, action: Mapping[str, Any]) -> list[Said]:
    """Kind, cost, effect and evidence of an action; records from before lack the last three."""
    kind = _label(scale.action_kinds, action["kind"], say)
    cost = _label(scale.costs, action.get("cost"), say)
    told = [kind, say.t("risk.actions.cost", cost=cost) if cost else ""]
    told += [
        say.t("report.told", name=say.t(f"risk.action.{name}_short"), text=action[name])
        for name in ("effect", "evidence")
        if action.get(name)
    ]
    return [line for line in told if line]


def _when(say: Saying, action: Mapping[str, Any]) -> list[Said]:
    due = say.date(action["due"]) or say.t("report.no_date")
    starts = say.date(action.get("starts"))
    return [say.t("report.starts", when=starts), say.t("report.due", when=due)] if starts else [due]
