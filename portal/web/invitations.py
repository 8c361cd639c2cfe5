"""Accepting an invitation: someone new makes an account, someone known accepts with one click."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import PasswordField, StringField

from portal.services import joining as service
from portal.services.joining import Unusable, Welcome
from portal.web.entering import enrolled, enrolling, enter, grouped, origin, qr_image
from portal.web.fields import PortalForm, Required
from portal.web.guard import public
from portal.web.language import language, t
from portal.web.posted import show_errors
from portal.web.viewer import installation, person_id, token_hash
from workflows.errors import Invalid, NotFound

blueprint = Blueprint("invitations", __name__)


class WelcomeForm(PortalForm):
    """What someone new fills in."""

    name = StringField()
    password = PasswordField(validators=[Required("account.password.new_missing")])
    code = StringField(validators=[Required("account.code.missing")])

    def in_words(self) -> "WelcomeForm":
        """The form with labels and hints in the reader's language."""
        self.name.label.text = t("account.welcome.name")
        self.password.label.text = t("account.welcome.password")
        self.password.description = t("account.password.hint")
        self.code.label.text = t("account.welcome.code")
        return self


@blueprint.get("/invitations/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    try:
        welcome = service.look(installation(), token)
    except (Unusable, NotFound) as error:
        return _unusable(error)
    if welcome.has_account:
        return render_template("account/join.html", welcome=welcome, token=token, mine=_is_mine(welcome))
    return _page(WelcomeForm(formdata=None, data={"name": welcome.name}).in_words(), welcome, token)


@blueprint.post("/invitations/<token>")
@public
def accept(token: str) -> ResponseReturnValue:
    form = WelcomeForm().in_words()
    try:
        welcome = service.look(installation(), token)
        if welcome.has_account:
            return redirect(url_for("invitations.show", token=token))
        if not form.validate():
            return _page(form, welcome, token), 422
        entered, codes = service.accept(
            installation(),
            token,
            name=form.name.data or "",
            password=form.password.data or "",
            secret=enrolling(token_hash(token)),
            code=form.code.data or "",
            language=language(),
            origin=origin(),
        )
    except Invalid as error:
        show_errors(form, error)
        form.code.data = ""
        return _page(form, welcome, token), 422
    except (Unusable, NotFound) as error:
        return _unusable(error)
    enrolled()
    enter(entered)
    return render_template("account/recovery_codes.html", codes=codes, next_page="/", welcome=welcome)


@blueprint.post("/invitations/<token>/join")
def join(token: str) -> ResponseReturnValue:
    try:
        welcome = service.look(installation(), token)
        service.accept_as(installation(), person_id(), token)
    except Unusable as error:
        return _unusable(error)
    flash(t("account.join.done", organisation=welcome.organisation), "success")
    return redirect("/")


def _is_mine(welcome: Welcome) -> bool:
    return bool(current_user.is_authenticated and welcome.person_id == current_user.id)


def _page(form: WelcomeForm, welcome: Welcome, token: str) -> str:
    secret = enrolling(token_hash(token))
    return render_template(
        "account/welcome.html",
        form=form,
        welcome=welcome,
        token=token,
        image=qr_image(secret, welcome.email),
        secret=grouped(secret),
    )


def _unusable(error: Unusable | NotFound) -> ResponseReturnValue:
    why = error.why if isinstance(error, Unusable) else "unknown"
    status = 410 if isinstance(error, Unusable) else 404
    return render_template("account/unusable.html", why=why), status
