"""Every address as everyone: own people with and without the role, another organisation's, the owner's, nobody."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.services.installation import Installation
from portal.store import conditions, connections, decisions, risks
from tests.access.addresses import ASKS, MOVE, PUBLIC, SIGNED_IN
from tests.conftest import signed_in
from tests.story import MOVES_BY_PEOPLE, Story
from workflows.access import OWNER_ROLES, TABLE, Role

PEOPLE = (
    "contact",
    "infosec",
    "tech",
    "business",
    "signatory",
    "viewer",
    "supplier",
    "admin",
    "reviewer",
    "approver",
    "second_approver",
    "owner_viewer",
    "outsider",
)
# Nobody may learn from a hash whether a document that they may not see exists.
HIDES = frozenset({"/connections/<connection_id>/documents/<sha256>.pdf"})
REVIEWED = frozenset({"contact", "reviewer"})
OF_ONE_CONNECTION = "/connections/<connection_id>"


def addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            if method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                yield f"{method} {rule.rule}"


def test_every_address_says_what_it_asks_for(app: Flask) -> None:
    found = set(addresses(app))
    new, gone = sorted(found - set(ASKS)), sorted(set(ASKS) - found)
    assert not new, f"name the action of these in tests/access/addresses.py: {new}"
    assert not gone, f"these no longer exist; take them out of tests/access/addresses.py: {gone}"
    assert {action for action in ASKS.values() if action not in (PUBLIC, SIGNED_IN, MOVE)} <= set(TABLE)


@pytest.fixture
def things(told: Story) -> dict[str, str]:
    """One of each thing of the connection, by the name that addresses use."""
    return things_of(told)


def things_of(story: Story) -> dict[str, str]:
    from sqlalchemy import select

    from portal.store.models import Action, Assignment, Evidence, Flow, Remark, Run

    with story.home.read() as session:
        run = session.scalars(select(Run).where(Run.connection_id == story.connection)).first()
        flow = session.scalars(select(Flow).where(Flow.connection_id == story.connection)).first()
        shown = session.scalars(select(Evidence).where(Evidence.connection_id == story.connection)).first()
        assert shown
        action = session.scalars(select(Action).where(Action.connection_id == story.connection)).first()
        asked = session.scalars(select(Assignment).where(Assignment.connection_id == story.connection)).one()
        remark = session.scalars(select(Remark).where(Remark.connection_id == story.connection)).one()
        signed = decisions.signatures(session, story.connection, "declaration")
        risk = risks.risks(session, story.connection)
        condition = conditions.of_connection(session, story.connection)[0]
        assert run
        assert flow
        assert signed
        assert risk
        return {
            "connection_id": story.connection,
            "organisation_id": story.people.organisation,
            "run_id": run.id,
            "flow_id": flow.id,
            "risk_id": risk[0].id,
            "action_id": action.id if action else story.connection,
            "sha256": signed[0].frozen_sha256,
            "requirement": "P-01",
            "evidence_id": shown.id,
            "theme": "governance",
            "step": "registrations",
            "task": "smp",
            "code": "en",
            "reason_id": "other",
            "version": "1",
            "condition_id": condition.condition.id,
            "assignment_id": asked.id,
            "remark_id": remark.id,
            "membership_id": "nothing",
            "invitation_id": "nothing",
            "parked_id": "nothing",
            "file": "declaration.json",
            "path:filename": "css/anslut.css",
        }


def filled(rule: str, things: dict[str, str]) -> str:
    for name, value in things.items():
        rule = rule.replace(f"<{name}>", value)
    assert "<" not in rule, f"tests/access: give an example of what {rule} names"
    return rule


def roles_of(home: Installation, person: str, organisation: str) -> frozenset[Role]:
    with home.read() as session:
        return connections.roles_towards(session, person, organisation)


def asked(app_rules: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(method, rule, action) of every address below a connection, a move for a row each."""
    for address, action in app_rules.items():
        method, rule = address.split(" ", 1)
        if action == MOVE:
            for row in MOVES_BY_PEOPLE:
                yield method, rule.replace("<step>", row.step).replace("<name>", row.name), str(row.who)
        elif rule.startswith(OF_ONE_CONNECTION):
            yield method, rule, action


