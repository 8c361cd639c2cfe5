"""Signing without an account: the maker's page with the code shown once, and the signatory's pages behind link and code."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, StringField

from portal.services import signing_links as service
from portal.services.cases import Case
from portal.services.declaration_lines import Line
from portal.services.signing_links import Made, Opened
from portal.services.throttle import Throttled
from portal.store import declarations
from portal.store.models import SigningLink
from portal.web.case_page import fetch
from portal.web.entering import origin, wait_text
from portal.web.fields import PortalForm, Required
from portal.web.guard import public
from portal.web.language import language, t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id, token_hash
from portal.web.words import reason_text
from workflows.errors import Blocked, Invalid, NotFound

blueprint = Blueprint("signing_links", __name__)
OPENED = "signing"
STAYS_OPEN = timedelta(minutes=30)


class LinkForm(PortalForm):
    """Who is to sign."""

    name = StringField(validators=[Required("signing.make.name_missing")])
    email = EmailField(validators=[Required("signing.make.email_missing")])

    def in_words(self) -> "LinkForm":
        """The form with labels in the reader's language."""
        self.name.label.text = t("signing.make.name")
        self.email.label.text = t("signing.make.email")
        return self


class CodeForm(PortalForm):
    """The code that the signatory got another way."""

    code = StringField(validators=[Required("signing.code.missing")])

    def in_words(self) -> "CodeForm":
        """The form with its label in the reader's language."""
        self.code.label.text = t("signing.code.label")
        self.code.description = t("signing.code.hint")
        return self


@blueprint.get("/connections/<connection_id>/signing-link")
def show(connection_id: str) -> ResponseReturnValue:
    return _maker_page(fetch(connection_id, "declaration.submit"), LinkForm(formdata=None).in_words())


@blueprint.post("/connections/<connection_id>/signing-link")
def make(connection_id: str) -> ResponseReturnValue:
    """Make the link; the answer is the only page that ever shows the code."""
    case = fetch(connection_id, "declaration.submit")
    form = LinkForm().in_words()
    if not form.validate():
        return _maker_page(case, form), 422
    name, email = form.name.data or "", form.email.data or ""
    try:
        made = service.make(installation(), person_id(), connection_id, name, email)
    except Invalid as error:
        show_errors(form, error)
        return _maker_page(case, form), 422
    return _maker_page(case, form, made)


@blueprint.post("/connections/<connection_id>/signing-link/withdraw")
def withdraw(connection_id: str) -> ResponseReturnValue:
    gone = service.withdraw(installation(), person_id(), connection_id)
    flash(t("signing.make.withdrawn") if gone else t("moves.already"), "success")
    return redirect(url_for(".show", connection_id=connection_id))


@blueprint.get("/signing/<token>")
@public
def enter(token: str) -> ResponseReturnValue:
    """The same page for every link, whether it exists or not."""
    return _code_page(token, CodeForm(formdata=None).in_words())


@blueprint.post("/signing/<token>")
@public
def give_code(token: str) -> ResponseReturnValue:
    form = CodeForm().in_words()
    if not form.validate():
        return _code_page(token, form), 422
    try:
        right = service.open_with(installation(), token, form.code.data or "", origin())
    except Throttled as error:
        return _code_page(token, form, wait=wait_text(error)), 429
    if not right:
        form.code.errors = [*form.code.errors, t("signing.code.wrong")]
        form.code.data = ""
        return _code_page(token, form), 422
    session[OPENED] = [token_hash(token), installation().clock().isoformat()]
    return redirect(url_for(".read", token=token))


@blueprint.get("/signing/<token>/declaration")
@public
def read(token: str) -> ResponseReturnValue:
    """What is to be signed, for a browser that has given the code lately; else the page that asks for it."""
    if not _is_open(token):
        return redirect(url_for(".enter", token=token))
    try:
        return _read_page(token, service.look(installation(), fresh_read(), token))
    except NotFound:
        return _closed(token)


@blueprint.post("/signing/<token>/declaration")
@public
def sign(token: str) -> ResponseReturnValue:
    if not _is_open(token):
        return redirect(url_for(".enter", token=token))
    try:
        opened = service.look(installation(), fresh_read(), token)
        service.sign(installation(), token, request.form.get("seen", ""))
    except Blocked as error:
        problems = [reason_text(reason) for reason in error.reasons]
        return _read_page(token, service.look(installation(), fresh_read(), token), problems), 409
    except NotFound:
        return _closed(token)
    session.pop(OPENED, None)
    return render_template(
        "signing/signed.html", organisation=opened.case.organisation.name, sha256=opened.sha256
    )


@blueprint.app_template_global()
def open_signing_link(case: Case) -> SigningLink | None:
    """The link that works now, for the page of those who hand over for signature."""
    return service.standing(fresh_read(), case, installation().clock())


def _is_open(token: str) -> bool:
    """True when this browser gave the right code for this very link within the last half hour."""
    held = session.get(OPENED)
    if not held or held[0] != token_hash(token):
        return False
    return datetime.fromisoformat(held[1]) + STAYS_OPEN > installation().clock()


def _closed(token: str) -> ResponseReturnValue:
    session.pop(OPENED, None)
    return redirect(url_for(".enter", token=token))


def _maker_page(case: Case, form: LinkForm, made: Made | None = None) -> str:
    return render_template("signing/make.html", case=case, form=form, made=made, link=open_signing_link(case))


def _code_page(token: str, form: CodeForm, wait: str = "") -> str:
    return render_template("signing/code.html", form=form, token=token, wait=wait)


def _read_page(token: str, opened: Opened, problems: list[str] | None = None) -> str:
    return render_template(
        "signing/read.html",
        token=token,
        opened=opened,
        case=opened.case,
        themes=_themes(opened),
        problems=problems or [reason_text(reason) for reason in opened.reasons],
    )


def _themes(opened: Opened) -> list[tuple[str, list[Line]]]:
    found = []
    for theme in declarations.catalogue(fresh_read(), opened.case.connection).themes:
        inside = [line for line in opened.lines if line.requirement.theme == theme.id]
        if inside:
            found.append((theme.title.get(language()), inside))
    return found
