"""The test object: environment, participant id, products and certificates; and the owner's decision on QA."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from portal.services import testbed as service
from portal.services.cases import Case
from portal.store import testbed
from portal.verification import pack
from portal.web import reasons
from portal.web.case_page import fetch, lock_reasons, open_moves
from portal.web.fields import PortalForm
from portal.web.language import clock_time, t
from portal.web.viewer import fresh_read, installation, person_id
from portal.web.words import reason_text
from workflows.errors import Invalid, NotFound, Stale
from workflows.status import Status

blueprint = Blueprint("testbed", __name__)


class TestObjectForm(PortalForm):
    """What a test object is made of."""

    __test__ = False

    environment = RadioField(validate_choice=False)
    participant_id = StringField()
    operator = StringField()
    ap_product = StringField()
    ap_version = StringField()
    mt_product = StringField()
    mt_version = StringField()
    mk_product = StringField()
    mk_version = StringField()

    def in_words(self) -> "TestObjectForm":
        """The form with labels and hints in the reader's language."""
        self.environment.choices = [(name, t(f"testbed.environment.{name}")) for name in environments()]
        for field in self:
            field.label.text = t(f"field.qa_connection.{field.name}")
            if field.name in ("participant_id", "operator"):
                field.description = t(f"testbed.hint.{field.name}")
        return self


class CertificateForm(PortalForm):
    """One certificate in PEM and what it is for."""

    purpose = RadioField(validate_choice=False)
    pem = TextAreaField()

    def in_words(self) -> "CertificateForm":
        """The form with labels and hints in the reader's language."""
        self.purpose.label.text, self.pem.label.text = t("testbed.purpose.label"), t("testbed.pem.label")
        self.pem.description = t("testbed.pem.hint")
        self.purpose.choices = [(code, t(f"testbed.purpose.{code}")) for code in service.PURPOSES]
        return self


def environments() -> list[str]:
    """The environments that this installation has a profile pack for and tests against."""
    return pack.environments(installation().settings.packs_dir)


@blueprint.get("/connections/<connection_id>/test-object")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "testbed.see")
    return _page(case)


@blueprint.get("/connections/<connection_id>/test-bed-approval")
def approval(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "testbed.see")
    if "test_bed_approval" not in case.journey.ids:
        raise NotFound
    return render_template(
        "testbed/approval.html",
        case=case,
        locked=lock_reasons(case, "test_bed_approval"),
        moves=open_moves(case, "test_bed_approval"),
        return_reasons=reasons.of_step("test_bed_approval"),
    )


@blueprint.post("/connections/<connection_id>/test-object")
def save(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "testbed.edit")
    form = TestObjectForm().in_words()
    if not form.validate():
        return _page(case, form=form), 422
    text = request.form.get("version", "0")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    try:
        service.save(
            installation(), person_id(), connection_id, form.data, version, frozenset(environments())
        )
    except Invalid as error:
        _show(form, error)
        return _page(case, form=form), 422
    except Stale:
        flash(t("testbed.stale"), "warning")
        return _page(case, form=form), 409
    flash(t("form.saved", time=clock_time(installation().clock())), "success")
    return redirect(url_for("testbed.show", connection_id=connection_id))


@blueprint.post("/connections/<connection_id>/certificates")
def add_certificate(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "testbed.edit")
    form = CertificateForm().in_words()
    try:
        service.add_certificate(
            installation(), person_id(), connection_id, form.purpose.data or "", request.form.get("pem", "")
        )
    except Invalid as error:
        _show(form, error)
        if error.errors.get("pem") is not None and error.errors["pem"].code == "private_key":
            form.pem.data = ""
        return _page(case, certificate_form=form), 422
    flash(t("testbed.certificate_added"), "success")
    return redirect(url_for("testbed.show", connection_id=connection_id, _anchor="certificates"))


def _show(form: PortalForm, error: Invalid) -> None:
    for name, reason in error.errors.items():
        form[name].errors = [*form[name].errors, reason_text(reason)]


def _page(
    case: Case, form: TestObjectForm | None = None, certificate_form: CertificateForm | None = None
) -> str:
    session = fresh_read()
    found = testbed.test_object(session, case.connection.id)
    writable = "testbed.edit" in case.actions and case.states["qa_connection"] is not Status.LOCKED
    return render_template(
        "testbed/show.html",
        case=case,
        test_object=found,
        form=form or TestObjectForm(formdata=None, obj=found).in_words(),
        certificate_form=certificate_form
        or CertificateForm(formdata=None, data={"purpose": "ap"}).in_words(),
        certificates=testbed.certificates(session, found.id) if found else [],
        version=found.version if found else 0,
        writable=writable,
        now=installation().clock(),
        locked=lock_reasons(case, "qa_connection"),
        moves=open_moves(case, "qa_connection"),
        return_reasons=reasons.of_step("qa_connection"),
    )
