"""Spreadsheets and text files: complete, in both languages, with dates as dates and never a formula."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.exports import sheets, tables
from portal.exports.sheets import FORMULA, Book, Column, Table
from portal.exports.tables import heading
from portal.texts import LANGUAGES, text
from tests.exports.conftest import FORMULA as HOSTILE
from tests.exports.reading import Exported, sheet, table
from workflows.identifiers import clean
from workflows.risk import ACTION_STATES

Gather = Callable[..., Exported]
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def one(cell: sheets.Cell) -> bytes:
    return sheets.xlsx(Book((Table("Blad", (Column("Rubrik"),), [[cell]]),), AT))


def test_the_declaration_holds_every_requirement_and_what_was_answered(exported: Gather) -> None:
    record = exported().declaration
    rows = sheet(sheets.xlsx(tables.declaration_book(record, "sv")), "Svar")
    assert [row["Krav"] for row in rows] == [line.requirement for line in record.answers]
    assert len(rows) > 70
    found = {row["Krav"]: row for row in rows}
    assert found["P-01"]["Svar"] == "Ja"
    assert found["P-01"]["Version (ändra inte)"] == 1
    assert found["P-01"]["Besvarat"].isoformat() == "2026-11-23T10:00:00"
    assert found["P-09"]["Kommentar"] == "Registret är gammalt.\nDet saknar två system."
    assert "1. +46 ringer leverantören · Anna Berg" in found["P-09"]["Åtgärder"]
    assert found["P-03"]["Svar"] is None
    assert found["P-03"]["Version (ändra inte)"] == 0
    assert found["P-03"]["Att göra"] == "Svar saknas"


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_bold_and_stay_and_the_columns_have_widths(exported: Gather, language: str) -> None:
    record = exported()
    for book in (
        tables.declaration_book(record.declaration, language),
        tables.risk_book(record.risk, language),
        tables.actions_book(record.plan, language),
        tables.procurement_book(record.plan, language),
    ):
        made = load_workbook(io.BytesIO(sheets.xlsx(book)))
        assert made.properties.language == language
        for name in made.sheetnames:
            held = made[name]
            assert held.freeze_panes == "A2"
            assert all(cell.font.bold for cell in held[1])
            titles = [cell.value for cell in held[1]]
            assert len(set(titles)) == len(titles)
            assert all(held.column_dimensions[cell.column_letter].width >= 7 for cell in held[1])


def test_the_answer_is_chosen_from_the_scale_of_the_language(exported: Gather) -> None:
    for language, scale in (("sv", "Ja,Delvis,Nej,Ej tillämpligt"), ("en", "Yes,Partly,No,Not applicable")):
        body = sheets.xlsx(tables.declaration_book(exported().declaration, language))
        made = load_workbook(io.BytesIO(body)).worksheets[0]
        (allowed,) = made.data_validations.dataValidation
        assert allowed.formula1 == f'"{scale}"'


def test_risks_have_three_levels_and_actions_their_dates(exported: Gather) -> None:
    record = exported()
    body = sheets.xlsx(tables.risk_book(record.risk, "sv"))
    (risk,) = sheet(body, "Risker")
    assert risk["Risk"] == "Fel mottagare väljs"
    assert (risk["Konsekvens utan skydd"], risk["Sannolikhet nu"]) == ("Måttlig", "Möjligt")
    assert risk["Nivå efter åtgärd"] == "Medel"
    (flow,) = sheet(body, "Informationsflöden")
    assert (flow["Informationsflöde"], flow["Konfidentialitet"], flow["Spårbarhet"]) == (
        "Orosanmälan",
        "Betydande",
        None,
    )
    (action,) = sheet(sheets.xlsx(tables.actions_book(record.plan, "en")), "Actions")
    assert action["Due"].date() == date(2027, 1, 22)
    assert action["Requirements"] == "P-09"


def test_the_buyers_file_holds_what_a_buyer_needs_and_only_what_is_to_be_done(exported: Gather) -> None:
    record = exported()
    rows = table(sheets.comma_separated(tables.procurement(record.plan, "sv")))
    assert list(rows[0]) == [
        heading(name, "sv") for name in ("action", "kind", "cost", "due", "responsible_role", "effect")
    ]
    assert rows[0]["Klar senast"] == "2027-01-22"
    done = record.plan.actions[0].model_copy(update={"status": "done"})
    plan = record.plan.model_copy(update={"actions": (done,)})
    assert not tables.procurement(plan, "sv").rows
    assert len(tables.actions(plan, "sv").rows) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_files_hold_the_same_as_the_sheets(exported: Gather, language: str) -> None:
    record = exported()
    for made in (
        tables.answers(record.declaration, language),
        tables.risks(record.risk, language),
        tables.flows(record.risk, language),
        tables.actions(record.plan, language),
    ):
        rows = table(sheets.comma_separated(made))
        assert len(rows) == len(made.rows)
        assert list(rows[0]) == [column.title for column in made.columns]
    answers = {
        row[heading("requirement", language)]: row
        for row in table(sheets.comma_separated(tables.answers(record.declaration, language)))
    }
    assert answers["P-02"][heading("comment", language)] == "'" + HOSTILE
    assert answers["P-01"][heading("answer", language)] == text("declaration.value.yes", language)
    assert answers["P-01"][heading("answered_at", language)] == "2026-11-23 10:00"


def test_a_text_that_looks_like_a_formula_is_a_text(exported: Gather) -> None:
    body = sheets.xlsx(tables.declaration_book(exported().declaration, "sv"))
    made = load_workbook(io.BytesIO(body))["Svar"]
    (cell,) = [cell for row in made.iter_rows() for cell in row if cell.value == HOSTILE]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert b"<f>" not in body


@given(st.text(max_size=40), st.sampled_from(["", *FORMULA]))
def test_no_cell_is_ever_a_formula_and_no_text_is_lost(words: str, beginning: str) -> None:
    typed = beginning + words
    cell = load_workbook(io.BytesIO(one(typed)))["Blad"]["A2"]
    assert cell.data_type != "f"
    stored = clean(typed)
    if not stored or "x005F_" in stored:
        return  # The reader of the test takes this mark of Excel's for an escape.
    assert (cell.value or "").replace("\r", "\n") == stored
    raw = sheets.comma_separated(Table("Blad", (Column("Rubrik"),), [[typed]]))
    (row,) = table(raw) or [{"Rubrik": ""}]
    assert not row["Rubrik"].startswith(FORMULA)


def test_a_day_is_a_day_and_a_moment_is_swedish_time() -> None:
    cell = load_workbook(io.BytesIO(one(date(2027, 3, 1))))["Blad"]["A2"]
    assert (cell.is_date, cell.value.date(), cell.number_format) == (True, date(2027, 3, 1), "yyyy-mm-dd")
    cell = load_workbook(io.BytesIO(one(datetime(2026, 7, 1, 22, 30, 59, tzinfo=UTC))))["Blad"]["A2"]
    assert cell.value.isoformat() == "2026-07-02T00:30:00"


def test_the_same_state_is_the_same_bytes(exported: Gather, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sheets.xlsx(tables.declaration_book(exported().declaration, "sv"))
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 9, 0, 1, 0))
    assert sheets.xlsx(tables.declaration_book(exported().declaration, "sv")) == first
    made = load_workbook(io.BytesIO(first))
    assert made.properties.modified == made.properties.created
    assert made.properties.modified.isoformat() == "2026-11-23T09:00:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_a_plan_has_its_word(exported: Gather, language: str) -> None:
    plan = exported().plan
    for status in ACTION_STATES:
        action = plan.actions[0].model_copy(update={"status": status})
        made = tables.actions(plan.model_copy(update={"actions": (action,)}), language)
        (row,) = table(sheets.comma_separated(made))
        assert row[heading("status", language)] == text(f"risk.actions.state.{status}", language)
    unfinished = tables.procurement(plan.model_copy(update={"actions": (action,)}), language)
    assert not unfinished.rows
