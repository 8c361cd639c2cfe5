"""Profile packs: cited values, installed anchors, and what is refused."""

import json
from pathlib import Path

import pytest

from portal.verification import installing, pack
from portal.verification.pack import PackError
from tests.verification import making


def test_every_value_of_every_shipped_pack_has_its_source(tmp_path: Path) -> None:
    for environment in pack.SHIPPED:
        found = pack.load(tmp_path, environment)
        fields = set(pack.Pack.model_fields) - {
            "id",
            "environment",
            "version",
            "identifiers",
            "anchors",
            "others",
            "sources",
        }
        named = fields | {f"identifiers.{name}" for name in pack.Identifiers.model_fields}
        assert set(found.sources) == named
        assert all(found.sources.values())


def test_production_is_never_run_against(tmp_path: Path) -> None:
    assert "production" not in pack.environments(tmp_path)
    for environment in ("production", "prod", "../qa", ""):
        with pytest.raises(PackError, match="Choose one of"):
            pack.load(tmp_path, environment)


def test_the_demo_is_offered_where_it_exists(tmp_path: Path) -> None:
    assert pack.environments(tmp_path) == ["qa", "open-test"]
    (tmp_path / "demo").mkdir()
    assert pack.environments(tmp_path) == ["demo", "qa", "open-test"]


def test_only_the_demo_lies_on_loopback(tmp_path: Path) -> None:
    assert [name for name in pack.SHIPPED if pack.load(tmp_path, name).loopback] == ["demo"]


def test_the_demos_ports_may_be_moved(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    ports = {"dns": 1053, "smp": 1080, "tls": 1443, "crl": 1081}
    (tmp_path / "demo" / "ports.json").write_text(json.dumps(ports))
    found = pack.load(tmp_path, "demo")
    assert found.resolver == ("127.0.0.1", 1053)
    assert found.ports == {1080, 1443, 1081}
    assert found.crl["ap"] == "http://127.0.0.1:1081/ap.crl"
    (tmp_path / "demo" / "ports.json").write_text("{")
    with pytest.raises(PackError, match="start the reference organisation again"):
        pack.load(tmp_path, "demo")


def test_an_installation_may_set_its_own_values_with_a_source(tmp_path: Path) -> None:
    (tmp_path / "qa").mkdir()
    local = tmp_path / "qa" / "local.yaml"
    local.write_text('values: {zone: {value: "sml.example.se", source: "Brev från DIGG"}}')
    found = pack.load(tmp_path, "qa")
    assert (found.zone, found.sources["zone"]) == ("sml.example.se", "Brev från DIGG")
    for wrong in ("values: {zone: sml.example.se}", "zone: x", "values: {zon: {value: x, source: y}}", "["):
        local.write_text(wrong)
        with pytest.raises(PackError):
            pack.load(tmp_path, "qa")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of chains as the federation publishes them, with odd names, PEM and DER."""
    folder = tmp_path / "qa"
    for part in ("Certifikatskedja_Accesspunkt", "Certifikatskedja_SMP"):
        (folder / part).mkdir(parents=True)
    (folder / "Certifikatskedja_Accesspunkt" / "AP CA (1).cer").write_text(making.Authority("AP CA").pem)
    der = making.Authority("SMP Rot").certificate.public_bytes(making.Encoding.DER)
    (folder / "Certifikatskedja_SMP" / "rot.crt").write_bytes(der)
    (folder / "Certifikatskedja_SMP" / "readme.md").write_text("hej")
    return folder


def test_installing_twice_changes_nothing(source: Path, tmp_path: Path) -> None:
    packs_dir = tmp_path / "packs"
    [first] = installing.install(packs_dir, source)
    assert first.environment == "qa"
    assert sorted((anchor.purpose, anchor.name) for anchor in first.added) == [
        ("ap", "AP CA"),
        ("smp", "SMP Rot"),
    ]
    before = {path: path.stat().st_mtime_ns for path in packs_dir.rglob("*") if path.is_file()}
    [second] = installing.install(packs_dir, source)
    assert (second.added, len(second.unchanged)) == ((), 2)
    assert before == {path: path.stat().st_mtime_ns for path in packs_dir.rglob("*") if path.is_file()}
    found = pack.load(packs_dir, "qa")
    assert [len(found.anchors[purpose]) for purpose in pack.PURPOSES] == [1, 1, 0, 0]
    assert {entry["sha256"] for entry in installing.installed(packs_dir)["qa"]} == {
        a.sha256 for a in first.added
    }


@pytest.mark.parametrize("what", ["key", "leaf", "text"])
def test_what_is_not_a_ca_certificate_installs_nothing(source: Path, tmp_path: Path, what: str) -> None:
    authority = making.Authority("AP CA")
    texts = {
        "key": authority.pem + making.key_pem(making.rsa_key()),
        "leaf": making.pem(authority.issue("AP0001")),
        "text": "hej",
    }
    (source / "Certifikatskedja_SMP" / "zz.pem").write_text(texts[what])
    with pytest.raises(PackError, match=r"zz\.pem .*Nothing was installed"):
        installing.install(tmp_path / "packs", source)
    assert not (tmp_path / "packs").exists()


def test_folders_that_hold_nothing_say_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="is not a folder"):
        installing.install(tmp_path / "packs", tmp_path / "absent")
    with pytest.raises(PackError, match="Certifikatskedja_Accesspunkt"):
        installing.install(tmp_path / "packs", tmp_path)


def test_a_folder_with_another_name_needs_its_environment(source: Path, tmp_path: Path) -> None:
    moved = source.rename(tmp_path / "kedjor")
    with pytest.raises(PackError, match="--environment"):
        installing.install(tmp_path / "packs", moved)
    assert installing.install(tmp_path / "packs", moved, "open-test")[0].environment == "open-test"


@pytest.mark.shared
def test_the_federations_own_material(shared: Path, tmp_path: Path) -> None:
    found = {one.environment: one for one in installing.install(tmp_path, shared / "sdk-material")}
    assert {name: len(one.added) for name, one in found.items()} == {"qa": 9, "production": 9}
    assert [len(pack.load(tmp_path, "qa").anchors[purpose]) for purpose in pack.PURPOSES] == [1, 2, 2, 4]
    assert "production" in pack.load(tmp_path, "qa").others
    [again] = installing.install(tmp_path, shared / "sdk-material" / "certificates" / "qa")
    assert again.added == ()
