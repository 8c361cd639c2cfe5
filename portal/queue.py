"""Putting durable jobs in the queue: the job is a row in the same transaction as the state it follows from."""

import logging
from typing import Any

from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowSerializationFormat
from sqlalchemy.orm import Session

from portal.services.installation import Enqueue
from portal.settings import Settings

QUEUE = "runs"
APPLICATION = "anslut"


def prepare(settings: Settings) -> None:
    """Make or update the job engine's own tables; does nothing when they are up to date."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS.migrate(settings.database)


def options(workflow: str, workflow_id: str) -> EnqueueOptions:
    """How every job is queued: under the id of its row, so that twice is once, and with arguments as JSON."""
    return {
        "workflow_name": workflow,
        "queue_name": QUEUE,
        "workflow_id": workflow_id,
        "serialization_type": WorkflowSerializationFormat.PORTABLE,
        "application_name": APPLICATION,
    }


def client_for(settings: Settings) -> Enqueue:
    """What a unit of work calls to put a job in the queue on its own connection: one commit, or nothing."""
    prepare(settings)
    client = DBOSClient(system_database_url=settings.database, application_name=APPLICATION, lazy=True)

    def enqueue(session: Session, workflow: str, workflow_id: str, args: tuple[Any, ...]) -> None:
        client.enqueue_in_transaction(session, options(workflow, workflow_id), *args)

    return enqueue
