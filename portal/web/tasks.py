"""Steps that are lists of tasks: registrations, production registration and introduction."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.services import tasks
from portal.store import forms
from portal.web import reasons
from portal.web.case_page import fetch, lock_reasons, may_write, open_moves
from portal.web.viewer import fresh_read, installation, person_id
from workflows.errors import NotFound

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/connections/<connection_id>/tasks/<step>")
def show(connection_id: str, step: str) -> ResponseReturnValue:
    if step not in forms.TASK_LISTS:
        raise NotFound
    case = fetch(connection_id, "connection.see")
    if step not in case.journey.ids or case.journey.step(step).see not in case.actions:
        raise NotFound
    return render_template(
        "tasks/show.html",
        case=case,
        step=step,
        tasks=forms.task_list(step).tasks,
        ticked=forms.ticked(fresh_read(), connection_id, step),
        writable=may_write(case, step, "tasks.tick"),
        locked=lock_reasons(case, step),
        moves=open_moves(case, step),
        return_reasons=reasons.of_step(step),
    )


@blueprint.post("/connections/<connection_id>/tasks/<step>/<task>")
def tick(connection_id: str, step: str, task: str) -> ResponseReturnValue:
    done = request.form.get("done") == "yes"
    tasks.tick(installation(), person_id(), connection_id, step, task, done)
    return redirect(url_for("tasks.show", connection_id=connection_id, step=step, _anchor=f"task-{task}"))
