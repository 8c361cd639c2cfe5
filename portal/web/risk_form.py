"""The form of one risk, with the choices of its scale in the reader's language."""

import re
from datetime import timedelta
from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.services.cases import Case
from portal.services.risk_values import RiskValues
from portal.services.risks import MAX_TITLE
from portal.store import risks as store
from portal.web.case_page import today
from portal.web.fields import PortalForm, dates
from portal.web.language import language, t
from workflows import risk as rules

HINTED = ("title", "threat", "vulnerability", "description", "affects", "requirements", "owner")
REVIEWED_EVERY = timedelta(days=365)


class RiskForm(PortalForm):
    """What can happen, how bad and how often, what is done, and who answers for it."""

    title = StringField(render_kw={"maxlength_shown": MAX_TITLE})
    threat = StringField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    vulnerability = StringField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    description = TextAreaField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    affects = StringField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    aspects = SelectMultipleField(
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    requirements = StringField()
    consequence = SelectField(validate_choice=False)
    likelihood = SelectField(validate_choice=False)
    controls = TextAreaField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    current_consequence = SelectField(validate_choice=False)
    current_likelihood = SelectField(validate_choice=False)
    treatment = RadioField(validate_choice=False)
    residual_consequence = SelectField(validate_choice=False)
    residual_likelihood = SelectField(validate_choice=False)
    owner = StringField(render_kw={"maxlength_shown": MAX_TITLE})
    review_on = StringField()

    def in_words(self, case: Case) -> "RiskForm":
        """The form with labels, hints and choices."""
        for field in self:
            field.label.text = t(f"risk.risk.{field.name}")
            if field.name in HINTED:
                field.description = t(f"risk.risk.{field.name}_hint")
        self.review_on.description = t(
            "risk.risk.review_on_hint", example=(today() + REVIEWED_EVERY).isoformat()
        )
        scale = store.scale(case.connection)
        consequences = [(item.code, item.label.get(language())) for item in rules.consequences(scale)]
        likelihoods = [(item.code, item.label.get(language())) for item in scale.likelihoods]
        self.consequence.choices = [("", t("risk.risk.choose")), *consequences]
        self.likelihood.choices = [("", t("risk.risk.choose")), *likelihoods]
        self.current_consequence.choices = [("", t("risk.risk.same_inherent")), *consequences]
        self.current_likelihood.choices = [("", t("risk.risk.same_inherent")), *likelihoods]
        self.residual_consequence.choices = [("", t("risk.risk.same")), *consequences]
        self.residual_likelihood.choices = [("", t("risk.risk.same")), *likelihoods]
        self.treatment.choices = [(item.code, item.label.get(language())) for item in scale.treatments]
        self.aspects.choices = [(code, t(f"risk.aspect.{code}")) for code in rules.ASPECTS]
        return self

    def stated(self) -> RiskValues | None:
        """What was typed, or None when the date is not one; the field then says so."""
        days = dates(self.review_on)
        if days is None:
            return None
        return RiskValues(
            title=self.title.data or "",
            description=self.description.data or "",
            aspects=tuple(self.aspects.data or ()),
            requirements=tuple(
                dict.fromkeys(re.findall(r"[^\s,;]+", (self.requirements.data or "").upper()))
            ),
            consequence=self.consequence.data or None,
            likelihood=self.likelihood.data or None,
            treatment=self.treatment.data or None,
            controls=self.controls.data or "",
            residual_consequence=self.residual_consequence.data or None,
            residual_likelihood=self.residual_likelihood.data or None,
            owner=self.owner.data or "",
            threat=self.threat.data or "",
            vulnerability=self.vulnerability.data or "",
            affects=self.affects.data or "",
            current_consequence=self.current_consequence.data or None,
            current_likelihood=self.current_likelihood.data or None,
            review_on=days["review_on"],
        )


def empty(case: Case) -> RiskForm:
    """A form for a new risk."""
    return RiskForm(formdata=None).in_words(case)


def posted(case: Case) -> RiskForm:
    """The form as it was posted."""
    return RiskForm().in_words(case)


def filled(case: Case, stated: RiskValues) -> RiskForm:
    """A form that shows a stored risk."""
    data = {
        **stated.__dict__,
        "aspects": list(stated.aspects),
        "requirements": " ".join(stated.requirements),
        "review_on": stated.review_on.isoformat() if stated.review_on else "",
    }
    return RiskForm(formdata=None, data=data).in_words(case)


def differing(case: Case, typed: RiskValues, stored: RiskValues) -> list[tuple[str, str, str]]:
    """The fields that differ, as (label, typed, stored) in words."""
    mine, theirs = filled(case, typed), filled(case, stored)
    return [
        (field.label.text, in_words(field), in_words(theirs[field.name]))
        for field in mine
        if (field.data or "") != (theirs[field.name].data or "")
    ]


def in_words(field: Any) -> str:
    """What a field holds, with codes as their labels."""
    held = field.data if isinstance(field.data, list) else [field.data]
    names = dict(field.choices) if getattr(field, "choices", None) else {}
    return ", ".join(str(names.get(value, value)) for value in held if value) or t("risk.stale.empty")
