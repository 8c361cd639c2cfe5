"""Letters as drawn: the embedded fonts, how wide text is, how it breaks into lines, and what stands in for a letter
that the font lacks."""

import re
import unicodedata
from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, SEMIBOLD = "Regular", "SemiBold"
# Drawn as a box: the font has no such letter and answers with its "not defined" glyph.
BOX = "\ufffd"
DRAWN_AS = {
    "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "≥": ">=", "≤": "<=", "≠": "!=",
    "●": "•", "▪": "•", "■": "•", "‑": "-", "‐": "-", "\u202f": "\xa0", "\t": " ",
}  # fmt: skip
_BREAKS = re.compile(r"[/\-._:@&?=,;]")


class Cut:
    """One cut of the typeface: its registered name and the width of each letter, in thousandths of the size."""

    def __init__(self, style: str) -> None:
        self.name = f"Anslut-{style}"
        with resources.as_file(resources.files(__package__) / "fonts" / f"SourceSans3-{style}.ttf") as path:
            pdfmetrics.registerFont(TTFont(self.name, str(path)))
        face = pdfmetrics.getFont(self.name).face
        self._glyphs = frozenset(face.charToGlyph)
        self._raw, self._unknown = face.charWidths, face.defaultWidth
        self._widths: dict[str, float] = {}

    def has(self, letter: str) -> bool:
        """True when the font draws the letter itself."""
        return ord(letter) in self._glyphs

    def drawn(self, letter: str) -> str:
        """What is drawn for a letter: itself, something that means the same, or a box."""
        if self.has(letter):
            return letter
        stand_in = DRAWN_AS.get(letter) or unicodedata.normalize("NFKC", letter)
        return stand_in if all(map(self.has, stand_in)) else BOX

    def width(self, text: str, size: float) -> float:
        """The width of a text in points."""
        known = self._widths
        total = 0.0
        for letter in text:
            found = known.get(letter)
            if found is None:
                drawn = self.drawn(letter)
                found = known[letter] = sum(self._raw.get(ord(part), self._unknown) for part in drawn)
            total += found
        return total * size / 1000

    def runs(self, line: str) -> list[tuple[str, str | None]]:
        """A line as (drawn, meant) pieces; `meant` is None where what is drawn is what is meant."""
        found: list[tuple[str, str | None]] = []
        plain = ""
        for letter in line:
            if self.has(letter):
                plain += letter
                continue
            if plain:
                found.append((plain, None))
                plain = ""
            found.append((self.drawn(letter), letter))
        return [*found, (plain, None)] if plain else found


@cache
def cut(style: str) -> Cut:
    """The cut of that style, registered once."""
    return Cut(style)


def visible(text: str) -> str:
    """The text in NFC without controls and marks that are seen nowhere; line breaks stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )


def one_line(text: str) -> str:
    """The text as a title: what is seen of it, on one line."""
    return " ".join(visible(text).split())


def lines(text: str, face: Cut, size: float, width: float) -> list[str]:
    """The text broken into lines of at most this width; a word that is wider is broken inside."""
    found: list[str] = []
    space = face.width(" ", size)
    for paragraph in visible(text).split("\n"):
        line, used = "", 0.0
        for word in re.split(" +", paragraph.strip(" ")):
            wide = face.width(word, size)
            if line and used + space + wide <= width:
                line, used = f"{line} {word}", used + space + wide
                continue
            if line:
                found.append(line)
            while wide > width:
                head = _fitting(word, face, size, width)
                found.append(word[:head])
                word = word[head:]
                wide = face.width(word, size)
            line, used = word, wide
        found.append(line)
    return found


def _fitting(word: str, face: Cut, size: float, width: float) -> int:
    """How many letters of a too long word fit, at least one; after a natural break when one is near the end."""
    used, count = 0.0, 0
    for letter in word:
        used += face.width(letter, size)
        if used > width:
            break
        count += 1
    breaks = [found.end() for found in _BREAKS.finditer(word[:count]) if found.end() > count * 0.6]
    return breaks[-1] if breaks else max(count, 1)
