"""What a file is, told from its content and never from its name; what may carry harm is refused."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal import packages
from portal.scanning import TestVirusSearch

HEAD = 4096
CHUNK = 256 * 1024
_MARKUP = re.compile(rb"<\s{0,20}(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|!--)", re.IGNORECASE)
_HEADER = re.compile(
    rb"^(from|to|subject|date|message-id|received|mime-version|return-path|delivered-to):",
    re.IGNORECASE | re.MULTILINE,
)
# Every repetition is bound, so that no text makes the search slow.
_ATTACHED = re.compile(
    rb"""name\*?\d?\*?=\s{0,9}["']?[^"'\r\n;]{0,300}\.([a-z0-9]{1,5})["']?\s{0,9}(?:;|$)""",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}
DANGEROUS = frozenset(
    re.findall(
        r"[a-z0-9]+",
        """ade adp apk app appx bat cab chm cmd com cpl dll dmg docm dotm exe hta htm html iso jar js jse lnk mht mhtml
        mjs msc msi msix msp mst php pif ppam pptm potm ppsm ps1 py rb reg scr sct sh shtml svg svgz swf url vb vbe vbs
        vhd ws wsc wsf wsh xbap xht xhtml xlam xlsm xltm xll xsl xslt""",
    )
)
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"\x00asm",
)
_ARCHIVES = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OFFICE = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_MACRO_STORES = frozenset({"_vba_project", "vba", "_vba_project_cur", "macros"})


@dataclass(frozen=True)
class FileKind:
    """A type that is taken in: its code for texts, its media type, and the endings its names may have."""

    code: str
    media_type: str
    extensions: tuple[str, ...]


class Refused(Exception):
    """The file is not taken in; `code` says why, as `reason.file_<code>` tells it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
