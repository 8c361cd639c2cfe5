"""The tables of each export in the reader's language: which columns, in which order, and what stands in them."""

from collections.abc import Iterable

from portal.exports.model import Action, ActionPlan, Assessed, Declaration, Line, Mending, Named, Record, Risk
from portal.exports.model import RiskAnalysis as Analysis
from portal.exports.sheets import Book, Cell, Column, Table
from portal.texts import text
from workflows import declaration as rules
from workflows.risk import UNFINISHED

ANSWER_WIDTHS = {
    "requirement": 10,
    "theme": 22,
    "title": 30,
    "text": 50,
    "strength": 16,
    "hard": 10,
    "answer": 16,
    "comment": 60,
    "version": 12,
    "answered_by": 20,
    "answered_at": 17,
    "verdict": 16,
    "verdict_text": 40,
    "lacks": 24,
    "actions": 40,
    "evidence": 40,
    "source": 30,
}
"""The columns of the answers by name, with widths in characters. The reader of a filled file finds them by heading."""


def heading(column: str, language: str) -> str:
    return text(f"export.column.{column}", language)


def value_words(value: str | None, language: str) -> str:
    """An answer in words; empty for none."""
    return text(f"declaration.value.{value}", language) if value else ""


def declaration_book(record: Declaration, language: str) -> Book:
    """Answers, threads, and a sheet that says what the file is, by which it can be read in again."""
    tables = [answers(record, language)]
    if any(line.remarks for line in record.answers):
        tables.append(_thread(record, language))
    return _book(record, "declaration", tables, language)


def answers(record: Declaration, language: str) -> Table:
    """One row per requirement that counts."""
    choices = tuple(value_words(value, language) for value in rules.VALUES)
    columns = tuple(
        Column(heading(name, language), width, choices if name == "answer" else ())
        for name, width in ANSWER_WIDTHS.items()
    )
    return Table(_name("answers", language), columns, [_answer(line, language) for line in record.answers])


def _answer(line: Line, language: str) -> list[Cell]:
    found: dict[str, Cell] = {
        "requirement": line.requirement,
        "theme": line.theme.label.get(language),
        "title": line.title.get(language),
        "text": line.text.get(language),
        "strength": text(f"declaration.strength.{line.strength}", language),
        "hard": text("export.yes", language) if line.hard else "",
        "answer": value_words(line.value, language),
        "comment": line.comment,
        "version": line.version,
        "answered_by": line.answered_by,
        "answered_at": line.answered_at,
        "verdict": text(f"declaration.review.{line.verdict}", language) if line.verdict else "",
        "verdict_text": line.verdict_text,
        "lacks": ", ".join(text(f"declaration.lacks.{code}", language) for code in line.lacks),
        "actions": _mending(line.actions),
        "evidence": "\n".join(" · ".join(filter(None, (e.title, e.name, e.url))) for e in line.evidence),
        "source": line.source,
    }
    return [found[name] for name in ANSWER_WIDTHS]


def _thread(record: Declaration, language: str) -> Table:
    columns = _columns({"requirement": 10, "when": 17, "by": 24, "remark": 80}, language)
    rows: list[list[Cell]] = [
        [line.requirement, found.at, found.by, found.text]
        for line in record.answers
        for found in line.remarks
    ]
    return Table(_name("thread", language), columns, rows)


def risk_book(record: Analysis, language: str) -> Book:
    """Risks and information flows."""
    return _book(record, "risk", [risks(record, language), flows(record, language)], language)


def risks(record: Analysis, language: str) -> Table:
    """One row per open risk, with its three levels."""
    levels = {
        f"{stage}_{part}": 16
        for stage in ("inherent", "current", "residual")
        for part in ("consequence", "likelihood", "level")
    }
    widths = {"number": 7, "risk": 34, "description": 50, "threat": 34, "vulnerability": 34, "affects": 30}
    rest = {"aspects": 24, "controls": 40, **levels, "treatment": 14, "owner": 22, "accepted_by": 22}
    more = {"accepted_at": 17, "accepted_until": 14, "review_on": 14, "requirements": 20, "actions": 40}
    columns = _columns({**widths, **rest, **more}, language)
    return Table(_name("risks", language), columns, [_risk(found, language) for found in record.risks])


def _risk(found: Risk, language: str) -> list[Cell]:
    texts: list[Cell] = [found.title, found.description, found.threat, found.vulnerability, found.affects]
    levels = [
        words
        for stage in (found.inherent, found.current, found.residual)
        for words in _assessed(stage, language)
    ]
    return [
        found.number,
        *texts,
        ", ".join(aspect.label.get(language) for aspect in found.aspects),
        found.controls,
        *levels,
        _words(found.treatment, language),
        found.owner,
        found.accepted_by,
        found.accepted_at,
        found.accepted_until,
        found.review_on,
        ", ".join(found.requirements),
        _mending(found.actions),
    ]


