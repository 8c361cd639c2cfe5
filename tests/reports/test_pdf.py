"""The PDFs as others read them: the same bytes each time, tagged, whole, and unharmed by what people type."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from portal import reports
from portal.texts import text
from tests.reports import reading, records
from workflows.frozen import digest

ROOT = Path(__file__).resolve().parents[2]
RECORDS: dict[str, Callable[[], dict[str, Any]]] = {
    "declaration": lambda: records.declaration(
        P_16=("no", "Vi saknar andra faktor."), P_30=("not_applicable", "Gäller inte oss.")
    ),
    "risk": records.risk,
    "application": records.application,
    "agreement": records.agreement,
    "decision": records.decision,
    "run": records.run,
}
HEADINGS = {
    "declaration": "journey.step.declaration",
    "risk": "journey.step.risk",
    "application": "journey.step.application",
    "agreement": "journey.step.agreement",
    "decision": "report.decision.title",
    "run": "report.verification.title",
}
each_report = pytest.mark.parametrize("language", ["sv", "en"])
each_kind = pytest.mark.parametrize("kind", list(RECORDS))


@each_kind
@each_report
def test_the_same_record_gives_the_same_bytes(kind: str, language: str) -> None:
    record = RECORDS[kind]()
    first = reports.render(record, language)
    shuffled = dict(reversed(list(record.items())))

    assert reports.render(shuffled, language) == first
    assert (
        reports.render(
            record | {"by_name": "Någon Annan", "frozen_at": "2026-11-24T13:02:00+00:00"}, language
        )
        != first
    )


def test_other_processes_and_threads_give_the_same_bytes() -> None:
    script = (
        "import hashlib; from portal import reports; from tests.reports import records;"
        "print(hashlib.sha256(reports.render(records.risk(), 'sv')).hexdigest())"
    )
    alone = hashlib.sha256(reports.render(records.risk(), "sv")).hexdigest()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == alone
    with ThreadPoolExecutor(4) as pool:
        drawn = pool.map(lambda _: reports.render(records.risk(), "sv"), range(8))
        assert {hashlib.sha256(found).hexdigest() for found in drawn} == {alone}


@each_kind
@each_report
def test_a_report_is_tagged_and_whole(kind: str, language: str, tmp_path: Path) -> None:
    record = RECORDS[kind]()
    pdf = reports.render(record, language)

    said = reading.tool("qpdf", "--check", "PDF", pdf=pdf, folder=tmp_path)
    assert "No syntax or stream encoding errors" in said
    assert "Tagged:          yes" in reading.tool("pdfinfo", "PDF", pdf=pdf, folder=tmp_path)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == language
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        title = str(document.docinfo.Title)
        assert title.endswith(", Exempelstads kommun, A-2026-0042")
        assert document.open_metadata()["dc:title"] == title
        assert str(document.docinfo.CreationDate) == "D:20261123130200+00'00'"
    assert b"FlateDecode" not in pdf, "the bytes would depend on the zlib at hand"


@each_kind
@each_report
def test_everything_drawn_has_a_place_in_the_structure_or_is_an_artifact(kind: str, language: str) -> None:
    pdf = reports.render(RECORDS[kind](), language)

    assert reading.loose(pdf) == []
    found = list(reading.marks(pdf))
    assert found
    assert len({(page, mark) for page, mark, _ in found}) == len(found)


def test_the_parent_tree_leads_from_each_mark_to_the_element_that_holds_it() -> None:
    with pikepdf.open(BytesIO(reports.render(records.risk(40), "sv"))) as document:
        tree = document.Root.StructTreeRoot
        pages = {page.obj.objgen: page for page in document.pages}
        held: dict[tuple[Any, int], Any] = {}

        def walk(element: Any) -> None:
            for kid in element.K:
                if kid.get("/Type") == "/MCR":
                    held[kid.Pg.objgen, int(kid.MCID)] = element.objgen
                else:
                    assert kid.P.objgen == element.objgen
                    walk(kid)

        walk(tree.K[0])
        for objgen, page in pages.items():
            owners = tree.ParentTree.Nums[2 * int(page.StructParents) + 1]
            assert [owner.objgen for owner in owners] == [held[objgen, mark] for mark in range(len(owners))]


@each_kind
@each_report
def test_headings_and_facts_are_read_in_order(kind: str, language: str, tmp_path: Path) -> None:
    record = RECORDS[kind]()
    spoken = reading.spoken(reports.render(record, language), tmp_path)

    outcome = text(f"application.decision.{record.get('decision', 'approved')}", language).lower()
    heading = text(HEADINGS[kind], language, outcome=outcome, number=4)
    about, sha256 = text("report.about", language), digest(record)
    wanted = [
        f'H1 (block)\n    "{heading} "',
        "Table",
        "TR",
        "TH",
        "/Scope /Row",
        "212000-1234",
        about,
        sha256,
    ]
    places = [spoken.find(part) for part in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)
    assert spoken.count("H1 (block)") == 1


def test_the_actions_of_a_deviation_are_a_list(tmp_path: Path) -> None:
    pdf = reports.render(records.declaration(P_16=("no", "Saknas.")), "sv")

    spoken = reading.spoken(pdf, tmp_path)
    listed = spoken[spoken.index("L (block)") :]
    item = "1. Inför andra faktor i klienten (It-chefen, klar senast 15 mars 2027)"
    places = [listed.index(part) for part in ("L (block)", "LI (block)", "LBody (block)", item, "H3 (block)")]
    assert places == sorted(places)


@each_kind
def test_the_outline_follows_the_headings(kind: str) -> None:
    pdf = reports.render(RECORDS[kind](), "sv")
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
        (top,) = outline.root
        titles = [item.title for item in top.children]
        pages = [pikepdf.Page(item.destination[0]).index for item in top.children]
    assert text("report.about", "sv") == titles[-1]
    assert pages == sorted(pages)


@each_report
def test_the_foot_names_the_case_and_counts_the_pages(language: str, tmp_path: Path) -> None:
    pdf = reports.render(records.declaration(), language)
    with pikepdf.open(BytesIO(pdf)) as document:
        total = len(document.pages)
    for number in (1, 2, total):
        path = ("-f", str(number), "-l", str(number), "PDF", "-")
        page = reading.tool("pdftotext", *path, pdf=pdf, folder=tmp_path)
        assert text("report.page", language, n=number, total=total) in page
        assert "A-2026-0042" in page
    assert digest(records.declaration()) in page, "the hash stands on the last page"


HOSTILE = (
    "<b>fet</b> & <font color=red>&amp; </para> %s {n} \\(x) "
    "\x00\x07\x1b[31m \u202eomvänd\u202c \u200d\ufeff"
    " emoji 😀👩‍👩‍👧 kinesiska 漢字 arabiska العربية pil → minst ≥ tab\tslut z̷̛̼a̸l̶g̸o "
    "EMC ET Q endstream endobj /Artifact BMC"
)


@pytest.mark.parametrize("kind", ["declaration", "risk", "application", "decision", "run"])
def test_hostile_text_is_drawn_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    pdf = reports.render(_with_text(kind, HOSTILE), "sv")

    assert "No syntax" in reading.tool("qpdf", "--check", "PDF", pdf=pdf, folder=tmp_path)
    assert reading.loose(pdf) == []
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.docinfo.Title).isprintable()
    seen = reading.seen(pdf, tmp_path)
    for kept in ("<b>fet</b> &", "</para> %s {n} \\(x)", "😀", "漢字", "pil →", "minst ≥", "BMC"):
        assert kept in seen or kept in reading.spoken(pdf, tmp_path), kept


@pytest.mark.parametrize("kind", ["declaration", "risk", "application", "decision", "run"])
@pytest.mark.parametrize(
    "long", ["x" * 10_000, "ord " * 2_500, "rad\n" * 2_500, "https://exempel.se/" + "a-b/" * 500]
)
def test_long_text_goes_on_over_pages_and_inside_the_margins(kind: str, long: str, tmp_path: Path) -> None:
    pdf = reports.render(_with_text(kind, long), "sv")

    boxes = reading.tool("pdftotext", "-bbox", "PDF", "-", pdf=pdf, folder=tmp_path)
    words = [line for line in boxes.splitlines() if "<word" in line]
    right = max(float(line.split('xMax="')[1].split('"')[0]) for line in words)
    bottom = max(float(line.split('yMax="')[1].split('"')[0]) for line in words)
    assert right <= 595 - 61
    assert bottom <= 842 - 25
    seen = reading.tool("pdftotext", "PDF", "-", pdf=pdf, folder=tmp_path)
    sign = "rad" if long.startswith("rad") else long[0] if long[0] == "x" else long.split()[0][:3]
    assert seen.count(sign) >= long.count(sign)


def _with_text(kind: str, written: str) -> dict[str, Any]:
    """A record of the kind with the text in every place where somebody may type."""
    if kind == "declaration":
        record = records.declaration(P_16=("no", written), P_17=("partly", written))
        record["answers"][15]["actions"] = [{**records.ACTION, "title": written, "responsible": written}]
    elif kind == "risk":
        names = ("title", "description", "controls", "owner", "accepted_by_name")
        record = records.risk(2, **dict.fromkeys(names, written))
        record["flows"][0]["name"] = written
        record["actions"][0] |= {"title": written, "responsible": written}
    elif kind == "application":
        record = records.application()
        record["values"] |= {"message": written, "remaining_deviations": written, "staffed_address": written}
    elif kind == "decision":
        record = records.decision(text=written, conditions=[{"text": written, "due": "2027-03-15"}])
    else:
        record = records.run()
        record["results"][0] |= {"expected": written, "actual": written}
    record["organisation"] = {**record["organisation"], "name": f"Exempelstads kommun {written[:200]}"}
    return record


def test_three_hundred_risks_are_drawn_whole(tmp_path: Path) -> None:
    pdf = reports.render(records.risk(300), "sv")
    spoken, seen = reading.spoken(pdf, tmp_path), reading.seen(pdf, tmp_path)
    assert "Risk 300" in spoken
    owner = text("risk.risks.owner", "sv")
    accepted = text("risk.risks.accepted", "sv")
    assert seen.count(f"{owner} {accepted}") > 5, "the head of the table stands on each of its pages"
    assert spoken.count(f'"{accepted} "') == 1 + 300, "and is read once"


def test_a_heading_never_ends_a_page(tmp_path: Path) -> None:
    for count in range(1, 24):
        record = records.risk(count)
        pdf = reports.render(record, "sv")
        pages = reading.tool("pdftotext", "-layout", "PDF", "-", pdf=pdf, folder=tmp_path).split("\f")
        for page in pages[:-1]:
            lines = [line.strip() for line in page.splitlines() if line.strip()]
            assert lines[-2] not in {
                text(key, "sv")
                for key in ("risk.risks.title", "risk.actions.title", "report.risk_details", "report.about")
            }, count


def test_a_kind_without_a_report_is_refused() -> None:
    with pytest.raises(KeyError):
        reports.render({**records.agreement(), "kind": "letter"}, "sv")
