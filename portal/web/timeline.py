"""The history of a connection as a reader wants it: the latest first, and the same doing in a row told once."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from checklists import load
from portal.services.freezing import name_of
from portal.store.forms import TASK_LISTS
from portal.store.models import StoredEvent
from portal.web.language import language, local, t
from workflows.events import sentence

MANY = {"AnswerSaved": "connection.history_answers", "LineReviewed": "connection.history_reviews"}


@dataclass(frozen=True)
class Told:
    """One line of the history; `seq` is the number of the latest event behind it."""

    at: datetime
    text: str
    name: str
    seq: int


def told(session: Session, links: Iterable[StoredEvent]) -> list[Told]:
    """The lines of these events, which come in their order; answers in a row by one person on one day are one line."""
    lines = []
    for (kind, *_), group in groupby(reversed(list(links)), key=_alike):
        found = list(group)
        last = found[0]
        if kind in MANY and len(found) > 1:
            text = t(MANY[kind], n=len({json.loads(link.body)["requirement"] for link in found}))
            lines.append(Told(last.at, text, name_of(session, last.actor_id), last.seq))
        else:
            lines += [Told(link.at, _said(link), name_of(session, link.actor_id), link.seq) for link in found]
    return lines


def _alike(link: StoredEvent) -> tuple[object, ...]:
    return (link.kind, link.actor_id, local(link.at).date())


def _said(link: StoredEvent) -> str:
    body = json.loads(link.body)
    if link.kind == "StepOpened":
        body["step"] = t(f"journey.step.{body['step']}")
    if link.kind == "TaskTicked":
        tasks = {task.id: task.title.get(language()) for task in load.tasks(TASK_LISTS[body["step"]]).tasks}
        body["task"] = tasks.get(body["task"], body["task"])
    if link.kind in ("RecordFrozen", "RecordSigned"):
        body["record"] = t(f"connection.document.{body['record']}")
    return sentence(link.kind, body, language())
