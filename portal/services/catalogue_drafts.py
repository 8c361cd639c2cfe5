"""The next version of the requirements as a draft: uploaded by the administrator, checked, looked at, withdrawn."""

from collections.abc import Callable

from checklists import load
from checklists.conditions import Place
from checklists.schema import AnyCatalogue, DeclarationCatalogue
from portal.services.installation import Installation, Work
from portal.services.letters import owner_of
from portal.store import catalogues
from portal.store.connections import hold_federation, roles_towards
from portal.store.models import CatalogueDraft
from workflows.access import may
from workflows.errors import Forbidden, Stale
from workflows.events import CatalogueDrafted, CatalogueDraftWithdrawn
from workflows.identifiers import clean

LARGEST = 1_000_000
SHOWN = 30
DEFAULT_NAME = "declaration.yaml"


class Unusable(ValueError):
    """A file that cannot become a draft: `code` says why, `lines` name file, line and what to write."""

    def __init__(self, code: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.lines = code, lines


def administering(work: Work) -> None:
    """Raise Forbidden for anybody but the owner's administrator, and hold the federation until the commit.

    Whoever uploads, withdraws or publishes, and whoever opens a connection, come one after the other by it.
    """
    if not work.actor or not may(
        "installation.admin", roles_towards(work.session, work.actor, owner_of(work))
    ):
        raise Forbidden("installation.admin")
    hold_federation(work.session)


def read(raw: bytes, name: str, newest: str) -> DeclarationCatalogue:
    """The declaration in an uploaded file, of a version that comes after the newest. Raises Unusable."""
    if not raw.strip():
        raise Unusable("none")
    if len(raw) > LARGEST:
        raise Unusable("large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("kind") from None
    if "\0" in text:
        raise Unusable("kind")
    try:
        found = load.parse(text, name, _judge(newest))
    except load.CatalogueError as error:
        raise Unusable("wrong", tuple(str(error).splitlines())[:SHOWN]) from None
    if not isinstance(found, DeclarationCatalogue):
        raise TypeError(f"{name} was judged to be a declaration")
    return found


def next_version(newest: str) -> str:
    """The owner's versions follow the one that came with the portal: 1, 1.1, 1.2."""
    major, *rest = load.order(newest)
    return f"{major}.{(rest[0] if rest else 0) + 1}"


def _judge(newest: str) -> Callable[[AnyCatalogue], list[tuple[Place, str]]]:
    def judge(found: AnyCatalogue) -> list[tuple[Place, str]]:
        faults: list[tuple[Place, str]] = []
        if found.kind != "declaration":
            faults.append((("kind",), "write declaration"))
        if found.id != catalogues.DECLARATION:
            faults.append((("id",), f"write {catalogues.DECLARATION}"))
        if not _follows(found.version, newest):
            said = (
                f'write a version after {newest} with a point in it, such as "{next_version(newest)}"; '
                "whole numbers belong to the versions that come with the portal"
            )
            faults.append((("version",), said))
        return faults

    return judge


def _follows(version: str, newest: str) -> bool:
    try:
        return "." in version and load.order(version) > load.order(newest)
    except ValueError:
        return False


def upload(home: Installation, person_id: str, name: str, raw: bytes) -> str:
    """Keep a file as the draft that stands, in place of an older one; the draft's id. Raises Unusable, Forbidden."""
    name = clean(name).strip().replace("\n", " ")[-200:] or DEFAULT_NAME
    with home.write(person_id) as work:
        administering(work)
        found = read(raw, name, catalogues.newest_version(work.session))
        older = catalogues.draft(work.session, lock=True)
        if older is not None:
            older.withdrawn_at = work.now
        row = CatalogueDraft(
            catalogue_id=found.id,
            version=found.version,
            sha256=load.sha256(found),
            file_name=name,
            body=load.canonical(found),
            uploaded_by=person_id,
            uploaded_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        work.record(CatalogueDrafted(row.id, row.version, row.sha256), organisation=owner_of(work))
        return row.id


def withdraw(home: Installation, person_id: str, draft_id: str) -> None:
    """Take the draft back; it is kept in the history. Raises Forbidden, and Stale when it no longer stands."""
    with home.write(person_id) as work:
        administering(work)
        row = standing(work, draft_id)
        row.withdrawn_at = work.now
        work.record(CatalogueDraftWithdrawn(row.id, row.version), organisation=owner_of(work))


def standing(work: Work, draft_id: str) -> CatalogueDraft:
    """The draft that the page showed, if it still is the one that stands; Stale otherwise."""
    row = catalogues.draft(work.session, lock=True)
    if row is None or row.id != draft_id:
        raise Stale(row.id if row else None)
    return row
