"""Files of each kind, made from nothing, and files that mean harm without being able to do any."""

import io
import struct
import zipfile
import zlib
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from portal.scanning import TEST_VIRUS

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(64) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/" + bytes(12)
TEXT = "Rutin för loggning\nBeslutad av säkerhetschefen.\n".encode()
CSV = "system;ägare\nBrygga;It-chefen\n".encode("cp1252")
MAIL = (
    b"From: Anna <anna@kommun.se>\r\nTo: Per <per@kommun.se>\r\nSubject: Beslut\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html\r\n\r\n<html><body>Beslutet bifogas.</body></html>\r\n"
)
HTML = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXECUTABLE = b"MZ\x90\x00" + bytes(200)
EICAR = TEST_VIRUS


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\xff"))
    + _chunk(b"IEND", b"")
)


def packed(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP package of these entries."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return body.getvalue()


def docx(types: bytes = b"<Types/>", **more: bytes) -> bytes:
    """A text document; `more` are further entries by name with __ for / and _dot_ for a full stop."""
    entries = {"[Content_Types].xml": types, "word/document.xml": b"<w:document/>"}
    named = {name.replace("__", "/").replace("_dot_", "."): body for name, body in more.items()}
    return packed(entries | named)


XLSX = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
PPTX = packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"})


def open_document(kind: str, **more: bytes) -> bytes:
    entries = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": b"<office:document-content/>",
    }
    return packed(
        entries | {name.replace("__", "/").replace("_dot_", "."): body for name, body in more.items()}
    )


def compound(*names: str) -> bytes:
    """An old Office file with these names in its directory."""
    directory = b""
    for name in ("Root Entry", *names):
        text = name.encode("utf-16-le") + b"\0\0"
        directory += (
            text.ljust(64, b"\0") + struct.pack("<HBB", len(text), 5 if not directory else 2, 1) + bytes(60)
        )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory + bytes(-len(directory) % 512)


def bomb(megabytes: int) -> bytes:
    """A document whose body is that many megabytes of nothing when unpacked."""
    return docx(word__media__image_dot_bin=bytes(megabytes * 1024 * 1024))


def lying_bomb(megabytes: int) -> bytes:
    """A document whose directory says that its large entry is small."""
    body = bytearray(bomb(megabytes))
    true, false = struct.pack("<I", megabytes * 1024 * 1024), struct.pack("<I", 1000)
    while (at := body.find(true)) >= 0:
        body[at : at + 4] = false
    return bytes(body)


def overlapping(count: int) -> bytes:
    """A document whose directory leads to the same bytes that many times."""
    whole = bytearray(docx(word__a_dot_bin=bytes(range(256)) * 400))
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        start = package.start_dir
    directory, end = bytes(whole[start:-22]), whole[-22:]
    last = directory[directory.rindex(b"PK\x01\x02") :]
    many = directory + last * count
    end[8:12] = struct.pack("<HH", 3 + count, 3 + count)
    end[12:16] = struct.pack("<I", len(many))
    return bytes(whole[:start]) + many + bytes(end)


def post(client: FlaskClient, place: str, data: dict[str, Any]) -> TestResponse:
    """Post a form as a browser does, with the token of the session; a value (stream, name) is a file.

    The form is made in memory; the test client would leave a large one behind on the disk.
    """
    token = client._csrf_token()  # type: ignore[attr-defined]
    fields = {
        name: FileStorage(*value) if isinstance(value, tuple) else value for name, value in data.items()
    }
    boundary, body = encode_multipart({"csrf_token": token, **fields})
    return client.post(place, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
