"""Organisation numbers, GLN and participant ids: what is right, what warns and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.identifiers import clean, gln, luhn, organisation_number, participant_id


@pytest.mark.parametrize("text", ["2120001355", "212000-1355", " 212000 1355 ", "162120001355"])
def test_an_organisation_number_may_be_written_in_several_ways(text: str) -> None:
    assert organisation_number(text) == ("2120001355", None)


def test_a_wrong_check_digit_warns_and_never_blocks() -> None:
    digits, reason = organisation_number("212000-1356")
    assert digits == "2120001356"
    assert reason is not None
    assert reason.code == "org_number_check_digit"


@pytest.mark.parametrize("text", ["", "abc", "21200013", "٢١٢٠٠٠١٣٥٥", "21200013555", "2120001355; DROP"])
def test_anything_else_is_not_an_organisation_number(text: str) -> None:
    digits, reason = organisation_number(text)
    assert digits is None
    assert reason is not None
    assert reason.code == "org_number_form"


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_exactly_one_check_digit_fits(digits: str) -> None:
    assert sum(luhn(f"{digits}{last}") for last in range(10)) == 1


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_exactly_one_gln_check_digit_fits(digits: str) -> None:
    assert sum(gln(f"{digits}{last}") for last in range(10)) == 1


@pytest.mark.parametrize(
    "text", ["0203:qa.kommun.se", "0203:xn--rn-xia.se", "0007:2120001355", "0088:7350000000009"]
)
def test_right_participant_ids(text: str) -> None:
    assert participant_id(text) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0203:http://kommun.se", "participant_url"),
        ("https://kommun.se", "participant_url"),
        ("kommun.se", "participant_form"),
        ("9999:kommun.se", "participant_form"),
        ("0203:Kommun.se", "participant_upper"),
        ("0203:kommun.se.", "participant_dot"),
        ("0203:kommun", "participant_domain"),
        ("0203:-kommun.se", "participant_domain"),
        ("0203:kommun.se\n", "participant_domain"),
        ("0203:" + "a" * 64 + ".se", "participant_domain"),
        ("0007:2120001356", "participant_0007"),
        ("0007:٢١٢٠٠٠١٣٥٥", "participant_0007"),
        ("0088:7350000000008", "participant_0088"),
    ],
)
def test_each_fault_of_a_participant_id_has_its_own_words(text: str, code: str) -> None:
    assert [reason.code for reason in participant_id(text)] == [code]


@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    participant_id(text)
    organisation_number(text)
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned
