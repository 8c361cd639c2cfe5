"""Acts of the demo: the self-declaration with its review, and the risk analysis with its action plan."""

from dataclasses import replace
from datetime import timedelta

from checklists import kinds, load
from checklists.schema import Requirement
from portal.demo import sharing, wording
from portal.demo.story import Story, some
from portal.services import (
    actions,
    declaration_lines,
    declaration_review,
    declarations,
    flows,
    risk_values,
    risks,
)
from portal.services.actions import ActionValues
from portal.services.flows import FlowValues
from portal.services.steps import Wish
from portal.store import risks as risk_store
from portal.store.models import Connection
from portal.store.models.base import new_id
from workflows import risk as rules

PARTS = 4
ANSWERED_BY = {"technology": "tech", "metadata": "tech", "access": "tech", "people": "contact"}
COUNTERPARTS = frozenset(kinds.RULES)
# Consequence and likelihood without controls, with those of today, the treatment, and what remains after it.
ASSESSMENTS: tuple[tuple[str, str, str | None, str | None, str, str | None, str | None], ...] = (
    ("significant", "likely", None, "possible", "reduce", None, "unlikely"),
    ("serious", "likely", None, "possible", "reduce", None, "unlikely"),
    ("moderate", "likely", None, None, "accept", None, None),
    ("significant", "very_likely", None, "likely", "reduce", None, "possible"),
    ("serious", "very_likely", None, "likely", "reduce", None, "possible"),
    ("significant", "possible", "moderate", None, "share", None, "unlikely"),
)
COSTS = ("small", "small", "medium", "large")


