"""Codes into words: reasons, statuses, roles and steps in the reader's language."""

from checklists import load
from portal.store.forms import TASK_LISTS
from portal.texts import has
from portal.web.language import language, t
from workflows.errors import Reason

FORMS = frozenset({"order", "application"})


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
        params["field"] = field_name((reason.place or "").split(":", 1)[0], str(params["field"]))
    return t(f"reason.{reason.code}", **params)


def field_name(area: str, field: str) -> str:
    """What a page calls a field of a form or a task of a step."""
    if area in FORMS:
        return load.form(area).field(field).label.get(language())
    if area in TASK_LISTS:
        tasks = {task.id: task for task in load.tasks(TASK_LISTS[area]).tasks}
        return tasks[field].title.get(language())
    key = f"field.{area}.{field}"
    return t(key) if has(key, language()) else field.replace("_", " ")
