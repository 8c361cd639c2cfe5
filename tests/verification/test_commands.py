"""`portal verify` and `portal profile` from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checklists import load
from portal.cli import main
from portal.verification import pack, runner
from portal.verification.pack import Pack
from tests.verification import making
from tests.verification.conftest import World


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return call


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world behind the environment demo."""
    world.publish()

    def load_world(_packs_dir: Path, environment: str) -> Pack:
        assert environment == "demo"
        return world.pack

    monkeypatch.setattr(pack, "load", load_world)
    monkeypatch.setattr(runner, "RUN_SECONDS", 20)
    return world


def verify(portal, *more: str) -> Result:
    return portal("verify", "--participant", "0203:a.se", "--environment", "demo", *more)


def test_json_has_the_settled_shape(portal, served: World) -> None:
    found = verify(portal, "--json")
    body = json.loads(found.stdout)
    assert body["run"] is None
    assert set(body) == {"run", "outcome", "results"}
    assert (body["outcome"], found.exit_code) == ("failed", 1)
    expected = {
        "check",
        "slug",
        "outcome",
        "severity",
        "fault_owner",
        "expected",
        "actual",
        "advice",
        "findings",
    }
    assert [result["check"] for result in body["results"]] == list(runner.plan(load.suite()))
    for result in body["results"]:
        assert set(result) == expected
    failed = next(result for result in body["results"] if result["outcome"] == "failed")
    assert (failed["check"], failed["fault_owner"]) == ("12", "operator")
    assert failed["advice"].startswith("Be operatören")


def test_people_read_the_verdict_first(portal, served: World) -> None:
    lines = verify(portal).stdout.splitlines()
    assert lines[0] == "UNDERKÄND"
    assert lines[1] == "Ett fel: TLS är inte rätt inställt."
    assert "Testsvit sdk-0.1" in lines
    assert verify(portal, "--language", "en").stdout.startswith("FAILED")


def test_an_incomplete_run_ends_with_two(portal, served: World) -> None:
    served.names.clear()
    served.names.update({served.trail().name(): 2})
    assert verify(portal, "--json").exit_code == 2


@pytest.mark.parametrize(
    ("participant", "environment", "said"),
    [
        ("0203:a.se", "production", "Choose one of"),
        ("0203:a.se", "x", "Choose one of"),
        ("https://a.se", "qa", "0203"),
        ("hej", "qa", "0203"),
    ],
)
def test_bad_input_ends_with_three(portal, participant: str, environment: str, said: str) -> None:
    found = portal("verify", "--participant", participant, "--environment", environment)
    assert found.exit_code == 3
    assert said in found.output


def test_a_missing_option_is_bad_input_and_not_an_incomplete_run(portal) -> None:
    for words in (("verify",), ("verify", "--environment", "qa"), ("verify", "--nonsense")):
        assert portal(*words).exit_code == 3


def test_a_certificate_file_with_a_key_is_refused(portal, tmp_path: Path) -> None:
    held = tmp_path / "ap.pem"
    held.write_text(making.Authority("CA").pem + making.key_pem(making.rsa_key()))
    for path, said in ((held, "private key"), (tmp_path / "absent.pem", "cannot be read")):
        found = portal(
            "verify", "--participant", "0203:a.se", "--environment", "qa", "--certificate", str(path)
        )
        assert found.exit_code == 3
        assert said in found.output


def test_anchors_are_installed_and_listed(portal, tmp_path: Path) -> None:
    folder = tmp_path / "qa" / "Certifikatskedja_SMP"
    folder.mkdir(parents=True)
    (folder / "rot.cer").write_text(making.Authority("SMP Rot").pem)
    assert "1 added" in portal("profile", "install", str(tmp_path / "qa")).stdout
    assert "unchanged" in portal("profile", "install", str(tmp_path / "qa")).stdout
    found = json.loads(portal("profile", "list", "--json").stdout)
    assert [(entry["environment"], len(entry["anchors"])) for entry in found] == [("qa", 1), ("open-test", 0)]
    assert "SMP Rot" in portal("profile", "list").stdout
    wrong = portal("profile", "install", str(tmp_path / "absent"))
    assert wrong.exit_code == 1
    assert "is not a folder" in wrong.output
