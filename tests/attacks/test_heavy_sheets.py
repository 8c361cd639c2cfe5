"""Files made to keep the portal busy are refused at once, and no character of any kind begins a formula."""

import io
import re
import time
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from portal.exports import answer_sheet, sheets
from portal.exports.answer_sheet import Unreadable
from portal.exports.sheets import Column, Table

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
NAMESPACE = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def file_with(**changes: Callable[[bytes], bytes]) -> bytes:
    """An XLSX of one sheet, with its `book` and `sheet` parts changed."""
    made, changed = io.BytesIO(), io.BytesIO()
    Workbook().save(made)
    by_part = {BOOK: changes.get("book"), SHEET: changes.get("sheet")}
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = by_part.get(name)
            new.writestr(name, change(old.read(name)) if change else old.read(name))
    return changed.getvalue()


def listed(times: int, prefix: bytes = b"") -> Callable[[bytes], bytes]:
    """The workbook lists its only sheet so many times."""

    def change(book: bytes) -> bytes:
        place = re.search(rb'r:id="[^"]*"', book)
        assert place is not None
        one = b'<%ssheet name="s%%d" sheetId="%%d" %s %s/>' % (prefix, NAMESPACE, place.group(0))
        many = b"".join(one % (number, number) for number in range(1, times + 1))
        return re.sub(rb"<sheets>.*</sheets>", lambda _: b"<sheets>" + many + b"</sheets>", book, flags=re.S)

    return change


def rows(count: int) -> Callable[[bytes], bytes]:
    """So many rows, all of which say that they are the first."""

    def change(sheet: bytes) -> bytes:
        made = b"".join(
            b'<row r="1"><c r="A1"><v>%d</v></c></row>' % (number * 7919 % 100_003) for number in range(count)
        )
        return sheet.replace(b"<sheetData/>", b"<sheetData>" + made + b"</sheetData>").replace(
            b"<sheetData></sheetData>", b"<sheetData>" + made + b"</sheetData>"
        )

    return change


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(file_with(book=listed(60_000)), id="one sheet listed sixty thousand times"),
        pytest.param(file_with(book=listed(20), sheet=rows(60_000)), id="one large sheet read twenty times"),
    ],
)
def test_a_workbook_that_lists_a_sheet_many_times_is_refused_unread(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable) as refusal:
        answer_sheet.read(body)
    assert refusal.value.code == "bomb"
    assert time.process_time() - started < 1.5


def test_a_workbook_with_some_sheets_of_its_own_is_still_read() -> None:
    with pytest.raises(Unreadable) as refusal:
        answer_sheet.read(file_with(book=listed(12)))
    assert refusal.value.code == "foreign"


@pytest.mark.parametrize("sign", ["＝", "＋", "－", "＠"])
def test_a_wide_sign_begins_no_formula_either(sign: str) -> None:
    body = sheets.comma_separated(Table("Blad", (Column("Rubrik"),), [[f"{sign}HYPERLINK(1)"]]))
    assert body.decode("utf-8-sig").splitlines()[1] == f"'{sign}HYPERLINK(1)"
