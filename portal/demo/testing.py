"""Acts of the demo: the registrations in QA and the verification runs."""

from portal.demo import results
from portal.demo.ordering import participant
from portal.demo.story import Story
from portal.services import runs, tasks
from portal.store import forms

FIRST_FAULT = "expired-certificate"


def ticks(story: Story, step: str, role: str, *, some: bool = False) -> None:
    """Tick the tasks of a step; with `some` only the first two."""
    listed = forms.task_list(step).tasks
    for task in listed[:2] if some else listed:
        if task.required or story.dice.random() < 0.5:
            tasks.tick(story.home, story.person(role), story.connection, step, task.id, True)


def registers_some(story: Story) -> None:
    ticks(story, "registrations", "tech", some=True)


def registers(story: Story) -> None:
    ticks(story, "registrations", "tech")
    story.move(story.person("tech"), "registrations", "finish")


def run_fails(story: Story) -> None:
    """A run against a participant with a fault: the organisation's own, or one that is mended later."""
    _run(story, story.player.fault or FIRST_FAULT)


def run_passes(story: Story) -> None:
    _run(story, None)


def _run(story: Story, fault: str | None) -> None:
    home = story.home
    run_id = runs.start(home, story.person("tech"), story.connection, at=home.clock())
    for result in results.of(fault, participant(story), home.clock().date()):
        runs.record_result(home, run_id, result, at=home.clock())
    runs.finish(home, run_id, at=home.clock())
