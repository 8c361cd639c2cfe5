"""What an answer has said at each of its versions, and who said it."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

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
    """Every version of an answer with the name of who wrote it, the newest first.

    An answer that went on with a new version of the requirements has its history from before that too.
    """
    here = aliased(Answer)
    rows = session.execute(
        select(AnswerVersion, Person.name)
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .join(
            here,
            and_(here.connection_id == Answer.connection_id, here.requirement == Answer.requirement),
        )
        .outerjoin(Person, Person.id == AnswerVersion.answered_by)
        .where(here.id == answer_id)
        .order_by(AnswerVersion.version.desc())
    ).all()
    return [(row[0], row[1] or "") for row in rows]
