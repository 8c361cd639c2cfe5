"""The person's own page: who I am here, where I am signed in, and changing password, second factor and language."""

import re
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field, PasswordField, StringField

from portal.services import accounts as service
from portal.services import sessions as session_service
from portal.services.throttle import Throttled
from portal.store import people
from portal.store import sessions as session_store
from portal.store.models import Person
from portal.web.account import CodeForm
from portal.web.account import blueprint as account
from portal.web.entering import enrolled, enrolling, grouped, origin, qr_image, too_many, wait_text
from portal.web.fields import PortalForm, Required
from portal.web.language import t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id, token_hash
from workflows.access import Role, may
from workflows.errors import Invalid, NotFound
from workflows.identifiers import clean

blueprint = Blueprint("account_settings", __name__, url_prefix="/account")
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class PasswordForm(PortalForm):
    """The password of today and the new one."""

    current = PasswordField(validators=[Required("account.password.current_missing")])
    new = PasswordField(validators=[Required("account.password.new_missing")])

    def in_words(self) -> "PasswordForm":
        """The form with labels and hint in the reader's language."""
        self.current.label.text, self.new.label.text = (
            t("account.password.current"),
            t("account.password.new"),
        )
        self.new.description = t("account.password.hint")
        return self


class SecondFactorForm(PortalForm):
    """A code of the app of today (or a recovery code) and one of the new app."""

    current = StringField(validators=[Required("account.code.missing")])
    new = StringField(validators=[Required("account.code.missing")])

    def in_words(self) -> "SecondFactorForm":
        """The form with labels and hint in the reader's language."""
        self.current.label.text = t("account.second_factor.current")
        self.current.description = t("account.code.hint")
        self.new.label.text = t("account.second_factor.new")
        return self


@account.get("/account")
def show() -> ResponseReturnValue:
    session_now = fresh_read()
    person = session_now.get_one(Person, person_id())
    alive = session_store.alive(session_now, person.id, installation().clock())
    return render_template(
        "account/show.html",
        person=person,
        memberships=[
            (organisation, membership.role, may("people.see", [Role(membership.role)]))
            for membership, organisation in people.memberships(session_now, person.id)
        ],
        sessions=[(row, device(row.agent)) for row in alive],
        here=token_hash(current_user.token),
    )


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    service.choose_language(installation(), person_id(), request.form.get("language", ""))
    session.pop("language", None)
    return redirect(url_for("account.show"))


@blueprint.post("/sessions/end")
def end_session() -> ResponseReturnValue:
    session_service.end(installation(), person_id(), clean(request.form.get("session", "")))
    flash(t("account.sessions.ended"), "success")
    return redirect(url_for("account.show"))


@blueprint.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    n = session_service.end_others(installation(), person_id(), token_hash(current_user.token))
    flash(t("account.sessions.others_ended", n=n), "success")
    return redirect(url_for("account.show"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    _only_with_password()
    form = PasswordForm().in_words()

    def change() -> None:
        service.change_password(
            installation(),
            person_id(),
            form.current.data or "",
            form.new.data or "",
            token_hash(current_user.token),
            origin(),
        )

    def page(wait: str | None = None) -> str:
        return render_template("account/password.html", form=form, wait=wait)

    return _change(form, change, page, "account.password.changed")


@blueprint.route("/second-factor", methods=["GET", "POST"])
def second_factor() -> ResponseReturnValue:
    _only_with_password()
    form = SecondFactorForm().in_words()
    secret = enrolling("change")

    def change() -> None:
        service.change_second_factor(
            installation(),
            person_id(),
            form.current.data or "",
            secret,
            form.new.data or "",
            token_hash(current_user.token),
            origin(),
        )
        enrolled()

    def page(wait: str | None = None) -> str:
        return render_template(
            "account/second_factor.html",
            form=form,
            wait=wait,
            image=qr_image(secret, current_user.email),
            secret=grouped(secret),
        )

    return _change(form, change, page, "account.second_factor.changed")


@blueprint.route("/recovery-codes", methods=["GET", "POST"])
def recovery_codes() -> ResponseReturnValue:
    _only_with_password()
    form = CodeForm().in_words()
    if request.method == "GET" or not form.validate():
        page = render_template("account/renew_codes.html", form=form)
        return page, 200 if request.method == "GET" else 422
    try:
        codes = service.renew_recovery_codes(installation(), person_id(), form.code.data or "", origin())
    except Invalid as error:
        show_errors(form, error)
        return render_template("account/renew_codes.html", form=form), 422
    except Throttled as error:
        return too_many(render_template("account/renew_codes.html", form=form, wait=wait_text(error)), error)
    return render_template("account/recovery_codes.html", codes=codes, next_page=url_for("account.show"))


def device(agent: str) -> str:
    """What a browser is called: `Firefox, Linux`, or what it says itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not browser:
        return re.split(r"[\s/]", agent, maxsplit=1)[0][:40] or t("account.sessions.unknown")
    return ", ".join(part for part in (browser, system) if part)


def _only_with_password() -> None:
    """Persons of the demo have neither password nor second factor to change."""
    if fresh_read().get_one(Person, person_id()).password_hash is None:
        raise NotFound


def _change(
    form: PortalForm, change: Callable[[], None], page: Callable[..., str], done: str
) -> ResponseReturnValue:
    if request.method == "GET":
        return page()
    if not form.validate():
        return page(), 422
    try:
        change()
    except Invalid as error:
        show_errors(form, error)
        _forget_codes(form)
        return page(), 422
    except Throttled as error:
        return too_many(page(wait_text(error)), error)
    flash(t(done), "success")
    return redirect(url_for("account.show"))


def _forget_codes(form: PortalForm) -> None:
    for field in form:
        if isinstance(field, Field) and field.type == "StringField":
            field.data = ""
