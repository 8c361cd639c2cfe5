"""A report being written: headings, paragraphs, facts, tables and lists, then laid out on numbered pages as tagged PDF."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4

from portal.reports import blocks, letters
from portal.reports.blocks import Block, Cell, Row, Shape, Style, Text
from portal.reports.saying import Saying, org_number
from portal.reports.tagged import Node, Sheets
from workflows.frozen import digest

LEFT, TOP, FOOT = 62.0, 68.0, 66.0
WIDTH = A4[0] - 2 * LEFT
ROOM = A4[1] - TOP - FOOT
ENTRY, FACTS = (0.2, 0.8), (0.3, 0.7)

BODY = Style()
LEDE = Style(size=9.5, leading=13.5, colour=blocks.SOFT, above=3, keep=True)
LEAD = Style(size=14, leading=20, above=6)
CELL = Style(size=9.5, leading=13, above=3)
CELL_STRONG = replace(CELL, cut=letters.SEMIBOLD)
NAME = replace(CELL, colour=blocks.SOFT)
HEAD = Style(letters.SEMIBOLD, size=9, leading=12, colour=blocks.SOFT)
KICKER = Style(letters.SEMIBOLD, size=9.5, leading=13, colour=blocks.ACTION, above=0)
H1 = Style(letters.SEMIBOLD, size=24, leading=29, colour=blocks.DARK, above=4)
H2 = Style(letters.SEMIBOLD, size=15, leading=20, above=18, keep=True)
H3 = Style(letters.SEMIBOLD, size=11, leading=15, keep=True)
NAMING = replace(HEAD, above=8, keep=True)
RUNNING = Style(size=8.5, leading=12, colour=blocks.SOFT)


@dataclass(frozen=True)
class Marked:
    """A word with its sign."""

    word: str
    shape: Shape


Said = str | Marked
Line = Sequence[Said | Sequence[Said]]


class Paper:
    """One report. Everything is added in the order in which it is read."""

    def __init__(self, record: Mapping[str, Any], say: Saying, title: str) -> None:
        self._record, self._say, self._title = record, say, title
        self._root = Node("Document")
        self._blocks: list[Block] = []
        federation, organisation = record["federation"], record["organisation"]["name"]
        kicker = say.t("report.federation", name=federation["name"], short=federation["short_name"])
        self._blocks.append(Text(kicker, KICKER, self._root.add("P")))
        self._blocks.append(Text(title, H1, self._root.add("H1"), level=0))
        self._blocks.append(Text(organisation, LEAD, self._root.add("P")))
        self._blocks.append(_bar())

    def h2(self, text: str) -> None:
        self._blocks.append(Text(text, H2, self._root.add("H2"), level=1))

    def p(self, text: str, style: Style = BODY, shape: Shape | None = None) -> None:
        """A paragraph; nothing for an empty text."""
        if text.strip():
            self._blocks.append(Text(text, style, self._root.add("P"), shape))

    def frame(self, extra: Iterable[tuple[str, str]]) -> None:
        """The facts every report begins with: whose it is, and what is particular to it."""
        say, record = self._say, self._record
        organisation = record["organisation"]
        kind, county = say.t(f"journey.kind.{organisation['kind']}"), say.county(organisation["county"])
        self.facts(
            [
                (say.t("report.reference"), record["connection"]["reference"]),
                (say.t("report.org_number"), org_number(organisation["org_number"])),
                (say.t("report.kind"), f"{kind}, {county}" if county else kind),
                *extra,
            ]
        )

    def facts(self, pairs: Iterable[tuple[str, Said]]) -> None:
        """A table of names and values; a pair with an empty value is left out."""
        table, above = self._root.add("Table"), 10.0
        for name, value in pairs:
            if value == "":
                continue
            line = table.add("TR")
            head = Text(name, NAME, line.add("TH", scope="Row"))
            cells = [Cell([head]), Cell([_said(value, line.add("TD"))])]
            self._blocks.append(Row(cells, FACTS, padding=3.5, above=above))
            above = 0.0

    def table(
        self,
        heads: Sequence[tuple[str, float]],
        lines: Iterable[Line],
        *,
        fills: Iterable[Sequence[str]] = (),
        strong: bool = True,
    ) -> None:
        """A table whose first column names the line. A cell is one text or several below each other.

        `fills` are the colours behind the cells by line; `strong` sets off the first column.
        """
        table, shares = self._root.add("Table"), [share for _, share in heads]
        line = table.add("TR")
        cells = [Cell([Text(name, HEAD, line.add("TH", scope="Column"))]) for name, _ in heads]
        top = Row(cells, shares, padding=4, rule=blocks.INK, rule_width=1, above=8, keep=True)
        again = replace(top, cells=[Cell([Text(name, HEAD, None)]) for name, _ in heads], above=0, keep=False)
        self._blocks.append(top)
        shades = iter(fills)
        for values in lines:
            line, shade = table.add("TR"), next(shades, ())
            cells = []
            for place, value in enumerate(values):
                node = line.add("TD") if place else line.add("TH", scope="Row")
                parts = [value] if isinstance(value, str | Marked) else list(value)
                style = CELL_STRONG if strong and not place else CELL
                inside = [_said(p, node if len(parts) == 1 else node.add("P"), style) for p in parts]
                cells.append(Cell(inside, shade[place] if shade else ""))
            self._blocks.append(Row(cells, shares, header=again))

    def entry(
        self,
        number: str,
        title: str,
        mark: Marked | None,
        texts: Iterable[tuple[str, str | Sequence[str]]],
        facts: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A numbered part of the report: number and sign to the left; heading, texts and facts to the right.

        A text without a name stands alone, several texts are a list, and what is empty is left out.
        """
        heading = self._root.add("H3")
        left: list[Block] = [Text(number, H3, heading, level=2, label=f"{number} {title}")]
        right: list[Block] = [Text(title, H3, heading)]
        if mark:
            left.append(_said(mark, self._root.add("P"), CELL_STRONG))
        for name, said in texts:
            if not "".join(said).strip():
                continue
            if name:
                right.append(Text(name, NAMING, self._root.add("P")))
            right += self._listed(said)
        right += self._inner_facts([(name, value) for name, value in facts if value.strip()])
        self._blocks.append(Row([Cell(left), Cell(right)], ENTRY, padding=9))

    def _listed(self, said: str | Sequence[str]) -> list[Block]:
        style = replace(BODY, above=2)
        if isinstance(said, str):
            return [Text(said, style, self._root.add("P"))]
        whole = self._root.add("L")
        return [Text(item, style, whole.add("LI").add("LBody")) for item in said]

    def _inner_facts(self, pairs: Sequence[tuple[str, str]]) -> list[Block]:
        if not pairs:
            return []
        table, found = self._root.add("Table"), list[Block]()
        for name, value in pairs:
            line = table.add("TR")
            head, said = Text(name, NAME, line.add("TH", scope="Row")), Text(value, CELL, line.add("TD"))
            above = 2.0 if found else 8.0
            found.append(Row([Cell([head]), Cell([said])], FACTS, padding=0, rule="", above=above))
        return found

    def seal(self) -> None:
        """The last words: what the document is drawn from, and the hash that names it."""
        say = self._say
        self._blocks.append(Text(say.t("report.about"), replace(H3, above=18), self._root.add("H2"), level=1))
        self.p(say.t("report.about_text"), LEDE)
        self.p(say.t("report.sha256"), NAMING)
        self.p(digest(self._record), replace(CELL, above=1))

    def bytes(self) -> bytes:
        """The finished PDF."""
        record, say = self._record, self._say
        pages, sheets = _laid_out(self._blocks), Sheets()
        whose = f"{record['organisation']['name']}, {record['connection']['reference']}"
        for number, page in enumerate(pages, 1):
            if number > 1:
                sheets.turn()
            self._running(sheets, number, len(pages))
            for block, y in page:
                block.draw(sheets, LEFT, A4[1] - TOP - y, WIDTH)
        return sheets.finished(
            self._root,
            title=letters.one_line(f"{self._title}, {whose}"),
            author=letters.one_line(record["federation"]["name"]),
            language=say.language,
            made=datetime.fromisoformat(record["frozen_at"]),
        )

    def _running(self, sheets: Sheets, number: int, total: int) -> None:
        say, record = self._say, self._record
        place = say.t("report.page", n=number, total=total)
        with sheets.artifact("Pagination") as canvas:
            canvas.setStrokeColor(HexColor(blocks.LINE))
            canvas.setLineWidth(0.6)
            canvas.line(LEFT, FOOT - 22, LEFT + WIDTH, FOOT - 22)
        _aside(sheets, record["connection"]["reference"], FOOT - 28)
        _aside(sheets, place, FOOT - 28, right=True)
        if number > 1:
            _aside(sheets, record["organisation"]["name"], A4[1] - 36, share=0.6)
            _aside(sheets, self._title, A4[1] - 36, right=True, share=0.38)


