"""Evidence through the pages: added without scripts, handed out only as a download, and nothing typed is lost."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services.installation import Installation
from portal.store import evidence as store
from portal.store.models import Evidence
from portal.store.models.base import new_id
from tests.declarations.story import signed
from tests.evidence import making
from tests.evidence.clamd import Clamd
from tests.story import Story

Browse = Callable[[str], FlaskClient]


def add(
    story: Story,
    client: FlaskClient,
    name: str = "policy.pdf",
    body: bytes | None = making.PDF,
    **fields: str,
) -> TestResponse:
    place = fields.pop("place", f"/connections/{story.connection}/declaration/P-01/evidence")
    data: dict[str, Any] = {"evidence": fields.pop("evidence", new_id())}
    data |= {f"evidence-{field}": value for field, value in fields.items()}
    if body is not None:
        data["evidence-file"] = (io.BytesIO(body), name)
    return making.post(client, place, data)


def rows(story: Story) -> list[Evidence]:
    with story.home.read() as session:
        found = [piece.row for held in store.pieces(session, story.connection).values() for piece in held]
        session.expunge_all()
    return found


def page(story: Story, client: FlaskClient, requirement: str = "P-01") -> str:
    return client.get(f"/connections/{story.connection}/declaration/{requirement}").get_data(as_text=True)


def stored_files(home: Installation) -> list[str]:
    return [path.name for path in home.settings.files_dir.glob("sha256/??/*")]


def test_a_file_is_added_listed_and_handed_out_as_a_download(story: Story, browse: Browse) -> None:
    answer = add(story, browse("infosec"), title="Policy", happened_on="2026-03-01", valid_until="2027-03-01")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/declaration/P-01#evidence")
    shown = page(story, browse("reviewer"))
    for words in (
        "Policy",
        "policy.pdf, 0,1 MB",
        "daterat 1 mars 2026",
        "Gäller till och med 1 mars 2027",
    ):
        assert words in shown
    assert "Inte kontrollerad mot skadlig kod" in shown
    assert "Tillagt i dag 10.00 av Infosec" in shown
    (place,) = set(re.findall(r"/connections/[^\"]+/file", shown))
    for who in ("viewer", "reviewer", "owner_viewer"):
        with browse(who).get(place) as got:
            assert got.data == making.PDF
        assert got.headers["Content-Disposition"] == "attachment; filename=policy.pdf"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        assert "script-src" not in got.headers["Content-Security-Policy"]
        assert got.headers["Cache-Control"] == "no-store"
    assert browse("outsider").get(place).status_code == 404
    assert browse("supplier").get(place).status_code == 403


def test_a_file_is_not_reached_through_its_hash_or_anothers_connection(story: Story, browse: Browse) -> None:
    add(story, browse("infosec"))
    (row,) = rows(story)
    for place in (
        f"/connections/{story.connection}/evidence/{row.sha256}/file",
        f"/connections/{story.people.other_connection}/evidence/{row.id}/file",
    ):
        assert browse("outsider").get(place).status_code == 404


def test_a_link_is_added(story: Story, browse: Browse) -> None:
    add(story, browse("tech"), body=None, url="https://exempelstad.se/policy", title="Policy")
    (row,) = rows(story)
    assert (row.kind, row.url, row.sha256) == ("link", "https://exempelstad.se/policy", None)
    assert 'href="https://exempelstad.se/policy" rel="noopener noreferrer external"' in page(
        story, browse("tech")
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("javascript:alert(1)", "Länken ska vara en webbadress"),
        ("data:text/html,x", "Länken ska vara en webbadress"),
        ("//exempelstad.se", "Länken ska vara en webbadress"),
        ("https://", "Länken ska vara en webbadress"),
        ("https://a b.se", "Länken ska vara en webbadress"),
        ("https://exempel.se:port/", "Länken ska vara en webbadress"),
        ("https://anna:hemligt@exempel.se/", "användarnamn eller lösenord"),
        ("https://exempel.se/" + "a" * 2000, "tecken för lång"),
        ("", "Det finns inget att lägga till"),
    ],
)
def test_a_link_that_may_harm_is_refused(url: str, words: str, story: Story, browse: Browse) -> None:
    answer = add(story, browse("infosec"), body=None, url=url)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert not rows(story)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("virus.txt", making.EICAR, "skadlig kod"),
        ("bomb.docx", making.bomb(40), "orimligt stort"),
        ("mall.docm", making.docx(word__vbaProject_dot_bin=b"x"), "makron"),
        ("sida.html", making.HTML, "HTML, SVG"),
        ("bild.png", making.SVG, "HTML, SVG"),
        ("program.pdf", making.EXECUTABLE, "program eller skript"),
        ("dubbel.pdf", making.PDF + making.docx(), "flera filtyper"),
        ("arkiv.zip", making.packed({"a.txt": b"a"}), "arkiv"),
        ("tom.pdf", b"", "tom"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_file_is_not_stored_and_nothing_typed_is_lost(
    name: str, body: bytes, words: str, story: Story, browse: Browse
) -> None:
    answer = add(
        story,
        browse("infosec"),
        name,
        body,
        title="Vår <policy>",
        happened_on="2026-03-01",
        valid_until="2027-03-01",
    )
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in shown
    for typed in ("Vår &lt;policy&gt;", "2026-03-01", "2027-03-01"):
        assert f'value="{typed}"' in shown
    assert "Filen behöver väljas på nytt" in shown
    assert not rows(story)
    assert not stored_files(story.home)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"happened_on": "i går"}, "år-månad-dag"),
        ({"happened_on": "2027-01-01"}, "inte inträffat"),
        ({"happened_on": "0200-01-01"}, "ser fel ut"),
        ({"happened_on": "2026-05-01", "valid_until": "2026-04-01"}, "innan det hände"),
        ({"title": "a" * 201}, "1 tecken för lång"),
        ({"url": "https://exempel.se"}, "både en fil och en länk"),
    ],
)
def test_wrong_fields_are_told_and_store_nothing(
    fields: dict[str, str], words: str, story: Story, browse: Browse
) -> None:
    answer = add(story, browse("infosec"), **fields)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert not stored_files(story.home)


def test_a_name_that_lies_is_told_and_put_right(story: Story, browse: Browse) -> None:
    add(story, browse("infosec"), "../mapp/rapport.docx", making.PNG)
    assert "Filen heter rapport.docx men innehållet är en bild" in page(story, browse("infosec"))
    (row,) = rows(story)
    assert (row.name, row.media_type) == ("rapport.docx.png", "image/png")


def test_an_odd_name_is_text_on_the_page_and_in_the_header(story: Story, browse: Browse) -> None:
    add(story, browse("infosec"), "<img src=x onerror=alert(1)>%0D%0ASet-Cookie: a=b\u202e.pdf")
    (row,) = rows(story)
    assert "<img" not in page(story, browse("infosec"))
    with browse("infosec").get(f"/connections/{story.connection}/evidence/{row.id}/file") as got:
        assert "Set-Cookie" not in got.headers
        assert "\n" not in got.headers["Content-Disposition"]


def test_a_new_version_keeps_the_old_one_and_a_removed_one_stays_listed(story: Story, browse: Browse) -> None:
    client = browse("infosec")
    add(story, client, title="Policy")
    (first,) = rows(story)
    form = client.get(f"/connections/{story.connection}/evidence/{first.id}/replace").get_data(as_text=True)
    assert 'value="Policy"' in form
    place = f"/connections/{story.connection}/evidence/{first.id}/replace"
    assert (
        add(story, client, "policy2.pdf", making.PDF + b"%2\n", title="Policy 2", place=place).status_code
        == 302
    )
    (second,) = rows(story)
    assert second.replaces_id == first.id
    assert "En tidigare version" in page(story, client)
    with browse("reviewer").get(f"/connections/{story.connection}/evidence/{first.id}/file") as got:
        assert got.data == making.PDF
    again = add(story, client, body=making.PDF + b"%3\n", place=place)
    assert again.status_code == 409
    assert "redan ersatt" in again.get_data(as_text=True)
    assert client.post(f"/connections/{story.connection}/evidence/{second.id}/remove").status_code == 302
    client.post(f"/connections/{story.connection}/evidence/{second.id}/remove")
    shown = page(story, client)
    assert "Ett borttaget underlag" in shown
    assert "Borttaget i dag 10.00 av Infosec" in shown
    assert "Inget underlag är tillagt" in shown
    history = client.get(f"/connections/{story.connection}/history").get_data(as_text=True)
    assert history.count("Underlag för P-01 togs bort") == 1


def test_the_same_form_twice_adds_once(story: Story, browse: Browse) -> None:
    made_with = new_id()
    for _ in range(2):
        assert add(story, browse("infosec"), evidence=made_with).status_code == 302
    assert len(rows(story)) == 1


def test_a_signed_declaration_takes_no_more(story: Story, browse: Browse) -> None:
    signed(story)
    shown = page(story, browse("infosec"))
    assert "Lägg till underlag" not in shown
    assert add(story, browse("infosec")).status_code == 409
    assert not stored_files(story.home)


def test_evidence_that_ran_out_says_so(story: Story, browse: Browse) -> None:
    for day, words in (
        ("2026-11-22", "Slutade gälla 22 november 2026"),
        ("2026-11-23", "Slutar gälla om 0 dagar"),
        ("2026-12-01", "Slutar gälla om 8 dagar"),
        ("2027-06-01", "Gäller till och med 1 juni 2027"),
    ):
        add(story, browse("infosec"), title=day, valid_until=day)
        assert words in page(story, browse("reviewer"))


@pytest.fixture
def small(story: Story) -> Story:
    """The story where a file may be 1 MB and a connection hold 2 MB."""
    story.home.settings.max_file_mb, story.home.settings.max_connection_mb = 1, 2
    return story


def test_a_file_that_is_too_large_keeps_what_was_typed(small: Story, browse: Browse) -> None:
    for size in (1_100_000, 5_000_000):
        answer = add(
            small, browse("infosec"), body=making.PDF + bytes(size), title="Penetrationstest", url=""
        )
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 413
        assert "Filen är större än 1 MB" in shown
        assert 'value="Penetrationstest"' in shown
    assert not stored_files(small.home)
    assert not list(small.home.settings.files_dir.glob(".incoming/*"))


def test_a_gigabyte_is_refused_without_being_read(small: Story, browse: Browse) -> None:
    read = 0

    begins = (
        b'--x\r\nContent-Disposition: form-data; name="evidence-title"\r\n\r\nStort\r\n'
        b'--x\r\nContent-Disposition: form-data; name="evidence-file"; filename="a.pdf"\r\n\r\n'
    )

    class Endless:
        def read(self, size: int = -1) -> bytes:
            nonlocal read
            read += size
            return begins.ljust(size, b"a")

    answer = browse("infosec").post(
        f"/connections/{small.connection}/declaration/P-01/evidence",
        environ_overrides={
            "wsgi.input": Endless(),
            "CONTENT_LENGTH": str(1 << 30),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    assert answer.status_code == 413
    assert 'value="Stort"' in answer.get_data(as_text=True)
    assert read <= 64 * 1024


def test_other_addresses_take_no_more_than_before(small: Story, browse: Browse) -> None:
    data = {"value": "yes", "comment": "a", "file": (io.BytesIO(bytes(3_000_000)), "a.pdf")}
    answer = making.post(browse("infosec"), f"/connections/{small.connection}/declaration/P-01", data)
    assert answer.status_code == 413


def test_who_may_not_add_is_turned_away_before_the_body_is_read(
    story: Story, browse: Browse, anonymous: FlaskClient
) -> None:
    for who, status in (("viewer", 403), ("reviewer", 403), ("supplier", 403), ("outsider", 404)):
        assert add(story, browse(who), body=making.PDF + bytes(3_000_000)).status_code == status
    answer = add(story, anonymous, body=making.PDF + bytes(3_000_000))
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.headers["Location"]


def test_a_connection_has_room_for_so_much(small: Story, browse: Browse) -> None:
    body = making.PDF + bytes(900_000)
    for number in range(2):
        assert add(small, browse("infosec"), body=body + bytes([number])).status_code == 302
    assert add(small, browse("infosec"), body=body + b"\x00").status_code == 302, (
        "the same bytes take no more room"
    )
    answer = add(small, browse("infosec"), body=body + b"\x09", title="En till")
    assert answer.status_code == 422
    assert "får inte plats" in answer.get_data(as_text=True)


def test_clamd_decides_when_there_is_one(story: Story, browse: Browse, clamd: Clamd) -> None:
    story.home.settings.clamd = clamd.address
    assert add(story, browse("infosec"), body=making.PDF + b"SKADLIG").status_code == 422
    assert not rows(story)
    assert not stored_files(story.home)
    assert add(story, browse("infosec")).status_code == 302
    (row,) = rows(story)
    assert row.scan == "clean"
    assert clamd.scanned[-1] == making.PDF
    assert "Inte kontrollerad" not in page(story, browse("infosec"))


def test_the_reviewer_sees_evidence_line_by_line(story: Story, browse: Browse) -> None:
    add(story, browse("infosec"), title="Policy för loggning")
    check = browse("infosec").get(f"/connections/{story.connection}/declaration/check").get_data(as_text=True)
    assert "Policy för loggning" in check
    signed(story)
    review = (
        browse("reviewer").get(f"/connections/{story.connection}/declaration/review").get_data(as_text=True)
    )
    assert "Policy för loggning" in review
