"""What a person states of a risk, as plain values."""

from dataclasses import dataclass

from portal.store.models import Risk

CHOICES = ("consequence", "likelihood", "treatment", "residual_consequence", "residual_likelihood")


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


def values(found: Risk) -> RiskValues:
    """The stored risk as a person stated it."""
    return RiskValues(
        title=found.title,
        description=found.description,
        aspects=tuple(found.aspects.split()),
        requirements=tuple(found.requirements.split()),
        controls=found.controls,
        owner=found.owner,
        **{name: getattr(found, name) for name in CHOICES},
    )
