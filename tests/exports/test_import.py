"""Reading in answers: what differs is shown first, and all that is chosen is saved, or nothing."""

import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.exports import answer_sheet
from portal.exports.answer_sheet import LARGEST, Unreadable
from portal.services import answer_import, declaration_review, declarations
from portal.services.answer_import import Chosen
from portal.store import declarations as store
from portal.store.models import Answer, Connection, StoredEvent
from tests.declarations.story import signed
from tests.exports.filling import downloaded, filled, posted_fields, upload
from tests.story import Story
from workflows.errors import Blocked, Forbidden, Invalid, NotFound, Stale
from workflows.status import Status

Browse = Callable[[str], FlaskClient]


def held(story: Story, name: str) -> Answer | None:
    with story.home.read() as session:
        return store.answer(session, session.get_one(Connection, story.connection), name)


def value(story: Story, name: str) -> tuple[str | None, str] | None:
    found = held(story, name)
    return (found.value, found.comment) if found else None


def events(story: Story) -> int:
    with story.home.read() as session:
        return session.scalar(select(func.count()).select_from(StoredEvent)) or 0


def save(client: FlaskClient, story: Story, data: dict[str, Any]) -> Any:
    return client.post(f"/connections/{story.connection}/declaration/import/save", data=data)


def test_a_filled_file_is_compared_and_only_what_is_chosen_is_saved(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    body = filled(
        downloaded(infosec, story),
        {
            "P-03": {"answer": "ja"},
            "P-04": {"answer": "No", "comment": "Beslut saknas.\nKommer i maj."},
            "P-09": {"answer": None, "comment": None},
        },
    )
    before = events(story)
    answer = upload(infosec, story, body)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert events(story) == before, "a trial stores nothing"
    assert "Registret är gammalt." in page
    assert "Svaret är tomt i filen" in page
    assert "rader är likadana i filen och i portalen" in page
    data = posted_fields(page)
    assert data["requirement"] == ["P-03", "P-04", "P-09"]
    assert data["choose"] == ["P-03", "P-04"]
    done = save(infosec, story, data)
    assert done.location == f"/connections/{story.connection}/declaration"
    assert value(story, "P-03") == ("yes", "")
    assert value(story, "P-04") == ("no", "Beslut saknas.\nKommer i maj.")
    assert value(story, "P-09") == ("partly", "Registret är gammalt.\nDet saknar två system.")
    assert "2 svar är inlästa" in infosec.get(done.location).get_data(as_text=True)


def test_an_untouched_file_changes_nothing(story: Story, browse: Browse) -> None:
    page = upload(browse("infosec"), story, downloaded(browse("infosec"), story)).get_data(as_text=True)
    assert "inget som skiljer sig" in page
    assert posted_fields(page)["requirement"] == []


def test_the_english_file_is_read_by_a_swedish_reader(story: Story, browse: Browse) -> None:
    english = browse("tech")
    with english.session_transaction() as session:
        session["language"] = "en"
    page = upload(browse("infosec"), story, downloaded(english, story)).get_data(as_text=True)
    assert "inget som skiljer sig" in page


def test_an_answer_changed_in_the_portal_since_is_shown_and_not_chosen(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    body = filled(downloaded(infosec, story), {"P-09": {"answer": "Ja", "comment": "Klart."}})
    declarations.save_answer(
        story.home, story.people.contact, story.connection, "P-09", "no", "Saknas helt.", 1
    )
    page = upload(infosec, story, body).get_data(as_text=True)
    assert "Ändrat i portalen av Contact" in page
    assert "Saknas helt." in page
    data = posted_fields(page)
    assert data["choose"] == []
    assert save(infosec, story, data).status_code == 422
    assert value(story, "P-09") == ("no", "Saknas helt.")
    save(infosec, story, {**data, "choose": ["P-09"]})
    assert value(story, "P-09") == ("yes", "Klart."), "whoever has seen both may choose"


def test_a_change_while_choosing_saves_nothing_at_all(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    rows = {"P-03": {"answer": "Ja"}, "P-04": {"answer": "Ja"}}
    data = posted_fields(
        upload(infosec, story, filled(downloaded(infosec, story), rows)).get_data(as_text=True)
    )
    declarations.save_answer(story.home, story.people.contact, story.connection, "P-04", "no", "Nyss.", 0)
    before = events(story)
    answer = save(infosec, story, data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Inget är sparat" in page
    assert "Nyss." in page
    assert held(story, "P-03") is None
    assert events(story) == before
    again = posted_fields(page)
    assert again["choose"] == ["P-03"], "what was chosen and still holds stays chosen"
    save(infosec, story, again)
    assert value(story, "P-03") == ("yes", "")
    assert value(story, "P-04") == ("no", "Nyss.")


def test_bad_rows_are_told_by_number_and_the_others_can_be_saved(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")

    def worsen(book: Workbook) -> None:
        sheet = book.worksheets[0]
        last = sheet.max_row
        for extra in range(1, 4):
            for cell in sheet[5]:
                sheet.cell(last + extra, cell.column).value = cell.value
        sheet.cell(last + 1, 1).value = "P-999"
        sheet.cell(last + 2, 1).value = "P-03"
        sheet.cell(last + 3, 1).value = None
        sheet.cell(last + 3, 8).value = "Vilse"

    rows = {
        "P-03": {"answer": "kanske"},
        "P-04": {"answer": "Ja", "comment": "x" * 10_001},
        "P-05": {"answer": "Ja", "version": None},
        "P-06": {"answer": "Ja"},
    }
    page = upload(infosec, story, filled(downloaded(infosec, story), rows, worsen)).get_data(as_text=True)
    for words in (
        "Rad 4: kanske är inget svar",
        "Rad 5: Kommentaren är 1 tecken för lång",
        "Rad 6: Versionen för P-05",
        "P-999 är inget krav",
        "Kravets nummer saknas",
    ):
        assert words in page
    assert posted_fields(page)["choose"] == ["P-06"]


def test_the_same_requirement_twice_is_read_once(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")

    def double(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for cell in sheet[4]:
            sheet.cell(sheet.max_row + (cell.column == 1), cell.column).value = cell.value

    body = filled(downloaded(infosec, story), {"P-03": {"answer": "Ja"}}, double)
    page = upload(infosec, story, body).get_data(as_text=True)
    assert "P-03 finns redan på rad 4" in page
    assert posted_fields(page)["choose"] == ["P-03"]


@pytest.mark.parametrize(
    ("who", "status"), [("viewer", 403), ("signatory", 403), ("reviewer", 403), ("outsider", 404)]
)
def test_only_those_who_answer_read_in(story: Story, browse: Browse, who: str, status: int) -> None:
    place = f"/connections/{story.connection}/declaration"
    assert browse(who).get(f"{place}/import").status_code == status
    assert browse(who).get(f"{place}/earlier").status_code == status
    assert upload(browse(who), story, downloaded(browse("infosec"), story)).status_code == status
    data = {"requirement": "P-03", "choose": "P-03", "value-P-03": "yes", "seen-P-03": "0"}
    assert save(browse(who), story, data).status_code == status
    assert held(story, "P-03") is None


def test_a_signed_declaration_is_not_read_into(story: Story, browse: Browse) -> None:
    signed(story, P_09="partly")
    infosec = browse("infosec")
    assert infosec.get(f"/connections/{story.connection}/declaration/import").status_code == 409
    assert upload(infosec, story, downloaded(infosec, story)).status_code == 409
    with pytest.raises(Blocked):
        answer_import.apply(
            story.home, story.people.infosec, story.connection, [Chosen("P-01", "no", "Nej.", 1)]
        )


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (Chosen("P-999", "yes", "", 0), NotFound),
        (Chosen("P-04", "kanske", "", 0), Invalid),
        (Chosen("P-04", "yes", "x" * 10_001, 0), Invalid),
        (Chosen("P-09", "yes", "", 0), Stale),
    ],
)
def test_one_wrong_answer_stops_them_all(story: Story, chosen: Chosen, error: type[Exception]) -> None:
    before = events(story)
    with pytest.raises(error):
        answer_import.apply(
            story.home, story.people.infosec, story.connection, [Chosen("P-03", "yes", "", 0), chosen]
        )
    assert held(story, "P-03") is None
    assert events(story) == before


def test_the_service_asks_for_the_role_too(story: Story) -> None:
    with pytest.raises(Forbidden):
        answer_import.apply(story.home, story.people.viewer, story.connection, [Chosen("P-03", "yes", "", 0)])


def code(body: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        answer_sheet.read(body)
    return refused.value.code


def packed(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, held_bytes in entries.items():
            package.writestr(name, held_bytes)
    return buffer.getvalue()


def with_entry(body: bytes, name: str, held_bytes: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        entries = {found: package.read(found) for found in package.namelist()}
    return packed({**entries, name: held_bytes})


def test_hostile_files_are_refused_with_a_reason(story: Story, browse: Browse) -> None:
    body = downloaded(browse("infosec"), story)
    sheet = "xl/worksheets/sheet1.xml"
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert code(b"") == "damaged"
    assert code(b"Krav;Svar") == "damaged"
    assert code(b"x" * (LARGEST + 1)) == "large"
    assert code(packed({"a.txt": b"hej"})) == "kind"
    assert code(with_entry(body, "xl/media/a.bin", b"\0" * 30_000_000)) == "bomb"
    assert code(with_entry(body, "xl/vbaProject.bin", b"makro")) == "macros"
    assert code(with_entry(body, sheet, bomb)) == "damaged"
    assert code(with_entry(body, sheet, bomb.decode().encode("utf-16"))) == "damaged"
    assert code(with_entry(body, sheet, b"<worksheet")) == "damaged"
    assert code(with_entry(body, "[Content_Types].xml", b"<Types/>")) == "damaged"
    assert code(body[: len(body) // 2]) == "damaged"


def test_an_outer_link_is_never_followed_and_a_formula_is_what_it_showed(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    body = filled(downloaded(infosec, story), {"P-03": {"answer": "Ja", "comment": "=1+1"}})
    page = upload(infosec, story, body).get_data(as_text=True)
    assert posted_fields(page)["comment-P-03"] == "", "the program never computed it, so it shows nothing"
    linked = with_entry(
        body,
        "xl/externalLinks/externalLink1.xml",
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    )
    assert upload(infosec, story, linked).status_code == 200


def test_files_of_something_else_are_refused(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    body = downloaded(infosec, story)

    def said(change: Callable[[Workbook], None]) -> str:
        answer = upload(infosec, story, filled(body, {}, change))
        assert answer.status_code == 422
        return str(answer.get_data(as_text=True))

    def about(row: int, words: str) -> Callable[[Workbook], None]:
        def change(book: Workbook) -> None:
            book["Om filen"].cell(row, 3).value = words

        return change

    def rename(book: Workbook) -> None:
        book.worksheets[0]["G1"].value = "Svaret"

    assert "en annan anslutning" in said(about(3, story.people.other_connection))
    assert "en annan version av kraven" in said(about(5, "0"))
    assert "bladet Om filen saknas" in said(lambda book: book.remove(book["Om filen"]))
    assert "Rubrikerna" in said(rename)
    assert "Ingen fil är vald" in infosec.post(
        f"/connections/{story.connection}/declaration/import", data={}
    ).get_data(as_text=True)


def test_a_saved_again_file_with_rich_headings_and_moved_columns_is_read(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")

    def move(book: Workbook) -> None:
        book.worksheets[0].insert_rows(1, 2)
        book.worksheets[0].insert_cols(1)
        book.create_sheet("Egna anteckningar", 0)["A1"] = "Krav"

    body = filled(downloaded(infosec, story), {"P-03": {"answer": "Ej tillämpligt", "comment": 7.0}}, move)
    page = upload(infosec, story, body).get_data(as_text=True)
    data = posted_fields(page)
    assert (data["choose"], data["comment-P-03"], data["row-P-03"]) == (["P-03"], "7", "6")


def test_answers_of_an_earlier_signed_declaration_are_offered_with_their_age(
    story: Story, browse: Browse, clock: Any
) -> None:
    signed(story, P_09="partly")
    declaration_returned(story)
    clock.forward(days=100)
    infosec = browse("infosec")
    place = f"/connections/{story.connection}/declaration"
    assert "Använd tidigare svar" not in infosec.get(place).get_data(as_text=True)
    for name in ("P-01", "P-09"):
        found = held(story, name)
        assert found is not None
        declarations.save_answer(
            story.home, story.people.infosec, story.connection, name, None, "", found.version
        )
    page = infosec.get(place).get_data(as_text=True)
    assert "2 krav utan svar har besvarats tidigare" in page
    page = infosec.get(f"{place}/earlier").get_data(as_text=True)
    assert page.count("Svar från 23 november 2026") == 2
    data = posted_fields(page)
    assert (data["requirement"], data["choose"]) == (["P-01", "P-09"], [])
    assert value(story, "P-09") == (None, ""), "an offer is no answer until somebody confirms it"
    save(infosec, story, {**data, "choose": ["P-09"]})
    assert value(story, "P-09") == ("partly", "Rutinen är inte beslutad än.")
    assert infosec.get(f"{place}/earlier").get_data(as_text=True).count("Svar från 23 november 2026") == 1


def declaration_returned(story: Story) -> None:
    declaration_review.review_line(
        story.home, story.people.reviewer, story.connection, "P-09", "returned", None, "Vem äger registret?"
    )
    story.move("reviewer", "declaration", "return")
    assert story.states()["declaration"] is Status.RETURNED


def test_a_damaged_file_is_refused_and_never_an_error(story: Story, browse: Browse) -> None:
    """Bytes of every part changed at random, by seeds that are the same each time: the reader answers or refuses."""
    body = downloaded(browse("infosec"), story)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        entries = {name: package.read(name) for name in package.namelist()}
    refused = 0
    for seed in range(120):
        chance = random.Random(seed)
        name = chance.choice(sorted(entries))
        part = bytearray(entries[name])
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(part))
            part[at : at + chance.randint(0, 3)] = bytes(
                chance.choice(b'<>"&=/09aZ\xff') for _ in range(chance.randint(0, 3))
            )
        try:
            answer_sheet.read(packed({**entries, name: bytes(part)}))
        except Unreadable:
            refused += 1
    assert 20 < refused < 120


def test_a_whole_declaration_is_saved_at_once(story: Story) -> None:
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        held_before = store.answers(session, connection)
        names = [item.id for item in store.catalogue(session, connection).requirements]
    chosen = [
        Chosen(name, "yes", "Läst ur filen.", held_before[name].version if name in held_before else 0)
        for name in names
    ]
    assert answer_import.apply(story.home, story.people.infosec, story.connection, chosen) == len(names)
    assert (
        answer_import.apply(
            story.home,
            story.people.infosec,
            story.connection,
            [Chosen(found.requirement, found.value, found.comment, 0) for found in chosen],
        )
        == 0
    ), "what is stored already changes nothing, whatever version the file has"
