"""The ways a person's wish can be refused, each with reasons that a page can put into words."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done: a text key below `reason.` and its parameters.

    `place` is the page that mends it (a step, or `step:anchor`), or None.
    """

    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    place: str | None = None


class Refusal(Exception):
    """Base of everything that stops a use case for a reason the user can understand."""


class NotFound(Refusal):
    """The thing does not exist, or not for the one who asks."""


class Forbidden(Refusal):
    """The asker may see the thing but not do this with it."""

    def __init__(self, action: str = "") -> None:
        super().__init__(action)
        self.action = action


class Blocked(Refusal):
    """The move exists and is the asker's to make, but guards give reasons against it."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


class Invalid(Refusal):
    """The input does not fit; `errors` maps field name to reason."""

    def __init__(self, errors: dict[str, Reason]) -> None:
        super().__init__(", ".join(f"{name}: {reason.code}" for name, reason in errors.items()))
        self.errors = errors


class Stale(Refusal):
    """Somebody saved first: both versions exist and the asker chooses."""

    def __init__(self, current: object = None) -> None:
        super().__init__("stale")
        self.current = current
