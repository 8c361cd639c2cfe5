"""What a record rests on: the frozen records behind it, each named by its hash."""

from collections.abc import Iterable

from portal.reports.paper import Paper
from portal.reports.saying import Saying


def write(paper: Paper, say: Saying, found: Iterable[tuple[str, str | None]]) -> None:
    """A table of names and hashes; a record without a hash is left out, and the table when it would be empty."""
    lines = [[name, sha256] for name, sha256 in found if sha256]
    if not lines:
        return
    paper.table([(say.t("report.record"), 0.3), (say.t("report.hash"), 0.7)], lines)
