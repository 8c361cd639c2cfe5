"""Conditions of requirements: what a file may say, and that hidden answers are kept."""

from collections.abc import Callable
from importlib import resources

import pytest
from flask.testing import FlaskClient

from checklists import load
from portal.services import declaration_lines
from portal.store import declarations as store
from portal.store.models import Connection
from tests.declarations.test_pages import place, save
from tests.story import Story

Browse = Callable[[str], FlaskClient]
SHIPPED = (resources.files("checklists") / "catalogues" / "declaration-sdk-1.yaml").read_text("utf-8")
SHARED = 'shown_if: {id: order.shared_it, values: ["yes"],'


def line_of(text: str, wanted: str) -> int:
    return text[: text.index(wanted)].count("\n") + 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('shown_if: {id: order.shared, values: ["yes"],', "order.shared is no choice of the order"),
        ('shown_if: {id: order.supplier, values: ["yes"],', "order.supplier is no choice of the order"),
        (
            'shown_if: {id: P-99, values: ["yes"],',
            "P-99 is neither a requirement of this file nor order.<field>",
        ),
        ('shown_if: {id: order.shared_it, values: ["ja"],', "ja cannot be answered: write some of yes, no"),
        ('shown_if: {id: P-01, values: ["maybe"],', "maybe cannot be answered: write some of yes, partly"),
        ("shown_if: {id: P-01, values: [],", "a condition without values never holds"),
        ('shown_if: {id: P-49, values: ["yes"],', "P-49 waits for itself"),
    ],
)
def test_a_condition_that_cannot_hold_is_refused_with_file_and_line(written: str, said: str) -> None:
    text = SHIPPED.replace(SHARED, written)
    with pytest.raises(load.CatalogueError) as refused:
        load.parse(text, "egen.yaml")
    assert f"egen.yaml:{line_of(text, written)}: " in str(refused.value)
    assert said in str(refused.value)


def test_a_circle_over_two_requirements_is_refused() -> None:
    because = 'because: {sv: "Så.", en: "So."}}'
    text = SHIPPED.replace(SHARED, 'shown_if: {id: P-50, values: ["yes"],')
    head, tail = text.split("  - id: P-50\n")
    text = f'{head}  - id: P-50\n    shown_if: {{id: P-49, values: ["yes"], {because}\n{tail}'
    with pytest.raises(load.CatalogueError, match="P-49 waits for itself"):
        load.parse(text, "egen.yaml")


def shown(story: Story) -> set[str]:
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        return {line.requirement.id for line in declaration_lines.lines(session, connection)}


def order(story: Story, **changes: str) -> None:
    """The order as the tests of this file need it, also after it was approved."""
    import json

    from portal.store import forms
    from portal.store.models import FormEntry

    with story.home.write() as work:
        found = forms.entry(work.session, story.connection, "order")
        assert isinstance(found, FormEntry)
        found.body = json.dumps({**forms.values(found), **changes})


def test_a_hidden_answer_is_kept_and_comes_back_with_the_order(story: Story) -> None:
    order(story, shared_it="yes")
    save(story, "P-49", "partly", "Egna scheman saknas.")
    order(story, shared_it="no")
    assert "P-49" not in shown(story)
    order(story, shared_it="yes")
    assert "P-49" in shown(story)
    with story.home.read() as session:
        row = store.answer(session, session.get_one(Connection, story.connection), "P-49")
    assert row is not None
    assert (row.value, row.comment) == ("partly", "Egna scheman saknas.")


def test_the_page_says_why_a_conditional_requirement_is_asked(story: Story, browse: Browse) -> None:
    page = browse("infosec").get(place(story, "/P-49")).get_data(as_text=True)
    assert "Frågas tills beställningen svarar på: Delas it-driften med andra organisationer?" in page
    order(story, shared_it="yes")
    page = browse("infosec").get(place(story, "/P-49")).get_data(as_text=True)
    assert "Frågas för att ni delar it-drift med andra." in page
    order(story, shared_it="no")
    assert browse("infosec").get(place(story, "/P-49")).status_code == 404
    assert "79 krav" in browse("infosec").get(place(story)).get_data(as_text=True)


def test_a_left_out_line_can_be_neither_submitted_for_nor_reviewed(story: Story) -> None:
    order(story, shared_it="no", route="own_access_point")
    story.answer_all()
    assert len(shown(story)) == 76
    story.move("infosec", "declaration", "submit")
    assert story.states()["declaration"] == "signing"
