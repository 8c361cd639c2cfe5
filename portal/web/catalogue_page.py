"""The page of a form of a connection (order, application): show, save, and what to do when somebody saved first."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from checklists.schema import FormCatalogue
from portal.services import forms as service
from portal.services.cases import Case
from portal.store import forms
from portal.web import catalogue_forms
from portal.web.case_page import may_write
from portal.web.language import clock_time, language, t
from portal.web.viewer import fresh_read, installation, person_id
from portal.web.words import reason_text
from workflows.errors import Invalid, Stale


def context(case: Case, form: str) -> dict[str, Any]:
    """What a page needs to show a form of the connection, open or closed."""
    found = forms.entry(fresh_read(), case.connection.id, form)
    catalogue = forms.catalogue(found, form)
    values = forms.values(found)
    return {
        "case": case,
        "catalogue": catalogue,
        "entry": found,
        "version": found.version if found else 0,
        "values": values,
        "form": catalogue_forms.form_for(catalogue, values),
        "sections": catalogue_forms.answers(catalogue, values),
        "writable": may_write(case, form, f"{form}.edit"),
    }


def save(case: Case, form: str, endpoint: str, template: str, **extra: Any) -> ResponseReturnValue:
    """Save what was posted, or show the same page again with everything typed still in it."""
    page = context(case, form)
    catalogue: FormCatalogue = page["catalogue"]
    raw = _posted(catalogue)
    typed = catalogue_forms.form_for(catalogue, {}, request.form)
    try:
        saved = service.save(installation(), person_id(), case.connection.id, form, raw, _version())
    except Invalid as error:
        catalogue_forms.show_errors(typed, error.errors)
        return render_template(template, **{**page, "form": typed, "version": _version(), **extra}), 422
    except Stale as error:
        return _both(case, catalogue, form, endpoint, raw, error.current)
    flash(t("form.saved", time=clock_time(installation().clock())), "success")
    for reason in saved.warnings.values():
        flash(reason_text(reason), "warning")
    return redirect(url_for(endpoint, connection_id=case.connection.id))


def _version() -> int:
    text = request.form.get("version", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _posted(catalogue: FormCatalogue) -> dict[str, Any]:
    many = {question.id for question in catalogue.fields if question.type == "choices"}
    return {
        question.id: request.form.getlist(question.id)
        if question.id in many
        else request.form.get(question.id, "")
        for question in catalogue.fields
    }


def _both(
    case: Case, catalogue: FormCatalogue, form: str, endpoint: str, raw: Mapping[str, Any], current: Any
) -> ResponseReturnValue:
    """Both versions side by side; saving again takes what was typed, with the version of what is stored."""
    found = forms.entry(fresh_read(), case.connection.id, form)
    in_words = catalogue_forms.in_words
    differing = [
        (question.label.get(language()), typed, stored)
        for question in catalogue.fields
        if (typed := in_words(question, raw.get(question.id)))
        != (stored := in_words(question, current.get(question.id)))
    ]
    hidden = MultiDict(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "version")
    )
    page = render_template(
        "steps/stale.html",
        case=case,
        differing=differing,
        hidden=list(hidden.items(multi=True)),
        version=found.version if found else 0,
        address=url_for(endpoint, connection_id=case.connection.id),
    )
    return page, 409
