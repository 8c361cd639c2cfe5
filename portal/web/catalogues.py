"""Versions of the requirements, for the owner's administrator: which there are, the next one as a draft, publishing."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import FileField

from checklists import load
from checklists.parts import Text
from checklists.schema import DeclarationCatalogue, Requirement
from portal.services import catalogue_drafts, catalogue_impact, catalogue_publishing
from portal.services.catalogue_drafts import Unusable
from portal.store import catalogues as store
from portal.store.models import CatalogueDraft
from portal.web import second_factor
from portal.web.fields import PortalForm
from portal.web.language import language, t
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows import catalogue_versions as rules
from workflows.catalogue_versions import Changed
from workflows.errors import NotFound, Stale

blueprint = Blueprint("catalogues", __name__, url_prefix="/catalogues")


class DraftForm(PortalForm):
    """The file with the next version."""

    file = FileField()

    def in_words(self) -> "DraftForm":
        self.file.label.text = t("catalogues.field.file")
        self.file.description = t("catalogues.field.file_hint")
        return self


@blueprint.before_request
def only_the_administrator() -> None:
    if current_user.is_authenticated and "installation.admin" not in current_user.actions:
        abort(404)


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _start(DraftForm(formdata=None).in_words())


@blueprint.post("/draft")
def upload() -> ResponseReturnValue:
    """Check the file and keep it as the draft; what is wrong is told by file and line, and nothing is kept."""
    form = DraftForm().in_words()
    try:
        if not form.file.data:
            raise Unusable("none")
        raw = form.file.data.stream.read(catalogue_drafts.LARGEST + 1)
        catalogue_drafts.upload(installation(), person_id(), form.file.data.filename or "", raw)
    except Unusable as error:
        form.file.errors = [t(f"catalogues.unusable.{error.code}")]
        return _start(form, error.lines), 422
    flash(t("catalogues.uploaded"), "success")
    return redirect(url_for(".draft"))


@blueprint.get("/draft")
def draft() -> ResponseReturnValue:
    """The draft as it would read, what differs from the newest version, and what publishing it would mean."""
    session = fresh_read()
    row = store.draft(session)
    if row is None:
        return _start(DraftForm(formdata=None).in_words(), missing=True)
    after, newest = _read(row), store.newest_version(session)
    before = store.declaration(session, newest)
    return render_template(
        "catalogues/draft.html",
        draft=row,
        newest=newest,
        outdated=load.order(row.version) <= load.order(newest),
        catalogue=after,
        difference=rules.difference(before, after),
        themes_differ=before.themes != after.themes,
        impact=catalogue_impact.of(session, after),
    )


@blueprint.post("/draft/publish")
def publish() -> ResponseReturnValue:
    if (asked := second_factor.ask_unless_fresh()) is not None:
        return asked
    if not request.form.get("sure"):
        flash(t("catalogues.not_sure"), "warning")
        return redirect(url_for(".draft"))
    wanted, seen = request.form.get("draft", ""), request.form.get("newest", "")
    try:
        done = catalogue_publishing.publish(installation(), person_id(), wanted, seen)
    except Stale:
        flash(t("catalogues.stale"), "warning")
    else:
        flash(t("catalogues.published", version=done.version, n=done.moved), "success")
    return redirect(url_for(".show"))


@blueprint.post("/draft/withdraw")
def withdraw() -> ResponseReturnValue:
    try:
        catalogue_drafts.withdraw(installation(), person_id(), request.form.get("draft", ""))
    except Stale:
        flash(t("catalogues.stale"), "warning")
    else:
        flash(t("catalogues.withdrawn"), "success")
    return redirect(url_for(".show"))


@blueprint.get("/<version>")
def one(version: str) -> ResponseReturnValue:
    return render_template("catalogues/version.html", catalogue=_version(version))


@blueprint.get("/<version>/file")
def file(version: str) -> ResponseReturnValue:
    """The version as the file that the next one is begun from."""
    found = _version(version)
    response = Response(load.to_yaml(found), mimetype="application/yaml")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.id}-{found.version}.yaml"'
    return response


@blueprint.app_template_global()
def asked_when(item: Requirement) -> str:
    """When the requirement is asked, for one that is not asked of everybody; empty otherwise."""
    return _worded("shown_if", item.shown_if) if item.shown_if else ""


@blueprint.app_template_global()
def before_and_after(found: Changed) -> list[tuple[str, str, str]]:
    """What differs in a requirement: (what it is called, before, after), texts in the reader's language.

    A text that differs in the other language alone is shown in that one.
    """
    return [
        (t(f"catalogues.part.{name}"), *_pair(name, getattr(found.before, name), getattr(found.after, name)))
        for name in found.fields
    ]


def _pair(name: str, before: Any, after: Any) -> tuple[str, str]:
    if isinstance(before, Text) and isinstance(after, Text):
        other = "sv" if language() == "en" else "en"
        shown = other if before.get(language()) == after.get(language()) else language()
        return before.get(shown), after.get(shown)
    return _worded(name, before), _worded(name, after)


def _worded(name: str, value: Any) -> str:
    if name == "strength":
        return t(f"declaration.strength.{value}")
    if name == "hard":
        return t("catalogues.yes" if value else "catalogues.no")
    if name == "shown_if":
        if value is None:
            return t("catalogues.everybody")
        values = ", ".join(value.values)
        return t("catalogues.shown_if", id=value.id, values=values, why=value.because.get(language()))
    if name == "checks":
        return ", ".join(value) or "–"
    return str(value)


def _read(row: CatalogueDraft) -> DeclarationCatalogue:
    found = load.from_body(row.body)
    if not isinstance(found, DeclarationCatalogue):
        raise TypeError(f"draft {row.id} is no declaration")
    return found


def _version(version: str) -> DeclarationCatalogue:
    try:
        return store.declaration(read(), version)
    except KeyError:
        raise NotFound from None


def _start(form: DraftForm, problems: tuple[str, ...] = (), *, missing: bool = False) -> str:
    """The versions and the way to the next one; `missing` when a draft was asked for that does not stand."""
    session = fresh_read()
    return render_template(
        "catalogues/show.html",
        form=form,
        problems=problems,
        missing=missing,
        versions=store.versions(session),
        in_use=store.in_use(session),
        draft=store.draft(session),
        drafts=store.drafts(session),
    )
