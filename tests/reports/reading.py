"""Reading a PDF back with the tools that others read it with: poppler, qpdf and pikepdf."""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from tests.conftest import missing

SHOWING = frozenset({"Tj", "TJ", "'", '"', "f", "S", "B", "f*", "Do"})


def tool(name: str, *arguments: str, pdf: bytes, folder: Path) -> str:
    """What a program says of the PDF; the test is skipped where the program is not installed, never in CI."""
    if shutil.which(name) is None:
        missing(name)
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        [name, *(str(path) if part == "PDF" else part for part in arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def spoken(pdf: bytes, folder: Path) -> str:
    """The structure tree with its texts, as poppler reads it."""
    return tool("pdfinfo", "-struct-text", "PDF", pdf=pdf, folder=folder)


def seen(pdf: bytes, folder: Path) -> str:
    """The text of the pages, words separated by single spaces."""
    return " ".join(tool("pdftotext", "-enc", "UTF-8", "PDF", "-", pdf=pdf, folder=folder).split())


def loose(pdf: bytes) -> list[str]:
    """What is drawn on a page without belonging to the structure tree or being an artifact."""
    found = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages, 1):
            depth = 0
            for part in pikepdf.parse_content_stream(page):
                operator = str(part.operator)
                depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
                if operator in SHOWING and not depth:
                    found.append(f"page {number}: {operator}")
            if depth:
                found.append(f"page {number}: {depth} marks are never ended")
    return found


def marks(pdf: bytes) -> Iterator[tuple[int, int, Any]]:
    """Every mark on every page as (page, mark, the element that the parent tree gives)."""
    with pikepdf.open(BytesIO(pdf)) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        for place, page in enumerate(document.pages):
            owners = numbers[2 * int(page.StructParents) + 1]
            for part in pikepdf.parse_content_stream(page):
                if str(part.operator) == "BDC" and "/MCID" in part.operands[1]:
                    mark = int(part.operands[1].MCID)
                    yield place, mark, owners[mark]
