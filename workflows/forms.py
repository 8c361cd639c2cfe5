"""What is typed into a form, cleaned and checked field by field by the types of its catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from checklists.schema import Field, FormCatalogue
from workflows.errors import Reason
from workflows.identifiers import clean, organisation_number, participant_id

_EMAIL = re.compile(r"^[^@\s,;<>\"]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$", re.IGNORECASE)
_PHONE = re.compile(r"^\+?[0-9][0-9 ()/-]{4,23}$")


@dataclass(frozen=True)
class Cleaned:
    """The values that may be stored, the errors that stop saving, and the warnings that never do."""

    values: dict[str, Any]
    errors: dict[str, Reason]
    warnings: dict[str, Reason]


def check(form: FormCatalogue, raw: Mapping[str, Any]) -> Cleaned:
    """Clean every field of the form that `raw` holds; empty fields are left out, whatever is required.

    A draft may be incomplete: only a value that cannot be right is an error. Choices are lists of codes,
    yes_no is "yes" or "no", a date is ISO text.
    """
    result = Cleaned({}, {}, {})
    for item in form.fields:
        value = raw.get(item.id)
        if value in (None, "", [], ()):
            continue
        _one(item, value, result)
    return result


def _one(item: Field, value: Any, result: Cleaned) -> None:
    if item.type == "choices":
        codes = [code for code in value if isinstance(code, str)]
        _store(item, codes, all(_is_choice(item, code) for code in codes), result)
        return
    text = clean(str(value)).strip()
    if not text:
        return
    if item.max_length and len(text) > item.max_length:
        result.errors[item.id] = Reason(
            "too_long", {"n": len(text) - item.max_length, "max": item.max_length}
        )
        return
    match item.type:
        case "choice":
            _store(item, text, _is_choice(item, text), result)
        case "yes_no":
            _store(item, text, text in ("yes", "no"), result)
        case "email":
            _store(item, text, is_email(text), result, "email_form", text)
        case "phone":
            _store(item, text, _PHONE.match(text) is not None, result, "phone_form", text)
        case "date":
            _date(item, text, result)
        case "org_number":
            _org_number(item, text, result)
        case "participant_id":
            reasons = participant_id(text)
            if reasons:
                result.errors[item.id] = reasons[0]
            else:
                result.values[item.id] = text
        case _:
            result.values[item.id] = text


def is_email(text: str) -> bool:
    """True for what can be an e-mail address: one @ and a domain name, 254 characters at most, all of them visible."""
    return _EMAIL.match(text) is not None and len(text) <= 254 and text.isprintable()


def _is_choice(item: Field, code: str) -> bool:
    return any(choice.code == code for choice in item.choices)


def _store(
    item: Field, value: Any, right: bool, result: Cleaned, code: str = "choice_unknown", text: str = ""
) -> None:
    if right:
        result.values[item.id] = value
    else:
        result.errors[item.id] = Reason(code, {"value": text[:80]})


def _date(item: Field, text: str, result: Cleaned) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        result.errors[item.id] = Reason("date_form", {"value": text[:40]})
        return
    if not 2020 <= day.year <= 2100:
        result.errors[item.id] = Reason("date_far", {"value": text[:40]})
    else:
        result.values[item.id] = day.isoformat()


def _org_number(item: Field, text: str, result: Cleaned) -> None:
    digits, reason = organisation_number(text)
    if digits is None and reason is not None:
        result.errors[item.id] = reason
        return
    result.values[item.id] = digits
    if reason is not None:
        result.warnings[item.id] = reason
