"""Letters to a person about their own account, so that what somebody else did there is noticed."""

from portal.services.installation import Work
from portal.store.models import Person
from portal.texts import text


def tell(work: Work, person: Person, what: str, **params: str | int) -> None:
    """Write to the person in their language; `what` is a key below account.mail."""
    link = f"{work.installation.settings.address}/account"
    subject = text(f"account.mail.{what}.subject", person.language)
    body = text(f"account.mail.{what}.body", person.language, link=link, name=person.name, **params)
    work.mail(person.email, subject, body, person.id)
