"""Acts of the demo: the application with two approvers, the agreement, production and the introduction."""

from datetime import date, timedelta

from portal.demo import wording
from portal.demo.story import Story
from portal.demo.testing import run_passes, ticks
from portal.services import forms
from portal.services.steps import Wish
from portal.store.forms import entry


def fills_application(story: Story) -> None:
    with story.home.read() as session:
        found = entry(session, story.connection, "application")
    values = {
        "planned_production": (story.home.clock() + timedelta(days=40)).date().isoformat(),
        "production_participant": f"0203:sdk.{story.player.domain}",
        "staffed_address": story.dice.choice(wording.STAFFED),
        "statement_true": "yes",
    }
    if story.deviations:
        values["remaining_deviations"] = (
            f"Avvikelserna {', '.join(story.deviations)} åtgärdas enligt åtgärdsplanen."
        )
    version = found.version if found else 0
    forms.save(story.home, story.person("contact"), story.connection, "application", values, version)


def application_signed(story: Story) -> None:
    """A fresh run, and then the signature."""
    run_passes(story)
    story.move(story.person("signatory"), "application", "sign")


def application_endorsed(story: Story) -> None:
    story.move(story.owner.approver, "application", "endorse")


def application_approved(story: Story) -> None:
    """The other approver decides; with deviations left, now and then with a condition."""
    conditions: tuple[tuple[str, date], ...] = ()
    if len(story.deviations) > 6:
        conditions = ((wording.CONDITION, (story.home.clock() + timedelta(days=90)).date()),)
    wish = Wish(text=wording.APPROVED["application"], conditions=conditions)
    story.move(story.owner.second_approver, "application", "approve", wish)


def application_returned(story: Story) -> None:
    story.move(story.owner.reviewer, "application", "return", Wish(*wording.RETURNED["application"]))


def application_refused(story: Story) -> None:
    story.move(story.owner.approver, "application", "refuse", Wish(*wording.REFUSED["application"]))


def agreement_signed(story: Story) -> None:
    story.move(story.person("signatory"), "agreement", "sign")


def agreement_countersigned(story: Story) -> None:
    story.move(story.owner.approver, "agreement", "countersign")


def production_begun(story: Story) -> None:
    ticks(story, "production", "tech", some=True)


def production_reported(story: Story) -> None:
    ticks(story, "production", "tech")
    story.move(story.person("tech"), "production", "report")


def production_returned(story: Story) -> None:
    story.move(story.owner.reviewer, "production", "return", Wish(*wording.RETURNED["production"]))


def production_confirmed(story: Story) -> None:
    story.move(story.owner.reviewer, "production", "confirm", Wish(text=wording.APPROVED["production"]))


def introduction_begun(story: Story) -> None:
    ticks(story, "introduction", "business", some=True)


def introduction_finished(story: Story) -> None:
    ticks(story, "introduction", "business")
    story.move(story.person("business"), "introduction", "finish")
