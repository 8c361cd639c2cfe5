"""Acts of the demo: opening the connection, the order, and the test bed connection."""

from datetime import timedelta

from portal.demo import wording
from portal.demo.story import Story
from portal.services import connections, forms, testbed
from portal.services.steps import Wish
from portal.store.testbed import test_object

ENVIRONMENT = "demo"
HEALTHY = "0203:referens.anslut.example"


def participant(story: Story) -> str:
    """The published participant of the reference organisation that shows the organisation's fault, or none."""
    fault = story.player.fault
    return f"0203:{fault}.fel.anslut.example" if fault else HEALTHY


def opens(story: Story) -> None:
    story.connection = connections.begin(story.home, story.person("contact"), story.organisation)


def drafts_order(story: Story) -> None:
    """Half of the order, as someone leaves it who waits for an answer from the supplier."""
    kept = ("org_number", "kind", "county", "contact_name", "contact_email", "contact_phone", "first_flows")
    values = {name: value for name, value in _order(story).items() if name in kept}
    forms.save(story.home, story.person("contact"), story.connection, "order", values, 0)


def orders(story: Story) -> None:
    forms.save(story.home, story.person("contact"), story.connection, "order", _order(story), 1)
    story.move(story.person("contact"), "order", "submit")


def order_approved(story: Story) -> None:
    story.move(story.owner.reviewer, "order", "approve", Wish(text=wording.APPROVED["order"]))


def order_returned(story: Story) -> None:
    story.move(story.owner.reviewer, "order", "return", Wish(*wording.RETURNED["order"]))


def order_refused(story: Story) -> None:
    story.move(story.owner.reviewer, "order", "refuse", Wish(*wording.REFUSED["order"]))


def describes(story: Story) -> None:
    """The technical contact states what the test object is made of."""
    ap, ap_version, mt, mt_version = wording.PRODUCTS[story.player.supplier]
    with story.home.read() as session:
        found = test_object(session, story.connection)
    values = {
        "environment": ENVIRONMENT,
        "participant_id": participant(story),
        "operator": story.player.operator,
        "ap_product": ap,
        "ap_version": ap_version,
        "mt_product": mt,
        "mt_version": mt_version,
    }
    testbed.save(
        story.home,
        story.person("tech"),
        story.connection,
        values,
        found.version if found else 0,
        frozenset({ENVIRONMENT}),
    )


def qa_submits(story: Story) -> None:
    story.move(story.person("tech"), "qa_connection", "submit")


def qa_approved(story: Story) -> None:
    wish = Wish(text=wording.APPROVED["qa_connection"])
    story.move(story.owner.reviewer, "qa_connection", "approve", wish)


def qa_returned(story: Story) -> None:
    story.move(story.owner.reviewer, "qa_connection", "return", Wish(*wording.RETURNED["qa_connection"]))


def _order(story: Story) -> dict[str, str]:
    player, dice, today = story.player, story.dice, story.home.clock().date()
    values = {
        "org_number": f"{story.number[:6]}-{story.number[6:]}",
        "kind": player.kind,
        "county": player.county,
        "registry_email": f"registrator@{player.domain}",
        "signatory_basis": f"Delegationsordningen § {story.number[-2]}",
        "route": "whole_solution" if player.operator == "Nordväg Drift AB" else "access_point_and_client",
        "supplier": player.supplier,
        "operator": player.operator,
        "delivery": "saas",
        "shared_it": "no",
        "planned_qa": (today + timedelta(days=45)).isoformat(),
        "planned_production": (today + timedelta(days=180)).isoformat(),
        "first_flows": wording.FIRST_FLOWS[player.kind],
        "volume": {"region": "over_1000", "kommun": "100_1000"}.get(player.kind, "under_100"),
        "public_listing": "yes" if player.listed else "no",
    }
    if player.kind == "privat_utforare":
        values["eligibility_basis"] = (
            wording.BASIS_REFUSED if player.goal == "order_refused" else wording.BASIS
        )
    for role in ("contact", "infosec", "tech", "business", "signatory"):
        values[f"{role}_name"] = story.names[role]
        values[f"{role}_email"] = story.address(role)
        values[f"{role}_phone"] = f"010-555 {story.number[5:7]} {len(role):02d}"
    if dice.random() < 0.3:
        values["sub_organisations"] = f"{player.name.removesuffix(' kommun')} Bostäder AB"
    return values
