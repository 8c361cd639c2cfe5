"""What a page is filled with: texts and rows that know their height, split anywhere and draw themselves tagged."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from portal.reports import letters
from portal.reports.tagged import Node, Sheets

INK, SOFT, ACTION, DARK = "#1b2426", "#4a585c", "#0b5c6b", "#073f4a"
SURFACE, LINE = "#f5f3ef", "#cfd6d6"
DONE, WAIT, STOP = "#1d6b45", "#8a5a00", "#a61b1b"
# A row up to this height moves to the next page whole instead of being split.
WHOLE = 150.0
SHAPE_ROOM = 15.0


@dataclass(frozen=True)
class Style:
    """How a text looks: cut, size and leading in points, colour, space above; `keep` holds it to what follows."""

    cut: str = letters.REGULAR
    size: float = 10.5
    leading: float = 15.0
    colour: str = INK
    above: float = 6.0
    keep: bool = False


@dataclass(frozen=True)
class Shape:
    """A small drawn sign before a word, so that meaning never rests on colour alone."""

    name: str
    colour: str


class Block(Protocol):
    """A part of the page. Heights and widths are points."""

    @property
    def above(self) -> float: ...
    @property
    def keep(self) -> bool: ...
    def height(self, width: float) -> float: ...
    def least(self, width: float) -> float:
        """The height of the smallest first part that may stand at the foot of a page."""

    def split(self, width: float, room: float, *, force: bool) -> "tuple[Block | None, Block | None]":
        """What fits in the room, and the rest. With `force` something always fits."""

    def draw(self, sheets: Sheets, x: float, top: float, width: float) -> None: ...


@dataclass
class Text:
    """A text of one style; without a node it is an artifact. `level` makes it an entry of the outline."""

    text: str
    style: Style
    node: Node | None
    shape: Shape | None = None
    level: int | None = None
    label: str = ""
    taken: int = 0
    until: int | None = None
    _width: float = field(default=-1.0, init=False)
    _broken: list[str] = field(default_factory=list, init=False)

    @property
    def above(self) -> float:
        return self.style.above if not self.taken else 0.0

    @property
    def keep(self) -> bool:
        return self.style.keep

    def _lines(self, width: float) -> list[str]:
        if self._width != width:
            room = width - (SHAPE_ROOM if self.shape else 0)
            self._width = width
            self._broken = letters.lines(self.text, letters.cut(self.style.cut), self.style.size, room)
        return self._broken

    def _shown(self, width: float) -> list[str]:
        return self._lines(width)[self.taken : self.until]

    def height(self, width: float) -> float:
        return len(self._shown(width)) * self.style.leading

    def least(self, width: float) -> float:
        count = len(self._shown(width))
        return (count if count <= 3 else 2) * self.style.leading

    def split(self, width: float, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        count = len(self._shown(width))
        fit = int(room // self.style.leading)
        if fit >= count:
            return self, None
        fit = min(fit, count - 2)
        if fit < 2 and force:
            fit = max(1, min(int(room // self.style.leading), count - 1))
        if fit < 1 or (fit < 2 and not force):
            return None, self
        head, tail = replace(self, until=self.taken + fit), replace(self, taken=self.taken + fit)
        for part in (head, tail):
            part._width, part._broken = width, self._broken
        return head, tail

    def draw(self, sheets: Sheets, x: float, top: float, width: float) -> None:
        if self.level is not None and not self.taken:
            sheets.bookmark(letters.one_line(self.label or self.text), self.level, top + self.style.leading)
        if self.shape:
            if not self.taken:
                with sheets.artifact() as canvas:
                    draw_shape(canvas, self.shape, x + 4.5, top - self.style.leading / 2)
            x += SHAPE_ROOM
        if self.node is None:
            with sheets.artifact():
                self._write(sheets, x, top, width)
        else:
            with sheets.of(self.node):
                self._write(sheets, x, top, width)

    def _write(self, sheets: Sheets, x: float, top: float, width: float) -> None:
        style, face, canvas = self.style, letters.cut(self.style.cut), sheets.canvas
        canvas.setFillColor(HexColor(style.colour))
        canvas.setFont(face.name, style.size)
        baseline = top - style.leading / 2 - style.size * 0.33
        for line in self._shown(width):
            self._write_line(sheets, face, line, x, baseline)
            baseline -= style.leading

    def _write_line(self, sheets: Sheets, face: letters.Cut, line: str, x: float, y: float) -> None:
        # The space at the end keeps words apart where a line ends, for those who listen or copy.
        for drawn, meant in face.runs(line + " "):
            if meant is None:
                sheets.canvas.drawString(x, y, drawn)
            else:
                with sheets.spoken(meant) as canvas:
                    canvas.drawString(x, y, drawn)
            x += face.width(drawn, self.style.size)


@dataclass
class Cell:
    """A column of a row: blocks below each other, on an optional fill."""

    blocks: Sequence[Block]
    fill: str = ""

    def height(self, width: float) -> float:
        return sum(
            block.height(width) + (block.above if place else 0) for place, block in enumerate(self.blocks)
        )

    def split(self, width: float, room: float, *, force: bool) -> "tuple[Cell, Cell]":
        """What fits, and the rest; either may be empty."""
        head: list[Block] = []
        for place, block in enumerate(self.blocks):
            room -= block.above if head else 0
            high = block.height(width)
            if high <= room:
                head.append(block)
                room -= high
                continue
            first, rest = block.split(width, room, force=force and not head)
            tail = ([rest] if rest is not None else []) + list(self.blocks[place + 1 :])
            if first:
                head.append(first)
            while len(head) > 1 and head[-1].keep:
                tail.insert(0, head.pop())
            return Cell(head, self.fill), Cell(tail, self.fill)
        return self, Cell([], self.fill)


@dataclass
class Row:
    """Cells side by side. `shares` are parts of the width; `header` is repeated where a page begins inside a table."""

    cells: Sequence[Cell]
    shares: Sequence[float]
    padding: float = 4.0
    gutter: float = 12.0
    rule: str = LINE
    rule_width: float = 0.6
    above: float = 0.0
    keep: bool = False
    header: "Row | None" = None

    def _widths(self, width: float) -> list[float]:
        room, whole = width - self.gutter * (len(self.shares) - 1), sum(self.shares)
        return [room * share / whole for share in self.shares]

    def height(self, width: float) -> float:
        pairs = zip(self.cells, self._widths(width), strict=True)
        return max(cell.height(wide) for cell, wide in pairs) + 2 * self.padding

    def least(self, width: float) -> float:
        return min(self.height(width), WHOLE)

    def split(self, width: float, room: float, *, force: bool) -> tuple[Block | None, Block | None]:
        if not force and self.height(width) <= WHOLE:
            return None, self
        inner = room - 2 * self.padding
        pairs = [
            cell.split(wide, inner, force=force)
            for cell, wide in zip(self.cells, self._widths(width), strict=True)
        ]
        if not any(head.blocks for head, _ in pairs):
            return None, self
        first = replace(self, cells=[head for head, _ in pairs], rule="")
        return first, replace(self, cells=[tail for _, tail in pairs], above=0.0)

    def draw(self, sheets: Sheets, x: float, top: float, width: float) -> None:
        high = self.height(width)
        left, last = x, x + width
        for cell, wide in zip(self.cells, self._widths(width), strict=True):
            if cell.fill:
                begin, end = max(left - self.gutter / 2, x), min(left + wide + self.gutter / 2, last)
                with sheets.artifact() as canvas:
                    canvas.setFillColor(HexColor(cell.fill))
                    canvas.rect(begin, top - high + 1, end - begin - 1, high - 2, stroke=0, fill=1)
            self._draw_cell(sheets, cell, left, top - self.padding, wide)
            left += wide + self.gutter
        if self.rule:
            with sheets.artifact() as canvas:
                canvas.setStrokeColor(HexColor(self.rule))
                canvas.setLineWidth(self.rule_width)
                canvas.line(x, top - high, x + width, top - high)

    def _draw_cell(self, sheets: Sheets, cell: Cell, x: float, top: float, width: float) -> None:
        for place, block in enumerate(cell.blocks):
            top -= block.above if place else 0
            block.draw(sheets, x, top, width)
            top -= block.height(width)


def draw_shape(canvas: Canvas, shape: Shape, x: float, y: float) -> None:
    """A sign of 9 points around its middle: tick, cross, warning, ring, dash or square."""
    canvas.setFillColor(HexColor(shape.colour))
    canvas.setStrokeColor(HexColor(shape.colour))
    canvas.setLineWidth(1.2)
    path = canvas.beginPath()
    if shape.name == "square":
        canvas.rect(x - 4, y - 4, 8, 8, stroke=0, fill=1)
    elif shape.name == "ring":
        canvas.circle(x, y, 3.9, stroke=1, fill=0)
    elif shape.name == "bullet":
        canvas.circle(x, y, 1.6, stroke=0, fill=1)
    elif shape.name == "dash":
        canvas.circle(x, y, 3.9, stroke=1, fill=0)
        canvas.line(x - 2, y, x + 2, y)
    elif shape.name == "warning":
        path.moveTo(x, y + 4.6)
        path.lineTo(x + 4.8, y - 4)
        path.lineTo(x - 4.8, y - 4)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    else:
        _draw_disc(canvas, shape.name, x, y)


def _draw_disc(canvas: Canvas, name: str, x: float, y: float) -> None:
    canvas.circle(x, y, 4.6, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor("#ffffff"))
    canvas.setLineWidth(1.3)
    if name == "tick":
        path = canvas.beginPath()
        path.moveTo(x - 2.2, y)
        path.lineTo(x - 0.6, y - 1.8)
        path.lineTo(x + 2.3, y + 1.9)
        canvas.drawPath(path, stroke=1, fill=0)
    else:
        canvas.line(x - 1.8, y - 1.8, x + 1.8, y + 1.8)
        canvas.line(x - 1.8, y + 1.8, x + 1.8, y - 1.8)
