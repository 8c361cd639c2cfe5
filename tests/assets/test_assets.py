"""The stylesheet, script and fonts: built again to the same bytes, colours measured, licences beside the fonts."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "portal" / "static"
SOURCES = ("package.json", "package-lock.json", ".npmrc")
REPORT_FONTS = ROOT / "portal" / "reports" / "fonts"
BUDGET = {"css/anslut.css": 90_000, "js/anslut.js": 70_000}

TEXT = [
    (ink, paper) for ink in ("ink", "ink-soft", "action", "action-dark") for paper in ("paper", "surface")
]
TEXT += [(state, paper) for state in ("done", "wait", "stop") for paper in ("paper", "surface")]
TEXT += [("on-action", "action"), ("on-action", "action-dark"), ("on-head", "head"), ("on-head-soft", "head")]
TEXT += [("paper", "stop"), ("paper", "ink"), ("ink", "track")]
BORDERS = [("ink-soft", "paper"), ("ink-soft", "surface"), ("action", "paper"), ("action", "track")]
BORDERS += [("done", "track"), ("focus", "focus-ink")]


def tokens() -> dict[str, dict[str, str]]:
    """The colours of brand.css: {"light": {name: hex}, "dark": …}; dark keeps what it does not change."""
    source = (STATIC / "css" / "brand.css").read_text("utf-8")
    head, _, rest = source.partition("@media screen and (prefers-color-scheme: dark)")
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", head))
    dark = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", rest))
    assert set(dark) == set(light), "dark mode gives every colour a value of its own"
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (BORDERS, 3.0)], ids=["text", "borders"])
def test_every_pair_of_colours_that_meets_can_be_told_apart(
    mode: str, pairs: list[tuple[str, str]], least: float
) -> None:
    colours = tokens()[mode]
    weak = {
        f"{one} on {other}": round(contrast(colours[one], colours[other]), 2)
        for one, other in pairs
        if contrast(colours[one], colours[other]) < least
    }
    assert not weak


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_focus_ring_is_seen_on_every_surface(mode: str) -> None:
    """Amber and ink lie side by side, so one of them stands out whatever is behind."""
    colours = tokens()[mode]
    for behind in ("paper", "surface", "head", "action"):
        seen = max(
            contrast(colours["focus"], colours[behind]), contrast(colours["focus-ink"], colours[behind])
        )
        assert seen >= 3, behind


def test_the_measure_itself_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_of_the_stylesheet_comes_from_the_brand() -> None:
    sheet = (STATIC / "css" / "anslut.css").read_text("utf-8")
    named = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet)) - {"#000"}
    assert not named
    used = set(re.findall(r"var\(--([a-z-]+)", sheet))
    known = set(tokens()["light"]) | {"font"} | set(re.findall(r"--([a-z-]+):", sheet))
    assert used <= known


def test_nothing_is_fetched_from_elsewhere_and_the_size_is_kept() -> None:
    for name, most in BUDGET.items():
        content = (STATIC / name).read_text("utf-8")
        assert len(content.encode()) <= most, name
    sheet = (STATIC / "css" / "anslut.css").read_text("utf-8")
    assert not re.findall(r"url\([\"']?(?:https?:)?//", sheet)
    for address in re.findall(r"url\([\"']?([^)\"']+)", sheet):
        assert (STATIC / "css" / address).resolve().is_file(), address


def test_fonts_carry_their_licence_and_swedish_letters() -> None:
    from fontTools.ttLib import TTFont

    for folder in (STATIC / "fonts", REPORT_FONTS):
        assert "SIL Open Font License" in (folder / "OFL.txt").read_text("utf-8")
    wanted = {ord(letter) for letter in "åäöÅÄÖéÉü§–—”’…·½×•0123456789"}
    for style in ("Regular", "SemiBold", "Bold", "Italic"):
        font = TTFont(REPORT_FONTS / f"SourceSans3-{style}.ttf")
        assert wanted <= set(font.getBestCmap()), style
        assert "Source" not in str(font["name"].getDebugName(1)), "the licence reserves that name"
    assert wanted <= set(TTFont(STATIC / "fonts" / "source-sans-3-latin-wght-normal.woff2").getBestCmap())


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with the locked packages installed, or a skip where they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("Node")
    work = tmp_path_factory.mktemp("assets")
    for name in SOURCES:
        shutil.copy(ROOT / name, work / name)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=work, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        missing(f"the npm packages ({done.stderr.strip().splitlines()[-1:]})")
    shutil.copytree(ROOT / "portal" / "assets", work / "portal" / "assets")
    return work


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_building_again_gives_the_committed_bytes(node_modules: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "NODE_OPTIONS"}
    subprocess.run(
        ["node", "portal/assets/build.mjs", str(tmp_path)],
        cwd=node_modules,
        check=True,
        capture_output=True,
        env=environment,
        timeout=120,
    )
    built, committed = _files(tmp_path), _files(STATIC)
    assert set(built) == set(committed)
    changed = [name for name in built if built[name] != committed[name]]
    assert not changed, f"run `make assets` and commit: {changed}"


@pytest.mark.slow
def test_the_fonts_of_the_reports_come_out_the_same(node_modules: Path, tmp_path: Path) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("fonts", ROOT / "portal" / "assets" / "fonts.py")
    assert spec is not None
    assert spec.loader is not None
    fonts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fonts)
    fonts.build(node_modules / "node_modules" / "@fontsource" / "source-sans-3", tmp_path)
    assert _files(tmp_path) == _files(REPORT_FONTS)