KINDS = {
    kind.extensions[0]: kind
    for kind in (
        FileKind("pdf", "application/pdf", ("pdf",)),
        FileKind("image", "image/png", ("png",)),
        FileKind("image", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
        FileKind("image", "image/gif", ("gif",)),
        FileKind("image", "image/webp", ("webp",)),
        FileKind("document", _OPEN_XML + "wordprocessingml.document", ("docx", "dotx")),
        FileKind("sheet", _OPEN_XML + "spreadsheetml.sheet", ("xlsx", "xltx")),
        FileKind("slides", _OPEN_XML + "presentationml.presentation", ("pptx", "potx", "ppsx")),
        FileKind("document", _OPEN_DOCUMENT + "text", ("odt", "ott")),
        FileKind("sheet", _OPEN_DOCUMENT + "spreadsheet", ("ods", "ots")),
        FileKind("slides", _OPEN_DOCUMENT + "presentation", ("odp", "otp")),
        FileKind("image", _OPEN_DOCUMENT + "graphics", ("odg",)),
        FileKind("document", "application/msword", ("doc", "dot")),
        FileKind("sheet", "application/vnd.ms-excel", ("xls", "xlt")),
        FileKind("slides", "application/vnd.ms-powerpoint", ("ppt", "pot", "pps")),
        FileKind("mail", "application/vnd.ms-outlook", ("msg",)),
        FileKind("mail", "message/rfc822", ("eml",)),
        FileKind(
            "text", "text/plain", ("txt", "csv", "tsv", "log", "md", "conf", "ini", "json", "yaml", "yml")
        ),
    )
}


def inspect(path: Path, name: str) -> FileKind:
    """What the file is. `name` is only held against it: a name of a program or a page is refused. Raises Refused."""
    size = path.stat().st_size
    if not size:
        raise Refused("empty")
    with path.open("rb") as file:
        if _holds_test_virus(file):
            raise Refused("infected")
        found = _found(file, size)
    if name.rpartition(".")[2].lower() in DANGEROUS and "." in name:
        raise Refused("macros" if found.code in ("document", "sheet", "slides") else "program_name")
    return found


def _holds_test_virus(file: IO[bytes]) -> bool:
    search = TestVirusSearch()
    while part := file.read(CHUNK):
        if search.found_in(part):
            return True
    return False


def _found(file: IO[bytes], size: int) -> FileKind:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(_PROGRAMS):
        raise Refused("program")
    if head.startswith(b"PK\x03\x04"):
        if b"%PDF-" in head[:1024]:
            raise Refused("two_types")
        return _package(file, size)
    if head.startswith((*_ARCHIVES, b"PK")):
        raise Refused("archive")
    found = _by_signature(head, size) or (_compound(file) if head.startswith(_COMPOUND) else None)
    if found is None:
        return _text(file, head)
    if _MARKUP.search(head[:1024]) and found.code in ("pdf", "image") and not _is_metadata(found, head):
        raise Refused("two_types")
    if _is_package_too(file):
        raise Refused("two_types")
    return found


def _by_signature(head: bytes, size: int) -> FileKind | None:
    if head.startswith((b"%PDF-1.", b"%PDF-2.")):
        return KINDS["pdf"]
    if b"%PDF-" in head[:1024]:
        # Readers open it as PDF all the same, while others take what stands before for something else.
        raise Refused("two_types")
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return KINDS["png"]
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpg"]
    if head.startswith((b"GIF87a", b"GIF89a")) and size > 13:
        return KINDS["gif"]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return KINDS["webp"]
    return None


def _is_metadata(found: FileKind, head: bytes) -> bool:
    """True when the markup at the head is the description (XMP) that cameras and programs put in pictures and PDFs."""
    markup = {match.group(1).lower() for match in _MARKUP.finditer(head[:1024])}
    return markup <= {b"?xml"} and b"xpacket" in head and found.code in ("image", "pdf")


def _is_package_too(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            return bool(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def _package(file: IO[bytes], size: int) -> FileKind:
    try:
        return KINDS[packages.kind_of(file, size)]
    except packages.Unsafe as error:
        raise Refused(error.code) from error


def _compound(file: IO[bytes]) -> FileKind:
    """An old Office document or an Outlook message, told by the names in its directory.

    Every aligned place that looks like a directory entry counts, also of documents inside, so that no macro is missed.
    """
    names: set[str] = set()
    file.seek(512)
    while block := file.read(CHUNK):
        for at in range(0, len(block) - 127, 128):
            length = int.from_bytes(block[at + 64 : at + 66], "little")
            if block[at + 66] in (1, 2, 5) and 4 <= length <= 64 and not length % 2:
                names.add(block[at : at + length - 2].decode("utf-16-le", "replace"))
    if _MACRO_STORES & {name.lower() for name in names}:
        raise Refused("macros")
    if packages.PACKED_FILE in names:
        raise Refused("nested")
    if "EncryptedPackage" in names:
        raise Refused("protected")
    if "__nameid_version1.0" in names or "__properties_version1.0" in names:
        return KINDS["msg"]
    for name, ending in _OLD_OFFICE.items():
        if name in names:
            return KINDS[ending]
    raise Refused("unknown")


def _text(file: IO[bytes], head: bytes) -> FileKind:
    """Plain text or mail, in UTF-8, UTF-16 with its mark, or the old code page of Windows."""
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    begun = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n").encode("utf-8")
    is_mail = len(_HEADER.findall(begun.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0])) >= 2
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding == "utf-8" else "strict")
    file.seek(0)
    tail = b""
    while part := file.read(CHUNK):
        if encoding == "utf-8" and _CONTROL & set(part):
            raise Refused("unknown")
        try:
            text = decoder.decode(part).encode("utf-8", "replace")
        except UnicodeDecodeError as error:
            raise Refused("unknown") from error
        here = tail + text
        if not is_mail and _MARKUP.search(here):
            raise Refused("markup")
        if is_mail and any(found.decode().lower() in DANGEROUS for found in _ATTACHED.findall(here)):
            raise Refused("mail_program")
        tail = here[-400:]
    return KINDS["eml"] if is_mail else KINDS["txt"]
