"""Reading exports back as other programs do."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook

from portal.exports.model import ActionPlan, Declaration, RiskAnalysis


@dataclass(frozen=True)
class Exported:
    """The three records of a connection."""

    declaration: Declaration
    risk: RiskAnalysis
    plan: ActionPlan


def sheet(body: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of one sheet as dictionaries by heading; an empty cell is None."""
    rows = list(load_workbook(io.BytesIO(body))[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def table(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file as a Swedish spreadsheet reads them."""
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
