"""Kinds of organisations and the right of each to connect, after the participant model A1.5.2 v1.5."""

from dataclasses import dataclass

from checklists.schema import Text

ELIGIBLE, ASSESS, NOT_ELIGIBLE = "eligible", "assess", "not_eligible"


@dataclass(frozen=True)
class Eligibility:
    """The rule for a kind: eligible, assess or not_eligible, and why in words."""

    verdict: str
    text: Text


RULES: dict[str, Eligibility] = {
    "kommun": Eligibility(
        ELIGIBLE,
        Text(sv="Kommuner får ansluta.", en="Municipalities may connect."),
    ),
    "region": Eligibility(ELIGIBLE, Text(sv="Regioner får ansluta.", en="Regions may connect.")),
    "statlig_myndighet": Eligibility(
        ELIGIBLE,
        Text(
            sv="Statliga förvaltningsmyndigheter får ansluta.",
            en="State administrative authorities may connect.",
        ),
    ),
    "kommunalforbund": Eligibility(
        ELIGIBLE,
        Text(
            sv="Kommunalförbund och andra offentligt styrda organ får ansluta.",
            en="Associations of municipalities and other publicly governed bodies may connect.",
        ),
    ),
    "privat_utforare": Eligibility(
        ASSESS,
        Text(
            sv="Privata utförare får ansluta när verksamheten är offentligt finansierad och behöver tjänsten för det "
            "uppdraget. Kontrollera uppdraget som grunden i beställningen anger.",
            en="Private providers may connect when their work is publicly funded and needs the service for that "
            "mission. Check the mission that the order states.",
        ),
    ),
    "ovrig": Eligibility(
        NOT_ELIGIBLE,
        Text(
            sv="Övriga organisationer omfattas inte av deltagarmodellen. Finns en grund som talar för annat ska den "
            "stå i beslutet.",
            en="Other organisations are outside the participant model. If there is a ground to decide otherwise, the "
            "decision has to state it.",
        ),
    ),
}


def eligibility(kind: str) -> Eligibility:
    """The rule for a kind of organisation; an unknown kind has to be assessed as any other."""
    return RULES.get(kind, RULES["ovrig"])
