"""Steps of the verification run: a real run against the reference organisation's servers on loopback."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from portal import jobs
from portal.reference.addresses import HEALTHY, Ports
from portal.reference.faults import NAMES
from portal.reference.serve import serving
from portal.store import runs
from portal.verification import pack
from tests.story import Story
from workflows.status import Status

scenarios("verification_run.feature")
FREE = Ports(0, 0, 0, 0)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The reference organisation's servers; the folder of the packs that know them."""
    folder = tmp_path_factory.mktemp("reference")
    with serving(folder, FREE):
        yield folder / "packs"


@pytest.fixture
def story(story: Story, reference: Path) -> Story:
    """The story in an installation that may reach the reference organisation."""
    shutil.copytree(reference, story.home.settings.packs_dir)
    story.home.settings = story.home.settings.model_copy(update={"allow_loopback": True})
    return story


@given("att organisationen är ansluten till QA")
def connected(story: Story) -> None:
    story.order_approved()
    story.fill_test_object(environment="demo")
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")


@given("att komponenterna svarar som de ska")
def healthy(story: Story) -> None:
    story.fill_test_object(environment="demo", participant_id=HEALTHY)


@given(parsers.parse("att komponenterna har felet {fault}"))
def broken(story: Story, fault: str) -> None:
    story.fill_test_object(environment="demo", participant_id=NAMES[fault.strip()].participant)


@when("den tekniska kontakten startar en körning", target_fixture="run_id")
def starts(story: Story, browse: Any) -> str:
    answer = browse("tech").post(f"/connections/{story.connection}/runs")
    assert answer.status_code == 302
    return str(answer.headers["Location"].rsplit("/", 1)[1])


@when("körningen får gå till slut")
def runs_to_its_end(story: Story, run_id: str) -> None:
    jobs.execute(story.home, run_id, "feature")


def _page(story: Story, browse: Any, run_id: str) -> str:
    return str(browse("tech").get(f"/connections/{story.connection}/runs/{run_id}").get_data(as_text=True))


@then("är körningen godkänd")
def passed(story: Story, run_id: str, browse: Any) -> None:
    with story.home.read() as session:
        run = runs.of(session, story.connection, run_id)
        results = runs.results(session, run_id)
    assert run is not None
    assert {number: result.outcome for number, result in results.items() if result.outcome != "passed"} == {}
    assert run.outcome == "passed"
    assert "Godkänd" in _page(story, browse, run_id)


@then("testerna är klara")
def step_is_done(story: Story) -> None:
    assert story.states()["tests"] is Status.DONE


@then("körningen finns som PDF")
def as_pdf(story: Story, run_id: str, browse: Any) -> None:
    answer = browse("tech").get(f"/connections/{story.connection}/runs/{run_id}.pdf")
    assert answer.data.startswith(b"%PDF")


@then(parsers.parse("är kontroll {number} underkänd med felägaren {owner}"))
def failed(story: Story, run_id: str, number: str, owner: str) -> None:
    with story.home.read() as session:
        run = runs.of(session, story.connection, run_id)
        result = runs.results(session, run_id)[number.strip()]
    assert run is not None
    assert (run.outcome, result.outcome, result.fault_owner) == ("failed", "failed", owner.strip())
    assert story.states()["tests"] is Status.IN_PROGRESS


@then("sidan säger vad som ska göras")
def advice(story: Story, run_id: str, browse: Any) -> None:
    assert 'class="verdict__do"' in _page(story, browse, run_id)


@then("kan ingen annan körning startas förrän den är klar")
def one_at_a_time(story: Story, browse: Any, run_id: str) -> None:
    again = browse("tech").post(f"/connections/{story.connection}/runs")
    assert again.status_code == 409
    jobs.execute(story.home, run_id, "feature")
    assert browse("tech").post(f"/connections/{story.connection}/runs").status_code == 302


@then(parsers.parse('visar jämförelsen att "{title}" är åtgärdat'))
def compared(story: Story, run_id: str, browse: Any, title: str) -> None:
    page = _page(story, browse, run_id)
    mended, others = page.split("Åtgärdat", 1)[1].split("Nytt fel", 1)
    assert title in mended
    assert title not in others


@then("går produktion inte att välja som miljö")
def no_production(story: Story, browse: Any) -> None:
    assert "production" not in pack.environments(story.home.settings.packs_dir)
    page = browse("tech").get(f"/connections/{story.connection}/test-object").get_data(as_text=True)
    assert 'value="production"' not in page
