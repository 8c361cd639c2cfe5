"""What an answer has said at each of its versions, and who said it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import Answer, AnswerVersion, Person


def of(answer: Answer) -> AnswerVersion:
    """The answer as it stands, to be kept as one of its versions."""
    return AnswerVersion(
        answer_id=answer.id,
        version=answer.version,
        value=answer.value,
        comment=answer.comment,
        answered_by=answer.answered_by,
        answered_at=answer.answered_at,
    )


def history(session: Session, answer_id: str) -> list[tuple[AnswerVersion, str]]:
    """Every version of an answer with the name of who wrote it, the newest first."""
    rows = session.execute(
        select(AnswerVersion, Person.name)
        .outerjoin(Person, Person.id == AnswerVersion.answered_by)
        .where(AnswerVersion.answer_id == answer_id)
        .order_by(AnswerVersion.version.desc())
    ).all()
    return [(row[0], row[1] or "") for row in rows]
