"""Reports: a PDF as a function of a frozen record and a language, never of live tables; same record, same bytes."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from checklists import load
from checklists.schema import AnyCatalogue
from portal.reports import agreement, application, decision, declaration, risk, run
from portal.reports.paper import Paper
from portal.reports.saying import Saying

WRITERS: Mapping[str, Callable[[Mapping[str, Any], Saying], Paper]] = {
    "declaration": declaration.write,
    "risk": risk.write,
    "application": application.write,
    "agreement": agreement.write,
    "decision": decision.write,
    "run": run.write,
}
# ReportLab keeps the letters of a font that a document uses in the font itself.
_ONE_AT_A_TIME = Lock()


def render(
    record: Mapping[str, Any], language: str, find: Callable[[str, str], AnyCatalogue] = load.get
) -> bytes:
    """The record as a tagged PDF in the language (sv or en). KeyError for a kind that has no report.

    `find` gives the catalogue that a record names by id and version; without it only those of the package are found.
    """
    write = WRITERS[record["kind"]]
    with _ONE_AT_A_TIME:
        paper = write(record, Saying(language, find))
        paper.seal()
        return paper.bytes()
