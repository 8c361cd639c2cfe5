"""The words a step can stand in: status, turn, track and stage."""

from enum import StrEnum


class Status(StrEnum):
    LOCKED = "locked"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DONE = "done"
    REFUSED = "refused"


class Turn(StrEnum):
    ORGANISATION = "organisation"
    SIGNATORY = "signatory"
    OWNER = "owner"
    NOBODY = "nobody"


class Track(StrEnum):
    MAIN = "main"
    TECHNICAL = "technical"
    SECURITY = "security"


class Stage(StrEnum):
    NONE = "none"
    STARTED = "started"
    QA = "qa"
    CONNECTED = "connected"


OPEN = frozenset({Status.NOT_STARTED, Status.IN_PROGRESS, Status.RETURNED})
FINISHED = frozenset({Status.DONE, Status.REFUSED})
