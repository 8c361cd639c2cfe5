"""Reading a register: what a spreadsheet may do to a file, and what is told about each bad line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.register_file import COLUMNS, KINDS, MAX_BYTES, BadFile, Problem, Register, parse
from portal.texts import LANGUAGES, text

HEADER = ",".join(COLUMNS)
GOOD = "kommun,0114,Upplands Väsby,01,Stockholms län,,qa"


def read(*lines: str, header: str = HEADER, newline: str = "\n", encoding: str = "utf-8") -> Register:
    return parse(newline.join([header, *lines, ""]).encode(encoding))


def problems(*lines: str, header: str = HEADER) -> list[tuple[int, str]]:
    with pytest.raises(BadFile) as caught:
        read(*lines, header=header)
    for problem in caught.value.problems:
        for language in LANGUAGES:
            assert "{" not in text(f"imports.problem.{problem.code}", language, **problem.params)
    return [(problem.line, problem.code) for problem in caught.value.problems]


def test_a_row_becomes_an_organisation() -> None:
    [entry] = read(GOOD).entries
    assert (entry.kind, entry.scb_code, entry.name, entry.county_code, entry.stage) == (
        "kommun",
        "0114",
        "Upplands Väsby",
        "01",
        "qa",
    )
    assert entry.org_number is None


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_spreadsheets_write_is_read(newline: str, encoding: str, delimiter: str) -> None:
    found = read(
        GOOD.replace(",", delimiter),
        header=HEADER.replace(",", delimiter),
        newline=newline,
        encoding=encoding,
    )
    assert found.entries == read(GOOD).entries


def test_kinds_of_the_register_become_kinds_of_the_federation() -> None:
    found = read(
        "myndighet,,Provningsverket,,,202100-3625,",
        "other,,Kunskapsförbundet,,,,started",
        "Region,14,Region Väst,14,,,connected",
    )
    assert [entry.kind for entry in found.entries] == ["statlig_myndighet", "ovrig", "region"]
    assert [entry.stage for entry in found.entries] == [None, "started", "connected"]
    assert found.entries[0].org_number == "2021003625"


def test_columns_may_stand_in_another_order_and_optional_ones_may_be_left_out() -> None:
    [entry] = read("qa,Sala,kommun", header="stage,name,kind").entries
    assert (entry.kind, entry.name, entry.stage) == ("kommun", "Sala", "qa")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("stad,0114,Sala,01,,,qa", "kind"),
        ("kommun,0114,Sala,01,,,klar", "stage"),
        ("kommun,0114,Sala,02,,,qa", "county"),
        ("kommun,0114,Sala,,Utopia län,,qa", "county"),
        ("kommun,0114,Sala,01,Uppsala län,,qa", "county_differs"),
        ("kommun,114,Sala,01,,,qa", "scb_code"),
        ("kommun,٠١١٤,Sala,01,,,qa", "scb_code"),
        ("kommun,0114, ,01,,,qa", "name"),
        (f"kommun,0114,{'S' * 201},01,,,qa", "name_long"),
        ("myndighet,,Verket,,,2021-36,", "org_number"),
        ("kommun,0114,Sala,01", "columns"),
        ("kommun,0114,Sala,Västra,01,,,qa", "columns"),
        ("kommun,0114,Sa\0la,01,,,qa", "control"),
        ("kommun,0114,Sa\x1bla,01,,,qa", "control"),
        ('kommun,0114,"Sa\nla",01,,,qa', "control"),
        ('kommun,0114,"Sala,01,,,qa', "quotes"),
    ],
)
def test_a_bad_row_is_told_by_its_line(row: str, code: str) -> None:
    assert problems(GOOD, "kommun,0115,Vallentuna,01,,,qa", row) == [(4, code)]


def test_every_bad_row_is_told_at_once() -> None:
    found = problems("stad,0114,Sala,99,,,qa", GOOD, "", "kommun,0120,,01,,,qa", "kommun,0121,Solna,01,,,x")
    assert found == [(2, "kind"), (2, "county"), (5, "name"), (6, "stage")]


def test_an_organisation_that_stands_twice_is_told_with_both_lines() -> None:
    with pytest.raises(BadFile) as caught:
        read(GOOD, "kommun,0114,Väsby,01,,,", "kommun,,upplands väsby,,,,started")
    assert [(found.line, found.code, found.params["earlier"]) for found in caught.value.problems] == [
        (3, "twice", 2),
        (4, "twice", 2),
    ]


def test_the_same_name_with_other_codes_is_another_organisation() -> None:
    assert len(read("kommun,0114,Håbo,,,,", "kommun,0115,Håbo,,,,", "region,03,Håbo,,,,").entries) == 3


def test_a_wrong_check_digit_warns_and_never_blocks() -> None:
    found = read("myndighet,,Verket,,,202100-3626,")
    assert [(warning.line, warning.code) for warning in found.warnings] == [(2, "check_digit")]
    assert found.entries[0].org_number == "2021003626"


@pytest.mark.parametrize(
    "header",
    ["name,kind", "kind,name,stage,colour", "kind,kind,name,stage", "kommun,0114,Sala,01,,,qa", "\ufffd"],
)
def test_a_wrong_header_says_how_to_write_it(header: str) -> None:
    assert problems(GOOD, header=header) == [(1, "header")]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"\xef\xbb\xbf", HEADER.encode(), f"{HEADER}\n,,,,,,\n".encode()]
)
def test_a_file_without_organisations_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile) as caught:
        parse(raw)
    assert [found.code for found in caught.value.problems] == ["empty"]


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04 a spreadsheet",
        f"{HEADER}\n{GOOD}\n".encode("utf-16"),
        f"{HEADER}\n{GOOD}\n".encode("utf-16-le"),
        bytes(range(256)) * 20,
    ],
)
def test_a_file_that_is_not_text_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile) as caught:
        parse(raw)
    assert [found.code for found in caught.value.problems] == ["binary"]


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_other_encodings_are_told_with_the_line(prefix: bytes) -> None:
    raw = prefix + f"{HEADER}\r\nkommun,0128,Salem,01,,,qa\r\n{GOOD}\r\n".encode("cp1252")
    with pytest.raises(BadFile) as caught:
        parse(raw)
    assert [(found.line, found.code) for found in caught.value.problems] == [(3, "encoding")]


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(BadFile) as caught:
        parse(b"x" * (MAX_BYTES + 1))
    assert [found.code for found in caught.value.problems] == ["large"]


def test_more_organisations_than_a_country_has_are_refused() -> None:
    with pytest.raises(BadFile) as caught:
        read(*(f"other,,Bolag {number},,,," for number in range(10_001)))
    assert [found.code for found in caught.value.problems] == ["many"]


def outcome(raw: bytes) -> Register | list[Problem]:
    try:
        return parse(raw)
    except BadFile as error:
        return error.problems


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_line(raw: bytes) -> None:
    found = outcome(raw)
    if isinstance(found, list):
        assert found
        assert all(problem.line >= 1 for problem in found)


CELLS = st.text(max_size=20) | st.sampled_from([*KINDS, "qa", "0114", "01", "", "202100-3625", '"', ";"])


@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=6))
def test_any_table_is_read_whole_or_not_at_all(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([COLUMNS, *rows])
    raw = written.getvalue().encode("utf-8", "surrogatepass")
    found = outcome(raw)
    if isinstance(found, list):
        assert found == sorted(found, key=lambda problem: problem.line)
    else:
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        assert len(found.entries) == len(filled)
        assert all(entry.name and entry.kind in KINDS.values() for entry in found.entries)
