"""The demo's keys and certificates are kept between starts, renewed in time and mended when they are damaged."""

import stat
from datetime import timedelta

import pytest

from portal.reference.pki import open_pki, today
from portal.reference.recipes import LEAVES


@pytest.fixture
def folder(reference, reference_dir, tmp_path):
    """A copy of the keys that serve, so that a test may damage them."""
    for path in (reference_dir / "reference").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def serials(pki) -> dict[str, int]:
    return {name: found.serial_number for name, found in pki.certificates.items()}


def test_only_the_owner_may_read_what_is_kept(reference, reference_dir):
    folder = reference_dir / "reference"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_no_key_is_among_the_packs(reference):
    for path in reference.packs_dir.rglob("*.pem"):
        assert b"PRIVATE" not in path.read_bytes()


def test_what_is_good_is_kept(folder):
    now = today()
    assert serials(open_pki(folder, now)) == serials(open_pki(folder, now + timedelta(days=10)))


def test_leaves_are_renewed_in_time_and_authorities_stay(folder):
    now = today()
    before, later = open_pki(folder, now), now + timedelta(days=730)
    after = open_pki(folder, later)
    assert all(
        key.private_numbers() == after.keys[name].private_numbers() for name, key in before.keys.items()
    )
    renewed = {name for name, serial in serials(after).items() if serials(before)[name] != serial}
    assert renewed == {leaf.name for leaf in LEAVES} - {"ap-expired", "tls-expired"}
    assert after.certificates["ap"].not_valid_after_utc - later > timedelta(days=700)


def test_faults_of_time_stay_true_as_time_goes(folder):
    for days in (0, 19, 21, 45, 900):
        now = today() + timedelta(days=days)
        found = open_pki(folder, now).certificates
        assert found["ap-future"].not_valid_before_utc > now
        assert now < found["ap-soon"].not_valid_after_utc < now + timedelta(days=30)
        assert found["ap-expired"].not_valid_after_utc < now


def test_a_new_authority_signs_all_its_leaves_anew(folder):
    (folder / "ap-ca.key").write_bytes(b"damaged")
    pki = open_pki(folder, today())
    for leaf in LEAVES:
        pki.certificates[leaf.name].verify_directly_issued_by(pki.certificates[leaf.issuer])


@pytest.mark.parametrize("name", ["smp.pem", "ap.key", "tls-root.pem"])
def test_a_damaged_file_is_made_anew(folder, name):
    before = open_pki(folder, today())
    (folder / name).write_bytes(b"")
    after = open_pki(folder, today())
    assert (folder / name).read_bytes().startswith(b"-----BEGIN")
    assert serials(before) != serials(after)
    for leaf in LEAVES:
        assert after.certificates[leaf.name].public_key() == after.keys[leaf.key].public_key()
        after.certificates[leaf.name].verify_directly_issued_by(after.certificates[leaf.issuer])
