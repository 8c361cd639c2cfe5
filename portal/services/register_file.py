"""Reading a register of organisations from a CSV file: every row checked, every problem told by its line."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from checklists.counties import COUNTIES
from checklists.kinds import RULES
from workflows.identifiers import organisation_number
from workflows.status import Stage

MAX_BYTES = 10_000_000
MAX_ENTRIES = 10_000
MAX_NAME = 200
COLUMNS = ("kind", "scb_code", "name", "county_code", "county", "org_number", "stage")
NEEDED = ("kind", "name", "stage")
KINDS = {kind: kind for kind in RULES} | {"myndighet": "statlig_myndighet", "other": "ovrig"}
STAGES = frozenset({"", *(stage.value for stage in Stage if stage is not Stage.NONE)})
_SCB = re.compile(r"[0-9]{2}|[0-9]{4}", re.ASCII)
_BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff", b"\x89PNG")


@dataclass(frozen=True)
class Problem:
    """What is wrong on a line of the file: a text key below `imports.problem.` and its parameters."""

    line: int
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


class BadFile(Exception):
    """The file cannot be imported; nothing of it was stored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{found.line}: {found.code}" for found in problems))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """One organisation of the file. `org_number` is ten digits; `stage` is None when it has not begun."""

    line: int
    kind: str
    name: str
    scb_code: str | None
    county_code: str | None
    org_number: str | None
    stage: Stage | None

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What it is recognised by, the strongest first."""
        strong: list[tuple[str, ...]] = []
        if self.scb_code:
            strong.append(("scb", self.kind, self.scb_code))
        if self.org_number:
            strong.append(("number", self.org_number))
        return (*strong, ("name", self.kind, self.name.casefold()))


@dataclass(frozen=True)
class Register:
    """The organisations of a file, with the warnings that do not stop it."""

    entries: list[Entry]
    warnings: list[Problem]


