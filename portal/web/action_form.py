"""The form of one action, shared by the action plan, a risk and a requirement that deviates."""

from collections.abc import Iterable
from datetime import timedelta

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.services.actions import ActionValues
from portal.services.cases import Case
from portal.services.declaration_lines import lines
from portal.store import risks
from portal.web.case_page import today
from portal.web.fields import PortalForm, dates
from portal.web.language import language, t
from portal.web.viewer import read
from workflows import declaration
from workflows import risk as rules


class ActionForm(PortalForm):
    """What is to be done, by whom, when, and about what."""

    title = StringField()
    kind = RadioField(validate_choice=False)
    responsible = StringField()
    starts = StringField()
    due = StringField()
    cost = RadioField(validate_choice=False)
    effect = TextAreaField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    evidence = TextAreaField(render_kw={"maxlength_shown": rules.MAX_TEXT})
    risks = SelectMultipleField(
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    requirements = SelectMultipleField(
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def in_words(self, case: Case) -> "ActionForm":
        """The form with labels and choices in the reader's language."""
        for field in self:
            field.label.text = t(f"risk.action.{field.name}")
        self.responsible.description = t("risk.action.responsible_hint")
        self.due.description = t("risk.action.due_hint", example=(today() + timedelta(days=90)).isoformat())
        self.starts.description = t("risk.action.starts_hint", example=today().isoformat())
        for name in ("cost", "effect", "evidence"):
            self[name].description = t(f"risk.action.{name}_hint")
        scale = risks.scale(case.connection)
        self.kind.choices = [(kind.code, kind.label.get(language())) for kind in scale.action_kinds]
        self.cost.choices = [
            (cost.code, f"{cost.label.get(language())}: {cost.text.get(language())}") for cost in scale.costs
        ]
        session = read()
        self.risks.choices = [
            (found.id, t("risk.risk.title_numbered", number=found.number, title=found.title))
            for found in risks.risks(session, case.connection.id)
        ]
        chosen = set(self.requirements.data or ())
        self.requirements.choices = [
            (line.requirement.id, f"{line.requirement.id} {line.requirement.title.get(language())}")
            for line in lines(session, case.connection)
            if line.given.value in declaration.DEVIATING or line.requirement.id in chosen
        ]
        return self

    def stated(self) -> ActionValues | None:
        """What was typed, or None when a date is not one; its field then says so."""
        days = dates(self.starts, self.due)
        if days is None:
            return None
        return ActionValues(
            title=self.title.data or "",
            kind=self.kind.data or "",
            responsible=self.responsible.data or "",
            due=days["due"],
            risks=tuple(self.risks.data or ()),
            requirements=tuple(self.requirements.data or ()),
            starts=days["starts"],
            cost=self.cost.data or None,
            effect=self.effect.data or "",
            evidence=self.evidence.data or "",
        )


def empty(case: Case, *, risks: Iterable[str] = (), requirements: Iterable[str] = ()) -> ActionForm:
    """A form for a new action about these risks and deviations."""
    data = {"risks": list(risks), "requirements": list(requirements)}
    return ActionForm(formdata=None, data=data).in_words(case)


def filled(case: Case, stated: ActionValues) -> ActionForm:
    """A form that shows a stored action."""
    data = {
        **stated.__dict__,
        "due": stated.due.isoformat() if stated.due else "",
        "starts": stated.starts.isoformat() if stated.starts else "",
        "risks": list(stated.risks),
        "requirements": list(stated.requirements),
    }
    return ActionForm(formdata=None, data=data).in_words(case)
