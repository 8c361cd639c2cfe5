"""Ticking the tasks of a step, by anyone who shares the work."""

from portal.services import cases, moves
from portal.services.installation import Installation
from portal.store import forms
from portal.store.models import TickedTask
from workflows.errors import NotFound
from workflows.events import TaskTicked


def tick(home: Installation, person_id: str, connection_id: str, step: str, task: str, done: bool) -> None:
    """Mark a task of a step as done or not done; doing so twice changes nothing."""
    if step not in forms.TASK_LISTS or task not in {found.id for found in forms.task_list(step).tasks}:
        raise NotFound
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "tasks.tick")
        if step not in case.journey.ids:
            raise NotFound
        moves.begin(work, case, step)
        found = work.session.get(TickedTask, (connection_id, step, task))
        if (found is not None) == done:
            return
        if found is None:
            work.session.add(
                TickedTask(
                    connection_id=connection_id, step=step, task=task, ticked_by=person_id, ticked_at=work.now
                )
            )
        else:
            work.session.delete(found)
        work.record(TaskTicked(step, task, done), organisation=case.organisation.id, connection=connection_id)
