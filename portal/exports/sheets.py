"""Tables as spreadsheets: XLSX and CSV, where no cell is a formula and the same table gives the same bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from workflows.identifiers import clean

Cell = str | int | date | datetime | None
# The wide signs begin a formula too, where the spreadsheet speaks a language that is written with them.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
SWEDEN = ZoneInfo("Europe/Stockholm")
LONGEST_CELL = 32_767
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_HEAD = Font(bold=True)
_WRAPPED = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class Column:
    """A column: its heading and its width in characters. `choices` are what a cell may be chosen from."""

    title: str
    width: int = 14
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A sheet: its name (31 characters at most), columns and rows."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Book:
    """The sheets of a file. `changed_at` (UTC) stands as its time, `said` are its title and other properties."""

    tables: tuple[Table, ...]
    changed_at: datetime
    said: Mapping[str, str] = field(default_factory=dict)


def xlsx(book: Book) -> bytes:
    """The book as XLSX: bold and frozen headings, dates as dates, and texts that never become formulas."""
    work = Workbook(write_only=True)
    moment = book.changed_at.replace(tzinfo=None, microsecond=0)
    work.properties.creator = "Anslut"
    work.properties.created = moment
    work.properties.title = book.said.get("title", "")
    work.properties.language = book.said.get("language", "")
    for table in book.tables:
        _sheet(work, table)
    buffer = io.BytesIO()
    work.save(buffer)
    return _repacked(buffer.getvalue(), moment)


def _sheet(work: Workbook, table: Table) -> None:
    sheet = work.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        if column.choices and table.rows:
            allowed = DataValidation("list", f'"{",".join(column.choices)}"', allow_blank=True)
            allowed.add(f"{letter}2:{letter}{len(table.rows) + 1}")
            sheet.data_validations.append(allowed)
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    headings = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet, column.title)
        cell.font, cell.alignment = _HEAD, _WRAPPED
        headings.append(cell)
    sheet.append(headings)
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: object, value: Cell) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.astimezone(SWEDEN).replace(tzinfo=None, second=0, microsecond=0))
        cell.number_format = MOMENT
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = DAY
    elif isinstance(value, int):
        cell = WriteOnlyCell(sheet, value)
    else:
        cell = WriteOnlyCell(sheet, clean(value)[:LONGEST_CELL])
        # A text that begins like a formula is stored as text, and the mark keeps it text when the cell is edited.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA)
    cell.alignment = _WRAPPED
    return cell


def _repacked(made: bytes, moment: datetime) -> bytes:
    """The same file with the time of its content for the time of its making."""
    buffer = io.BytesIO()
    said = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = _MODIFIED.sub(rb"\g<1>" + said + rb"\g<2>", body)
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, body)
    return buffer.getvalue()


def comma_separated(table: Table) -> bytes:
    """The table as CSV with semicolons and a byte-order mark, so that a Swedish spreadsheet opens it as it is."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([plain(column.title) for column in table.columns])
    for row in table.rows:
        writer.writerow([plain(_written(value)) for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _written(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SWEDEN).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else clean(str(value))


def plain(value: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
