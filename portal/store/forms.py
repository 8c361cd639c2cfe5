"""Queries about forms (order, application) and ticked tasks of a connection."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import FormCatalogue, TaskListCatalogue
from portal.store.models import FormEntry, TickedTask

TASK_LISTS = {
    "registrations": "tasks-registrations",
    "production": "tasks-production",
    "introduction": "tasks-introduction",
}


def entry(session: Session, connection_id: str, form: str) -> FormEntry | None:
    """What has been typed into a form of a connection, or None when nothing has."""
    return session.scalars(
        select(FormEntry).where(FormEntry.connection_id == connection_id, FormEntry.form == form)
    ).one_or_none()


def values(found: FormEntry | None) -> dict[str, Any]:
    """The values of an entry by field id; empty for no entry."""
    return dict(json.loads(found.body)) if found else {}


def catalogue(found: FormEntry | None, form: str) -> FormCatalogue:
    """The form's catalogue in the version that the entry was written in, or the latest for none."""
    return load.form(form, found.form_version if found else None)


def missing(session: Session, connection_id: str, form: str) -> tuple[str, ...]:
    """The ids of required fields that lack a value."""
    found = entry(session, connection_id, form)
    return catalogue(found, form).missing(values(found))


def task_list(step: str) -> TaskListCatalogue:
    """The tasks of a step; KeyError for a step without tasks."""
    return load.tasks(TASK_LISTS[step])


def ticked(session: Session, connection_id: str, step: str) -> dict[str, TickedTask]:
    rows = session.scalars(
        select(TickedTask).where(TickedTask.connection_id == connection_id, TickedTask.step == step)
    )
    return {row.task: row for row in rows}


def tasks_left(session: Session, connection_id: str) -> dict[str, tuple[str, ...]]:
    """For each step with tasks the ids of the required ones that nobody has ticked."""
    done = session.execute(
        select(TickedTask.step, TickedTask.task).where(TickedTask.connection_id == connection_id)
    ).all()
    ticks = {(row[0], row[1]) for row in done}
    return {
        step: tuple(
            task.id for task in task_list(step).tasks if task.required and (step, task.id) not in ticks
        )
        for step in TASK_LISTS
    }
