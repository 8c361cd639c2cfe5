"""Acts of the demo: evidence for answers, questions to a colleague, the talk with the reviewer, and conditions met."""

import io
import json
import random
from datetime import timedelta

from sqlalchemy import select

from portal import reports
from portal.demo import wording
from portal.demo.story import Story, address
from portal.services import accounts, assignments, conditions, evidence, threads
from portal.services.evidence import Upload
from portal.services.installation import SWEDEN
from portal.store import declarations as answer_store
from portal.store.models import Condition, Connection, Decision, Frozen, Mention, Remark
from portal.store.models.base import new_id
from portal.store.threads import BOTH, OWN
from workflows.evidence import Stated

LINKS_EACH = 4
ASKED_EACH = 2
SHORT, LONG = timedelta(days=1), timedelta(days=60)
# How many of the conditions are met in time; the rest lapse.
MET = 0.6


def shows_evidence(story: Story) -> None:
    """Links that show what is answered; each as long as what it leads to holds."""
    dice = _dice(story, "evidence")
    today = story.home.clock().astimezone(SWEDEN).date()
    with story.home.read() as session:
        given = answer_store.answers(session, session.get_one(Connection, story.connection))
        fulfilled = sorted(key for key, answer in given.items() if answer.value == "yes")
    for requirement in dice.sample(fulfilled, min(LINKS_EACH, len(fulfilled))):
        title, path, age, months = dice.choice(wording.LINKS)
        happened = today - timedelta(days=age)
        until = happened + timedelta(days=30 * months) if months else None
        said = Stated(title, f"https://intranat.{story.player.domain}/{path}", happened, until)
        evidence.add(story.home, story.person("infosec"), story.connection, requirement, new_id(), said, None)


def shows_file(story: Story) -> None:
    """The decision on the connection to QA as a file, for the first requirement, and a newer version of a link."""
    requirement = _in_order(story)[0]
    with story.home.read() as session:
        body = session.scalars(
            select(Frozen.body)
            .join(Decision, Decision.frozen_sha256 == Frozen.sha256)
            .where(Decision.connection_id == story.connection, Decision.step == "qa_connection")
            .order_by(Decision.decided_at.desc())
        ).first()
    who = story.person("infosec")
    today = story.home.clock().astimezone(SWEDEN).date()
    if body is not None:
        upload = Upload(io.BytesIO(reports.render(json.loads(body), "sv")), wording.FILE_NAME)
        said = Stated(wording.FILE_TITLE, "", today)
        evidence.add(story.home, who, story.connection, requirement, new_id(), said, upload)
    title, path, until, since = wording.REPLACED
    link = f"https://intranat.{story.player.domain}/{path}"
    first = new_id()
    old = Stated(title, link, today - timedelta(days=since), today - timedelta(days=until))
    evidence.add(story.home, who, story.connection, requirement, first, old, None)
    newer = Stated(title, f"{link}-2", today - timedelta(days=until), today + timedelta(days=until))
    evidence.replace_with(story.home, who, story.connection, first, new_id(), newer, None)
    outdated = Stated(wording.OUTDATED, f"{link}-1", today - timedelta(days=400), today - timedelta(days=35))
    evidence.add(story.home, who, story.connection, requirement, new_id(), outdated, None)


def asks_colleague(story: Story) -> None:
    """A contributor comes in, and is asked two questions: one is due tomorrow and one in two months."""
    name = wording.CONTRIBUTOR
    with story.home.write(story.person("contact")) as work:
        person = accounts.add_person(
            work,
            email=address(name, story.player.domain),
            name=name,
            organisation_id=story.organisation,
            role="contributor",
        )
        story.people["contributor"], story.names["contributor"] = person.id, name
    today = story.home.clock().astimezone(SWEDEN).date()
    left = _in_order(story)[story.answered :][:ASKED_EACH]
    for requirement, wait in zip(left, (SHORT, LONG), strict=False):
        wish = assignments.Wish((requirement,), member=person.id, due=today + wait)
        assignments.ask(story.home, story.person("infosec"), story.connection, wish)
    for requirement in left[:1]:
        _says(story, "infosec", requirement, wording.TO_COLLEAGUE, OWN, "contributor")
        evidence.add(
            story.home,
            story.person("contributor"),
            story.connection,
            requirement,
            new_id(),
            Stated(wording.DRAFT, f"https://intranat.{story.player.domain}/utkast", today),
            None,
        )


def reviewer_asks(story: Story, requirement: str) -> None:
    """The reviewer asks about a line, and mentions who answers for information security."""
    threads.write(
        story.home,
        story.owner.reviewer,
        story.connection,
        requirement,
        new_id(),
        wording.REVIEWER_ASKS,
        BOTH,
        [story.person("infosec")],
    )


def colleagues_talk(story: Story) -> None:
    """What the reviewer asked is talked about inside the organisation first."""
    if story.asked_about:
        _says(story, "infosec", story.asked_about, wording.AMONG_US, OWN, "tech")


def answers_reviewer(story: Story) -> None:
    """The organisation answers the reviewer's question in the thread."""
    if story.asked_about:
        _says(story, "infosec", story.asked_about, wording.TO_REVIEWER, BOTH)


def reviewer_reads(story: Story) -> None:
    """The reviewer has read what was answered in the threads."""
    with story.home.read() as session:
        unread = session.scalars(
            select(Remark.id)
            .join(Mention, Mention.remark_id == Remark.id)
            .where(
                Remark.connection_id == story.connection,
                Mention.person_id == story.owner.reviewer,
                Mention.read_at.is_(None),
            )
        ).all()
    for remark in unread:
        threads.mark_read(story.home, story.owner.reviewer, remark)


def conditions_met(story: Story) -> None:
    """What an approval asked for is confirmed by the owner for most; the others are late."""
    if _dice(story, "conditions").random() > MET:
        return
    with story.home.read() as session:
        held = session.scalars(select(Condition.id).where(Condition.connection_id == story.connection)).all()
    for condition in held:
        conditions.confirm(story.home, story.owner.reviewer, story.connection, condition)


def _in_order(story: Story) -> list[str]:
    """The requirements of the story's declaration, in the order they are answered."""
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        return [item.id for item in answer_store.catalogue(session, connection).requirements]


def _says(story: Story, role: str, requirement: str, text: str, audience: str, *mentioned: str) -> None:
    people = [story.person(name) for name in mentioned]
    who = story.person(role)
    threads.write(story.home, who, story.connection, requirement, new_id(), text, audience, people)


def _dice(story: Story, about: str) -> random.Random:
    """Dice of their own, so that what is shown beside the way does not change the way."""
    return random.Random(f"{about}:{story.player.name}")  # noqa: S311 -- a made-up history, not a secret
