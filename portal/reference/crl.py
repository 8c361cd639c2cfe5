"""The revocation lists over HTTP, `/<place>.crl`, signed when they are asked for and so always fresh."""

from datetime import datetime, timedelta
from http import HTTPStatus

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from portal.reference.http_server import Handler, Server
from portal.reference.pki import Pki, today
from portal.reference.recipes import REVOCATION


def revocation_list(pki: Pki, place: str, now: datetime) -> bytes:
    """The fresh revocation list of a place in `REVOCATION`, DER, valid for a week."""
    signer, revoked = REVOCATION[place]
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(pki.certificates[signer].subject)
        .last_update(now - timedelta(minutes=5))
        .next_update(now + timedelta(days=7))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.keys[signer].public_key()), critical=False
        )
    )
    for name in revoked:
        certificate = pki.certificates[name]
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(certificate.not_valid_before_utc + timedelta(hours=1))
            .add_extension(x509.CRLReason(x509.ReasonFlags.cessation_of_operation), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(pki.keys[signer], hashes.SHA256()).public_bytes(Encoding.DER)


class CrlServer(Server):
    """Set `pki` before it starts."""

    pki: Pki

    def __init__(self, port: int) -> None:
        super().__init__(port, _Question)


class _Question(Handler):
    server: CrlServer

    def do_GET(self) -> None:
        place = self.path.removeprefix("/").removesuffix(".crl")
        if place not in REVOCATION or self.path != f"/{place}.crl":
            return self.send(HTTPStatus.NOT_FOUND, "text/plain", b"Not found")
        body = revocation_list(self.server.pki, place, today())
        return self.send(HTTPStatus.OK, "application/pkix-crl", body)