def _aside(sheets: Sheets, text: str, top: float, *, right: bool = False, share: float = 0.5) -> None:
    """One line of the running head or foot, cut where its part of the width ends."""
    face = letters.cut(RUNNING.cut)
    found = letters.lines(letters.one_line(text), face, RUNNING.size, WIDTH * share)
    line = found[0] + (" …" if len(found) > 1 else "")
    x = LEFT + WIDTH - face.width(line, RUNNING.size) if right else LEFT
    Text(line, RUNNING, None).draw(sheets, x, top, WIDTH)


def _said(value: Said, node: Node, style: Style = CELL) -> Text:
    if isinstance(value, Marked):
        return Text(value.word, style, node, value.shape)
    return Text(value, style, node)


def _bar() -> Row:
    """The rule of deep blue-green below the title."""
    return Row([Cell([])], (1,), padding=0, rule=blocks.ACTION, rule_width=2.5, above=14)


def _laid_out(content: Sequence[Block]) -> list[list[tuple[Block, float]]]:
    """The blocks by page, each with its distance from the top of the text area; what does not fit is split."""
    pages: list[list[tuple[Block, float]]] = [[]]
    queue, y = deque(content), 0.0
    while queue:
        block = queue.popleft()
        first = not pages[-1]
        if first:
            y = _repeat_header(block, pages[-1])
        top = y + (0 if first else block.above)
        high = block.height(WIDTH)
        if first or top + _demand(block, queue) <= ROOM:
            head, tail = (block, None) if top + high <= ROOM else block.split(WIDTH, ROOM - top, force=first)
        else:
            head, tail = None, block
        if head is not None:
            pages[-1].append((head, top))
            y = top + head.height(WIDTH)
        if tail is not None:
            queue.appendleft(tail)
            pages.append([])
    return pages


def _repeat_header(block: Block, page: list[tuple[Block, float]]) -> float:
    header = block.header if isinstance(block, Row) else None
    if header is None:
        return 0.0
    page.append((header, 0.0))
    return header.height(WIDTH)


def _demand(block: Block, following: Iterable[Block]) -> float:
    """The height that must be left for a block to begin here: a heading needs the beginning of what it heads."""
    if not block.keep:
        return block.least(WIDTH)
    total = block.height(WIDTH)
    for found in following:
        total += found.above
        if not found.keep:
            return total + found.least(WIDTH)
        total += found.height(WIDTH)
    return total
