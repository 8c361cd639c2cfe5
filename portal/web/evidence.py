"""Evidence on the pages of a declaration: the form that adds it, the list of it, and its files as downloads only."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from portal.services import evidence as service
from portal.services.cases import Case
from portal.services.evidence import MEGABYTE, Added, Upload
from portal.store import declarations
from portal.store import evidence as store
from portal.store.models import Evidence
from portal.store.models.base import new_id
from portal.web import evidence_form
from portal.web.case_page import fetch, fetch_to_answer, may_answer, today
from portal.web.evidence_form import EvidenceForm
from portal.web.language import language, t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id, read
from portal.web.words import reason_text
from workflows import evidence as rules
from workflows.errors import Invalid, NotFound, Reason
from workflows.evidence import Stated

blueprint = Blueprint("evidence", __name__)

UPLOADS = frozenset({"evidence.add", "evidence.replace"})
# What a form holds besides the file: its other fields and the lines between them.
ROOM_FOR_FIELDS = 512 * 1024
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@blueprint.url_value_preprocessor
def let_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only these addresses take large bodies, and only from those who may add; the others are turned away unread."""
    if endpoint not in UPLOADS or request.method != "POST" or "\x00" in request.path or values is None:
        return
    if not current_user.is_authenticated:
        abort(redirect(url_for("account.sign_in", next=_where_from(values))))
    _answering(values)
    request.max_content_length = installation().settings.max_file_mb * MEGABYTE + ROOM_FOR_FIELDS
    if (request.content_length or 0) > request.max_content_length:
        abort(Response(_too_large(values), 413))


@blueprint.post("/connections/<connection_id>/declaration/<requirement>/evidence")
def add(connection_id: str, requirement: str) -> ResponseReturnValue:
    """Add a file or a link to a requirement."""
    case, _ = _answering({"connection_id": connection_id, "requirement": requirement})
    form = EvidenceForm().in_words()
    return _taken(case, requirement, form, None)


@blueprint.get("/connections/<connection_id>/evidence/<evidence_id>/replace")
def replacing(connection_id: str, evidence_id: str) -> ResponseReturnValue:
    """The form that adds a newer version."""
    case, found = _replacing(connection_id, evidence_id)
    return _page(case, found.requirement, evidence_form.newer(found), found)


@blueprint.post("/connections/<connection_id>/evidence/<evidence_id>/replace")
def replace(connection_id: str, evidence_id: str) -> ResponseReturnValue:
    """Add a newer version of evidence; the older one stays in the history."""
    case, found = _replacing(connection_id, evidence_id)
    return _taken(case, found.requirement, EvidenceForm().in_words(), found)


@blueprint.post("/connections/<connection_id>/evidence/<evidence_id>/remove")
def remove(connection_id: str, evidence_id: str) -> ResponseReturnValue:
    requirement = service.remove(installation(), person_id(), connection_id, evidence_id)
    flash(t("evidence.removed"), "success")
    return redirect(_requirement_url(connection_id, requirement))


@blueprint.get("/connections/<connection_id>/evidence/<evidence_id>/file")
def file(connection_id: str, evidence_id: str) -> ResponseReturnValue:
    """The file as a download. It is never shown inside the portal, whatever it holds."""
    found, path = service.file_of(installation(), person_id(), connection_id, evidence_id)
    response = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        conditional=False,
        etag=False,
        last_modified=None,
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.app_template_global()
def evidence_of_requirement(case: Case, requirement: str) -> Markup:
    """What shows the answer to a requirement, with the form that adds more while the declaration stands open."""
    return _drawn(
        "evidence/of_requirement.html",
        **_shared(case, requirement),
        requirement=requirement,
        pieces=store.pieces(read(), case.connection.id, requirement).get(requirement, []),
        form=evidence_form.empty(),
        evidence_id=new_id(),
        most=installation().settings.max_file_mb,
    )


@blueprint.app_template_global()
def evidence_in_short(case: Case, requirement: str) -> Markup:
    """What shows the answer to a requirement, in a list of many; read once for the whole page."""
    kept = g.get("evidence_pieces", {})
    if case.connection.id not in kept:
        kept = {case.connection.id: store.pieces(read(), case.connection.id)}
        g.evidence_pieces = kept
    pieces = kept[case.connection.id].get(requirement, [])
    standing = [piece for piece in pieces if piece.row.removed_at is None]
    return _drawn("evidence/in_short.html", **_shared(case), pieces=standing) if standing else Markup("")