def load(path: Path) -> Register:
    """Read the file; at most `MAX_BYTES` of it are ever held. Raises BadFile, or OSError when it cannot be opened."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    return parse(raw)


def parse(raw: bytes) -> Register:
    """The register in a file's bytes. Raises BadFile with every problem that was found."""
    if len(raw) > MAX_BYTES:
        raise BadFile([Problem(1, "large", {"max": MAX_BYTES // 1_000_000})])
    entries: list[Entry] = []
    warnings: list[Problem] = []
    problems: list[Problem] = []
    for line, cells in _rows(_decoded(raw), problems):
        entry, found, warned = _entry(line, cells)
        warnings += warned
        problems += found
        if entry is not None:
            entries.append(entry)
        if len(entries) > MAX_ENTRIES:
            raise BadFile([Problem(line, "many", {"max": MAX_ENTRIES})])
    problems += _twice(entries)
    if not entries and not problems:
        problems.append(Problem(1, "empty"))
    if problems:
        raise BadFile(sorted(problems, key=lambda problem: problem.line))
    return Register(entries, warnings)


def _decoded(raw: bytes) -> str:
    head = raw[:4096]
    control = sum(byte < 32 and byte not in b"\t\r\n" for byte in head)
    if raw.startswith(_BINARY) or control * 20 > len(head):
        raise BadFile([Problem(1, "binary")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The position counts from after a byte-order mark, which holds no line break.
        line = len(re.findall(rb"\r\n|\r|\n", error.object[: error.start])) + 1
        raise BadFile([Problem(line, "encoding")]) from error


def _rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the header with its line; what cannot be a row is added to the problems."""
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = 1
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            problems.append(Problem(line, "quotes"))
            break
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(line, cells)
        elif len(cells) != len(header):
            problems.append(Problem(line, "columns", {"found": len(cells), "wanted": len(header)}))
        else:
            yield line, dict(zip(header, cells, strict=True))
    if header is None and not problems:
        problems.append(Problem(1, "empty"))


def _header(line: int, cells: list[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown or len(set(names)) != len(names):
        found = _shown(", ".join(names))
        raise BadFile([Problem(line, "header", {"found": found, "wanted": ",".join(COLUMNS)})])
    return names


def _entry(line: int, cells: dict[str, str]) -> tuple[Entry | None, list[Problem], list[Problem]]:
    """The organisation of a row, or what is wrong with it; and warnings."""
    if any(unicodedata.category(char) in ("Cc", "Cs") for cell in cells.values() for char in cell):
        return None, [Problem(line, "control")], []
    values = {name: unicodedata.normalize("NFC", cell).strip() for name, cell in cells.items()}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    kind = KINDS.get(values["kind"].casefold())
    if kind is None:
        problems.append(Problem(line, "kind", {"value": _shown(values["kind"]), "known": ", ".join(KINDS)}))
    name = " ".join(values["name"].split())
    if not name:
        problems.append(Problem(line, "name"))
    elif len(name) > MAX_NAME:
        problems.append(Problem(line, "name_long", {"max": MAX_NAME}))
    stage = values["stage"].casefold()
    if stage not in STAGES:
        known = ", ".join(sorted(STAGES - {""}))
        problems.append(Problem(line, "stage", {"value": _shown(stage), "known": known}))
    scb_code = values.get("scb_code", "")
    if scb_code and not _SCB.fullmatch(scb_code):
        problems.append(Problem(line, "scb_code", {"value": _shown(scb_code)}))
    county_code = _county(line, values, problems)
    number = _number(line, values.get("org_number", ""), problems, warnings)
    if problems or kind is None:
        return None, problems, warnings
    return (
        Entry(line, kind, name, scb_code or None, county_code, number, Stage(stage) if stage else None),
        [],
        warnings,
    )


def _county(line: int, values: dict[str, str], problems: list[Problem]) -> str | None:
    code, name = values.get("county_code", ""), values.get("county", "")
    if code and code not in COUNTIES:
        problems.append(Problem(line, "county", {"value": _shown(code)}))
        return None
    by_name = {known.casefold(): number for number, known in COUNTIES.items()}.get(name.casefold())
    if name and by_name is None:
        problems.append(Problem(line, "county", {"value": _shown(name)}))
    elif code and by_name is not None and by_name != code:
        problems.append(Problem(line, "county_differs", {"code": code, "county": COUNTIES[by_name]}))
    return code or by_name


def _number(line: int, text: str, problems: list[Problem], warnings: list[Problem]) -> str | None:
    if not text:
        return None
    digits, reason = organisation_number(text)
    if digits is None:
        problems.append(Problem(line, "org_number", {"value": _shown(text)}))
    elif reason is not None:
        warnings.append(Problem(line, "check_digit", {"value": digits}))
    return digits


def _twice(entries: list[Entry]) -> list[Problem]:
    """The rows that speak of an organisation that an earlier row already holds."""
    seen: dict[tuple[str, ...], Entry] = {}
    problems = []
    for entry in entries:
        earlier = next(
            (found for key in entry.keys if (found := seen.get(key)) and alike(entry, found)), None
        )
        if earlier is not None:
            problems.append(Problem(entry.line, "twice", {"name": entry.name, "earlier": earlier.line}))
        for key in entry.keys:
            seen.setdefault(key, entry)
    return problems


def alike(one: Entry, other: Entry) -> bool:
    """Two of the same kind and name are still two organisations when their codes or numbers say so."""
    if one.org_number and one.org_number == other.org_number:
        return True
    if one.kind == other.kind and one.scb_code and one.scb_code == other.scb_code:
        return True
    codes_differ = bool(one.scb_code and other.scb_code and one.scb_code != other.scb_code)
    numbers_differ = bool(one.org_number and other.org_number and one.org_number != other.org_number)
    return not codes_differ and not numbers_differ


def _shown(value: str) -> str:
    return value[:60]
