"""The catalogue of requirements: complete, in both languages, sourced, and written in the portal's own words."""

import re
from pathlib import Path

import pytest

from checklists import load
from checklists.schema import Requirement

CATALOGUE = load.declaration("1")
HARD = (1, 11, 12, 13, 16, 17, 25, 32, 43, 46, 47, 50, 55, 65, 67, 68)
LIMITS = {"title": 60, "text": 240, "why": 240, "evidence": 140}
by_requirement = pytest.mark.parametrize("item", CATALOGUE.requirements, ids=lambda item: item.id)


def test_holds_the_eighty_requirements_in_order() -> None:
    assert [item.id for item in CATALOGUE.requirements] == [f"P-{number:02}" for number in range(1, 81)]


def test_a_no_to_these_requirements_stops_production() -> None:
    assert [item.id for item in CATALOGUE.requirements if item.hard] == [f"P-{number:02}" for number in HARD]


def test_every_theme_holds_requirements_and_every_requirement_has_a_theme_in_theme_order() -> None:
    themes = [theme.id for theme in CATALOGUE.themes]
    met = list(dict.fromkeys(item.theme for item in CATALOGUE.requirements))
    assert met == themes
    assert sum(len(CATALOGUE.of_theme(theme)) for theme in themes) == 80


@by_requirement
def test_each_text_is_written_in_both_languages_and_fits_its_place(item: Requirement) -> None:
    for name, limit in LIMITS.items():
        text = getattr(item, name)
        assert text.sv.strip()
        assert text.en.strip()
        assert text.sv != text.en or len(text.sv.split()) == 1, f"{item.id} {name} is not translated"
        assert max(len(text.sv), len(text.en)) <= limit, f"{item.id} {name} is too long"
        assert "!" not in text.sv + text.en


@by_requirement
def test_each_requirement_has_a_source_and_known_checks(item: Requirement) -> None:
    assert item.source.strip()
    assert all(re.fullmatch(r"\d\d", number) for number in item.checks)


@by_requirement
def test_no_sentence_is_copied_from_the_material(item: Requirement, shared: Path) -> None:
    material = _words((shared / "domain" / "sdk-domain.md").read_text("utf-8"))
    for name in ("title", "text", "why", "evidence"):
        for language in ("sv", "en"):
            for sentence in re.split(r"(?<=[.?:])\s+", getattr(item, name).get(language)):
                words = _words(sentence)
                if len(words.split()) > 4:
                    assert words not in material, f"{item.id} {name}: {sentence}"


def test_the_answer_scale_is_the_one_that_the_rules_know() -> None:
    from workflows.declaration import VALUES

    assert tuple(option.code for option in CATALOGUE.scale) == VALUES


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_the_checks_that_prove_a_requirement_are_checks_of_the_suite() -> None:
    known = {check.number for check in load.suite().checks}
    assert {number for item in CATALOGUE.requirements for number in item.checks} <= known