def _drawn(name: str, **context: Any) -> Markup:
    return Markup(render_template(name, **context))  # noqa: S704 -- made by our own template, which escapes


def _answering(values: dict[str, Any]) -> tuple[Case, Evidence | None]:
    """The case of somebody who may answer the requirement of this address, and the evidence that it names."""
    if "evidence_id" in values:
        return _replacing(values["connection_id"], values["evidence_id"])
    return fetch_to_answer(values["connection_id"], values["requirement"]), None


def _replacing(connection_id: str, evidence_id: str) -> tuple[Case, Evidence]:
    fetch(connection_id, "declaration.contribute")
    found = _of(connection_id, evidence_id)
    return fetch_to_answer(connection_id, found.requirement), found


def _shared(case: Case, requirement: str | None = None) -> dict[str, Any]:
    day = today()
    return {
        "case": case,
        "writable": requirement is not None and may_answer(case, requirement),
        "holds": lambda row: str(rules.holds(row.valid_until, day)),
        "days_left": lambda row: (row.valid_until - day).days,
        "megabytes": lambda size: max(0.1, round(size / MEGABYTE, 1)),
    }


def _taken(
    case: Case, requirement: str, form: EvidenceForm, replaced: Evidence | None
) -> ResponseReturnValue:
    """Store what was posted, or show the form again with everything that was typed and what is wrong."""
    stated = form.stated() if form.validate() else None
    if stated is None:
        return _page(case, requirement, form, replaced), 422
    try:
        added = _stored(case, requirement, stated, form.upload(), replaced)
    except Invalid as error:
        show_errors(form, error)
        if form.upload() is not None:
            form.file.errors = [*form.file.errors, t("evidence.choose_again")]
        large = any(reason.code == "file_too_large" for reason in error.errors.values())
        return _page(case, requirement, form, replaced), 413 if large else 422
    _tell(added)
    return redirect(_requirement_url(case.connection.id, requirement))


def _stored(
    case: Case, requirement: str, stated: Stated, upload: Upload | None, replaced: Evidence | None
) -> Added:
    made_with = request.form.get("evidence", "")
    home, person, connection = installation(), person_id(), case.connection.id
    if replaced is None:
        return service.add(home, person, connection, requirement, made_with, stated, upload)
    return service.replace_with(home, person, connection, replaced.id, made_with, stated, upload)


def _tell(added: Added) -> None:
    flash(t("evidence.added", title=added.title), "success")
    if added.renamed:
        kind = t(f"evidence.type.{added.kind_code}")
        flash(t("evidence.renamed", given=added.renamed, kind=kind, name=added.name), "warning")


def _too_large(values: dict[str, Any]) -> str:
    """The form again for a body that is not read: its fields come first in it, and those are read."""
    case, replaced = _answering(values)
    form = evidence_form.begun(request)
    reason = Reason("file_too_large", {"max": installation().settings.max_file_mb})
    form.file.errors = [reason_text(reason), t("evidence.choose_again")]
    return _page(case, replaced.requirement if replaced else values["requirement"], form, replaced)


def _page(case: Case, requirement: str, form: EvidenceForm, replaced: Evidence | None) -> str:
    known = {item.id: item for item in declarations.catalogue(read(), case.connection).requirements}
    if requirement not in known:
        raise NotFound
    return render_template(
        "evidence/form.html",
        **_shared(case, requirement),
        requirement=requirement,
        title_of_requirement=known[requirement].title.get(language()),
        form=form,
        replaced=replaced,
        evidence_id=new_id(),
        most=installation().settings.max_file_mb,
    )


def _of(connection_id: str, evidence_id: str) -> Evidence:
    found = store.of(fresh_read(), connection_id, evidence_id)
    if found is None:
        raise NotFound
    return found


def _requirement_url(connection_id: str, requirement: str) -> str:
    return url_for(
        "declarations.requirement", connection_id=connection_id, requirement=requirement, _anchor="evidence"
    )


def _where_from(values: dict[str, Any]) -> str:
    """The page that a form whose session is over came from."""
    if "requirement" in values:
        return _requirement_url(values["connection_id"], values["requirement"])
    return url_for("declarations.show", connection_id=values["connection_id"])
