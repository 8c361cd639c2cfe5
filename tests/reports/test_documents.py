"""Documents of a connection as people download them: drawn from what the services froze, for those who may see it."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal import reports
from portal.services.installation import Installation
from portal.store import decisions
from portal.store.models import Frozen
from tests.conftest import Cast, Clock
from tests.story import Story
from workflows.frozen import digest

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    return Story(home, people)


def frozen(home: Installation, kind: str) -> list[Frozen]:
    """Every frozen record of the kind, in the order of freezing."""
    with home.read() as session:
        return session.query(Frozen).filter_by(kind=kind).order_by(Frozen.frozen_at).all()


@pytest.fixture
def address(story: Story) -> str:
    """Where the submitted risk analysis is downloaded."""
    story.order_approved()
    story.classify_flow()
    story.accept_risks(story.assess_risk())
    story.move("infosec", "risk", "submit")
    with story.home.read() as session:
        (signed,) = decisions.signatures(session, story.connection, "risk")
    return f"/connections/{story.connection}/documents/{signed.frozen_sha256}.pdf"


@pytest.mark.parametrize("name", ["infosec", "viewer", "signatory", "reviewer", "owner_viewer"])
def test_members_and_the_owner_download_the_risk_analysis(
    address: str, people: Cast, client_as: ClientAs, name: str
) -> None:
    answer = client_as(people.person[name]).get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii()
    assert 'filename="A-2026-0001-risk.pdf"' in disposition


def test_a_supplier_who_sees_only_the_technical_steps_finds_no_risk_analysis(
    address: str, people: Cast, client_as: ClientAs
) -> None:
    assert client_as(people.supplier).get(address).status_code == 404


def test_an_outsider_finds_nothing_and_a_stranger_is_asked_to_sign_in(
    address: str, people: Cast, client_as: ClientAs, anonymous: FlaskClient
) -> None:
    outsider = client_as(people.outsider)
    assert outsider.get(address).status_code == 404
    assert outsider.get(address.replace(people.connection, people.other_connection)).status_code == 404
    assert client_as(people.infosec).get(address.replace(".pdf", "0.pdf")).status_code == 404

    answer = anonymous.get(address)
    assert answer.status_code == 302
    assert not answer.data.startswith(b"%PDF-")


def test_the_document_is_the_frozen_record_whatever_happens_afterwards(
    address: str, story: Story, clock: Clock, client_as: ClientAs
) -> None:
    client = client_as(story.people.infosec)
    first = client.get(address).data
    clock.forward(minutes=10)
    with story.home.write() as work:
        from portal.store.models import Organisation

        organisation = work.session.get(Organisation, story.people.organisation)
        assert organisation
        organisation.name = "Storstads kommun"
    assert client.get(address).data == first


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_record_that_a_whole_journey_freezes_is_drawn(story: Story, language: str) -> None:
    story.in_production()
    for kind, least in {"declaration": 1, "risk": 1, "application": 1, "agreement": 2, "decision": 4}.items():
        found = frozen(story.home, kind)
        assert len(found) >= least, kind
        for row in found:
            record = json.loads(row.body)
            pdf = reports.render(record, language)
            assert digest(record) == row.sha256
            assert pdf.startswith(b"%PDF-")


def test_a_finished_run_is_downloaded_by_those_who_see_runs(story: Story, client_as: ClientAs) -> None:
    story.qa_connected()
    story.tick("registrations")
    story.move("tech", "registrations", "finish")
    run = story.run("failed")
    address = f"/connections/{story.connection}/runs/{run}.pdf"

    answer = client_as(story.people.tech).get(address)
    assert answer.status_code == 200
    assert 'filename="A-2026-0001-run-1.pdf"' in answer.headers["Content-Disposition"]
    assert client_as(story.people.tech).get(address).data == answer.data
    assert client_as(story.people.reviewer).get(address).status_code == 200
    assert client_as(story.people.outsider).get(address).status_code == 404
    elsewhere = address.replace(story.connection, story.people.other_connection)
    assert client_as(story.people.outsider).get(elsewhere).status_code == 404


def test_a_run_that_goes_on_has_no_document(story: Story, client_as: ClientAs) -> None:
    from portal.services import runs

    story.qa_connected()
    story.tick("registrations")
    story.move("tech", "registrations", "finish")
    run = runs.start(story.home, story.people.tech, story.connection, at=story.home.clock())
    assert (
        client_as(story.people.tech).get(f"/connections/{story.connection}/runs/{run}.pdf").status_code == 404
    )
