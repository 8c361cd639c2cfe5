"""The signed self-declaration: how many lines have each answer, the deviations, and every requirement with its answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from checklists.schema import DeclarationCatalogue
from portal.reports.blocks import DONE, SOFT, STOP, WAIT, Shape
from portal.reports.paper import Line, Marked, Paper
from portal.reports.saying import Saying
from workflows.declaration import DEVIATING, VALUES

SHAPES = {
    "yes": Shape("tick", DONE),
    "partly": Shape("warning", WAIT),
    "no": Shape("cross", STOP),
    "not_applicable": Shape("dash", SOFT),
}


def write(record: Mapping[str, Any], say: Saying) -> Paper:
    """The declaration as it was signed, by the catalogue version that it names."""
    named = record["catalogue"]
    catalogue = say.find(named["id"], named["version"])
    if not isinstance(catalogue, DeclarationCatalogue):
        raise KeyError(f"{named['id']} is no declaration")
    paper = Paper(record, say, say.t("journey.step.declaration"))
    title, signed = catalogue.title.get(say.language), record["signed"]
    paper.frame(
        [
            (say.t("report.catalogue"), say.t("report.version", title=title, version=catalogue.version)),
            (say.t("report.round"), str(record["round"])),
            *_standing(say, record),
            (say.t("report.signed"), say.by(signed["by_name"], signed["at"])),
        ]
    )
    paper.h2(say.t("report.statement"))
    paper.p(say.t("declaration.sign.statement", organisation=record["organisation"]["name"]))
    paper.h2(say.t("report.summary"))
    counts: list[Line] = [[answer(say, value), str(record["summary"].get(value, 0))] for value in VALUES]
    paper.table([(say.t("declaration.column.answer"), 0.4), (say.t("report.count"), 0.6)], counts)
    _deviations(paper, say, catalogue, record)
    for theme in catalogue.themes:
        level = record.get("levels", {}).get("themes", {}).get(theme.id)
        _theme(paper, say, catalogue, theme.id, record["answers"], level)
    return paper


def _standing(say: Saying, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The level, who handed over and the hash of the answers; the first records of the portal lack them."""
    found = []
    if "levels" in record:
        found.append((say.t("level.title"), say.t(f"level.{record['levels']['all']}")))
    if "answers_sha256" in record:
        found.append((say.t("signing.pdf_sha256"), record["answers_sha256"]))
    handed_over = record.get("submitted")
    if handed_over and handed_over["at"]:
        found.append((say.t("signing.pdf_submitted"), say.by(handed_over["by_name"], handed_over["at"])))
    return found


def answer(say: Saying, value: str | None) -> Marked:
    """An answer as a word with its sign."""
    return Marked(say.t(f"declaration.value.{value or 'none'}"), SHAPES.get(value or "", Shape("ring", SOFT)))


def _deviations(
    paper: Paper, say: Saying, catalogue: DeclarationCatalogue, record: Mapping[str, Any]
) -> None:
    paper.h2(say.t("report.deviations"))
    found = [line for line in record["answers"] if line["value"] in DEVIATING]
    if not found:
        paper.p(say.t("report.no_deviations"))
        return
    heads = [
        (say.t("declaration.column.requirement"), 0.42),
        (say.t("declaration.column.answer"), 0.14),
        (say.t("report.actions"), 0.44),
    ]
    lines: list[Line] = []
    for line in found:
        title = catalogue.by_id(line["requirement"]).title.get(say.language)
        actions = [_action(say, action) for action in line["actions"]]
        lines.append([f"{line['requirement']} {title}", answer(say, line["value"]), actions])
    paper.table(heads, lines)


def _theme(
    paper: Paper,
    say: Saying,
    catalogue: DeclarationCatalogue,
    theme: str,
    answers: list[dict[str, Any]],
    level: str | None,
) -> None:
    wanted = {item.id: item for item in catalogue.of_theme(theme)}
    held = [line for line in answers if line["requirement"] in wanted]
    if not held:
        return
    paper.h2(next(found.title.get(say.language) for found in catalogue.themes if found.id == theme))
    if level:
        paper.p(f"{say.t('level.title')}: {say.t(f'level.{level}')}")
    for line in held:
        item = wanted[line["requirement"]]
        actions = [_action(say, action) for action in line["actions"]]
        texts: list[tuple[str, str | Sequence[str]]] = [
            ("", item.text.get(say.language)),
            (say.t("report.comment"), line["comment"]),
            (say.t("report.actions"), actions),
            (say.t("evidence.report.title"), [_evidence(say, shown) for shown in line.get("evidence", ())]),
        ]
        paper.entry(item.id, item.title.get(say.language), answer(say, line["value"]), texts)


def _action(say: Saying, action: Mapping[str, Any]) -> str:
    stated = {name: action[name] for name in ("number", "title", "responsible")}
    if action["due"]:
        return say.t("report.action", due=say.date(action["due"]), **stated)
    return say.t("report.action_undated", **stated)


def _evidence(say: Saying, shown: Mapping[str, Any]) -> str:
    """Evidence by what fixes it: the hash of its content, or its address; and its dates."""
    named = {name: shown[name] for name in ("title", "name", "sha256", "url")}
    parts = [say.t(f"evidence.report.{shown['kind']}", **named)]
    for name, words in (("happened_on", "happened"), ("valid_until", "valid")):
        if shown[name]:
            parts.append(say.t(f"evidence.report.{words}", day=say.date(shown[name])))
    return ", ".join(parts)
