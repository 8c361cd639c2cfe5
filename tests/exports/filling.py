"""Filling in an exported declaration as a person does in a spreadsheet program."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from tests.story import Story

TOP = {"answer": "Svar", "comment": "Kommentar", "version": "Version (ändra inte)", "requirement": "Krav"}


def downloaded(client: FlaskClient, story: Story) -> bytes:
    return bytes(client.get(f"/connections/{story.connection}/exports/declaration.xlsx").data)


def filled(
    body: bytes, rows: dict[str, dict[str, Any]], change: Callable[[Workbook], None] | None = None
) -> bytes:
    """The file with cells changed: requirement → column of TOP → value."""
    book = load_workbook(io.BytesIO(body))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    numbers = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for requirement, cells in rows.items():
        for name, value in cells.items():
            sheet.cell(numbers[requirement], places[TOP[name]]).value = value
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def upload(client: FlaskClient, story: Story, body: bytes, name: str = "svar.xlsx") -> Any:
    return client.post(
        f"/connections/{story.connection}/declaration/import", data={"file": (io.BytesIO(body), name)}
    )


def posted_fields(page: str) -> dict[str, Any]:
    """What the page of differences would post: its hidden fields and the ticked boxes."""
    found: dict[str, Any] = {
        "requirement": [],
        "choose": re.findall(r'name="choose" value="([^"]+)" checked', page),
    }
    for name, held in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        if name == "requirement":
            found["requirement"].append(held)
        elif name != "csrf_token":
            found[name] = html.unescape(held)
    return found
