"""Looking into Office documents that are ZIP packages: what they are, and whether they are safe to unpack and open."""

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from portal.scanning import TestVirusSearch

MAX_ENTRIES = 10_000
MAX_UNPACKED = 300 * 1024 * 1024
FREE_RATIO_BYTES = 20 * 1024 * 1024
MAX_RATIO = 150
CHUNK = 64 * 1024
_ARCHIVES = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream in which old Office keeps a file of any kind that was dropped into a document.
PACKED_FILE = "\x01Ole10Native"
_PROGRAMS = (b"MZ", b"\x7fELF")
_MACRO_ENTRY = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/.*|basic/(?!script-l[cb]\.xml$).*[^/]|scripts/.*[^/])$",
    re.IGNORECASE,
)
_MACRO_TYPE = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject", re.IGNORECASE)
OOXML = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
}


class Unsafe(Exception):
    """The package is refused; `code` is one of archive, bomb, damaged, infected, macros, program, protected and nested."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Budget:
    """How many more bytes may be unpacked, shared by a package and the packages inside it."""

    left: int = MAX_UNPACKED
    packed: int = 0
    unpacked: int = 0

    def spend(self, count: int) -> None:
        self.left -= count
        self.unpacked += count
        if self.left < 0:
            raise Unsafe("bomb")
        if self.unpacked > FREE_RATIO_BYTES and self.unpacked > MAX_RATIO * max(self.packed, 1):
            raise Unsafe("bomb")


def kind_of(file: IO[bytes], size: int, budget: Budget | None = None) -> str:
    """The ending that tells what the package is (docx, xlsx, pptx, odt, ods, odp, odg).

    Every entry is unpacked within bounds, whatever its header says of its size. Raises Unsafe.
    """
    inside = budget is not None
    budget = budget or Budget(packed=size)
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            _outline(entries, size)
            found = _kind(package, entries)
            for entry in entries:
                _look(file, entry, budget, inside)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, struct.error, ValueError, EOFError) as error:
        raise Unsafe("damaged") from error
    return found


def _outline(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what the directory of the package tells on its own."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unsafe("bomb")
    if sum(entry.compress_size for entry in entries) > size:
        raise Unsafe("bomb")  # The entries overlap, so that few bytes become many.
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unsafe("protected")
    if any(_MACRO_ENTRY.search(entry.filename) for entry in entries):
        raise Unsafe("macros")


def _kind(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        if package.getinfo("[Content_Types].xml").file_size > 4 * 1024 * 1024:
            raise Unsafe("bomb")
        types = package.read("[Content_Types].xml")
        # The text may be UTF-16, where each letter has a NUL beside it.
        if _MACRO_TYPE.search(types.replace(b"\0", b"")):
            raise Unsafe("macros")
        for folder, ending in OOXML.items():
            if any(name.startswith(folder) for name in names):
                return ending
    if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
        declared = package.read("mimetype").strip()
        if declared in ODF and "content.xml" in names:
            return ODF[declared]
    raise Unsafe("archive")


def _look(file: IO[bytes], entry: zipfile.ZipInfo, budget: Budget, inside: bool) -> None:
    """Unpack one entry to nothing, and look at how it begins."""
    parts = _unpacked(file, entry, budget)
    first = next(parts, b"")
    if first.startswith(_PROGRAMS):
        raise Unsafe("program")
    if first.startswith(_ARCHIVES):
        _look_inside(first, parts, budget, inside)
        return
    search, is_compound, tail = TestVirusSearch(), first.startswith(_COMPOUND), b""
    for part in chain((first,), parts):
        if search.found_in(part):
            raise Unsafe("infected")
        if is_compound:
            _look_at_compound(tail + part)
            tail = part[-64:]


def _look_at_compound(part: bytes) -> None:
    """An object of another program inside the document must hold neither macros nor a file of any kind."""
    if "_VBA_PROJECT".encode("utf-16-le") in part:
        raise Unsafe("macros")
    if PACKED_FILE.encode("utf-16-le") in part:
        raise Unsafe("nested")


def _look_inside(first: bytes, parts: Iterator[bytes], budget: Budget, inside: bool) -> None:
    """A document inside a document, such as the table behind a chart, is looked at once; deeper ones are refused."""
    if inside or not first.startswith(b"PK\x03\x04"):
        raise Unsafe("nested")
    with tempfile.TemporaryFile() as copy:
        size = copy.write(first) + sum(copy.write(part) for part in parts)
        try:
            kind_of(copy, size, budget)
        except Unsafe as error:
            raise Unsafe("nested" if error.code == "archive" else error.code) from error


def _unpacked(file: IO[bytes], entry: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The bytes of an entry by chunks, inflated here so that a false size in the header hides nothing."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04":
        raise Unsafe("damaged")
    file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unsafe("damaged")
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left, place, made = entry.compress_size, file.tell(), 0
    while left:
        file.seek(place)
        packed = file.read(min(CHUNK, left))
        if not packed:
            raise Unsafe("damaged")
        left, place = left - len(packed), place + len(packed)
        while packed:
            part = inflate.decompress(packed, CHUNK * 4) if inflate else packed
            packed = inflate.unconsumed_tail if inflate else b""
            made += len(part)
            budget.spend(len(part))
            if part:
                yield part
    while inflate and not inflate.eof and (part := inflate.decompress(b"", CHUNK * 4)):
        made += len(part)
        budget.spend(len(part))
        yield part
    if made != entry.file_size or (inflate and not inflate.eof):
        raise Unsafe("damaged")
