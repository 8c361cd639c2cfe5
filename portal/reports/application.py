"""The signed application for production: what was applied for, the conditions as they stood, and what it rests on."""

from collections.abc import Mapping
from typing import Any

from checklists import load
from checklists.schema import Field, FormCatalogue
from portal.reports import rests
from portal.reports.blocks import DONE, STOP, Shape
from portal.reports.paper import Line, Marked, Paper
from portal.reports.saying import Saying, org_number


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The application as it was signed, by the form version that it names."""
    form = load.form(record["form"]["id"], record["form"]["version"])
    paper = Paper(record, say, say.t("journey.step.application"))
    paper.frame([(say.t("report.signed"), say.by(record["by_name"], record["frozen_at"]))])
    values(paper, say, form, record["values"])
    paper.h2(say.t("application.conditions_title"))
    heads = [(say.t("report.application.condition"), 0.75), (say.t("report.application.status"), 0.25)]
    lines: list[Line] = [
        [say.t(f"application.condition.{item['code']}"), _met(say, item["met"])]
        for item in record["conditions"]
    ]
    paper.table(heads, lines, strong=False)
    _rests_on(paper, say, record)
    return paper


def values(paper: Paper, say: Saying, form: FormCatalogue, given: Mapping[str, Any]) -> None:
    """The values of a form by its sections; a field that asks for an answer and has none says so."""
    for section in form.sections:
        held = [
            (field.label.get(say.language), _value(say, field, given.get(field.id)))
            for field in section.fields
            if given.get(field.id) or field.required
        ]
        if held:
            paper.h2(section.title.get(say.language))
            paper.facts(held)


def _value(say: Saying, field: Field, value: Any) -> str:
    if value in (None, "", []):
        return say.t("report.not_stated")
    words = {item.code: item.label.get(say.language) for item in field.choices}
    match field.type:
        case "date":
            return say.date(value)
        case "yes_no":
            return say.t(f"form.{value}")
        case "choice":
            return words.get(value, str(value))
        case "choices":
            return ", ".join(words.get(code, code) for code in value)
        case "org_number":
            return org_number(value)
        case _:
            return str(value)


def _met(say: Saying, met: bool) -> Marked:
    if met:
        return Marked(say.t("application.met"), Shape("tick", DONE))
    return Marked(say.t("application.unmet"), Shape("cross", STOP))


def _rests_on(paper: Paper, say: Saying, record: Mapping[str, Any]) -> None:
    run = record["run"]
    paper.h2(say.t("report.rests_on"))
    if run:
        outcome = say.t(f"run.outcome.{run['outcome']}").lower()
        paper.p(
            say.t("report.run", number=run["number"], outcome=outcome, when=say.moment(run["finished_at"]))
        )
    kinds = ("declaration", "risk")
    rests.write(
        paper, say, [(say.t(f"connection.document.{kind}"), record[f"{kind}_sha256"]) for kind in kinds]
    )
