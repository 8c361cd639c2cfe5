"""A file is what its content says: what is taken in is recognised, and what may carry harm is refused by name."""

import base64
import time
from pathlib import Path

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from portal.file_kinds import KINDS, Refused, inspect
from portal.texts import LANGUAGES, has
from tests.evidence import making
from workflows.evidence import MAX_NAME, named_for, tidy_name

TAKEN = {
    "pdf": making.PDF,
    "png": making.PNG,
    "jpg": making.JPEG,
    "gif": making.GIF,
    "webp": making.WEBP,
    "docx": making.docx(),
    "xlsx": making.XLSX,
    "pptx": making.PPTX,
    "odt": making.open_document("text"),
    "ods": making.open_document("spreadsheet"),
    "odp": making.open_document("presentation"),
    "doc": making.compound("WordDocument", "1Table"),
    "xls": making.compound("Workbook"),
    "ppt": making.compound("PowerPoint Document"),
    "msg": making.compound("__nameid_version1.0", "__properties_version1.0"),
    "eml": making.MAIL,
    "txt": making.TEXT,
}
REFUSED = {
    "empty": [b""],
    "infected": [
        making.EICAR,
        making.TEXT + making.EICAR,
        making.PDF + bytes(300_000) + making.EICAR,
        making.docx(word__media__a_dot_bin=making.EICAR),
        making.MAIL + base64.b64encode(making.EICAR),
    ],
    "bomb": [making.bomb(40), making.bomb(400), making.overlapping(60)],
    "damaged": [making.lying_bomb(10), making.docx()[:-60] + bytes(60), b"PK\x03\x04" + bytes(100)],
    "nested": [
        making.docx(word__embeddings__oleObject1_dot_bin=making.compound("\x01Ole10Native")),
        making.compound("WordDocument", "\x01Ole10Native"),
        making.docx(word__media__a_dot_bin=making.packed({"a.txt": b"a"})),
        making.docx(word__embeddings__a_dot_docx=making.docx(word__embeddings__b_dot_docx=making.docx())),
        making.docx(word__a_dot_bin=b"\x1f\x8b\x08" + bytes(50)),
    ],
    "macros": [
        making.docx(word__embeddings__oleObject1_dot_bin=making.compound("_VBA_PROJECT")),
        making.docx(word__vbaProject_dot_bin=b"x"),
        making.docx(types=b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        making.docx(types="vnd.ms-office.vbaProject".encode("utf-16")),
        making.docx(
            word__embeddings__a_dot_xlsx=making.packed(
                {"[Content_Types].xml": b"", "xl/vbaProject.bin": b"x"}
            )
        ),
        making.packed(
            {"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/macrosheets/sheet1.xml": b"x"}
        ),
        making.open_document("text", Basic__Standard__Module1_dot_xml=b"Sub Main"),
        making.compound("WordDocument", "Macros", "VBA"),
        making.compound("Workbook", "_VBA_PROJECT_CUR"),
    ],
    "program": [
        making.EXECUTABLE,
        b"\x7fELF" + bytes(50),
        b"#!/bin/sh\nrm -rf /\n",
        making.docx(word__embeddings__a_dot_bin=making.EXECUTABLE),
    ],
    "markup": [
        making.HTML,
        making.SVG,
        b"\xef\xbb\xbf \n" + making.SVG,
        making.HTML.decode().encode("utf-16"),
        b"<?xml version='1.0'?><a/>",
        making.TEXT * 20_000 + b"<script>alert(1)</script>",
    ],
    "archive": [making.packed({"a.txt": b"a"}), b"Rar!\x1a\x07\x01\x00", b"\x1f\x8b\x08" + bytes(50)],
    "protected": [making.compound("EncryptedPackage", "EncryptionInfo")],
    "two_types": [
        making.PDF + making.docx(),
        making.PNG + making.packed({"a.js": b"alert(1)"}),
        b"<html><script>alert(1)</script>\n" + making.PDF,
        making.PDF[:9] + b"<script>alert(1)</script>" + making.PDF[9:],
        making.GIF[:13] + b"<html><script>alert(1)</script>" + making.GIF[13:],
        making.docx(**{"%PDF-1.7": b"x"}),
    ],
    "mail_program": [
        making.MAIL + b'\r\nContent-Disposition: attachment; filename="faktura.pdf.exe"\r\n\r\nTVqQ\r\n'
    ],
    "unknown": [bytes(200), b"\x00\x01\x02", making.compound("Något annat"), b"text\x00med noll"],
}


def saved(folder: Path, body: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("ending", TAKEN)
def test_what_is_taken_in_is_known_by_its_content(ending: str, tmp_path: Path) -> None:
    found = inspect(saved(tmp_path, TAKEN[ending]), "utan ändelse")
    assert found is KINDS[ending]
    for language in LANGUAGES:
        assert has(f"evidence.type.{found.code}", language)


def test_text_in_the_old_code_page_is_text(tmp_path: Path) -> None:
    assert inspect(saved(tmp_path, making.CSV), "system.csv") is KINDS["txt"]
    assert inspect(saved(tmp_path, making.TEXT.decode().encode("utf-16")), "a.txt") is KINDS["txt"]


def test_a_table_behind_a_chart_is_no_archive(tmp_path: Path) -> None:
    body = making.docx(word__embeddings__Microsoft_Excel_dot_xlsx=making.XLSX)
    assert inspect(saved(tmp_path, body), "rapport.docx") is KINDS["docx"]


@pytest.mark.parametrize(
    ("code", "body"),
    [(code, body) for code, bodies in REFUSED.items() for body in bodies],
    ids=[f"{code}-{number}" for code, bodies in REFUSED.items() for number in range(len(bodies))],
)
def test_what_may_carry_harm_is_refused_and_told(code: str, body: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        inspect(saved(tmp_path, body), "rapport.pdf")
    assert refused.value.code == code
    for language in LANGUAGES:
        assert has(f"reason.file_{code}", language)


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.js", "sida.HTML", "bild.svg", "a.lnk"])
def test_the_name_of_a_program_is_refused_whatever_it_holds(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="program_name"):
        inspect(saved(tmp_path, making.TEXT), name)


def test_a_macro_name_is_told_as_macros(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="macros"):
        inspect(saved(tmp_path, making.docx()), "mall.docm")


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\policy.pdf", "policy.pdf"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("faktura\u202efdp.exe", "fakturafdp.exe"),
        ("osynlig\u200b.pdf", "osynlig.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("  ...hemlig.pdf . ", "hemlig.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("a\u0308.pdf", "ä.pdf"),
        ("..", ""),
        ("", ""),
    ],
)
def test_odd_names_become_plain_text(given: str, tidy: str) -> None:
    assert tidy_name(given) == tidy


def test_a_very_long_name_keeps_its_ending() -> None:
    found = tidy_name("ö" * 5000 + ".pdf")
    assert len(found) == MAX_NAME
    assert found.endswith("ö.pdf")


@pytest.mark.parametrize(
    ("given", "name", "lies"),
    [
        ("rapport.pdf", "rapport.pdf", False),
        ("RAPPORT.PDF", "RAPPORT.PDF", False),
        ("rapport.docx", "rapport.docx.pdf", True),
        ("rapport", "rapport.pdf", False),
        ("", "fil.pdf", False),
        ("a" * 300 + ".doc", "a" * 116 + ".pdf", True),
    ],
)
def test_a_name_that_lies_gets_the_ending_of_the_content(given: str, name: str, lies: bool) -> None:
    found = named_for(given, KINDS["pdf"].extensions)
    assert found == (name, lies)


@pytest.mark.parametrize(
    "body",
    [
        making.MAIL + b"name=" * 60_000,
        making.MAIL + b"name= " + b" " * 300_000,
        b"<" + b" " * 300_000 + b"<" * 300_000,
        b"From:" * 60_000,
    ],
    ids=["names", "blanks", "brackets", "headers"],
)
def test_text_made_to_be_slow_is_read_at_once(body: bytes, tmp_path: Path) -> None:
    began = time.process_time()
    inspect(saved(tmp_path, body), "a.txt")
    assert time.process_time() - began < 5


def test_sheets_and_documents_of_real_programs_are_taken_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(20_000):
        book.active.append(["samma text på varje rad", number])
    book.save(tmp_path / "lista.xlsx")
    assert inspect(tmp_path / "lista.xlsx", "lista.xlsx") is KINDS["xlsx"]
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(10, 10, "Protokoll")
    canvas.save()
    assert inspect(tmp_path / "a.pdf", "a.pdf") is KINDS["pdf"]
