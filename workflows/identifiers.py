"""Identifiers that organisations type: organisation number, GLN and participant id, with what is wrong with them.

Sources: sdk-docs common code list C3.2.7 (ICD 0007, 0088, 0203) and B1.3.3 section 4.3.2.
"""

import re
import unicodedata

from workflows.errors import Reason

_SERIES = re.compile(r"^(0203|0007|0088):(.*)$", re.DOTALL)
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Text without control characters (NUL included) and in NFC; line breaks and tabs stay.

    Those that turn the direction of text go too: with them a name or an answer reads as another than it is.
    """
    kept = "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _TURNING)
    )
    return unicodedata.normalize("NFC", kept)


def luhn(digits: str) -> bool:
    """True when the last digit is the Luhn check digit of the others; ASCII digits only."""
    if not re.fullmatch(r"[0-9]+", digits):
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def gln(digits: str) -> bool:
    """True for a 13-digit GS1 number with the right check digit."""
    if not re.fullmatch(r"[0-9]{13}", digits):
        return False
    total = sum(int(char) * (3 if place % 2 else 1) for place, char in enumerate(digits[:12]))
    return (10 - total % 10) % 10 == int(digits[12])


def organisation_number(text: str) -> tuple[str | None, Reason | None]:
    """Ten digits and a warning, if any; (None, reason) when it is not ten digits at all.

    A wrong check digit warns and never blocks: registers hold numbers that predate the rule.
    """
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"16[0-9]{10}", digits):
        digits = digits[2:]
    if not re.fullmatch(r"[0-9]{10}", digits):
        return None, Reason("org_number_form", {"value": text[:40]})
    if not luhn(digits):
        return digits, Reason("org_number_check_digit", {"value": digits})
    return digits, None


def participant_id(text: str) -> tuple[Reason, ...]:
    """What is wrong with a participant id such as `0203:sdk-qa.kommun.se`; empty when nothing is."""
    if "://" in text:
        return (Reason("participant_url", {"value": text[:80]}),)
    match = _SERIES.match(text)
    if match is None:
        return (Reason("participant_form", {"value": text[:80]}),)
    series, value = match.groups()
    if series == "0007":
        return (
            ()
            if re.fullmatch(r"[0-9]{10}", value) and luhn(value)
            else (Reason("participant_0007", {"value": value[:80]}),)
        )
    if series == "0088":
        return () if gln(value) else (Reason("participant_0088", {"value": value[:80]}),)
    return _domain(value)


def _domain(value: str) -> tuple[Reason, ...]:
    if value != value.lower():
        return (Reason("participant_upper", {"value": value[:80]}),)
    if value.endswith("."):
        return (Reason("participant_dot", {"value": value[:80]}),)
    labels = value.split(".")
    if len(value) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return (Reason("participant_domain", {"value": value[:80]}),)
    return ()
