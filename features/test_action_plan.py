"""Steps of the action plan."""

import re
from datetime import timedelta
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from checklists import load
from portal.services import actions
from portal.services.actions import ActionValues
from portal.store import risks as store
from portal.store.models.base import new_id
from tests.story import Story

scenarios("action_plan.feature")

COSTS = {item.label.sv: item.code for item in load.risk().costs}


@pytest.fixture
def risk(story: Story) -> str:
    """The id of the risk that the actions mend."""
    story.order_approved()
    return story.assess_risk()


def _place(story: Story, rest: str = "") -> str:
    return f"/connections/{story.connection}/risk/actions{rest}"


def _page(story: Story, browse: Any, rest: str = "") -> str:
    return " ".join(browse("infosec").get(_place(story, rest)).get_data(as_text=True).split())


def _titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="govuk-table__header"><a href="[^"]*">([^<]*)</a>', page)


def _id(story: Story, number: int) -> str:
    with story.home.read() as session:
        return next(row.id for row in store.actions(session, story.connection) if row.number == number)


def _plan(story: Story, risk: str, title: str, days: int) -> None:
    due = story.today() + timedelta(days=days)
    stated = ActionValues(title, "technical", "Ola Nyman", due, (risk,))
    actions.save(story.home, story.people.infosec, story.connection, new_id(), stated, 0)


@given("att Exempelstads kommun har en godkänd beställning och en bedömd risk")
def assessed(risk: str) -> None:
    assert risk


@given(parsers.parse('åtgärden "{title}" som ska vara klar om {days:d} dagar'))
def planned(story: Story, risk: str, title: str, days: int) -> None:
    _plan(story, risk, title, days)


@given(parsers.parse('åtgärden "{title}" som skulle ha varit klar för {days:d} dagar sedan'))
def overdue(story: Story, risk: str, title: str, days: int) -> None:
    _plan(story, risk, title, -days)


@when(
    parsers.parse(
        'informationssäkerhetsansvarig planerar åtgärden "{title}" från {starts} till {due} med kostnaden {cost}'
    ),
    target_fixture="answer",
)
def plans(story: Story, browse: Any, risk: str, title: str, starts: str, due: str, cost: str) -> str:
    typed = {
        "title": title,
        "kind": "technical",
        "responsible": "Ola Nyman",
        "starts": starts,
        "due": due,
        "cost": COSTS[cost],
        "effect": "Färre fel",
        "evidence": "Beslut KS 2027/3",
        "risks": risk,
        "version": "0",
    }
    return str(browse("infosec").post(_place(story, f"/{new_id()}"), data=typed).get_data(as_text=True))


@when(parsers.parse("informationssäkerhetsansvarig flyttar åtgärd {number:d} till {status}"))
def moves(story: Story, browse: Any, number: int, status: str) -> None:
    typed = {"status": status, "view": "board"}
    answer = browse("infosec").post(_place(story, f"/{_id(story, number)}/status"), data=typed)
    assert answer.location.endswith(f"/risk/actions?view=board#action-{number}")


@then(parsers.parse('visar åtgärden effekten "{effect}" och underlaget "{evidence}"'))
def shows(story: Story, browse: Any, effect: str, evidence: str) -> None:
    page = browse("infosec").get(_place(story, f"/{_id(story, 1)}")).get_data(as_text=True)
    assert f">\n{effect}</textarea>" in page
    assert f">\n{evidence}</textarea>" in page


@then(parsers.parse('planen visar "{title}" med start {starts} och liten kostnad'))
def listed(story: Story, browse: Any, title: str, starts: str) -> None:
    page = _page(story, browse)
    assert _titles(page) == [title]
    assert f'data-label="Börjar">{starts}</td>' in page
    assert "liten kostnad" in page


@then("står det att åtgärden börjar efter det datum då den ska vara klar")
def told(answer: str) -> None:
    assert "Åtgärden börjar efter det datum då den ska vara klar" in answer
    assert 'href="#starts"' in answer
    assert 'value="Inför dubbelkoll"' in answer


@then("planen är tom")
def empty(story: Story, browse: Any) -> None:
    assert "Ingen åtgärd är planerad" in _page(story, browse)


@then(parsers.parse("ligger åtgärd {number:d} i tavlans kolumn {column}"))
def in_column(story: Story, browse: Any, number: int, column: str) -> None:
    page = _page(story, browse, "?view=board")
    columns = page.split('<section class="board__column"')[1:]
    assert len(columns) == 3
    holding = [part for part in columns if f'id="action-{number}"' in part]
    assert [re.search(r">([^<]+) <span", part).group(1) for part in holding] == [column]  # type: ignore[union-attr]


@then(parsers.parse('står det "{words}" i planen'))
def said(story: Story, browse: Any, words: str) -> None:
    assert f'<span class="late">{words}</span>' in _page(story, browse)


@then(parsers.parse('står det inte "{words}" i planen'))
def not_said(story: Story, browse: Any, words: str) -> None:
    assert words not in _page(story, browse)


@then(parsers.parse('visar planen i ordning "{titles}"'))
def usual_order(story: Story, browse: Any, titles: str) -> None:
    assert _titles(_page(story, browse)) == titles.split(", ")


@then(parsers.parse('visar planen sorterad på {sort} "{titles}"'))
def sorted_on(story: Story, browse: Any, sort: str, titles: str) -> None:
    page = _page(story, browse, f"?sort={sort}")
    assert _titles(page) == titles.split(", ")
    assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in page


@then(parsers.parse('visar planen filtrerad på {chosen} "{titles}"'))
def filtered_on(story: Story, browse: Any, chosen: str, titles: str) -> None:
    assert _titles(_page(story, browse, f"?filter={chosen}")) == titles.split(", ")
