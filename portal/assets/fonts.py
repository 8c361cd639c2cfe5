"""Make the TrueType files that the PDFs embed from the web font's packages: python portal/assets/fonts.py [TARGET]."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "node_modules" / "@fontsource" / "source-sans-3"
TARGET = ROOT / "portal" / "reports" / "fonts"
CUTS = {"Regular": "400-normal", "Italic": "400-italic", "SemiBold": "600-normal", "Bold": "700-normal"}
# The licence reserves the name Source for unchanged fonts; ours are merged from two subsets.
FAMILY = "Anslut Sans"
_COPYRIGHT, _LICENCE, _LICENCE_URL = 0, 13, 14


def _pared(path: Path) -> TTFont:
    """Only outlines, widths and the character map: ReportLab shapes no text."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options(
        layout_features=[], drop_tables=["BASE", "GDEF", "GPOS", "GSUB", "STAT"], notdef_outline=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    font.flavor = None
    return font


def _rename(font: TTFont, style: str) -> None:
    names = font["name"]
    kept = {n: names.getDebugName(n) for n in (_COPYRIGHT, _LICENCE, _LICENCE_URL) if names.getDebugName(n)}
    names.names = []
    joined = FAMILY.replace(" ", "") + "-" + style
    ours = {1: f"{FAMILY} {style}", 2: "Regular", 3: joined, 4: f"{FAMILY} {style}", 6: joined}
    for number, text in {**kept, **ours}.items():
        names.setName(text, number, 3, 1, 0x409)


def build(source: Path = SOURCE, target: Path = TARGET) -> list[Path]:
    """Write one file per cut, Latin and Latin Extended together, and the licence beside them."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    with TemporaryDirectory() as folder:
        for style, cut in CUTS.items():
            parts = []
            for script in ("latin", "latin-ext"):
                part = Path(folder) / f"{script}-{cut}.ttf"
                _pared(source / "files" / f"source-sans-3-{script}-{cut}.woff2").save(part)
                parts.append(str(part))
            font = Merger().merge(parts)
            font.recalcTimestamp = False
            # The merger stamps the clock; the source's own date makes the same bytes every time.
            font["head"].created = font["head"].modified = TTFont(parts[0])["head"].modified
            _rename(font, style)
            path = target / f"SourceSans3-{style}.ttf"
            font.save(path, reorderTables=True)
            made.append(path)
    shutil.copyfile(source / "LICENSE", target / "OFL.txt")
    return made


if __name__ == "__main__":
    for written in build(target=Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET):
        print(f"{written.name} {written.stat().st_size}")
