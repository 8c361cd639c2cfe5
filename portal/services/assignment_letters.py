"""Letters to the one who is asked to answer: what, by when and where, and that a question is taken back."""

from collections.abc import Sequence
from datetime import date

from portal.services.cases import Case
from portal.services.installation import Work
from portal.store import declarations
from portal.store.models import Assignment, Person
from portal.texts import DEFAULT_LANGUAGE, day_in_words, text


def asked(
    work: Work,
    case: Case,
    requirements: Sequence[str],
    due: date | None,
    email: str,
    person: Person | None,
    invitation: str | None,
) -> None:
    """One letter for all the questions, beginning with the first; none to somebody who asked themselves.

    `invitation` is the one-use link of someone who is not a member yet, and comes before the questions.
    """
    if person is not None and person.id == work.actor:
        return
    language = person.language if person else DEFAULT_LANGUAGE
    place = f"{work.installation.settings.address}/connections/{case.connection.id}/declaration"
    titles = zip(requirements, _titles(work, case, requirements, language), strict=True)
    words = {
        **_names(work, case),
        "n": len(requirements),
        "link": f"{place}/{requirements[0]}",
        "questions": "\n".join(f"- {title}\n  {place}/{name}" for name, title in titles),
        "due": text("sharing.mail.due", language, date=day_in_words(due, language)) if due else "",
    }
    key = "asked" if invitation is None else "invited"
    work.mail(
        email,
        text(f"sharing.mail.{key}.subject", language, **words),
        text(f"sharing.mail.{key}.body", language, invitation=invitation or "", **words).strip(),
        person.id if person else None,
    )


def withdrawn(work: Work, case: Case, found: Assignment) -> None:
    """Tell the one who was asked that the answer is not needed any more."""
    person = work.session.get(Person, found.person_id) if found.person_id else None
    if person is not None and (person.id == work.actor or person.disabled_at is not None):
        return
    language = person.language if person else DEFAULT_LANGUAGE
    words = {**_names(work, case), "question": _titles(work, case, (found.requirement,), language)[0]}
    work.mail(
        found.email,
        text("sharing.mail.withdrawn.subject", language, **words),
        text("sharing.mail.withdrawn.body", language, **words),
        found.person_id,
    )


def _names(work: Work, case: Case) -> dict[str, str]:
    asker = work.session.get(Person, work.actor) if work.actor else None
    return {
        "organisation": case.organisation.name,
        "reference": case.connection.reference,
        "asker": asker.name if asker else "",
    }


def _titles(work: Work, case: Case, requirements: Sequence[str], language: str) -> list[str]:
    return [
        f"{name} {declarations.requirement(work.session, case.connection, name).title.get(language)}"
        for name in requirements
    ]
