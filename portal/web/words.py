"""Codes into words: reasons, statuses, roles and steps in the reader's language."""

from portal.texts import has
from portal.web.language import language, t
from workflows.errors import Reason


def step_name(step: str) -> str:
    return t(f"journey.step.{step}")


def reason_text(reason: Reason) -> str:
    """The sentence of a reason, with steps and fields named as people know them."""
    params = dict(reason.params)
    if "step" in params:
        params["step"] = step_name(str(params["step"]))
    if "status" in params:
        params["status"] = t(f"journey.status.{params['status']}").lower()
    if "field" in params:
        params["field"] = _field_name(reason, str(params["field"]))
    return t(f"reason.{reason.code}", **params)


def _field_name(reason: Reason, field: str) -> str:
    area = (reason.place or "").split(":", 1)[0]
    key = f"field.{area}.{field}"
    return t(key) if has(key, language()) else field.replace("_", " ")
