"""Catalogues in the database: each shipped version is stored once, because answers refer to it."""

from sqlalchemy.orm import Session

from checklists import load
from portal.services.installation import Work
from portal.store.models import StoredCatalogue


def store_shipped(work: Work) -> int:
    """Store the shipped catalogue versions that the database lacks; how many were new.

    Raises ValueError when a shipped catalogue was edited in place: the stored version has another hash.
    """
    added = 0
    for catalogue in load.shipped().values():
        sha256 = load.sha256(catalogue)
        stored = work.session.get(StoredCatalogue, (catalogue.id, catalogue.version))
        if stored is None:
            work.session.add(
                StoredCatalogue(
                    id=catalogue.id,
                    version=catalogue.version,
                    sha256=sha256,
                    body=load.canonical(catalogue),
                    stored_at=work.now,
                )
            )
            added += 1
        elif stored.sha256 != sha256:
            raise ValueError(
                f"{catalogue.id} {catalogue.version} differs from the version in the database: "
                "a published catalogue is never edited in place, give the new text a new version"
            )
    return added


def sha256_of(session: Session, catalogue_id: str, version: str) -> str:
    """The hash of a stored catalogue version."""
    stored = session.get(StoredCatalogue, (catalogue_id, version))
    return stored.sha256 if stored else ""
