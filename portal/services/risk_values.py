"""What a person states of a risk, as plain values."""

from dataclasses import dataclass
from datetime import date

from portal.store.models import Risk

CHOICES = (
    "consequence",
    "likelihood",
    "current_consequence",
    "current_likelihood",
    "treatment",
    "residual_consequence",
    "residual_likelihood",
)
TEXTS = ("title", "threat", "vulnerability", "description", "affects", "controls", "owner")


@dataclass(frozen=True)
class RiskValues:
    """What a person states of a risk. `aspects` and `requirements` are codes; the choices are codes of the scale."""

    title: str
    description: str = ""
    aspects: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    consequence: str | None = None
    likelihood: str | None = None
    treatment: str | None = None
    controls: str = ""
    residual_consequence: str | None = None
    residual_likelihood: str | None = None
    owner: str = ""
    threat: str = ""
    vulnerability: str = ""
    affects: str = ""
    current_consequence: str | None = None
    current_likelihood: str | None = None
    review_on: date | None = None


def values(found: Risk) -> RiskValues:
    """The stored risk as a person stated it."""
    return RiskValues(
        aspects=tuple(found.aspects.split()),
        requirements=tuple(found.requirements.split()),
        review_on=found.review_on,
        **{name: getattr(found, name) for name in TEXTS},
        **{name: getattr(found, name) for name in CHOICES},
    )
