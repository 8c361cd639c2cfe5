"""A decision of the federation owner: what was decided, why, with which conditions, on what it rests and by whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from portal.reports import rests
from portal.reports.blocks import DONE, STOP, WAIT, Shape
from portal.reports.paper import BODY, LEAD, Line, Paper
from portal.reports.saying import Saying

SHAPES = {
    "approved": Shape("tick", DONE),
    "approved_with_conditions": Shape("warning", WAIT),
    "returned": Shape("warning", WAIT),
    "refused": Shape("cross", STOP),
}


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The decision as it was made."""
    kind, step, decided = record["decision"], record["step"], record["decided"]
    outcome = say.t(f"application.decision.{kind}")
    paper = Paper(record, say, say.t("report.decision.title", outcome=outcome.lower()))
    paper.frame(
        [
            (say.t("report.decision.subject"), say.t(f"journey.step.{step}")),
            (say.t("report.decision.date"), say.date(decided["at"])),
        ]
    )
    paper.h2(say.t("report.decision.decided"))
    names = {"organisation": record["organisation"]["name"], "federation": record["federation"]["name"]}
    if step == "application":
        sentence = say.t(f"report.decision.application.{kind}", **names)
    else:
        named = say.t(f"journey.step.{step}")
        sentence = say.t(f"report.decision.says.{kind}", step=named, **names)
    paper.p(sentence, LEAD, SHAPES[kind])
    _reason(paper, say, record)
    _lines(paper, say, record.get("lines", []))
    _conditions(paper, say, record["conditions"])
    if record["rests_on"]:
        paper.h2(say.t("report.rests_on"))
        named_records = [
            (say.t(f"connection.document.{item['kind']}"), item["sha256"]) for item in record["rests_on"]
        ]
        rests.write(paper, say, named_records)
    _made_by(paper, say, record)
    return paper


def _reason(paper: Paper, say: Saying, record: Mapping[str, Any]) -> None:
    reason = record["reason"]
    if not reason and not record["text"].strip():
        return
    paper.h2(say.t("report.decision.reason"))
    if reason:
        paper.p(reason[say.language])
    paper.p(record["text"])


def _lines(paper: Paper, say: Saying, lines: list[dict[str, Any]]) -> None:
    """What is asked for line by line, when a declaration is returned."""
    if not lines:
        return
    paper.h2(say.t("condition.pdf_lines"))
    heads = [(say.t("declaration.column.requirement"), 0.2), (say.t("declaration.review.text"), 0.8)]
    rows: list[Line] = []
    for line in lines:
        words = (line["reason"][say.language] if line["reason"] else "", line["text"])
        rows.append([line["requirement"], " ".join(filter(None, words))])
    paper.table(heads, rows)


def _conditions(paper: Paper, say: Saying, conditions: list[dict[str, Any]]) -> None:
    if not conditions:
        return
    paper.h2(say.t("report.decision.conditions"))
    heads = [(say.t("report.decision.condition"), 0.7), (say.t("report.decision.due"), 0.3)]
    paper.table(heads, [[_condition(say, item), say.date(item["due"])] for item in conditions], strong=False)


def _condition(say: Saying, item: Mapping[str, Any]) -> str:
    """What is asked for, with the action that it is tied to."""
    number = item.get("action")
    return f"{item['text']} ({say.t('condition.action', number=number).lower()})" if number else item["text"]


def _made_by(paper: Paper, say: Saying, record: Mapping[str, Any]) -> None:
    endorsed, decided = record["endorsed"], record["decided"]
    paper.h2(say.t("report.decision.made_by"))
    pairs = [(say.t("report.decision.decided_by"), say.by(decided["by_name"], decided["at"]))]
    if endorsed:
        paper.p(say.t("report.decision.two"), replace(BODY, keep=True))
        before = (say.t("report.decision.endorsed_by"), say.by(endorsed["by_name"], endorsed["at"]))
        pairs.insert(0, before)
    paper.facts(pairs)
