"""Queries about verification runs: their plan and target, the results so far, and the record a PDF is drawn from."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.models import Connection, Federation, Organisation, Person, Result, Run, TestObject
from portal.verification.model import CheckResult, Target
from workflows.runs import PASSED


def of_connection(session: Session, connection_id: str) -> Sequence[Run]:
    """The runs of a connection, newest first."""
    return session.scalars(
        select(Run).where(Run.connection_id == connection_id).order_by(Run.number.desc())
    ).all()


def of(session: Session, connection_id: str, run_id: str) -> Run | None:
    """The run of that id, if it belongs to the connection."""
    return session.scalars(
        select(Run).where(Run.id == run_id, Run.connection_id == connection_id)
    ).one_or_none()


def results(session: Session, run_id: str) -> dict[str, CheckResult]:
    """The results stored so far, by check number, in the order they came."""
    rows = session.execute(
        select(Result.check, Result.body).where(Result.run_id == run_id).order_by(Result.stored_at, Result.id)
    )
    return {check: CheckResult.from_body(json.loads(body)) for check, body in rows}


def plan(run: Run) -> tuple[str, ...]:
    """The check numbers of the run, in their order."""
    return tuple(json.loads(run.plan))


def target(run: Run) -> Target:
    """What the run is made against, as it stood when the run was started."""
    return Target.from_body(json.loads(run.target))


def previous(session: Session, run: Run) -> Run | None:
    """The finished run before this one, against the same test object."""
    return session.scalars(
        select(Run)
        .where(
            Run.test_object_id == run.test_object_id,
            Run.number < run.number,
            Run.finished_at.is_not(None),
        )
        .order_by(Run.number.desc())
        .limit(1)
    ).one_or_none()


def latest_passed(session: Session, found: TestObject | None) -> Run | None:
    """The latest passed run against the test object as it stands: the same participant in the same environment."""
    if found is None:
        return None
    rows = session.scalars(
        select(Run).where(Run.test_object_id == found.id, Run.outcome.in_(PASSED)).order_by(Run.number.desc())
    )
    aimed = (found.participant_id, found.environment)
    return next(
        (row for row in rows if (target(row).participant, target(row).environment) == aimed),
        None,
    )


def in_progress(session: Session, test_object_id: str) -> Run | None:
    """The unfinished run of a test object; there is at most one."""
    return session.scalars(
        select(Run).where(Run.test_object_id == test_object_id, Run.finished_at.is_(None))
    ).one_or_none()


def unfinished(session: Session) -> Sequence[Run]:
    """Every run that waits or goes on, oldest first."""
    return session.scalars(select(Run).where(Run.finished_at.is_(None)).order_by(Run.created_at)).all()


def started_between(session: Session, test_object_id: str, after: datetime, until: datetime) -> int:
    """How many runs of the test object were started after one moment and no later than another."""
    return session.scalars(
        select(func.count())
        .select_from(Run)
        .where(Run.test_object_id == test_object_id, Run.created_at > after, Run.created_at <= until)
    ).one()


def record(
    session: Session, federation: Federation, connection: Connection, organisation: Organisation, run: Run
) -> dict[str, Any]:
    """A finished run in the form of a frozen record, which the PDF is drawn from.

    The uploaded certificates are left out: the findings name them by their hashes.
    """
    starter = session.get(Person, run.started_by) if run.started_by else None
    found, aim = results(session, run.id), target(run)
    finished = run.finished_at.isoformat(timespec="seconds") if run.finished_at else None
    return {
        "kind": "run",
        "federation": {"name": federation.name, "short_name": federation.short_name},
        "organisation": {
            "name": organisation.name,
            "org_number": organisation.org_number,
            "kind": organisation.kind,
            "county": organisation.county_code,
        },
        "connection": {
            "id": connection.id,
            "reference": connection.reference,
            "journey": connection.journey,
            "journey_version": connection.journey_version,
        },
        "frozen_at": finished,
        "by": run.started_by,
        "by_name": starter.name if starter else "",
        "run": {
            "id": run.id,
            "number": run.number,
            "suite": run.suite,
            "suite_version": run.suite_version,
            "pack": run.pack,
            "pack_version": run.pack_version,
            "participant": aim.participant,
            "environment": aim.environment,
            "started_at": run.created_at.isoformat(timespec="seconds"),
            "finished_at": finished,
            "outcome": run.outcome,
            "fault_owner": run.fault_owner,
            "plan": list(plan(run)),
        },
        "results": [found[number].to_body() for number in plan(run) if number in found],
    }
