"""Forms made from a form catalogue: one WTForms field per question, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import (
    EmailField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from checklists.schema import Field as Question
from checklists.schema import FormCatalogue, shown
from portal.web.fields import PortalForm
from portal.web.language import language, long_date, t
from portal.web.words import reason_text
from workflows.errors import Reason

MANY = 7
_TEN_DIGITS = re.compile(r"[0-9]{10}")


def form_for(catalogue: FormCatalogue, values: Mapping[str, Any], posted: Any = None) -> PortalForm:
    """The form with stored values, or with what was just posted."""
    body = {question.id: _field(question) for question in catalogue.fields}
    made: PortalForm = type("CatalogueForm", (PortalForm,), body)(
        formdata=posted, data=_typed(catalogue, values)
    )
    return made


def _typed(catalogue: FormCatalogue, values: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values as they are typed: an organisation number has its hyphen."""
    numbers = {q.id: in_words(q, values.get(q.id)) for q in catalogue.fields if q.type == "org_number"}
    return {**values, **numbers}


def show_errors(form: PortalForm, errors: Mapping[str, Reason]) -> None:
    """Hang each reason on its field."""
    for name, reason in errors.items():
        form[name].errors = [*form[name].errors, reason_text(reason)]


def _field(question: Question) -> Field:
    label = question.label.get(language())
    hint = question.hint.get(language()) if question.hint else ""
    if not question.required:
        label = t("form.optional", label=label)
    common: dict[str, Any] = {"label": label, "description": hint}
    match question.type:
        case "choice" if len(question.choices) > MANY:
            return SelectField(
                **common,
                choices=[SelectChoice("", t("form.choose")), *_choices(question)],
                validate_choice=False,
            )
        case "choice":
            return RadioField(**common, choices=_choices(question), validate_choice=False)
        case "yes_no":
            return RadioField(
                **common,
                choices=[SelectChoice(code, t(f"form.{code}")) for code in ("yes", "no")],
                validate_choice=False,
            )
        case "choices":
            return SelectMultipleField(
                **common,
                choices=_choices(question),
                validate_choice=False,
                widget=ListWidget(prefix_label=False),
                option_widget=CheckboxInput(),
            )
        case "long_text":
            return TextAreaField(**common, render_kw={"maxlength_shown": question.max_length})
        case "email":
            return EmailField(**common)
        case "phone":
            return TelField(**common)
        case _:
            return StringField(**common)


def _choices(question: Question) -> list[SelectChoice]:
    return [SelectChoice(choice.code, choice.label.get(language())) for choice in question.choices]


def answers(
    catalogue: FormCatalogue, values: Mapping[str, Any]
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The questions per section that the other answers ask for, as (question id, label, answer in words)."""
    return [
        (
            section.title.get(language()),
            [
                (question.id, question.label.get(language()), in_words(question, values.get(question.id)))
                for question in section.fields
                if shown(question, values) or values.get(question.id)
            ],
        )
        for section in catalogue.sections
    ]


def in_words(question: Question, value: Any) -> str:
    """The answer as a person would write it; empty when there is none."""
    if value in (None, "", []):
        return ""
    if question.type == "yes_no":
        return t(f"form.{value}")
    if question.type in ("choice", "choices"):
        names = {choice.code: choice.label.get(language()) for choice in question.choices}
        codes: list[str] = value if isinstance(value, list) else [value]
        return ", ".join(names.get(code, code) for code in codes)
    if question.type == "date":
        return _day(str(value))
    if question.type == "org_number" and _TEN_DIGITS.fullmatch(str(value)):
        return f"{value[:6]}-{value[6:]}"
    return str(value)


def _day(value: str) -> str:
    try:
        return long_date(date.fromisoformat(value))
    except ValueError:
        return value
