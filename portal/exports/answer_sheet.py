"""Reading answers back from a declaration that was exported as XLSX and filled in: hostile files read as no file."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml.etree import LxmlError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.exports.tables import heading
from portal.packages import Budget, Unsafe, kind_of
from portal.texts import LANGUAGES, text
from workflows import declaration as rules

LARGEST = 2 * 1024 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS = 1_000, 60, 20
FORMAT = "anslut-declaration-1"
NEEDED = ("requirement", "answer", "comment", "version")
_DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_LISTED = re.compile(rb"<(?:[^\s<>/:]+:)?sheet[\s/>]")
MOST_LISTED = 200
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
# What the reader of spreadsheets raises when a file is not as it should be.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ParseError,
    LxmlError,
    InvalidFileException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)


class Unreadable(Exception):
    """The file cannot be read in; `code` is a text below `export.unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row; `code` is a text below `export.problem`, `row` the number the spreadsheet shows."""

    row: int
    code: str
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class FilledRow:
    """One answer of the file. `version` is that of the answer when the file was made."""

    row: int
    requirement: str
    value: str | None
    comment: str
    version: int


@dataclass(frozen=True)
class Filled:
    """What a filled file holds: whose it is, the rows that can be read, and what is wrong with the others."""

    connection: str
    catalogue: str
    version: str
    rows: tuple[FilledRow, ...]
    problems: tuple[Problem, ...]


def read(body: bytes) -> Filled:
    """The answers of the file. Raises Unreadable."""
    if len(body) > LARGEST:
        raise Unreadable("large")
    _inspect(body)
    try:
        sheets = _sheets(body)
    except _DAMAGE as error:
        raise Unreadable("damaged") from error
    about = next((found for found in map(_about, sheets) if found.get("format") == FORMAT), None)
    if about is None:
        raise Unreadable("foreign")
    for rows in sheets:
        for place, row in enumerate(rows):
            columns = _columns(row)
            if len(columns) == len(NEEDED):
                answers, problems = _answers(rows, place, columns)
                catalogue, version = about.get("catalogue", ""), about.get("catalogue_version", "")
                return Filled(about.get("connection", ""), catalogue, version, answers, problems)
    raise Unreadable("headings")


def _inspect(body: bytes) -> None:
    """Refuse what is no XLSX, unpacks to too much, or defines words of its own in its XML."""
    try:
        if kind_of(io.BytesIO(body), len(body), Budget(LARGEST_UNPACKED, len(body))) != "xlsx":
            raise Unreadable("kind")
        listed = largest = 0
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            for name in package.namelist():
                part = package.read(name)
                if part.startswith(_WIDE) or _ENCODING.match(part) or _DECLARED.search(part):
                    raise Unreadable("damaged")
                listed += len(_LISTED.findall(part))
                largest = max(largest, len(part))
        # One part may stand behind many sheets, and is then read once for each of them.
        if listed > MOST_LISTED or min(listed, MAX_SHEETS) * largest > LARGEST_UNPACKED:
            raise Unreadable("bomb")
    except Unsafe as error:
        codes = {"archive": "kind", "bomb": "bomb", "macros": "macros"}
        raise Unreadable(codes.get(error.code, "damaged")) from error
    except _DAMAGE as error:
        raise Unreadable("damaged") from error


def _sheets(body: bytes) -> list[list[tuple[Any, ...]]]:
    """The values of the first sheets, as far as a declaration can reach; no formula, macro or link is followed."""
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False, keep_vba=False)
    try:
        return [
            [tuple(row) for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)]
            for sheet in book.worksheets[:MAX_SHEETS]
        ]
    finally:
        book.close()


def _about(rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    return {_words(row[0]): _words(row[2]) for row in rows if len(row) > 2 and row[0] is not None}


def _columns(row: tuple[Any, ...]) -> dict[str, int]:
    """The place of each needed column, when the row is one of headings in either language."""
    known = {heading(name, language).casefold(): name for language in LANGUAGES for name in NEEDED}
    return {
        known[words]: place for place, cell in enumerate(row) if (words := _words(cell).casefold()) in known
    }


def _answers(
    rows: Sequence[tuple[Any, ...]], place: int, columns: dict[str, int]
) -> tuple[tuple[FilledRow, ...], tuple[Problem, ...]]:
    found: dict[str, FilledRow] = {}
    problems: list[Problem] = []
    for number, cells in _numbered(rows, place, columns):
        name = cells["requirement"].upper()
        value = _value(cells["answer"])
        if not name:
            problems.append(Problem(number, "no_requirement"))
        elif name in found:
            problems.append(Problem(number, "twice", (("requirement", name), ("first", found[name].row))))
        elif cells["answer"] and value is None:
            problems.append(Problem(number, "value", (("value", cells["answer"][:40]),)))
        elif not re.fullmatch(r"[0-9]{1,8}", cells["version"]):
            problems.append(Problem(number, "version", (("requirement", name[:40]),)))
        else:
            found[name] = FilledRow(number, name, value, cells["comment"], int(cells["version"]))
    return tuple(found.values()), tuple(problems)


def _numbered(
    rows: Sequence[tuple[Any, ...]], place: int, columns: dict[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the headings that say anything, with their numbers and their cells by name."""
    for number, row in enumerate(rows[place + 1 :], place + 2):
        cells = {name: _words(row[at] if at < len(row) else None) for name, at in columns.items()}
        if cells["requirement"] or cells["answer"] or cells["comment"]:
            yield number, cells


def _value(words: str) -> str | None:
    known = {
        text(f"declaration.value.{code}", language).casefold(): code
        for language in LANGUAGES
        for code in rules.VALUES
    }
    return known.get(words.casefold()) or (words if words in rules.VALUES else None)


def _words(cell: Any) -> str:
    """What a cell holds as a person reads it; a whole number has no decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).replace("_x000D_", "").strip()
