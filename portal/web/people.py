"""The people of an organisation: who is a member with which role, who is invited, and who no longer belongs."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, RadioField, StringField

from portal.services import invitations, memberships
from portal.services.memberships import People
from portal.web.fields import PortalForm, Required
from portal.web.language import t
from portal.web.posted import show_errors
from portal.web.viewer import fresh_read, installation, person_id
from portal.web.words import reason_text
from workflows.access import Role
from workflows.errors import Blocked, Forbidden, Invalid

blueprint = Blueprint("people", __name__, url_prefix="/organisations/<organisation_id>/people")


class InviteForm(PortalForm):
    """Whom to invite, and to what."""

    name = StringField(validators=[Required("people.invite.name_missing")])
    email = EmailField(validators=[Required("people.invite.email_missing")])
    role = RadioField(validate_choice=False, validators=[Required("people.invite.role_missing")])

    def in_words(self, offered: tuple[Role, ...]) -> "InviteForm":
        """The form with labels and the roles that the reader may hand out."""
        for field in self:
            field.label.text = t(f"people.invite.{field.name}")
        self.role.choices = [
            (role.value, f"{t(f'people.role.{role.value}')}: {t(f'people.may.{role.value}')}")
            for role in offered
        ]
        return self


@blueprint.get("")
def show(organisation_id: str) -> ResponseReturnValue:
    return _page(_people(organisation_id))


@blueprint.post("")
def invite(organisation_id: str) -> ResponseReturnValue:
    seen = _people(organisation_id)
    if not seen.may_invite:
        raise Forbidden("people.invite")
    form = InviteForm().in_words(seen.offered)
    if not form.validate():
        return _page(seen, form), 422
    name, email, role = form.name.data or "", form.email.data or "", form.role.data or ""
    try:
        invitations.invite(installation(), person_id(), organisation_id, email, name, role)
    except Invalid as error:
        show_errors(form, error)
        return _page(seen, form), 422
    flash(t("people.invited", name=name, email=email), "success")
    return redirect(url_for("people.show", organisation_id=organisation_id))


@blueprint.post("/invitations/<invitation_id>/withdraw")
def withdraw(organisation_id: str, invitation_id: str) -> ResponseReturnValue:
    invitations.withdraw(installation(), person_id(), organisation_id, invitation_id)
    flash(t("people.withdrawn"), "success")
    return redirect(url_for("people.show", organisation_id=organisation_id))


@blueprint.route("/<membership_id>/end", methods=["GET", "POST"])
def end(organisation_id: str, membership_id: str) -> ResponseReturnValue:
    """Ask whether the membership shall end, and end it."""
    seen = _people(organisation_id)
    if not seen.may_invite:
        raise Forbidden("people.invite")
    if request.method == "GET":
        member = memberships.member(seen, membership_id)
        return render_template("people/end.html", seen=seen, member=member)
    try:
        name = memberships.end(installation(), person_id(), organisation_id, membership_id)
    except Blocked as error:
        return _page(seen, refused=[reason_text(reason) for reason in error.reasons]), 409
    flash(t("people.ended", name=name), "success")
    if memberships.still_seen(fresh_read(), person_id(), organisation_id):
        return redirect(url_for("people.show", organisation_id=organisation_id))
    return redirect("/")


def _people(organisation_id: str) -> People:
    return memberships.of(fresh_read(), person_id(), organisation_id)


def _page(seen: People, form: InviteForm | None = None, refused: list[str] | None = None) -> str:
    return render_template(
        "people/show.html",
        seen=seen,
        form=form or InviteForm(formdata=None).in_words(seen.offered),
        refused=refused or [],
        now=installation().clock(),
    )
