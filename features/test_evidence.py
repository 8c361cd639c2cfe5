"""Steps of evidence."""

import hashlib
import io
import json
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from portal.store import decisions
from portal.store import evidence as store
from portal.store.models import Evidence, Frozen
from portal.store.models.base import new_id
from tests.conftest import Clock
from tests.declarations.story import signed
from tests.evidence import making
from tests.story import Story

scenarios("evidence.feature")

HARMFUL = {
    "ett testvirus": ("virus.txt", making.EICAR),
    "en ZIP-bomb": ("bomb.docx", making.bomb(40)),
    "ett makro": ("mall.docm", making.docx(word__vbaProject_dot_bin=b"x")),
    "en webbsida": ("sida.html", making.HTML),
    "ett program": ("program.pdf", making.EXECUTABLE),
    "en dubbelfil": ("dubbel.pdf", making.PDF + making.docx()),
    "en tom fil": ("tom.pdf", b""),
    "en för stor fil": ("stor.pdf", making.PDF + bytes(1_100_000)),
}


def _add(story: Story, browser: Any, requirement: str, place: str = "", **fields: Any) -> Any:
    data = {"evidence": new_id()} | {f"evidence-{name}": value for name, value in fields.items()}
    place = place or f"/connections/{story.connection}/declaration/{requirement}/evidence"
    # A large form would be left on the disk by the test client; this one stays in memory.
    story.home.settings.max_file_mb = 1
    return making.post(browser, place, data)


def _file(name: str, body: bytes = making.PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(body), name


def _only(story: Story) -> Evidence:
    with story.home.read() as session:
        (row,) = store.standing(session, story.connection)["P-01"]
        session.expunge(row)
    return row


def _page(story: Story, browser: Any, requirement: str) -> str:
    place = f"/connections/{story.connection}/declaration/{requirement}"
    return str(browser.get(place).get_data(as_text=True))


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given(parsers.parse('att filen "{name}" är tillagd för krav {requirement}'))
def added(story: Story, browse: Any, name: str, requirement: str) -> None:
    assert _add(story, browse("infosec"), requirement, file=_file(name)).status_code == 302


@given(parsers.parse('att filen "{name}" är tillagd för krav {requirement} och gäller till {day}'))
@when(
    parsers.parse(
        'informationssäkerhetsansvarig lägger till filen "{name}" för krav {requirement} som gäller till {day}'
    )
)
def added_until(story: Story, browse: Any, name: str, requirement: str, day: str) -> None:
    answer = _add(story, browse("infosec"), requirement, file=_file(name), valid_until=day)
    assert answer.status_code == 302


@when(parsers.parse('informationssäkerhetsansvarig lägger till länken "{url}" för krav {requirement}'))
def link_added(story: Story, browse: Any, url: str, requirement: str) -> None:
    assert _add(story, browse("infosec"), requirement, url=url).status_code == 302


@when(
    parsers.parse(
        'informationssäkerhetsansvarig försöker lägga till {what} för krav {requirement} med titeln "{title}"'
    ),
    target_fixture="shown",
)
def tried(story: Story, browse: Any, what: str, requirement: str, title: str) -> str:
    name, body = HARMFUL[what]
    answer = _add(story, browse("infosec"), requirement, title=title, file=_file(name, body))
    assert answer.status_code in (413, 422)
    return str(answer.get_data(as_text=True))


@when(
    parsers.parse(
        'informationssäkerhetsansvarig lägger till en bild som heter "{name}" för krav {requirement}'
    )
)
def picture_added(story: Story, browse: Any, name: str, requirement: str) -> None:
    _add(story, browse("infosec"), requirement, file=_file(name, making.PNG))


@when(parsers.parse('informationssäkerhetsansvarig ersätter den med "{name}"'))
def replaced(story: Story, browse: Any, name: str) -> None:
    place = f"/connections/{story.connection}/evidence/{_only(story).id}/replace"
    answer = _add(story, browse("infosec"), "", place, file=_file(name, making.PDF + b"%2"))
    assert answer.status_code == 302


@when("informationssäkerhetsansvarig tar bort underlaget")
def removed(story: Story, browse: Any) -> None:
    browse("infosec").post(f"/connections/{story.connection}/evidence/{_only(story).id}/remove")


@when(parsers.parse("det har gått {days:d} dagar"))
def later(clock: Clock, days: int) -> None:
    clock.forward(days=days)


@when("självdeklarationen skrivs under")
def signs(story: Story) -> None:
    signed(story)


@then(parsers.parse('ser granskaren "{words}" på krav {requirement}'))
def reviewer_sees(story: Story, browse: Any, words: str, requirement: str) -> None:
    assert words in _page(story, browse("reviewer"), requirement)


@then("granskaren hämtar filen som en bilaga och aldrig som en sida")
def downloads(story: Story, browse: Any) -> None:
    with browse("reviewer").get(f"/connections/{story.connection}/evidence/{_only(story).id}/file") as got:
        assert got.data == making.PDF
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]


@then(parsers.parse('får informationssäkerhetsansvarig veta "{words}"'))
def told(shown: str, words: str) -> None:
    assert words in shown


@then(parsers.parse('titeln "{title}" står kvar i formuläret'))
def kept(shown: str, title: str) -> None:
    assert f'value="{title}"' in shown


@then("ingen fil har sparats")
def nothing_stored(story: Story) -> None:
    assert not list(story.home.settings.files_dir.glob("sha256/??/*"))


@then("namnger den underskrivna handlingen filens SHA-256")
def named_by_hash(story: Story) -> None:
    with story.home.read() as session:
        (signature,) = decisions.signatures(session, story.connection, "declaration")
        record = json.loads(session.get_one(Frozen, signature.frozen_sha256).body)
    (shown,) = next(line["evidence"] for line in record["answers"] if line["requirement"] == "P-01")
    assert shown["sha256"] == hashlib.sha256(making.PDF).hexdigest()


@then("går det inte att lägga till mer underlag")
def closed(story: Story, browse: Any) -> None:
    assert _add(story, browse("infosec"), "P-01", file=_file("mer.pdf")).status_code == 409


@then("finns filen inte för en utomstående")
def not_for_outsiders(story: Story, browse: Any) -> None:
    place = f"/connections/{story.connection}/evidence/{_only(story).id}/file"
    assert browse("outsider").get(place).status_code == 404
