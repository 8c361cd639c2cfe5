"""A change after the signature breaks it where everyone sees it: on the declaration's page and on the home."""

from collections.abc import Callable

from flask.testing import FlaskClient

from portal.services import declaration_review as review
from portal.services import declarations
from tests.story import Story
from workflows.declaration import altered

Browse = Callable[[str], FlaskClient]


def line(name: str, value: str = "yes", **more: object) -> dict[str, object]:
    return {"requirement": name, "value": value, "comment": "", "actions": [], **more}


def test_what_differs_is_named_by_requirement_and_part() -> None:
    before = [line("P-01"), line("P-02", "partly", actions=[{"number": 1}]), line("P-03")]
    after = [line("P-01", "no"), line("P-02", "partly"), line("P-04")]
    assert altered(before, after) == {
        "P-01": ("value",),
        "P-02": ("actions",),
        "P-03": ("line",),
        "P-04": ("line",),
    }
    assert altered(before, before) == {}


def test_parts_that_an_old_record_does_not_know_do_not_break_it() -> None:
    assert altered([line("P-01")], [line("P-01", evidence=["sha"])]) == {}


def test_an_edit_after_a_return_is_seen_and_the_new_signature_mends_it(story: Story, browse: Browse) -> None:
    declarations.sign(story.home, story.people.signatory, story.connection)
    places = (f"/connections/{story.connection}/declaration", f"/connections/{story.connection}")

    def shown() -> list[bool]:
        return [
            "Ändrad efter underskriften" in browse("viewer").get(place).get_data(as_text=True)
            for place in places
        ]

    assert shown() == [False, False]
    review.review_line(story.home, story.people.reviewer, story.connection, "P-09", "returned", None, "Mer.")
    review.send_back(story.home, story.people.reviewer, story.connection)
    assert shown() == [False, False]
    version = 1
    declarations.save_answer(
        story.home, story.people.infosec, story.connection, "P-09", "partly", "Säkerhetschefen äger.", version
    )
    assert shown() == [True, True]
    page = browse("viewer").get(places[0]).get_data(as_text=True)
    assert ">P-09</a>: kommentaren" in page
    declarations.submit(story.home, story.people.infosec, story.connection)
    declarations.sign(story.home, story.people.signatory, story.connection)
    assert shown() == [False, False]


def test_a_changed_action_breaks_the_signature_too(story: Story, browse: Browse) -> None:
    declarations.sign(story.home, story.people.signatory, story.connection)
    story.plan_action("P-09", title="En åtgärd till")
    page = browse("viewer").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert ">P-09</a>: åtgärderna" in page


def test_the_signed_in_signatory_signs_what_was_shown(story: Story, browse: Browse) -> None:
    import re

    place = f"/connections/{story.connection}/declaration/sign"
    page = browse("signatory").get(place).get_data(as_text=True)
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    story.plan_action("P-09", title="En åtgärd till")
    move = f"/connections/{story.connection}/steps/declaration/sign"
    answer = browse("signatory").post(move, data={"seen": found.group(1)})
    assert answer.status_code == 409
    assert "ändrats sedan ni läste dem" in answer.get_data(as_text=True)
    page = browse("signatory").get(place).get_data(as_text=True)
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    assert browse("signatory").post(move, data={"seen": found.group(1)}).status_code == 302
