"""Breaking text into lines and standing in for letters that the font lacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists import load
from portal import reports
from portal.reports import letters
from portal.texts import LANGUAGES, all_texts
from tests.reports import reading, records

REGULAR = letters.cut(letters.REGULAR)


@given(st.text(max_size=400), st.floats(30, 480))
def test_lines_keep_every_visible_letter_and_fit_the_width(written: str, width: float) -> None:
    found = letters.lines(written, REGULAR, 10.5, width)

    whole = "".join(letters.visible(written).split())
    assert "".join("".join(found).split()) == whole
    assert all(REGULAR.width(line, 10.5) <= width + 0.001 for line in found)


def test_a_long_address_is_broken_where_it_may_be() -> None:
    found = letters.lines("https://exempel.se/en/lang/vag/till/handlingen", REGULAR, 10.5, 110)
    assert len(found) > 1
    assert all(line[-1] in "/.:" for line in found[:-1])


def test_line_breaks_are_kept_and_other_blanks_are_one() -> None:
    assert letters.lines("en \t  två\r\ntre\r\n\r\nfyra", REGULAR, 10.5, 400) == ["en två", "tre", "", "fyra"]


def test_what_is_seen_nowhere_is_left_out() -> None:
    assert letters.visible("a\u202eb\x00c\u200bd\ufeff\u00ade\u2028f") == "abcdef"


@pytest.mark.parametrize(
    ("letter", "drawn"), [("å", "å"), ("→", "->"), ("ﬁ", "fi"), ("漢", letters.BOX), ("😀", letters.BOX)]
)
def test_a_letter_that_the_font_lacks_is_stood_in_for(letter: str, drawn: str) -> None:
    assert REGULAR.drawn(letter) == drawn
    assert REGULAR.width(letter, 10) > 0


def test_swedish_letters_and_all_signs_of_our_own_texts_are_in_the_font() -> None:
    used = set("åäöÅÄÖéüÉ–’”·§×")
    for language in LANGUAGES:
        used |= {letter for text in all_texts(language).values() for letter in str(text)}
    for catalogue in load.shipped().values():
        used |= set(load.canonical(catalogue))
    lacking = sorted(letter for letter in used - {"\n"} if not REGULAR.has(letter))
    assert [letter for letter in lacking if REGULAR.drawn(letter) == letters.BOX] == []


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_name_stops_a_report(name: str) -> None:
    record = records.agreement() | {"by_name": name, "rule_book": name}
    pdf = reports.render(record, "sv")
    assert reading.loose(pdf) == []