def fetch(client: FlaskClient, method: str, path: str) -> TestResponse:
    answer = client.get(path) if method == "GET" else client.post(path)
    answer.close()  # A download holds its file open until it is read or closed.
    return answer


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_table_says(
    who: str, told: Story, things: dict[str, str], client_as: Callable[[str], FlaskClient]
) -> None:
    person = told.people.person[who]
    roles = roles_of(told.home, person, told.people.organisation)
    client = client_as(person)
    client.reviews = who in REVIEWED  # type: ignore[attr-defined]
    wrong = []
    for method, rule, action in asked(ASKS):
        if (
            rule.endswith("/test-bed-approval")
            or "test_bed_approval" in rule
            or "actions/<action_id>" in rule
        ):
            continue  # The journey of this story has no such step, and no action either.
        path = filled(rule, things)
        status = fetch(client, method, path).status_code
        if not roles:
            right = status == 404
        elif not TABLE[action] & roles:
            right = status == (404 if rule in HIDES else 403)
        else:
            right = status not in (403, 404, 500)
        if not right:
            wrong.append(f"{method} {path} as {who} asks for {action} and gave {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_of_the_owner_do_not_exist_for_others(
    who: str, told: Story, client_as: Callable[[str], FlaskClient]
) -> None:
    person = told.people.person[who]
    roles = roles_of(told.home, person, told.people.organisation) & OWNER_ROLES
    client = client_as(person)
    for address, action in ASKS.items():
        method, rule = address.split(" ", 1)
        if action in TABLE and "<" not in rule and method == "GET":
            status = client.get(rule).status_code
            assert status == (200 if TABLE[action] & roles else 404), f"{rule} as {who}: {status}"


def test_nobody_sees_anything_without_signing_in(
    told: Story, things: dict[str, str], anonymous: FlaskClient
) -> None:
    for address, action in ASKS.items():
        method, rule = address.split(" ", 1)
        if action == PUBLIC:
            continue
        path = filled(
            rule.replace("<step>/<name>", "order/submit"), {**things, "token": "x", "name": "submit"}
        )
        answer = fetch(anonymous, method, path)
        assert answer.status_code == 302, f"{address}: {answer.status_code}"
        assert "/sign-in" in answer.headers["Location"], address


def test_public_pages_are_for_everyone(told: Story, things: dict[str, str], anonymous: FlaskClient) -> None:
    for path in ("/register", "/accessibility", "/language/en", "/static/css/anslut.css"):
        with anonymous.get(path) as answer:
            assert answer.status_code in (200, 302)


def test_a_thing_of_another_connection_is_not_found_through_ones_own(
    told: Story, things: dict[str, str], client_as: Callable[[str], FlaskClient]
) -> None:
    """The malicious member: own connection in the address, somebody else's run, risk, flow or document behind it."""
    outsider = client_as(told.people.outsider)
    through_own = {**things, "connection_id": told.people.other_connection}
    tried = 0
    for method, rule, _ in asked(ASKS):
        if not any(
            name in rule
            for name in ("<run_id>", "<risk_id>", "<flow_id>", "<action_id>", "<assignment_id>", "<sha256>")
        ):
            continue
        tried += 1
        status = fetch(outsider, method, filled(rule, through_own)).status_code
        # An empty form may be refused for what it lacks before anyone asks whose it is; it changes nothing.
        assert status in (403, 404) or (method == "POST" and status == 422), f"{method} {rule}: {status}"
    assert tried > 8


def test_a_post_without_our_own_token_is_refused(
    told: Story, things: dict[str, str], app: Flask, home: Installation
) -> None:
    client = signed_in(app, home, told.people.contact)
    client.sends_csrf = False  # type: ignore[attr-defined]
    for method, rule, _ in asked(ASKS):
        if method == "POST":
            answer = client.post(filled(rule, things))
            assert answer.status_code == 400, f"{rule}: {answer.status_code}"


def test_forged_host_names_are_refused(anonymous: FlaskClient) -> None:
    assert anonymous.get("/register", headers={"Host": "evil.example"}).status_code == 400
