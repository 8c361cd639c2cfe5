"""Reading in answers: from a filled spreadsheet or an earlier declaration, compared first, then all chosen or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from checklists.schema import Requirement
from portal.exports.answer_sheet import Filled, FilledRow, Problem, Unreadable
from portal.services import declarations
from portal.services.cases import Case
from portal.services.declaration_lines import Line, lines
from portal.services.declarations import Stored, written
from portal.services.freezing import name_of
from portal.services.installation import Installation
from portal.store import declarations as store
from workflows import declaration as rules
from workflows.errors import Invalid, Stale

CHANGED, OVERTAKEN, EMPTIED = "changed", "overtaken", "emptied"


@dataclass(frozen=True)
class Difference:
    """A row that differs from what is stored.

    `kind` is changed, overtaken (changed in the portal after the file was made) or emptied (stored, not in the file).
    """

    row: int
    requirement: Requirement
    kind: str
    value: str | None
    comment: str
    stored: Stored


@dataclass(frozen=True)
class Comparison:
    """What reading in a file would change, what is wrong with it, and how many rows say what is stored."""

    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    same: int


@dataclass(frozen=True)
class Chosen:
    """An answer to save. `version` is that of the stored answer which the person has seen beside it."""

    requirement: str
    value: str | None
    comment: str
    version: int


def compare_file(session: Session, case: Case, filled: Filled) -> Comparison:
    """Compare a file with what is stored. Raises Unreadable when it belongs to something else."""
    if filled.connection != case.connection.id:
        raise Unreadable("other_connection")
    catalogue = store.catalogue(session, case.connection)
    if (filled.catalogue, filled.version) != (catalogue.id, catalogue.version):
        raise Unreadable("other_version")
    return compare(session, case, filled.rows, filled.problems)


def compare(
    session: Session, case: Case, rows: Iterable[FilledRow], problems: Sequence[Problem] = ()
) -> Comparison:
    """Compare rows with what is stored, by requirement."""
    counted = {line.requirement.id: line for line in lines(session, case.connection)}
    known = {item.id for item in store.catalogue(session, case.connection).requirements}
    differences: list[Difference] = []
    wrong, same = list(problems), 0
    for row in rows:
        line = counted.get(row.requirement)
        said = written(row.comment)
        if line is None:
            code = "not_counted" if row.requirement in known else "unknown"
            wrong.append(Problem(row.row, code, (("requirement", row.requirement[:40]),)))
        elif rules.check(row.value, said):
            over = len(said) - rules.MAX_COMMENT
            wrong.append(Problem(row.row, "too_long", (("n", over), ("max", rules.MAX_COMMENT))))
        elif (row.value, said) == (line.given.value, line.given.comment):
            same += 1
        else:
            differences.append(_difference(session, row, said, line))
    return Comparison(tuple(differences), tuple(sorted(wrong, key=lambda problem: problem.row)), same)


def _difference(session: Session, row: FilledRow, said: str, line: Line) -> Difference:
    held = line.answer
    stored = (
        Stored(held.value, held.comment, held.version, name_of(session, held.answered_by), held.answered_at)
        if held
        else Stored(None, "", 0, "", None)
    )
    if stored.version != row.version:
        kind = OVERTAKEN
    elif row.value is None and stored.value is not None:
        kind = EMPTIED
    else:
        kind = CHANGED
    return Difference(row.row, line.requirement, kind, row.value, said, stored)


def apply(home: Installation, person_id: str, connection_id: str, chosen: Sequence[Chosen]) -> int:
    """Save the chosen answers in one commit, by the rules of a single one; how many of them changed something.

    Raises Invalid, Stale when any of them was saved in between, Blocked, Forbidden or NotFound; then none is saved.
    """
    for answer in chosen:
        errors = rules.check(answer.value, written(answer.comment))
        if errors:
            raise Invalid(errors)
    try:
        with home.write(person_id) as work:
            saved = [
                declarations.save_within(
                    work,
                    person_id,
                    connection_id,
                    answer.requirement,
                    answer.value,
                    written(answer.comment),
                    answer.version,
                )
                for answer in chosen
            ]
    except IntegrityError:
        raise Stale from None
    return sum(found.changed for found in saved)
