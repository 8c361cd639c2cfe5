"""Where the stories of conditions begin."""

from checklists import load
from portal.services import declaration_review
from portal.store import conditions, risks
from portal.store.conditions import Held
from tests.declarations.story import signed
from tests.story import Story


def on_condition(story: Story) -> Story:
    """The declaration deviates on P-09 and is approved on condition that its action is done within 60 days."""
    story.order_approved()
    signed(story, P_09="partly")
    for theme in load.declaration().themes:
        declaration_review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)
    declaration_review.review_line(story.home, story.people.reviewer, story.connection, "P-09", "accepted")
    with story.home.read() as session:
        chosen = [action.id for action in risks.actions(session, story.connection)]
    declaration_review.approve(story.home, story.people.reviewer, story.connection, chosen)
    return story


def the_condition(story: Story) -> Held:
    """The only condition of the story."""
    with story.home.read() as session:
        (found,) = conditions.of_connection(session, story.connection)
        return found
