"""Reading XML from strangers: UTF-8, no DOCTYPE, no entities, no network, a size limit."""

import re
from typing import Any

from lxml import etree

SMP_BYTES = 1_000_000
_ENCODING = re.compile(rb"^<\?xml[^>]*\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


class XmlFault(Exception):
    """The bytes are not XML that may be read; `code` is too_large, encoding, doctype or not_xml."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def parse(raw: bytes, max_bytes: int = SMP_BYTES) -> Any:
    """The root element. A DOCTYPE is refused before any parser sees the bytes, whatever their encoding claims."""
    if len(raw) > max_bytes:
        raise XmlFault("too_large")
    declared = _ENCODING.match(raw.removeprefix(b"\xef\xbb\xbf"))
    if b"\x00" in raw or (declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise XmlFault("encoding")
    if b"<!doctype" in raw.lower():
        raise XmlFault("doctype")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise XmlFault("not_xml", error.lineno or 0) from error
