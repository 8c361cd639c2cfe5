"""A story with answers, a deviation, a risk and actions, and what its exports hold."""

from collections.abc import Callable

import pytest

from portal.services import cases, declarations
from portal.services import export_records as records
from portal.services.installation import Installation
from tests.conftest import Cast
from tests.exports.reading import Exported
from tests.story import Story

FORMULA = '=HYPERLINK("https://evil.example";"klicka")'


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    """Three answers, one deviation with an action, a flow, and a risk with an action."""
    told = Story(home, people)
    told.order_approved()
    for name, value, comment in (
        ("P-01", "yes", ""),
        ("P-02", "not_applicable", FORMULA),
        ("P-09", "partly", "Registret är gammalt.\nDet saknar två system."),
    ):
        declarations.save_answer(home, people.infosec, told.connection, name, value, comment, 0)
    told.plan_action("P-09", title="+46 ringer leverantören")
    told.classify_flow()
    told.assess_risk()
    return told


@pytest.fixture
def exported(story: Story) -> Callable[[str], Exported]:
    """What a person of the cast would export, by name."""

    def gather(who: str = "infosec") -> Exported:
        with story.home.read() as session:
            case = cases.fetch(session, story.people.person[who], story.connection, "declaration.see")
            return Exported(
                records.declaration(session, case), records.risk(session, case), records.plan(session, case)
            )

    return gather
