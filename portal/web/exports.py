"""Downloads: the declaration, the risk analysis and the action plan as files, and the schemas that JSON keeps to."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.exports import json_files, sheets, tables
from portal.exports.oscal_assessment import assessment_results
from portal.exports.oscal_poam import NothingToPlan, poam
from portal.services import export_records as records
from portal.services.cases import Case
from portal.web.case_page import fetch, may_write
from portal.web.guard import public
from portal.web.language import language
from portal.web.viewer import fresh_read, installation
from workflows.errors import NotFound

blueprint = Blueprint("exports", __name__)
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
}
Maker = Callable[[Session, Case, str], bytes]


@dataclass(frozen=True)
class File:
    """A file that can be downloaded: the action it takes to see it, its format in words, and how it is made."""

    kind: str
    action: str
    format: str
    make: Maker


def _declaration(session: Session, case: Case, words: str) -> bytes:
    return sheets.xlsx(tables.declaration_book(records.declaration(session, case, words), words))


def _answers(session: Session, case: Case, words: str) -> bytes:
    return sheets.comma_separated(tables.answers(records.declaration(session, case, words), words))


def _poam(session: Session, case: Case, words: str) -> bytes:
    declared, analysis = records.declaration(session, case, words), records.risk(session, case)
    return poam(declared, analysis, records.plan(session, case), words)


FILES: dict[str, File] = {
    "declaration.xlsx": File("declaration", "declaration.see", "xlsx", _declaration),
    "declaration.csv": File("declaration", "declaration.see", "csv", _answers),
    "declaration.json": File(
        "declaration",
        "declaration.see",
        "json",
        lambda session, case, words: json_files.record(records.declaration(session, case, words)),
    ),
    "risk.xlsx": File(
        "risk",
        "risk.see",
        "xlsx",
        lambda session, case, words: sheets.xlsx(tables.risk_book(records.risk(session, case), words)),
    ),
    "risk.csv": File(
        "risk",
        "risk.see",
        "csv",
        lambda session, case, words: sheets.comma_separated(tables.risks(records.risk(session, case), words)),
    ),
    "risk.json": File(
        "risk",
        "risk.see",
        "json",
        lambda session, case, _words: json_files.record(records.risk(session, case)),
    ),
    "flows.csv": File(
        "flows",
        "risk.see",
        "csv",
        lambda session, case, words: sheets.comma_separated(tables.flows(records.risk(session, case), words)),
    ),
    "actions.xlsx": File(
        "actions",
        "risk.see",
        "xlsx",
        lambda session, case, words: sheets.xlsx(tables.actions_book(records.plan(session, case), words)),
    ),
    "actions.csv": File(
        "actions",
        "risk.see",
        "csv",
        lambda session, case, words: sheets.comma_separated(
            tables.actions(records.plan(session, case), words)
        ),
    ),
    "actions.json": File(
        "actions",
        "risk.see",
        "json",
        lambda session, case, _words: json_files.record(records.plan(session, case)),
    ),
    "procurement.xlsx": File(
        "procurement",
        "risk.see",
        "xlsx",
        lambda session, case, words: sheets.xlsx(tables.procurement_book(records.plan(session, case), words)),
    ),
    "procurement.csv": File(
        "procurement",
        "risk.see",
        "csv",
        lambda session, case, words: sheets.comma_separated(
            tables.procurement(records.plan(session, case), words)
        ),
    ),
    "assessment-results.json": File(
        "assessment-results",
        "declaration.see",
        "oscal",
        lambda session, case, words: assessment_results(records.declaration(session, case, words), words),
    ),
    "poam.json": File("poam", "risk.see", "oscal", _poam),
}
"""Every file by its name. A new one is a row here and its words below `export.kind` and `export.about_kind`."""


@blueprint.get("/connections/<connection_id>/exports")
def show(connection_id: str) -> ResponseReturnValue:
    """What can be downloaded, and the way to read answers in again."""
    case = fetch(connection_id, "declaration.see")
    kinds = list(dict.fromkeys(file.kind for file in FILES.values() if file.action in case.actions))
    return render_template(
        "exports/show.html",
        case=case,
        kinds=kinds,
        files={kind: [(name, file) for name, file in FILES.items() if file.kind == kind] for kind in kinds},
        schemas=list(json_files.SCHEMAS),
        writable=may_write(case, "declaration", "declaration.answer"),
    )


@blueprint.get("/connections/<connection_id>/exports/<file>")
def download(connection_id: str, file: str) -> ResponseReturnValue:
    """One file as it stands now, in the reader's language."""
    case = fetch(connection_id, "declaration.see")
    found = FILES.get(file)
    if found is None or found.action not in case.actions:
        raise NotFound
    try:
        body = found.make(fresh_read(), case, language())
    except NothingToPlan:
        return render_template("exports/nothing.html", case=case), 404
    response = Response(body, mimetype=TYPES[file.rsplit(".", 1)[-1]])
    response.headers["Content-Disposition"] = f'attachment; filename="{case.connection.reference}-{file}"'
    return response


@blueprint.get("/schemas/<name>.json")
@public
def schema(name: str) -> ResponseReturnValue:
    """A published schema, the same for everyone."""
    if name not in json_files.SCHEMAS:
        raise NotFound
    body = json_files.schema(name, installation().settings.address)
    return Response(body, mimetype="application/schema+json")
