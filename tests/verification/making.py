"""Certificates, signed metadata and small servers that the tests of the robot are tried against."""

import base64
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from dnslib import QTYPE, RCODE, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer
from lxml import etree

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DS = "http://www.w3.org/2000/09/xmldsig#"
SMP = "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05"


@cache
def rsa_key(bits: int = 2048, _which: int = 0) -> rsa.RSAPrivateKey:
    """A key per size and number; making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


class Authority:
    """A CA with an EC key, under a root or as one."""

    def __init__(self, name: str, parent: "Authority | None" = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.parent = parent
        self.certificate = self._signed(name)

    def _signed(self, name: str) -> x509.Certificate:
        above = self.parent or self
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = self.parent.certificate.subject if self.parent else subject
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=3000))
            .not_valid_after(NOW + timedelta(days=3000))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()), critical=False
            )
            .sign(above.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return pem(self.certificate)

    def issue(
        self,
        name: str,
        key: Any = None,
        *,
        days: float = 400,
        begins: float = -10,
        hosts: tuple[str, ...] = (),
        usage: bool = True,
    ) -> x509.Certificate:
        """An end-entity certificate valid `begins` to `days` days from NOW."""
        holder = key or rsa_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(holder.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + timedelta(days=begins))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if usage:
            builder = builder.add_extension(_usage(), critical=True)
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def crl(self, *revoked: x509.Certificate, fresh: bool = True) -> bytes:
        """The CA's revocation list in DER."""
        ends = NOW + timedelta(days=1) if fresh else NOW - timedelta(hours=1)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(NOW - timedelta(days=2))
            .next_update(ends)
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - timedelta(days=1)).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _usage(*, sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=False,
        key_encipherment=not sign,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def packed(certificate: x509.Certificate) -> str:
    """Base64 of DER, as SMP carries it."""
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def metadata(participant: str, document: str, endpoint: str, process: str) -> Any:
    """An unsigned SignedServiceMetadata; `endpoint` and `process` are XML."""
    scheme, _, value = document.partition("::")
    return etree.fromstring(
        f"""<SignedServiceMetadata xmlns="{SMP}"><ServiceMetadata><ServiceInformation>
<ParticipantIdentifier scheme="iso6523-actorid-upis">{participant}</ParticipantIdentifier>
<DocumentIdentifier scheme="{scheme}">{value}</DocumentIdentifier>
<ProcessList><Process>{process}<ServiceEndpointList>{endpoint}</ServiceEndpointList></Process></ProcessList>
</ServiceInformation></ServiceMetadata></SignedServiceMetadata>""".encode()
    )


def endpoint(certificate: str = "QUJD", uri: str = "https://ap.example.se:443/as4", **more: str) -> str:
    """An Endpoint element as text."""
    profile = more.pop("profile", "digg-transport-as4-v1_0")
    dates = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return (
        f'<Endpoint transportProfile="{profile}"><EndpointURI>{uri}</EndpointURI>'
        f"<RequireBusinessLevelSignature>false</RequireBusinessLevelSignature>{dates}"
        f"<Certificate>{certificate}</Certificate><ServiceDescription>AP</ServiceDescription>"
        "<TechnicalContactUrl>https://ap.example.se/kontakt</TechnicalContactUrl></Endpoint>"
    )


def process(scheme: str = "urn:fdc:digg.se:edelivery:process", value: str = "bdx:noprocess") -> str:
    return f'<ProcessIdentifier scheme="{scheme}">{value}</ProcessIdentifier>'


def sign(root: Any, certificate: x509.Certificate, key: Any, xpath: str | None = None) -> bytes:
    """The document with an enveloped signature by the key, carrying the certificate."""
    constants = xmlsec.constants
    node = xmlsec.template.create(root, constants.TransformInclC14N, constants.TransformRsaSha256)
    root.append(node)
    reference = xmlsec.template.add_reference(node, constants.TransformSha256, uri="")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    if xpath is not None:
        extra = xmlsec.template.add_transform(reference, constants.TransformXPath)
        etree.SubElement(extra, f"{{{DS}}}XPath").text = xpath
    info = xmlsec.template.ensure_key_info(node)
    xmlsec.template.x509_data_add_certificate(xmlsec.template.add_x509_data(info))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key_pem(key).encode(), constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(pem(certificate).encode(), constants.KeyDataFormatCertPem)
    context.sign(node)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


class _Zone(BaseResolver):
    def __init__(self, answer: Callable[[str, str, int], list[Any] | int | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def resolve(self, request: DNSRecord, handler: Any) -> DNSRecord:
        name, kind = str(request.q.qname).rstrip("."), QTYPE[request.q.qtype]
        self.asked.append((name, kind))
        found = self.answer(name, kind, len(self.asked))
        reply = request.reply()
        if found is None:
            reply.header.rcode = RCODE.NXDOMAIN
        elif isinstance(found, int):
            reply.header.rcode = found
        else:
            for record in found:
                reply.add_answer(record)
        return reply


@contextlib.contextmanager
def dns(answer: Callable[[str, str, int], list[Any] | int | None]) -> Iterator[tuple[tuple[str, int], _Zone]]:
    """A name server on loopback; `answer(name, type, how many questions so far)` gives records, an rcode or None."""
    zone = _Zone(answer)
    server = DNSServer(zone, address="127.0.0.1", port=0, logger=DNSLogger(logf=lambda _: None))
    server.start_thread()
    try:
        yield ("127.0.0.1", server.server.server_address[1]), zone
    finally:
        server.server.shutdown()
        server.server.server_close()


@contextlib.contextmanager
def server(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server on loopback that hands every connection to `handle`; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with contextlib.closing(connection), contextlib.suppress(OSError):
                connection.settimeout(5)
                handle(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        thread.join()
        listener.close()


def http(
    status: str, body: bytes, headers: str = "Content-Type: text/xml\r\n"
) -> Callable[[socket.socket], None]:
    """A handler that answers every request so."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return handle
