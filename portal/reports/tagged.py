"""Tagged PDF: marked content on ReportLab's pages, and the structure tree that pikepdf adds when all are drawn.

The order of reading is the order in which nodes are made, never the order in which they are drawn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

XMP_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"


@dataclass
class Node:
    """An element of the structure tree. Its marks are (page, mark on the page), both from 0.

    `scope` is Row or Column for a header cell.
    """

    tag: str
    scope: str = ""
    kids: list["Node | tuple[int, int]"] = field(default_factory=list)

    def add(self, tag: str, *, scope: str = "") -> "Node":
        """A new last child."""
        made = Node(tag, scope)
        self.kids.append(made)
        return made


class Sheets:
    """Pages to draw on, where everything drawn either belongs to a node or is an artifact."""

    def __init__(self) -> None:
        self._bytes = BytesIO()
        self.canvas = Canvas(self._bytes, pagesize=A4, invariant=1, pageCompression=0)
        self._owners: list[list[Node]] = [[]]
        self._outline = 0

    @contextmanager
    def of(self, node: Node) -> Iterator[Canvas]:
        """What is drawn inside belongs to the node."""
        page, mark = len(self._owners) - 1, len(self._owners[-1])
        self._owners[-1].append(node)
        node.kids.append((page, mark))
        yield from self._marked(f"/{node.tag} <</MCID {mark}>> BDC")

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[Canvas]:
        """What is drawn inside is for the eye only: rules, fills, shapes, running heads."""
        properties = "/Type /Pagination" if kind == "Pagination" else "/Type /Layout"
        yield from self._marked(f"/Artifact <<{properties}>> BDC")

    @contextmanager
    def spoken(self, text: str) -> Iterator[Canvas]:
        """What is drawn inside stands in for this text."""
        actual = (b"\xfe\xff" + text.encode("utf-16-be", "replace")).hex().upper()
        yield from self._marked(f"/Span <</ActualText <{actual}>>> BDC")

    def _marked(self, begin: str) -> Iterator[Canvas]:
        # ReportLab has no call for marked content; its list of operators is where every drawing call writes.
        self.canvas._code.append(begin)
        yield self.canvas
        self.canvas._code.append("EMC")

    def bookmark(self, title: str, level: int, top: float) -> None:
        """An entry of the outline that leads to this height of the current page."""
        self._outline += 1
        key = f"h{self._outline}"
        self.canvas.bookmarkPage(key, fit="XYZ", left=0, top=top, zoom=0)
        self.canvas.addOutlineEntry(title, key, level=level, closed=level > 0)

    def turn(self) -> None:
        """End the page and begin a new one."""
        self.canvas.showPage()
        self._owners.append([])

    def finished(self, root: Node, *, title: str, author: str, language: str, made: datetime) -> bytes:
        """The whole document with its structure tree, title and language; the same bytes for the same drawing."""
        self.canvas.showPage()
        self.canvas.showOutline()
        self.canvas.save()
        with pikepdf.open(BytesIO(self._bytes.getvalue())) as pdf:
            _Tree(pdf, self._owners).plant(root)
            _describe(pdf, title=title, author=author, language=language, made=made)
            out = BytesIO()
            pdf.save(
                out,
                deterministic_id=True,
                compress_streams=False,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
        return out.getvalue()


class _Tree:
    """Nodes into structure elements, and from each page's marks back to them."""

    def __init__(self, pdf: pikepdf.Pdf, owners: list[list[Node]]) -> None:
        self._pdf, self._owners = pdf, owners
        self._pages = [page.obj for page in pdf.pages]
        self._made: dict[int, Any] = {}

    def plant(self, root: Node) -> None:
        pdf = self._pdf
        tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        tree.K = Array([self._element(root, tree)])
        numbers: list[Any] = []
        for place, (page, nodes) in enumerate(zip(self._pages, self._owners, strict=True)):
            page.StructParents = place
            page.Tabs = Name.S
            numbers += [place, pdf.make_indirect(Array([self._made[id(node)] for node in nodes]))]
        tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        tree.ParentTreeNextKey = len(self._pages)
        pdf.Root.StructTreeRoot = tree
        pdf.Root.MarkInfo = Dictionary(Marked=True)

    def _element(self, node: Node, parent: Any) -> Any:
        made = self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name("/" + node.tag), P=parent))
        self._made[id(node)] = made
        if node.scope:
            made.A = Dictionary(O=Name.Table, Scope=Name("/" + node.scope))
        if node.tag == "L":
            made.A = Dictionary(O=Name.List, ListNumbering=Name("/None"))
        made.K = Array([self._kid(kid, made) for kid in node.kids])
        return made

    def _kid(self, kid: Node | tuple[int, int], parent: Any) -> Any:
        if isinstance(kid, Node):
            return self._element(kid, parent)
        page, mark = kid
        return Dictionary(Type=Name.MCR, Pg=self._pages[page], MCID=mark)


def _describe(pdf: pikepdf.Pdf, *, title: str, author: str, language: str, made: datetime) -> None:
    pdf.Root.Lang = language
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for unused in ("/Keywords", "/Subject", "/Trapped"):
        if unused in pdf.docinfo:
            del pdf.docinfo[unused]
    stamp = made.strftime("D:%Y%m%d%H%M%S+00'00'")
    pdf.docinfo["/Title"], pdf.docinfo["/Author"] = title, author
    pdf.docinfo["/Creator"] = pdf.docinfo["/Producer"] = "Anslut"
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = stamp
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.load_from_docinfo(pdf.docinfo)
        metadata[XMP_LANGUAGE] = [language]