def flows(record: Analysis, language: str) -> Table:
    """One row per information flow, with its class per aspect."""
    aspects = ("confidentiality", "integrity", "availability", "traceability")
    columns = _columns(
        {"flow": 40, "direction": 16, "counterpart": 24, **dict.fromkeys(aspects, 18)}, language
    )
    rows = [
        [
            found.name,
            text(f"risk.direction.{found.direction}", language),
            text(f"journey.kind.{found.counterpart_kind}", language),
            *(_words(getattr(found, aspect), language) for aspect in aspects),
        ]
        for found in record.flows
    ]
    return Table(_name("flows", language), columns, rows)


def actions_book(record: ActionPlan, language: str) -> Book:
    """The whole plan, cancelled actions too."""
    return _book(record, "actions", [actions(record, language)], language)


def actions(record: ActionPlan, language: str) -> Table:
    """One row per action."""
    widths = {"number": 7, "action": 40, "kind": 18, "responsible": 24, "starts": 12, "due": 12}
    rest = {
        "status": 14,
        "cost": 18,
        "effect": 50,
        "evidence": 40,
        "mends_risks": 16,
        "mends_requirements": 20,
    }
    rows = [
        [
            *_planned(found, language),
            text(f"risk.actions.state.{found.status}", language),
            _words(found.cost, language),
            found.effect,
            found.evidence,
            ", ".join(map(str, found.risks)),
            ", ".join(found.requirements),
        ]
        for found in record.actions
    ]
    return Table(_name("actions", language), _columns({**widths, **rest}, language), rows)


def _planned(found: Action, language: str) -> list[Cell]:
    kind = found.kind.label.get(language)
    return [found.number, found.title, kind, found.responsible, found.starts, found.due]


def procurement_book(record: ActionPlan, language: str) -> Book:
    """What a buyer needs of the plan."""
    return _book(record, "procurement", [procurement(record, language)], language)


def procurement(record: ActionPlan, language: str) -> Table:
    """One row per unfinished action: what, of which kind, at what cost, when, who answers for it, to what effect."""
    widths = {"action": 44, "kind": 18, "cost": 22, "due": 12, "responsible_role": 26, "effect": 60}
    rows = [
        [
            found.title,
            found.kind.label.get(language),
            _words(found.cost, language),
            found.due,
            found.responsible,
            found.effect,
        ]
        for found in record.actions
        if found.status in UNFINISHED
    ]
    return Table(_name("procurement", language), _columns(widths, language), rows)


def _columns(widths: dict[str, int], language: str) -> tuple[Column, ...]:
    return tuple(Column(heading(name, language), width) for name, width in widths.items())


def _name(sheet: str, language: str) -> str:
    return text(f"export.sheet.{sheet}", language)


def _words(found: Named | None, language: str) -> str:
    return found.label.get(language) if found else ""


def _assessed(found: Assessed, language: str) -> tuple[str, str, str]:
    parts = (found.consequence, found.likelihood, found.level)
    consequence, likelihood, level = (_words(part, language) for part in parts)
    return consequence, likelihood, level


def _mending(found: Iterable[Mending]) -> str:
    return "\n".join(
        " · ".join(
            filter(None, (f"{action.number}. {action.title}", action.responsible, str(action.due or "")))
        )
        for action in found
    )


def _book(record: Record, kind: str, tables: list[Table], language: str) -> Book:
    title = f"{text(f'export.kind.{kind}', language)}, {record.organisation.name}"
    said = {"title": title, "language": language}
    return Book((*tables, _about(record, kind, language)), record.changed_at, said)


def _about(record: Record, kind: str, language: str) -> Table:
    """What the file is. The first column holds codes, so that the file can be recognised in either language."""
    columns = _columns({"code": 20, "what": 30, "held": 60}, language)
    values: dict[str, Cell] = {
        "format": f"anslut-{kind}-1",
        "connection": record.connection.id,
        "catalogue": record.catalogue.id,
        "catalogue_version": record.catalogue.version,
        "catalogue_title": record.catalogue.title.get(language),
        "reference": record.connection.reference,
        "organisation": record.organisation.name,
        "federation": record.federation.name,
        "status": text(f"journey.status.{record.status}", language),
        "round": record.round,
        "changed_at": record.changed_at,
    }
    if isinstance(record, Declaration):
        values["level"] = text(f"level.{record.level}", language)
    rows = [[name, text(f"export.about.{name}", language), value] for name, value in values.items()]
    return Table(_name("about", language), columns, rows)
