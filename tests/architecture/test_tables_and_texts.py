"""Every row of every table has its words, page and guard; each failure names the file to edit."""

import re
from pathlib import Path
from string import Formatter

import pytest

from checklists import load
from portal.texts import LANGUAGES, all_texts, has
from portal.web.steps import PAGES
from workflows import diagram, journey
from workflows.access import TABLE, Role
from workflows.guards import GUARDS
from workflows.status import Stage, Status, Track, Turn

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *sorted((ROOT / "portal").rglob("*.py")),
    *sorted((ROOT / "workflows").rglob("*.py")),
    *sorted((ROOT / "templates").rglob("*.html")),
]
ALL_STEPS = tuple(dict.fromkeys(step for table in journey.STEPS.values() for step in table.ids))


def assert_texts(keys: list[str]) -> None:
    missing = [
        f"portal/texts/{language}/{key.split('.', 1)[0]}.yaml lacks {key}"
        for key in keys
        for language in LANGUAGES
        if not has(key, language)
    ]
    assert not missing, "\n".join(missing)


def test_both_languages_have_the_same_keys_and_parameters() -> None:
    sv, en = all_texts("sv"), all_texts("en")
    assert not set(sv) ^ set(en), f"write these in both languages: {sorted(set(sv) ^ set(en))}"
    different = [key for key in sv if _parameters(sv[key]) != _parameters(en[key])]
    assert not different, f"the languages use different parameters in {different}"


def _parameters(found: object) -> set[str]:
    texts = found.values() if isinstance(found, dict) else [found]
    return {name for text in texts for _, name, _, _ in Formatter().parse(str(text)) if name}


def test_every_text_that_a_page_names_exists() -> None:
    literal = re.compile(r"""(?<![\w.])(?:t|text)\(\s*(["'])([a-z_]+(?:\.[a-z_0-9-]+)+)\1\s*[,)]""")
    named = {key for file in SOURCES for _, key in literal.findall(file.read_text("utf-8"))}
    assert len(named) > 200
    assert_texts(sorted(named))


def test_every_reason_has_its_sentence() -> None:
    literal = re.compile(r"""\bReason\(\s*f?(["'])([a-z_]+)\1""")
    # A headline is a reason whose words stand below run.headline, which tests/verification asks for.
    codes = {
        code
        for file in SOURCES
        if file.suffix == ".py" and file != ROOT / "workflows/verification.py"
        for _, code in literal.findall(file.read_text("utf-8"))
    }
    assert len(codes) > 40
    assert_texts([f"reason.{code}" for code in sorted(codes)])


def test_every_step_has_name_page_and_todo() -> None:
    assert set(PAGES) == set(ALL_STEPS), "portal/web/steps.py: PAGES must name the page of each step"
    assert_texts([f"journey.step.{step}" for step in ALL_STEPS])
    assert_texts(
        [
            f"connection.todo.{step}.{status}"
            for step in ALL_STEPS
            for status in ("not_started", "in_progress", "returned")
        ]
    )


def test_every_code_of_status_has_a_word() -> None:
    for name, codes in (
        ("status", Status),
        ("turn", Turn),
        ("turn_owner", Turn),
        ("track", Track),
        ("stage", Stage),
    ):
        assert_texts([f"journey.{name}.{code}" for code in codes])
    assert_texts([f"journey.role.{role}" for role in Role])


def test_every_move_has_guard_action_and_words() -> None:
    for row in journey.MOVES:
        assert row.step in ALL_STEPS
        assert row.who is None or row.who in TABLE, f"workflows/access.py lacks {row.who}"
        assert set(row.guards) <= set(GUARDS), f"workflows/guards.py lacks one of {row.guards}"
        if row.button:
            assert_texts([f"moves.{row.step}.{row.name}", f"moves.done.{row.step}.{row.name}"])


def test_every_guard_is_used() -> None:
    assert {guard for row in journey.MOVES for guard in row.guards} == set(GUARDS)


def test_every_action_is_asked_for_somewhere() -> None:
    text = "\n".join(file.read_text("utf-8") for file in SOURCES if file.name != "access.py")
    made = {f"{form}.edit" for form in ("order", "application")}
    unused = [
        action
        for action in TABLE
        if f'"{action}"' not in text and f"'{action}'" not in text and action not in made
    ]
    assert not unused, f"workflows/access.py grants what nothing asks for: {unused}"


def test_every_reason_of_the_owner_belongs_to_a_step() -> None:
    for reason in load.reasons().reasons:
        assert set(reason.steps) <= set(ALL_STEPS), f"reasons: {reason.id} names an unknown step"


@pytest.mark.parametrize("step", [row.step for row in journey.MOVES if row.takes_reason])
def test_every_return_has_a_named_reason(step: str) -> None:
    assert load.reasons().of_step(step), f"checklists/catalogues/reasons-1.yaml has no reason for {step}"


def test_the_diagram_in_the_docs_is_drawn_from_the_tables() -> None:
    stored = (ROOT / "portal/docs/journey.md").read_text("utf-8")
    assert stored == diagram.page(journey.STEPS), "run `make docs`"
