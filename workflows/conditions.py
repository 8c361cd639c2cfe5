"""Conditions of a decision: each has a day, is met when the owner says so, and lapses by itself when the day passes."""

from datetime import date

from workflows.risk import DONE

MET, LAPSED, READY, WAITING = "met", "lapsed", "ready", "waiting"


def state(*, met: bool, lapsed: bool, action: str | None) -> str:
    """Where a condition stands: met, lapsed, ready (its action is done and the owner is to confirm) or waiting.

    A condition that is met after its day was still met; `action` is the status of the action that meets it.
    """
    if met:
        return MET
    if lapsed:
        return LAPSED
    return READY if action == DONE else WAITING


def has_passed(due: date, today: date) -> bool:
    """True when the day is over; the whole of the day itself counts."""
    return today > due
