"""`portal reference` starts, tells, stops and says what is wrong."""

import json
import signal
import socket
import subprocess
import time

import pytest
from click.testing import CliRunner

from portal.cli.reference import command
from portal.reference.addresses import DEFAULT_PORTS, HEALTHY
from portal.reference.faults import FAULTS, NAMES, participants
from portal.reference.published import Published
from portal.reference.serve import tell_ports
from tests.reference.conftest import ask, group_path, metadata_path
from tests.reference.test_smp import texts
from tests.reference_process import PORTAL, reference_organisation


def run(*arguments: str):
    return CliRunner().invoke(command, arguments)


def test_the_ready_line(reference):
    assert (reference.participant, reference.environment) == (HEALTHY, "demo")
    assert set(reference.ports) == {"dns", "smp", "tls", "crl"}
    told = json.loads((reference.packs_dir / "demo" / "ports.json").read_text())
    assert told == reference.ports


def test_usual_ports_need_no_telling(tmp_path):
    path = tmp_path / "ports.json"
    path.write_text("{}")
    tell_ports(path, DEFAULT_PORTS)
    assert not path.exists()


def test_faults_as_json_and_as_text():
    rows = json.loads(run("faults", "--json").output)
    assert [set(row) for row in rows] == [{"name", "participant", "checks", "fault_owner"}] * len(FAULTS)
    told = run("faults").output
    assert all(row["name"] in told and row["participant"] in told for row in rows)


def test_the_faults_are_told_apart():
    assert len(NAMES) == len(FAULTS) == len({fault.published for fault in FAULTS})
    assert Published() not in {fault.published for fault in FAULTS}
    assert participants(None)[HEALTHY] == Published()
    assert participants(NAMES["smp-500"])[HEALTHY] == NAMES["smp-500"].published


@pytest.mark.slow
def test_the_switch_lets_the_healthy_one_show_a_fault_and_it_stops_at_once(reference_dir, tmp_path):
    (tmp_path / "reference").mkdir()
    for path in (reference_dir / "reference").glob("*"):
        (tmp_path / "reference" / path.name).write_bytes(path.read_bytes())
    started = time.monotonic()
    with reference_organisation(tmp_path, "--fault", "wrong-port") as serving:
        assert time.monotonic() - started < 30
        body = ask(serving.ports["smp"], metadata_path(HEALTHY))[2]
        assert texts(body, "EndpointURI") == ["https://ap.demo.anslut.example:8443/as4"]
        with socket.create_connection(("127.0.0.1", serving.ports["tls"])):  # a caller that lingers
            serving.process.send_signal(signal.SIGINT)
            assert serving.process.wait(5) == 0
        assert serving.process.stderr.read() == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dns", "smp", "tls", "crl"])
def test_a_taken_port_is_named_and_nothing_is_written(reference, tmp_path, name):
    taken = reference.ports[name]
    ports = [f"--{other}-port=0" for other in ("dns", "smp", "tls", "crl") if other != name]
    done = subprocess.run(
        [*PORTAL, "reference", "serve", "--data-dir", str(tmp_path), *ports, f"--{name}-port={taken}"],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert f"Port {taken} for {name}" in done.stderr
    assert f"--{name}-port" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_fault_names_the_known_ones(tmp_path):
    told = run("serve", "--fault", "nope", "--data-dir", str(tmp_path))
    assert told.exit_code == 2
    assert all(name in told.output for name in NAMES)


def test_it_still_answers_after_all_this(reference):
    assert ask(reference.ports["smp"], group_path(HEALTHY))[0] == 200
