"""The owner's overview: every connection, the counts per step, my queue by age, and the list as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from checklists import kinds
from checklists.counties import COUNTIES
from portal.exports.sheets import plain
from portal.store import overview
from portal.store.overview import Filters
from portal.web.language import local, t
from portal.web.steps import step_url
from portal.web.viewer import installation, read
from workflows import journey
from workflows.identifiers import clean
from workflows.status import Stage, Status, Turn

blueprint = Blueprint("overview", __name__)
COLUMNS = (
    "reference",
    "organisation",
    "kind",
    "county",
    "stage",
    "step",
    "status",
    "turn",
    "since",
    "origin",
    "supplier",
    "operator",
)


def _allowed(action: str) -> None:
    if action not in current_user.actions:
        abort(404)


KNOWN: dict[str, frozenset[str]] = {
    "stage": frozenset(stage.value for stage in Stage),
    "step": frozenset(step for table in journey.STEPS.values() for step in table.ids),
    "status": frozenset(status.value for status in Status),
    "turn": frozenset(turn.value for turn in Turn),
    "kind": frozenset(kinds.RULES),
    "county": frozenset(COUNTIES),
    "origin": frozenset({"portal", "imported"}),
    "sort": frozenset(overview.SORTS),
}


def filters() -> Filters:
    """The filters of the address, with anything unknown left out."""
    chosen = {name: value for name, codes in KNOWN.items() if (value := request.args.get(name)) in codes}
    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Filters(**chosen, q=clean(request.args.get("q", "")).strip()[:100], page=number)


def deciding_steps(actions: frozenset[str]) -> list[str]:
    """The steps on which someone with these actions may decide when they are submitted."""
    found = [row.step for row in journey.MOVES if Status.SUBMITTED in row.sources and row.who in actions]
    return list(dict.fromkeys(found))


@blueprint.get("/overview")
def show() -> ResponseReturnValue:
    _allowed("overview.see")
    chosen = filters()
    session = read()
    found = overview.page(session, chosen)
    return render_template(
        "overview/show.html",
        chosen=chosen,
        page=found,
        stages=overview.stages(session),
        counts=overview.counts(session),
        steps=journey.of(journey.DEFAULT_JOURNEY).ids,
        statuses=[status.value for status in Status if status is not Status.LOCKED],
        stage_codes=list(Stage),
        stage_values=[stage.value for stage in Stage],
        turn_values=[turn.value for turn in Turn],
        sorts=list(overview.SORTS),
        csv=url_for("overview.export", **_kept()),
        counties=COUNTIES,
        kinds=list(kinds.RULES),
        link=_link,
    )


@blueprint.get("/overview/queue")
def queue() -> ResponseReturnValue:
    _allowed("overview.see")
    now = installation().clock()
    waiting = overview.waiting(read(), deciding_steps(current_user.actions))
    rows = [(found, (now - found.since).days, step_url(found.connection, found.step)) for found in waiting]
    return render_template("overview/queue.html", rows=rows)


@blueprint.get("/overview/connections.csv")
def export() -> ResponseReturnValue:
    _allowed("overview.export")
    response = Response(stream_with_context(_lines(filters())), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="anslutningar.csv"'
    return response


def _lines(chosen: Filters) -> Iterator[str]:
    """Semicolons and a byte-order mark, so that a Swedish spreadsheet opens the file as it is."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow([t(f"overview.column.{name}") for name in COLUMNS])
    for row in overview.every(read(), chosen):
        values = {
            "reference": row.reference,
            "organisation": row.organisation,
            "kind": t(f"journey.kind.{row.kind}"),
            "county": COUNTIES.get(row.county or "", ""),
            "stage": t(f"journey.stage.{row.stage}"),
            "step": t(f"journey.step.{row.step}"),
            "status": t(f"journey.status.{row.status}"),
            "turn": t(f"journey.turn_owner.{row.turn}"),
            "since": local(row.since).date().isoformat(),
            "origin": t(f"overview.origin.{row.origin}"),
            "supplier": row.supplier,
            "operator": row.operator,
        }
        writer.writerow([plain(values[name]) for name in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _link(**changes: Any) -> str:
    """The address of this list with something changed, from its first page unless a page is named."""
    return url_for("overview.show", **{**_kept(), **changes})


def _kept() -> dict[str, Any]:
    """The filters in the address that stay when something else changes."""
    stated = {field.name: getattr(filters(), field.name) for field in fields(Filters) if field.name != "page"}
    return {name: value for name, value in stated.items() if value and name in request.args}