def answers(story: Story) -> None:
    """The next part of the declaration, each line by the one who knows."""
    requirements = load.declaration().requirements
    size = -(-len(requirements) // PARTS)
    for item in requirements[story.answered : story.answered + size]:
        value, comment = _answer(story, item)
        if value in ("partly", "no"):
            story.deviations.append(item.id)
        who = story.person(ANSWERED_BY.get(item.theme, "infosec"))
        declarations.save_answer(story.home, who, story.connection, item.id, value, comment, 0)
    story.answered += size


def plans_deviations(story: Story) -> None:
    """Every deviation gets an action with someone responsible and a date."""
    today = story.home.clock().date()
    for requirement in story.deviations:
        kind, title = story.dice.choice(wording.ACTIONS)
        said = ActionValues(
            f"{title} ({requirement})",
            kind,
            story.names[story.dice.choice(("infosec", "tech", "contact"))],
            today + timedelta(days=story.dice.randint(60, 240)),
            requirements=(requirement,),
            starts=today + timedelta(days=story.dice.randint(7, 45)),
            cost=story.dice.choice(COSTS),
            effect=wording.EFFECTS[kind],
        )
        actions.save(story.home, story.person("infosec"), story.connection, new_id(), said, 0)


def declaration_submitted(story: Story) -> None:
    declarations.submit(story.home, story.person("infosec"), story.connection)


def declaration_signed(story: Story) -> None:
    declarations.sign(story.home, story.person("signatory"), story.connection)


def declaration_returned(story: Story) -> None:
    """The reviewer asks for completion of some lines and accepts the others."""
    doubtful = story.deviations[:2] or [load.declaration().requirements[0].id]
    for place, requirement in enumerate(doubtful):
        reason, text = wording.LINES_RETURNED[place % len(wording.LINES_RETURNED)]
        declaration_review.review_line(
            story.home, story.owner.reviewer, story.connection, requirement, "returned", reason, text
        )
    story.asked_about = doubtful[0]
    sharing.reviewer_asks(story, doubtful[0])
    _accept_the_rest(story)
    declaration_review.send_back(story.home, story.owner.reviewer, story.connection)


def declaration_mended(story: Story) -> None:
    """The organisation completes what was returned, answers what was asked, and signs again."""
    sharing.answers_reviewer(story)
    for line in _lines(story):
        if line.answer is not None and line.answer.verdict == "returned":
            declarations.save_answer(
                story.home,
                story.person("infosec"),
                story.connection,
                line.requirement.id,
                line.answer.value,
                wording.MENDED,
                line.answer.version,
            )
    declaration_submitted(story)
    declaration_signed(story)


def declaration_approved(story: Story) -> None:
    sharing.reviewer_reads(story)
    _accept_the_rest(story)
    declaration_review.approve(story.home, story.owner.reviewer, story.connection)


def declaration_refused(story: Story) -> None:
    """The owner refuses, because the organisation can no longer become a participant."""
    story.move(story.owner.reviewer, "declaration", "refuse", Wish(*wording.REFUSED["declaration"]))


def describes_flows(story: Story) -> None:
    """Flows with classes, and the first risks of the starter library."""
    for name, direction, counterpart, classes in wording.FLOWS:
        if counterpart == story.player.kind or story.dice.random() < 0.6:
            said = FlowValues(name, direction, counterpart, dict(zip(rules.ASPECTS, classes, strict=True)))
            who = story.person("business")
            flows.save(story.home, who, story.connection, new_id(), said, 0, COUNTERPARTS)
    starters = [item.id for item in load.risk().starters]
    chosen = some(story.dice, starters, 4, 7)
    risks.add_starters(story.home, story.person("infosec"), story.connection, chosen)


def assesses_risks(story: Story) -> None:
    """Every risk is assessed, and those that are reduced get an action."""
    today = story.home.clock().date()
    with story.home.read() as session:
        found = risk_store.risks(session, story.connection)
        flows_held = [flow.name for flow in risk_store.flows(session, story.connection)]
    for place, row in enumerate(found):
        before, likelihood, now, now_likely, treatment, after, left = ASSESSMENTS[place % len(ASSESSMENTS)]
        said = replace(
            risk_values.values(row),
            affects=flows_held[place % len(flows_held)] if flows_held else wording.AFFECTED,
            consequence=before,
            likelihood=likelihood,
            current_consequence=now,
            current_likelihood=now_likely,
            treatment=treatment,
            residual_consequence=after,
            residual_likelihood=left,
            review_on=today + timedelta(days=story.dice.randint(300, 365)),
            controls=story.dice.choice(wording.CONTROLS),
            owner=story.names[story.dice.choice(("infosec", "tech", "business"))],
        )
        who = story.person("infosec")
        risks.save(story.home, who, story.connection, row.id, said, row.version)
        if treatment == "reduce":
            kind, title = wording.RISK_ACTIONS[place % len(wording.RISK_ACTIONS)]
            due = today + timedelta(days=story.dice.randint(30, 180))
            planned = ActionValues(
                title,
                kind,
                said.owner,
                due,
                risks=(row.id,),
                starts=today + timedelta(days=story.dice.randint(3, 21)),
                cost=story.dice.choice(COSTS),
                effect=wording.EFFECTS[kind],
            )
            actions.save(story.home, who, story.connection, new_id(), planned, 0)


def accepts_risks(story: Story) -> None:
    """Who may accept the level accepts it: the signatory what is orange, information security the rest."""
    scale = load.risk()
    for role in ("infosec", "signatory"):
        with story.home.read() as session:
            mine = [
                row.id
                for row in risk_store.risks(session, story.connection)
                if (level := rules.remaining(scale, risk_store.assessment(row))) and level.accepted_by == role
            ]
        if mine:
            risks.accept(story.home, story.person(role), story.connection, mine)


def risk_submitted(story: Story) -> None:
    risks.submit(story.home, story.person("infosec"), story.connection)


def risk_returned(story: Story) -> None:
    story.move(story.owner.reviewer, "risk", "return", Wish(*wording.RETURNED["risk"]))


def risk_approved(story: Story) -> None:
    risks.approve(story.home, story.owner.reviewer, story.connection)


def actions_done(story: Story) -> None:
    """What was due is done, except for one that is late in every fourth organisation."""
    today = story.home.clock().date()
    with story.home.read() as session:
        found = risk_store.actions(session, story.connection)
    due = [row.id for row in found if row.due is not None and row.due <= today + timedelta(days=60)]
    begun = [row.id for row in found if row.id not in due and row.starts is not None and row.starts <= today]
    late = story.dice.random() < 0.25
    who = story.person("infosec")
    for action_id in due[1:] if late else due:
        actions.set_status(story.home, who, story.connection, action_id, rules.DONE)
    for action_id in begun:
        actions.set_status(story.home, who, story.connection, action_id, rules.BEGUN)


def _answer(story: Story, item: Requirement) -> tuple[str, str]:
    chance = story.dice.random()
    if chance < 0.02 and not item.hard:
        return "no", story.dice.choice(wording.NO)
    if chance < 0.08:
        return "partly", story.dice.choice(wording.PARTLY)
    if chance < 0.11 and not item.hard:
        return "not_applicable", story.dice.choice(wording.NOT_APPLICABLE)
    if chance < 0.4:
        said = story.dice.choice(wording.EVIDENCE)
        return "yes", said.format(n=story.dice.randint(2, 60), year=story.home.clock().year)
    return "yes", ""


def _accept_the_rest(story: Story) -> None:
    reviewer = story.owner.reviewer
    for theme in load.declaration().themes:
        declaration_review.accept_fulfilled(story.home, reviewer, story.connection, theme.id)
    for line in _lines(story):
        if line.answer is not None and line.answer.verdict is None:
            declaration_review.review_line(
                story.home, reviewer, story.connection, line.requirement.id, "accepted"
            )


def _lines(story: Story) -> list[declaration_lines.Line]:
    with story.home.read() as session:
        return declaration_lines.lines(session, session.get_one(Connection, story.connection))
