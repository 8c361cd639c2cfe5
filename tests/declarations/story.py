"""Where the stories of a signed declaration begin."""

from portal.services import cases, moves
from tests.story import Story
from workflows.guards import Facts


def after_the_tests(story: Story) -> None:
    """The tests as done, as after a run that passed; the run itself is no part of these stories."""
    story.fill_test_object()
    story.move("tech", "qa_connection", "submit")
    story.move("reviewer", "qa_connection", "approve")
    with story.home.write() as work:
        case = cases.fetch(work.session, None, story.connection, "run.start")
        moves.begin(work, case, "tests")
        moves.make(work, case, "tests", "pass", Facts(work.today, run_outcome="passed"))


def signed(story: Story, **answers: str) -> None:
    """A declaration that is answered, planned for and signed; `answers` as of `Story.answer_all`."""
    after_the_tests(story)
    story.answer_all(**answers)
    if answers:
        story.plan_action(*(name.replace("_", "-") for name in answers))
    story.move("infosec", "declaration", "submit")
    story.move("signatory", "declaration", "sign")
