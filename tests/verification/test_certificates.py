"""Certificates as others write them, chains, and whose environment they come from."""

from pathlib import Path

import pytest

from portal.verification import certificates as read
from portal.verification.certificates import CertificateFault
from tests.verification import making
from tests.verification.making import NOW

QA = "sdk-material/certificates/qa"
PROD = "sdk-material/certificates/prod"


@pytest.fixture(scope="module")
def authority() -> making.Authority:
    return making.Authority("AP CA", making.Authority("AP Rot"))


def test_a_certificate_is_read_with_white_space(authority: making.Authority) -> None:
    leaf = authority.issue("AP0001")
    text = "\n ".join(making.packed(leaf)[part : part + 60] for part in range(0, 3000, 60))
    assert read.parse_base64(text) == leaf
    assert read.parse_file(making.pem(leaf).encode()) == leaf


def test_what_is_not_one_certificate_is_named(authority: making.Authority) -> None:
    leaf = authority.issue("AP0001")
    cases = {
        "": "empty",
        "å": "base64",
        "QUJD": "damaged",
        making.pem(leaf): "armour",
        making.pem(leaf) * 2: "many",
        making.key_pem(making.rsa_key()): "private_key",
    }
    for text, code in cases.items():
        with pytest.raises(CertificateFault) as fault:
            read.parse_base64(text)
        assert fault.value.code == code


def test_a_private_key_beside_a_certificate_is_refused(authority: making.Authority) -> None:
    both = making.pem(authority.issue("AP0001")) + making.key_pem(making.rsa_key())
    with pytest.raises(CertificateFault) as fault:
        read.parse_file(both.encode())
    assert fault.value.code == "private_key"


def test_a_chain_needs_every_link(authority: making.Authority) -> None:
    leaf = authority.issue("AP0001")
    root = authority.parent.certificate if authority.parent else authority.certificate
    assert read.chain(leaf, [authority.certificate], [root], NOW) == [leaf, authority.certificate, root]
    assert read.chain(leaf, [], [authority.certificate], NOW) == [leaf, authority.certificate]
    assert read.chain(leaf, [], [root], NOW) is None
    assert read.chain(leaf, [authority.certificate], [], NOW) is None
    assert read.chain(leaf, [authority.certificate], [making.Authority("AP Rot").certificate], NOW) is None


def test_an_expired_certificate_still_shows_where_it_is_from(authority: making.Authority) -> None:
    for leaf in (authority.issue("AP0001", days=-1), authority.issue("AP0001", begins=5)):
        assert read.chain(leaf, [], [authority.certificate], NOW) is not None


def test_an_end_entity_issues_nothing(authority: making.Authority) -> None:
    false = making.Authority("AP Rot")
    false.certificate = authority.issue("AP Rot", false.key)
    leaf = false.issue("AP0001")
    assert read.chain(leaf, [false.certificate], [authority.certificate], NOW) is None


def test_another_environment_is_named(authority: making.Authority) -> None:
    others = {"qa": {"ap": (making.Authority("QA").pem,)}, "open-test": {"ap": (authority.pem,)}}
    leaf = authority.issue("AP0001")
    assert read.environment_of(leaf, [], others, "ap", NOW) == "open-test"
    assert read.environment_of(leaf, [], others, "tls", NOW) is None


@pytest.mark.shared
def test_the_federations_own_certificates_are_told_apart(shared: Path) -> None:
    """The access point CA of production, seen in QA, is production's; and the other way round."""

    def anchors(environment: str) -> dict[str, tuple[str, ...]]:
        folder = shared / environment / "Certifikatskedja_Accesspunkt"
        return {"ap": tuple(read.pem(read.parse_file(path.read_bytes())) for path in folder.glob("*Rot*"))}

    others = {"qa": anchors(QA), "production": anchors(PROD)}
    for folder, name in ((QA, "qa"), (PROD, "production")):
        issuing = next((shared / folder / "Certifikatskedja_Accesspunkt").glob("Accesspunkt*"))
        assert read.environment_of(read.parse_file(issuing.read_bytes()), [], others, "ap", NOW) == name


def test_revocation_lists_are_read_and_judged(authority: making.Authority) -> None:
    listed = read.revocation_list(authority.crl(authority.issue("AP0001")))
    assert listed is not None
    assert read.signed_by(listed, authority.certificate)
    assert not read.signed_by(listed, making.Authority("AP CA").certificate)
    assert read.revocation_list(b"<html>") is None
    assert read.revocation_list(b"") is None
