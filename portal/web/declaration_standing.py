"""How a declaration stands, for the pages that show it: its levels, and whether the signature still covers the answers."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g

from portal.services import declaration_lines
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.services.declaration_record import answers_part, answers_sha256
from portal.services.freezing import name_of
from portal.store import decisions, declarations
from portal.store.models import Frozen, Signature
from portal.web.viewer import fresh_read
from workflows import declaration as rules
from workflows.declaration import Standing

blueprint = Blueprint("declaration_standing", __name__)


@dataclass(frozen=True)
class Levels:
    """The level of a declaration in all and by theme; `lines` is how many the declaration holds."""

    all: Standing
    themes: dict[str, Standing]
    lines: int


@dataclass(frozen=True)
class Signed:
    """The latest signature: who handed over, who signed, and what has changed since, by requirement."""

    signature: Signature
    signed_by: str
    submitted_by: str
    sha256: str
    altered: dict[str, tuple[str, ...]]


def _lines(case: Case) -> list[Line]:
    """The lines, read once for everything that one page shows of them: pages are drawn when all is written."""
    held: dict[str, list[Line]] = g.setdefault("declaration_lines", {})
    if case.connection.id not in held:
        held[case.connection.id] = declaration_lines.lines_for(fresh_read(), case)
    return held[case.connection.id]


@blueprint.app_template_global()
def levels_of(case: Case) -> Levels:
    """The levels of a declaration as its answers stand now."""
    lines = _lines(case)
    inside = {
        theme.id: [line for line in lines if line.requirement.theme == theme.id]
        for theme in declarations.catalogue(fresh_read(), case.connection).themes
    }
    return Levels(
        declaration_lines.standing(lines),
        {name: declaration_lines.standing(held) for name, held in inside.items() if held},
        len(lines),
    )


@blueprint.app_template_global()
def answers_hash(case: Case) -> str:
    """The hash of the answers as they stand: what a signature given now covers."""
    return answers_sha256(answers_part(_lines(case)))


@blueprint.app_template_global()
def latest_signature(case: Case) -> Signed | None:
    """The latest signature with what it no longer covers; None before the first, and for those who may not see it."""
    session = fresh_read()
    if "declaration.see" not in case.actions:
        return None
    found = next(iter(decisions.signatures(session, case.connection.id, "declaration")), None)
    if found is None:
        return None
    record: dict[str, Any] = json.loads(session.get_one(Frozen, found.frozen_sha256).body)
    answers = answers_part(_lines(case))
    signed = record.get("answers_sha256") or answers_sha256(record["answers"])
    same = signed == answers_sha256(answers)
    return Signed(
        found,
        name_of(session, found.signed_by),
        name_of(session, found.submitted_by),
        signed,
        {} if same else rules.altered(record["answers"], answers),
    )
