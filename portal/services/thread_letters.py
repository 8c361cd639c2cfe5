"""The letter to those whom a remark mentions: who wrote, about what and where, never what was said."""

from collections.abc import Iterable

from portal.services.cases import Case
from portal.services.installation import Work
from portal.store import declarations
from portal.store.models import Person
from portal.texts import text


def mentioned(work: Work, case: Case, requirement: str, remark_id: str, people: Iterable[Person]) -> None:
    """Write to each of them. The text stays in the portal: letters are read by whoever runs the mail."""
    place = f"{work.installation.settings.address}/connections/{case.connection.id}/declaration/{requirement}"
    writer = work.session.get(Person, work.actor) if work.actor else None
    title = declarations.requirement(work.session, case.connection, requirement).title
    for person in people:
        words = {
            "link": f"{place}#remark-{remark_id}",
            "writer": writer.name if writer else "",
            "organisation": case.organisation.name,
            "reference": case.connection.reference,
            "requirement": f"{requirement} {title.get(person.language)}",
        }
        work.mail(
            person.email,
            text("thread.mail.subject", person.language, **words),
            text("thread.mail.body", person.language, **words),
            person.id,
        )
