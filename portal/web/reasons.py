"""The owner's named reasons: read by every page that returns something, and kept on a page of the administrator."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import SelectMultipleField, StringField, TextAreaField

from checklists.schema import Reason
from portal.services import reasons as service
from portal.services.reasons import ReasonValues
from portal.store import reasons as store
from portal.web.fields import PortalForm
from portal.web.language import language, t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id
from workflows.errors import Invalid, NotFound, Stale

blueprint = Blueprint("reasons", __name__, url_prefix="/reasons")


def of_step(step: str) -> tuple[Reason, ...]:
    """The reasons that a reviewer chooses from on a step."""
    return store.of_step(fresh_read(), step)


def ready_text(reason: str | None, at: datetime | None = None) -> str:
    """The ready text of a reason in the reader's language, as it was when it was given; empty for none."""
    return store.text_of(fresh_read(), reason, language(), at)


class ReasonForm(PortalForm):
    """A reason: its steps, and title and ready text in both languages."""

    steps = SelectMultipleField(validate_choice=False)
    title_sv = StringField(render_kw={"maxlength_shown": service.LONGEST_TITLE})
    text_sv = TextAreaField(render_kw={"maxlength_shown": service.LONGEST_TEXT})
    title_en = StringField(render_kw={"maxlength_shown": service.LONGEST_TITLE})
    text_en = TextAreaField(render_kw={"maxlength_shown": service.LONGEST_TEXT})

    def in_words(self) -> "ReasonForm":
        """The form with labels and steps in the reader's language."""
        for field in self:
            field.label.text = t(f"reasons.field.{field.name}")
        self.text_sv.description = t("reasons.field.text_hint")
        self.steps.choices = [(step, t(f"journey.step.{step}")) for step in service.STEPS]
        return self

    def values(self) -> ReasonValues:
        return ReasonValues(
            self.title_sv.data or "",
            self.title_en.data or "",
            self.text_sv.data or "",
            self.text_en.data or "",
            tuple(self.steps.data or ()),
        )


@blueprint.before_request
def only_the_administrator() -> None:
    if current_user.is_authenticated and "installation.admin" not in current_user.actions:
        abort(404)


@blueprint.get("")
def show() -> ResponseReturnValue:
    versions = store.versions(fresh_read())
    newest = versions[0][0]
    return render_template(
        "reasons/show.html",
        current=[found for found in newest.reasons if found.steps],
        ended=[found for found in newest.reasons if not found.steps],
        versions=[(found.version, since) for found, since in versions],
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _page(ReasonForm(formdata=None).in_words(), None, _newest())


@blueprint.post("/new")
def add() -> ResponseReturnValue:
    return _save(None)


@blueprint.get("/<reason_id>")
def edit(reason_id: str) -> ResponseReturnValue:
    found = _found(reason_id)
    stored = {
        "steps": list(found.steps),
        "title_sv": found.title.sv,
        "title_en": found.title.en,
        "text_sv": found.text.sv,
        "text_en": found.text.en,
    }
    return _page(ReasonForm(formdata=None, data=stored).in_words(), found, _newest())


@blueprint.post("/<reason_id>")
def change(reason_id: str) -> ResponseReturnValue:
    return _save(_found(reason_id))


@blueprint.post("/<reason_id>/end")
def end(reason_id: str) -> ResponseReturnValue:
    found = _found(reason_id)
    try:
        service.end(installation(), person_id(), found.id, _seen())
    except Stale:
        flash(t("reasons.stale"), "warning")
    else:
        flash(t("reasons.ended", title=found.title.get(language())), "success")
    return redirect(url_for(".show"))


def _save(found: Reason | None) -> ResponseReturnValue:
    form = ReasonForm().in_words()
    if not form.validate():
        return _page(form, found, _seen()), 422
    try:
        service.save(installation(), person_id(), found.id if found else None, form.values(), _seen())
    except Invalid as error:
        show_errors(form, error)
        return _page(form, found, _seen()), 422
    except Stale:
        return _page(form, found, _newest(), stale=True), 409
    flash(t("reasons.saved"), "success")
    return redirect(url_for(".show"))


def _found(reason_id: str) -> Reason:
    for found in store.latest(fresh_read()).reasons:
        if found.id == reason_id:
            return found
    raise NotFound


def _newest() -> str:
    return store.latest(fresh_read()).version


def _seen() -> str:
    return request.form.get("version", "")


def _page(form: ReasonForm, found: Reason | None, version: str, **extra: Any) -> str:
    return render_template("reasons/edit.html", form=form, reason=found, version=version, **extra)
