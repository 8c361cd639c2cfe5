"""Which acts lead to which ending: the way that all go, and where each organisation has come to stand on it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from portal.demo import applying, founding, ordering, securing, sharing, testing
from portal.demo.cast import CONNECTED, READY_TO_BEGIN, Player
from portal.demo.diary import office_hours
from portal.demo.story import Story

StoryAct = Callable[[Story], None]

# The way from the first day to the last, each act with the days that usually pass before it.
MAIN: tuple[tuple[int, StoryAct], ...] = (
    (0, founding.arrives),
    (1, ordering.opens),
    (1, ordering.drafts_order),
    (6, ordering.orders),
    (7, ordering.order_approved),
    (9, ordering.describes),
    (6, ordering.qa_submits),
    (5, ordering.qa_approved),
    (3, testing.registers_some),
    (4, securing.describes_flows),
    (3, securing.answers),
    (6, securing.answers),
    (6, testing.registers),
    (5, securing.answers),
    (4, securing.answers),
    (1, sharing.shows_evidence),
    (2, testing.run_passes),
    (4, securing.plans_deviations),
    (3, securing.assesses_risks),
    (3, securing.accepts_risks),
    (2, securing.risk_submitted),
    (8, securing.risk_approved),
    (2, securing.declaration_submitted),
    (4, securing.declaration_signed),
    (12, securing.declaration_approved),
    (5, applying.fills_application),
    (4, applying.application_signed),
    (6, applying.application_endorsed),
    (3, applying.application_approved),
    (5, applying.agreement_signed),
    (4, applying.agreement_countersigned),
    (5, applying.production_begun),
    (8, applying.production_reported),
    (6, applying.production_confirmed),
    (6, applying.introduction_begun),
    (20, applying.introduction_finished),
    (20, securing.actions_done),
    (15, sharing.conditions_met),
)
# What some have to do once more on the way: after which act, how likely, and the acts that come in between.
DETOURS: dict[StoryAct, tuple[float, tuple[tuple[int, StoryAct], ...]]] = {
    ordering.orders: (
        0.2,
        (
            (5, ordering.order_returned),
            (4, lambda story: story.move(story.person("contact"), "order", "submit")),
        ),
    ),
    ordering.qa_submits: (0.2, ((4, ordering.qa_returned), (5, ordering.qa_submits))),
    testing.registers: (0.45, ((3, testing.run_fails),)),
    securing.risk_submitted: (0.2, ((6, securing.risk_returned), (6, securing.risk_submitted))),
    securing.declaration_signed: (
        0.35,
        ((9, securing.declaration_returned), (8, securing.declaration_mended)),
    ),
}
# An ending: the last act of the main way, and the acts that come instead of the rest.
ENDINGS: dict[str, tuple[StoryAct, tuple[tuple[int, StoryAct], ...]]] = {
    READY_TO_BEGIN: (founding.arrives, ()),
    "order_new": (ordering.opens, ()),
    "order_open": (ordering.drafts_order, ()),
    "order_submitted": (ordering.orders, ()),
    "order_returned": (ordering.orders, ((6, ordering.order_returned),)),
    "order_refused": (ordering.orders, ((8, ordering.order_refused),)),
    "qa_new": (ordering.order_approved, ()),
    "qa_open": (ordering.describes, ()),
    "qa_submitted": (ordering.qa_submits, ()),
    "qa_returned": (ordering.qa_submits, ((4, ordering.qa_returned),)),
    "registrations_new": (ordering.qa_approved, ()),
    "registrations_open": (
        testing.registers_some,
        (
            (4, securing.describes_flows),
            (5, securing.answers),
            (1, sharing.shows_evidence),
            (1, sharing.shows_file),
            (1, sharing.asks_colleague),
        ),
    ),
    "tests_open": (testing.registers, ((2, sharing.shows_evidence), (2, sharing.asks_colleague))),
    "tests_failed": (testing.registers, ((4, testing.run_fails), (12, testing.run_fails))),
    "risk_submitted": (
        securing.accepts_risks,
        ((2, securing.declaration_submitted), (3, securing.declaration_signed), (4, securing.risk_submitted)),
    ),
    "risk_returned": (securing.risk_submitted, ((7, securing.risk_returned),)),
    "declaration_signing": (securing.declaration_submitted, ()),
    "declaration_submitted": (securing.declaration_signed, ()),
    "declaration_returned": (
        securing.declaration_signed,
        ((9, securing.declaration_returned), (2, sharing.colleagues_talk)),
    ),
    "declaration_refused": (securing.declaration_signed, ((10, securing.declaration_refused),)),
    "application_new": (securing.declaration_approved, ()),
    "application_open": (applying.fills_application, ()),
    "application_submitted": (applying.application_signed, ()),
    "application_endorsed": (applying.application_endorsed, ()),
    "application_returned": (applying.application_signed, ((5, applying.application_returned),)),
    "application_refused": (applying.application_signed, ((9, applying.application_refused),)),
    "agreement_open": (applying.application_approved, ()),
    "agreement_submitted": (applying.agreement_signed, ()),
    "production_new": (applying.agreement_countersigned, ()),
    "production_open": (applying.production_begun, ()),
    "production_submitted": (applying.production_reported, ()),
    "production_returned": (applying.production_reported, ((5, applying.production_returned),)),
    "introduction_new": (applying.production_confirmed, ()),
    "introduction_open": (applying.introduction_begun, ()),
    CONNECTED: (sharing.conditions_met, ()),
}
DAYS_A_MONTH = 30


def acts(player: Player, dice: random.Random) -> list[tuple[int, StoryAct]]:
    """What the organisation does, each act with the days before it."""
    last, instead = ENDINGS[player.goal]
    found: list[tuple[int, StoryAct]] = []
    for days, act in MAIN:
        found.append((days, act))
        if act is last:
            break
        chance, extra = DETOURS.get(act, (0.0, ()))
        if dice.random() < chance:
            found += extra
    return [*found, *instead]


def times(
    player: Player, planned: list[tuple[int, StoryAct]], now: datetime, dice: random.Random
) -> list[datetime]:
    """When each act happens: from the month the organisation began to some days ago, in office hours."""
    usual = sum(days for days, _ in planned) or 1
    began = max(player.began * DAYS_A_MONTH, 4)
    quiet = dice.randint(2, max(2, min(20, began // 3)))
    room = float(began - quiet)
    if player.goal == CONNECTED:
        room = min(room, usual * dice.uniform(1.0, 1.7))
    pace = room / usual
    at, found = now - timedelta(days=began), []
    for days, _ in planned:
        at += timedelta(days=days * pace)
        found.append(office_hours(at, dice))
    latest = office_hours(now - timedelta(days=1 if now.weekday() < 5 else 3), dice)
    return sorted(min(moment, latest, now - timedelta(hours=2)) for moment in found)
