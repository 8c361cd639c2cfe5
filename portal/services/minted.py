"""Rows whose id was made together with their form, so that sending the form twice makes one row and not two."""

import re
from typing import TypeVar

from portal.services.installation import Work
from portal.store.models import Action, Evidence, Flow, Remark, Risk
from workflows.errors import NotFound

Row = TypeVar("Row", Flow, Risk, Action, Evidence, Remark)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)


def claimed(work: Work, table: type[Row], row_id: str, connection_id: str) -> Row | None:
    """The row of that id, locked, or None when the id is free to use.

    Raises NotFound for an id of another connection or one that no form of ours can have made.
    """
    if not _ID.fullmatch(row_id):
        raise NotFound
    found = work.session.get(table, row_id, with_for_update=True)
    if found is not None and found.connection_id != connection_id:
        raise NotFound
    return found
