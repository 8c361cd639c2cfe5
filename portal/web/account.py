"""Getting in and out: e-mail and password, the second factor, the demo's persons, and showing the factor again."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user
from wtforms import EmailField, PasswordField, StringField

from portal.services import sessions as session_service
from portal.services import sign_in as service
from portal.services.throttle import Throttled
from portal.store import people
from portal.store import sessions as session_store
from portal.store.models import Organisation, Person
from portal.web.entering import enter, onwards, origin, too_many, wait_text
from portal.web.fields import PortalForm, Required
from portal.web.guard import public
from portal.web.language import t
from portal.web.language_choice import local_path
from portal.web.viewer import fresh_read, installation, person_id, read, token_hash
from workflows.errors import NotFound
from workflows.identifiers import clean

blueprint = Blueprint("account", __name__)
FIRST_IN_DEMO = "Exempelstads kommun"


class SignInForm(PortalForm):
    """E-mail and password."""

    email = EmailField(validators=[Required("account.sign_in.email_missing")])
    password = PasswordField(validators=[Required("account.sign_in.password_missing")])

    def in_words(self) -> "SignInForm":
        """The form with labels in the reader's language."""
        self.email.label.text = t("account.sign_in.email")
        self.password.label.text = t("account.sign_in.password")
        return self


class CodeForm(PortalForm):
    """One code of the authenticator app, or a recovery code."""

    code = StringField(validators=[Required("account.code.missing")])

    def in_words(self) -> "CodeForm":
        """The form with label and hint in the reader's language."""
        self.code.label.text, self.code.description = t("account.code.label"), t("account.code.hint")
        return self


@dataclass
class DemoHome:
    """An organisation of the demo and the persons one can be there."""

    organisation: Organisation
    persons: list[tuple[Person, str]] = field(default_factory=list)


@blueprint.before_app_request
def seen() -> None:
    """Note that the session is in use, at most once a minute, and not for what a page fetches by itself."""
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    if request.endpoint in (None, "static") or by_itself or not current_user.is_authenticated:
        return
    if current_user.seen_at + session_service.SEEN_EVERY <= installation().clock():
        session_service.see(installation(), token_hash(current_user.token))


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(onwards(person_id(), request.args.get("next"), request.args.get("parked")))
    return _sign_in_page(SignInForm(formdata=None).in_words())


@blueprint.post("/sign-in")
@public
def give_password() -> ResponseReturnValue:
    form = SignInForm().in_words()
    if not form.validate():
        return _sign_in_page(form), 422
    try:
        token = service.with_password(
            installation(), form.email.data or "", form.password.data or "", origin()
        )
    except Throttled as error:
        return too_many(_sign_in_page(form, wait_text(error)), error)
    if token is None:
        form.password.errors = [t("account.sign_in.wrong")]
        return _sign_in_page(form), 422
    session["second_factor"] = token
    return redirect(url_for("account.code", **_where_to()))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    token: str = session.get("second_factor", "")
    waiting = token and session_store.at_second_factor(read(), token_hash(token), installation().clock())
    if not waiting:
        return _lapsed()
    form = CodeForm().in_words()
    if request.method == "GET" or not form.validate():
        return _code_page(form), 200 if request.method == "GET" else 422
    try:
        entered = service.with_second_factor(installation(), token, form.code.data or "", origin())
    except service.Lapsed:
        return _lapsed()
    except Throttled as error:
        return too_many(_code_page(form, wait_text(error)), error)
    if entered is None:
        form.code.errors = [t("account.code.wrong")]
        form.code.data = ""
        return _code_page(form), 422
    enter(entered)
    if entered.by_recovery_code:
        flash(t("account.code.recovery_used"), "warning")
    return redirect(onwards(entered.person_id, *_next_and_parked()))


@blueprint.post("/sign-in/demo")
@public
def demo_sign_in() -> ResponseReturnValue:
    """Enter as a person of the demo; there is no such page outside the demo."""
    if not demo_open():
        raise NotFound
    entered = service.demo_enter(installation(), clean(request.form.get("person", "")), origin())
    enter(entered)
    return redirect(onwards(entered.person_id, *_next_and_parked()))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session_service.sign_out(installation(), person_id(), token_hash(current_user.token))
    logout_user()
    session.clear()
    flash(t("account.signed_out"), "success")
    return redirect(url_for("account.sign_in"))


@blueprint.route("/account/code", methods=["GET", "POST"])
def fresh() -> ResponseReturnValue:
    """Show the second factor again, and go on with what was interrupted."""
    form = CodeForm().in_words()
    by_click = demo_open() and not _has_password()
    if request.method == "GET" or not (by_click or form.validate()):
        return _fresh_page(form, by_click=by_click), 200 if request.method == "GET" else 422
    seat = token_hash(current_user.token)
    try:
        if by_click:
            service.demo_again(installation(), person_id(), seat, origin())
        elif not service.again(installation(), person_id(), seat, form.code.data or "", origin()):
            form.code.errors, form.code.data = [t("account.code.wrong")], ""
            return _fresh_page(form), 422
    except Throttled as error:
        return too_many(_fresh_page(form, wait_text(error)), error)
    return redirect(onwards(person_id(), *_next_and_parked(), reason="code"))


def demo_open() -> bool:
    """True in a demo that only this machine reaches."""
    return service.is_demo(installation(), read(), origin())


def _has_password() -> bool:
    return fresh_read().get_one(Person, person_id()).password_hash is not None


def _next_and_parked() -> tuple[str | None, str | None]:
    return request.values.get("next"), request.values.get("parked")


def _where_to() -> dict[str, Any]:
    """Where the person was going, as harmless values for a form or an address."""
    next_page, parked = _next_and_parked()
    found = {"next": local_path(next_page) if next_page else None, "parked": parked}
    return {name: value for name, value in found.items() if value}


def _lapsed() -> ResponseReturnValue:
    session.pop("second_factor", None)
    flash(t("account.code.lapsed"), "warning")
    return redirect(url_for("account.sign_in", **_where_to()))


def _sign_in_page(form: SignInForm, wait: str | None = None) -> str:
    return render_template(
        "account/sign_in.html",
        form=form,
        wait=wait,
        where_to=_where_to(),
        saved=bool(request.values.get("parked")),
        demo_homes=_demo_homes() if demo_open() else [],
    )


def _code_page(form: CodeForm, wait: str | None = None) -> str:
    return render_template("account/code.html", form=form, wait=wait, where_to=_where_to())


def _fresh_page(form: CodeForm, wait: str | None = None, *, by_click: bool = False) -> str:
    return render_template(
        "account/fresh.html", form=form, wait=wait, where_to=_where_to(), by_click=by_click
    )


def _demo_homes() -> list[DemoHome]:
    """The demo's organisations with their persons: the one that is ready to begin, the owner, then the others."""
    homes: dict[str, DemoHome] = {}
    for organisation, person, role in people.without_password(read()):
        homes.setdefault(organisation.id, DemoHome(organisation)).persons.append((person, role))
    return sorted(
        homes.values(),
        key=lambda home: (home.organisation.name != FIRST_IN_DEMO, home.organisation.part != "owner"),
    )
