"""Saving a form of a connection: values checked by their catalogue, a lost race seen, the event in the same commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.services import cases, moves
from portal.services.cases import Case
from portal.services.installation import Installation, Work
from portal.store import forms
from portal.store.models import FormEntry, Organisation
from workflows import forms as rules
from workflows.errors import Invalid, Reason, Stale
from workflows.events import FormSaved
from workflows.frozen import canonical


@dataclass(frozen=True)
class Saved:
    """The version after saving, and warnings that never stopped it."""

    version: int
    warnings: dict[str, Reason]


def save(
    home: Installation, person_id: str, connection_id: str, form: str, raw: Mapping[str, Any], version: int
) -> Saved:
    """Save what was typed into the form; `version` is the one the page was made from, 0 for an empty form.

    Raises Invalid with a reason per field, Stale when somebody saved in between, Blocked when the step is not open.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, f"{form}.edit")
        found = forms.entry(work.session, connection_id, form)
        checked = rules.check(forms.catalogue(found, form), raw)
        if checked.errors:
            raise Invalid(checked.errors)
        if (found.version if found else 0) != version:
            if found is not None and forms.values(found) == checked.values:
                return Saved(found.version, checked.warnings)
            raise Stale(forms.values(found))
        moves.begin(work, case, form)
        if found is not None and forms.values(found) == checked.values:
            return Saved(found.version, checked.warnings)
        entry = _store(work, case, form, found, checked.values)
        if form == "order":
            _tell_connection(work, case, checked.values)
        return Saved(entry.version, checked.warnings)


def _store(work: Work, case: Case, form: str, found: FormEntry | None, values: dict[str, Any]) -> FormEntry:
    before = forms.values(found)
    if found is None:
        catalogue = forms.catalogue(None, form)
        found = FormEntry(
            connection_id=case.connection.id,
            form=form,
            form_version=catalogue.version,
            version=0,
            body="{}",
            saved_at=work.now,
        )
        work.session.add(found)
    found.body = canonical(values).decode()
    found.version += 1
    found.saved_by, found.saved_at = work.actor, work.now
    changed = tuple(
        sorted(name for name in before.keys() | values.keys() if before.get(name) != values.get(name))
    )
    work.record(FormSaved(form, changed), organisation=case.organisation.id, connection=case.connection.id)
    return found


def _tell_connection(work: Work, case: Case, values: Mapping[str, Any]) -> None:
    """What lists and pages show of an order also stands on the connection and its organisation."""
    connection, organisation = case.connection, case.organisation
    connection.planned_qa = date.fromisoformat(values["planned_qa"]) if "planned_qa" in values else None
    connection.planned_production = (
        date.fromisoformat(values["planned_production"]) if "planned_production" in values else None
    )
    connection.supplier = values.get("supplier", "")
    connection.operator = values.get("operator", "")
    connection.listed = values.get("public_listing") == "yes"
    organisation.kind = values.get("kind", organisation.kind)
    organisation.county_code = values.get("county", organisation.county_code)
    number = values.get("org_number")
    if number and number != organisation.org_number:
        taken = work.session.scalar(select(Organisation.id).where(Organisation.org_number == number))
        if taken:
            raise Invalid({"org_number": Reason("org_number_taken", {"value": number})})
        organisation.org_number = number
