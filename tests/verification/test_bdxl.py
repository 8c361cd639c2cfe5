"""The name of a participant in DNS, and what its record may say."""

import pytest

from portal.outside import Naptr
from portal.verification import bdxl


@pytest.mark.parametrize(
    ("participant", "label"),
    [
        # printf %s 0203:example.se | sha256sum | xxd -r -p | base32 | tr -d = | tr A-Z a-z
        ("0203:example.se", "ahxx5y4ungtqjogfmw3c22mq67niqvwfwhu2fuspqrtxmi53v6nq"),
        ("0203:qa.kommun.se", "rfviju2c3kwwjqmjkmcta6twf47ehml3p33z4nt76okv5jw3on5q"),
        ("0007:2120000142", "fciv6ucbqjsw37keuvakad3bels34c54oam63p5mw473ftnmamhq"),
    ],
)
def test_name_is_what_other_tools_compute(participant: str, label: str) -> None:
    found = bdxl.name(participant, "iso6523-actorid-upis", "zone.example")
    assert found == f"{label}.iso6523-actorid-upis.zone.example"
    assert len(label) == 52


def test_capitals_make_no_difference() -> None:
    assert bdxl.name("0203:Example.SE", "s", "z") == bdxl.name("0203:example.se", "s", "z")


def record(regexp: str) -> Naptr:
    return Naptr(100, 10, "U", "Meta:SMP", regexp, ".")


@pytest.mark.parametrize(
    ("regexp", "url"),
    [
        ("!.*!http://smp.example.se!", "http://smp.example.se"),
        ("!^.*$!https://smp.example.se/base/!", "https://smp.example.se/base"),
        ("!.*!https://smp.example.se!i", "https://smp.example.se"),
    ],
)
def test_the_whole_string_form_gives_the_address(regexp: str, url: str) -> None:
    assert bdxl.url(record(regexp)) == url


@pytest.mark.parametrize(
    "regexp",
    [
        "",
        "!.*!ftp://smp.example.se!",
        "!^((a+)+)+$!http://smp.example.se!",
        "!(.*)!http://smp.example.se/\\1!",
        "!.*!http://smp.example.se",
        "/.*/http://smp.example.se/",
        "!.*!http://a b!",
        "!.*!" + "http://" + "a" * 600 + "!",
    ],
)
def test_other_expressions_are_never_taken(regexp: str) -> None:
    assert bdxl.url(record(regexp)) is None
