"""Exports, reading in and earlier answers are the same on either database."""

from portal.exports import json_files, sheets, tables
from portal.exports.oscal_poam import poam
from portal.services import answer_import, cases, declaration_review, declarations, earlier_answers
from portal.services import export_records as records
from portal.services.answer_import import Chosen
from portal.services.installation import Installation
from tests.conftest import make_cast
from tests.declarations.story import signed
from tests.exports.reading import sheet
from tests.story import Story


def test_a_declaration_goes_out_in_and_around(either_home: Installation) -> None:
    story = Story(either_home, make_cast(either_home))
    story.order_approved()
    story.assess_risk()
    signed(story, P_09="partly")
    people = story.people
    declaration_review.review_line(
        either_home, people.reviewer, story.connection, "P-09", "returned", None, "Vem äger registret?"
    )
    story.move("reviewer", "declaration", "return")
    declarations.save_answer(either_home, people.infosec, story.connection, "P-01", None, "", 1)
    with either_home.read() as session:
        case = cases.fetch(session, people.infosec, story.connection, "declaration.see")
        declared, analysis = records.declaration(session, case), records.risk(session, case)
        plan = records.plan(session, case)
        (offer,) = earlier_answers.offers(session, case)
    assert b"Vem \xc3\xa4ger registret?" in json_files.record(declared)
    assert b"poam-items" in poam(declared, analysis, plan, "sv")
    rows = {row["Krav"]: row for row in sheet(sheets.xlsx(tables.declaration_book(declared, "sv")), "Svar")}
    assert rows["P-02"]["Besvarat"].isoformat() == "2026-11-23T10:00:00"
    assert (offer.requirement.id, offer.value, offer.version, offer.catalogue_version) == (
        "P-01",
        "yes",
        2,
        None,
    )
    chosen = [
        Chosen("P-01", offer.value, offer.comment, offer.version),
        Chosen("P-02", "no", "Nytt läge.", 1),
    ]
    assert answer_import.apply(either_home, people.infosec, story.connection, chosen) == 2
