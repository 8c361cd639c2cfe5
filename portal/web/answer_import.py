"""Reading in answers: upload a filled spreadsheet or look at earlier answers, see what differs, choose, save."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import FileField

from portal.exports import answer_sheet
from portal.exports.answer_sheet import FilledRow, Problem, Unreadable
from portal.services import answer_import as service
from portal.services import earlier_answers
from portal.services.answer_import import Chosen, Comparison
from portal.services.cases import Case
from portal.web.case_page import fetch, may_write
from portal.web.fields import PortalForm
from portal.web.language import t
from portal.web.viewer import fresh_read, installation, person_id
from workflows import declaration as rules
from workflows.errors import Blocked, Invalid, Reason, Stale

blueprint = Blueprint("answer_import", __name__)


class UploadForm(PortalForm):
    """The filled spreadsheet."""

    file = FileField()

    def in_words(self) -> "UploadForm":
        self.file.label.text = t("export.reading.file")
        self.file.description = t("export.reading.file_hint")
        return self


@blueprint.get("/connections/<connection_id>/declaration/import")
def show(connection_id: str) -> ResponseReturnValue:
    case = _open(connection_id)
    return render_template("exports/read.html", case=case, form=UploadForm(formdata=None).in_words())


@blueprint.post("/connections/<connection_id>/declaration/import")
def compare(connection_id: str) -> ResponseReturnValue:
    """The trial: what the file would change. Nothing is stored, the file neither."""
    case = _open(connection_id)
    form = UploadForm().in_words()
    try:
        if not form.file.data:
            raise Unreadable("none")
        filled = answer_sheet.read(form.file.data.stream.read(answer_sheet.LARGEST + 1))
        found = service.compare_file(fresh_read(), case, filled)
    except Unreadable as error:
        form.file.errors = [t(f"export.unreadable.{error.code}")]
        return render_template("exports/read.html", case=case, form=form), 422
    return _differences(case, found)


@blueprint.get("/connections/<connection_id>/declaration/earlier")
def earlier(connection_id: str) -> ResponseReturnValue:
    """Answers of an earlier declaration, each with its age, to confirm."""
    case = _open(connection_id)
    return render_template(
        "exports/earlier.html", case=case, offers=earlier_answers.offers(fresh_read(), case)
    )


@blueprint.post("/connections/<connection_id>/declaration/import/save")
def save(connection_id: str) -> ResponseReturnValue:
    """Save the chosen answers: all of them, or none when somebody saved one of them in between."""
    case = _open(connection_id)
    rows = _posted()
    wanted = set(request.form.getlist("choose"))
    chosen = [
        Chosen(row.requirement, row.value, row.comment, row.version)
        for row in rows
        if row.requirement in wanted
    ]
    if not chosen:
        flash(t("export.reading.none_chosen"), "warning")
        return _differences(case, service.compare(fresh_read(), case, rows), wanted), 422
    try:
        changed = service.apply(installation(), person_id(), connection_id, chosen)
    except (Stale, Invalid):
        flash(t("export.reading.again"), "warning")
        return _differences(case, service.compare(fresh_read(), case, rows), wanted), 409
    flash(t("export.reading.applied", n=changed), "success")
    return redirect(url_for("declarations.show", connection_id=connection_id))


@blueprint.app_template_global()
def earlier_offer(case: Case) -> Markup:
    """On the declaration's page: that earlier answers can be used, when there are any to use."""
    if not may_write(case, "declaration", "declaration.answer"):
        return Markup("")
    offers = earlier_answers.offers(fresh_read(), case)
    page = render_template("exports/offer.html", case=case, offers=len(offers)) if offers else ""
    return Markup(page)  # noqa: S704 -- made by our own template, which escapes


@blueprint.app_template_global()
def problem_words(problem: Problem) -> str:
    return t(
        "export.reading.problem",
        row=problem.row,
        text=t(f"export.problem.{problem.code}", **dict(problem.params)),
    )


def _open(connection_id: str) -> Case:
    """The case, for someone who may answer, while the declaration stands open."""
    case = fetch(connection_id, "declaration.answer")
    if not may_write(case, "declaration", "declaration.answer"):
        status = case.states["declaration"]
        raise Blocked((Reason("not_now", {"step": "declaration", "status": status}, place="declaration"),))
    return case


def _posted() -> list[FilledRow]:
    """The rows of the page of differences as they come back; `seen` is the version that stood beside each."""
    found = []
    for name in dict.fromkeys(request.form.getlist("requirement")):
        value = request.form.get(f"value-{name}")
        seen, row = request.form.get(f"seen-{name}", ""), request.form.get(f"row-{name}", "")
        found.append(
            FilledRow(
                row=_number(row),
                requirement=name,
                value=value if value in rules.VALUES else None,
                comment=request.form.get(f"comment-{name}", ""),
                version=_number(seen),
            )
        )
    return found


def _number(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else 0


def _differences(case: Case, found: Comparison, wanted: set[str] | None = None) -> str:
    """The page of differences; what was chosen before stays chosen, unless it has changed in the portal since."""
    chosen = {
        item.requirement.id
        for item in found.differences
        if item.kind == service.CHANGED and (wanted is None or item.requirement.id in wanted)
    }
    return render_template("exports/differences.html", case=case, found=found, chosen=chosen)
