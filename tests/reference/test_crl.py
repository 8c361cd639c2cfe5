"""The revocation lists are fresh, signed by the right authority and hold the one certificate that is revoked."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from portal.reference.faults import NAMES
from tests.reference.conftest import ask, metadata_path
from tests.reference.test_smp import texts

SIGNERS = {"ap": "ap/ap-ca", "smp": "smp/smp-root", "tls": "tls/tls-ca", "o2o": "o2o/o2o-ca"}


def fetch(reference, place: str) -> x509.CertificateRevocationList:
    status, headers, body = ask(reference.ports["crl"], f"/{place}.crl")
    assert (status, headers["Content-Type"]) == (200, "application/pkix-crl")
    return x509.load_der_x509_crl(body)


def certificate(smp, fault: str) -> x509.Certificate:
    (text,) = texts(smp(metadata_path(NAMES[fault].participant))[2], "Certificate")
    return x509.load_der_x509_certificate(base64.b64decode(text))


@pytest.mark.parametrize("place", SIGNERS)
def test_each_list_is_fresh_and_signed(reference, place):
    found, now = fetch(reference, place), datetime.now(UTC)
    path = reference.packs_dir / "demo" / f"{SIGNERS[place]}.pem"
    issuer = x509.load_pem_x509_certificate(path.read_bytes())
    assert found.is_signature_valid(issuer.public_key())
    assert found.last_update_utc < now < found.next_update_utc - timedelta(days=6)


def test_only_the_revoked_certificate_is_listed(reference, smp):
    found = fetch(reference, "ap")
    revoked = certificate(smp, "revoked-certificate")
    assert [entry.serial_number for entry in found] == [revoked.serial_number]
    assert found.issuer == revoked.issuer


@pytest.mark.parametrize("path", ["/", "/other.crl", "/ap", "/ap.crl/..", "/../ap.crl"])
def test_there_is_nothing_else(reference, path):
    assert ask(reference.ports["crl"], path)[0] == 404


def test_the_certificates_of_the_faults(smp):
    now = datetime.now(UTC)
    assert certificate(smp, "expired-certificate").not_valid_after_utc < now
    assert certificate(smp, "not-yet-valid").not_valid_before_utc > now + timedelta(days=15)
    left = certificate(smp, "certificate-expires-soon").not_valid_after_utc - now
    assert timedelta(days=7) < left < timedelta(days=30)
    assert "ANNAN" in certificate(smp, "wrong-environment").issuer.rfc4514_string()
