"""A draft is checked to the line before it is kept, and what it holds cannot harm whoever reads it."""

import pytest

from checklists import load
from portal.services import catalogue_drafts
from portal.services.catalogue_drafts import LARGEST, Unusable
from portal.services.installation import Installation
from portal.store import catalogues
from tests.catalogues.editing import edited, upload
from tests.conftest import Cast
from workflows.errors import Forbidden, Stale


def refused(home: Installation, people: Cast, text: str | bytes) -> Unusable:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Unusable) as found:
        catalogue_drafts.upload(home, people.admin, "krav.yaml", raw)
    with home.read() as session:
        assert catalogues.draft(session) is None
    return found.value


def test_a_version_as_yaml_is_read_as_the_same_version() -> None:
    shipped = load.declaration("1")
    assert load.parse(load.to_yaml(shipped), "krav.yaml") == shipped


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "version: '1.1'",
            "version: '1'",
            'version: write a version after 1 with a point in it, such as "1.1"',
        ),
        ("version: '1.1'", "version: '2'", "whole numbers belong to the versions that come with the portal"),
        ("version: '1.1'", "version: 1.1", "version: Input should be a valid string"),
        ("version: '1.1'", "version: '1.x'", "version: write whole numbers with points between them"),
        ("id: declaration-sdk", "id: my-own", "id: write declaration-sdk"),
        ("- id: P-03", "- id: P-01", "P-01 is already used above; give each its own id"),
        ("- id: P-03", "- id: ../x", "write a letter and then letters, digits, - or _"),
        ("- id: governance", "- id: ledning", "governance is no theme of this file"),
        (
            "code: partly",
            "code: maybe",
            "scale: write these codes in this order: yes, partly, no, not_applicable",
        ),
        ("strength: must", "strength: perhaps", "strength: Input should be 'must', 'should'"),
        ("sv: En ny förklaring.", "sv: ' '", "a text is empty; write it in both languages"),
        ("sv: En ny förklaring.", "se: En ny förklaring.", "Extra inputs are not permitted"),
        ("sv: En ny förklaring.", 'sv: "\\u0007"', "a text holds signs that cannot be shown"),
        ("sv: En ny förklaring.", 'sv: "\\ud800"', "invalid Unicode"),
        ("  - '05'", "  - '77'", "77 is no check; write some of"),
    ],
)
def test_an_error_says_file_line_and_what_to_write(
    home: Installation, people: Cast, before: str, after: str, said: str
) -> None:
    text = edited()
    assert before in text
    found = refused(home, people, text.replace(before, after, 1))
    assert found.code == "wrong"
    assert said in "\n".join(found.lines)
    assert all(line.startswith("krav.yaml:") and line.split(":")[1].isdigit() for line in found.lines)


def test_the_line_is_the_one_of_the_error(home: Installation, people: Cast) -> None:
    text = edited().replace("strength: must", "strength: perhaps", 1)
    line = text[: text.index("strength: perhaps")].count("\n") + 1
    assert refused(home, people, text).lines[0].startswith(f"krav.yaml:{line}: ")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "none"),
        (b" \n", "none"),
        (b"x" * (LARGEST + 1), "large"),
        (b"\xff\xfe\x00", "kind"),
        (b"kind: declaration\0", "kind"),
        (b"[" * 100_000, "wrong"),
        (b"a: &a [x]\nb: *a\n", "wrong"),
        (b"a: 2026-99-99\n", "wrong"),
        (b"kind: [declaration]\n", "wrong"),
        (b"{[a]: b}\n", "wrong"),
        (b"!!python/object/apply:os.system [id]\n", "wrong"),
        (b"a: " + b"9" * 6000, "wrong"),
        (b"kind: form\nid: order\nversion: '1.1'\ntitle: {sv: a, en: b}\nsections: []\n", "wrong"),
    ],
)
def test_what_is_no_draft_is_refused(home: Installation, people: Cast, raw: bytes, code: str) -> None:
    assert refused(home, people, raw).code == code


def test_a_new_upload_takes_the_place_of_the_older_one(home: Installation, people: Cast) -> None:
    first = upload(home, people, edited())
    second = upload(home, people, edited("1.2"))
    with home.read() as session:
        standing = catalogues.draft(session)
        assert standing is not None
        assert standing.id == second
        assert [row.version for row, _ in catalogues.drafts(session)] == ["1.2", "1.1"]
    with pytest.raises(Stale):
        catalogue_drafts.withdraw(home, people.admin, first)
    catalogue_drafts.withdraw(home, people.admin, second)
    with home.read() as session:
        assert catalogues.draft(session) is None


@pytest.mark.parametrize("who", ["reviewer", "approver", "owner_viewer", "contact"])
def test_nobody_but_the_administrator_uploads(home: Installation, people: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        catalogue_drafts.upload(home, people.person[who], "krav.yaml", edited().encode())


def test_versions_that_come_with_the_portal_are_whole_numbers() -> None:
    versions = [version for found, version in load.shipped() if found == catalogues.DECLARATION]
    assert versions
    assert all(version.isdigit() for version in versions), "versions with a point are the owner's"
