"""What the two OSCAL documents share: identifiers made of what they name, metadata, properties and dates.

Source: NIST OSCAL 1.1.3, assessment results and plan of action and milestones.
"""

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from portal.exports.model import Record
from portal.texts import text

VERSION = "1.1.3"
NAMESPACE = "urn:anslut:oscal:1"
METHOD = "SELF-DECLARATION"
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
ORGANISATION, OWNER = "organisation", "federation-owner"


def identifier(record: Record, *parts: object) -> str:
    """The UUID of a thing of the connection: the same thing has the same UUID in every document."""
    return str(uuid.uuid5(_ROOT, "/".join(map(str, (record.connection.id, *parts)))))


def line(words: str) -> str:
    """Words on one line, as a title and the value of a property must be."""
    return " ".join(words.split())


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def day(on: date) -> str:
    return moment(datetime.combine(on, time(), UTC))


def props(**values: str | int | None) -> dict[str, Any]:
    """Our own properties as `props`; empty when none has a value, because an empty list is not allowed."""
    found = [
        {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": line(str(value))}
        for name, value in values.items()
        if value is not None and line(str(value))
    ]
    return {"props": found} if found else {}


def filled(**lists: list[Any]) -> dict[str, Any]:
    """The lists that hold something, by the names that OSCAL gives them."""
    return {name.replace("_", "-"): found for name, found in lists.items() if found}


def metadata(record: Record, title: str, language: str) -> dict[str, Any]:
    """Title, time and version, and the two parties: who declares and who reviews."""
    return {
        "title": line(title),
        "last-modified": moment(record.changed_at),
        "version": f"{record.catalogue.version}-{record.round}",
        "oscal-version": VERSION,
        **props(reference=record.connection.reference, status=record.status, language=language),
        "roles": [
            {"id": ORGANISATION, "title": text("export.oscal.organisation_role", language)},
            {"id": OWNER, "title": text("export.oscal.owner_role", language)},
        ],
        "parties": [
            {
                "uuid": party(record),
                "type": "organization",
                "name": line(record.organisation.name),
                **props(org_number=record.organisation.org_number, kind=record.organisation.kind),
            },
            {
                "uuid": identifier(record, "owner"),
                "type": "organization",
                "name": line(record.federation.name),
                "short-name": line(record.federation.short_name),
            },
        ],
        "responsible-parties": [
            {"role-id": ORGANISATION, "party-uuids": [party(record)]},
            {"role-id": OWNER, "party-uuids": [identifier(record, "owner")]},
        ],
    }


def party(record: Record) -> str:
    """The UUID of the organisation."""
    return identifier(record, "organisation")


def origin(record: Record) -> dict[str, Any]:
    """The organisation as the source of what is said."""
    return {"actors": [{"type": "party", "actor-uuid": party(record)}]}
