"""The SMP's documents (OASIS BDXR SMP 1.0): service group and signed service metadata, sound or with a fault."""

import base64
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from lxml.builder import ElementMaker
from xmlsec import constants

from portal.reference.addresses import PARTICIPANT_SCHEME, SMP_HOST
from portal.reference.pki import Pki
from portal.reference.published import Published

SMP = "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05"
AGGREGATE = "http://docs.oasis-open.org/bdxr/ns/SMP/2/AggregateComponents"
BASIC = "http://docs.oasis-open.org/bdxr/ns/SMP/2/BasicComponents"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"

DOCUMENT_SCHEME = "busdox-docid-qns"
MESSAGE = "urn:riv:infrastructure:messaging:MessageWithAttachments:3::messagePayload##3.0::tm-base-ext-sigenc"
RECEIPT = (
    "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2::ApplicationResponse"
    "##fdc:digg.se:edelivery:messagetype:response:1::2.1::tm-base-ext-sigenc"
)
CERTPUB = "urn:fdc:digg.se:edelivery:xml-extension:smp-certpub:1.0"
SIGNING_CERTIFICATE = "urn:fdc:digg.se:edelivery:certpub:signing-cert"
ENCRYPTION_CERTIFICATE = "urn:fdc:digg.se:edelivery:certpub:encryption-cert"

_smp = ElementMaker(namespace=SMP, nsmap={None: SMP})
_aggregate = ElementMaker(namespace=AGGREGATE, nsmap={"smc": AGGREGATE, "smb": BASIC})
_basic = ElementMaker(namespace=BASIC)


@dataclass(frozen=True)
class Documents:
    """Makes the documents of any participant, signed with the demo SMP's key."""

    pki: Pki
    smp_port: int
    tls_port: int

    def group(self, participant: str, published: Published) -> bytes:
        """The ServiceGroup: one reference per published document type."""
        base = f"http://{SMP_HOST}:{self.smp_port}/{_escaped(PARTICIPANT_SCHEME, participant)}/services"
        types = (MESSAGE, RECEIPT) if published.receipt_type else (MESSAGE,)
        references = [
            _smp.ServiceMetadataReference(href=f"{base}/{_escaped(DOCUMENT_SCHEME, kind)}") for kind in types
        ]
        named = published.answers_for or participant
        return _bytes(
            _smp.ServiceGroup(
                _smp.ParticipantIdentifier(named, scheme=PARTICIPANT_SCHEME),
                _smp.ServiceMetadataReferenceCollection(*references),
            )
        )

    def metadata(self, participant: str, document: str, published: Published, now: datetime) -> bytes:
        """The SignedServiceMetadata of one document type, with the signature that `published` says."""
        root = _smp.SignedServiceMetadata(self._service(participant, document, published, now))
        match published.signature:
            case "sound":
                self._sign(root)
            case "tampered":
                self._sign(root)
                _move_endpoint(root)
            case "wrapped":
                self._wrap(root)
            case "xpath":
                self._sign(root, leaving_out="not(ancestor-or-self::smp:EndpointURI)")
                _move_endpoint(root)
        return _bytes(root)

    def _service(
        self, participant: str, document: str, published: Published, now: datetime
    ) -> etree._Element:
        process = _smp.Process(
            _smp.ProcessIdentifier(published.process, scheme=published.process_scheme),
            _smp.ServiceEndpointList(self._endpoint(published, now)),
        )
        return _smp.ServiceMetadata(
            _smp.ServiceInformation(
                _smp.ParticipantIdentifier(participant, scheme=PARTICIPANT_SCHEME),
                _smp.DocumentIdentifier(document, scheme=DOCUMENT_SCHEME),
                _smp.ProcessList(process),
                self._certificate_publication(document),
            )
        )

    def _endpoint(self, published: Published, now: datetime) -> etree._Element:
        valid = self.pki.certificates["ap"]
        ends = valid.not_valid_after_utc
        if published.endpoint_expired:
            ends = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        port = published.endpoint_port or self.tls_port
        return _smp.Endpoint(
            _smp.EndpointURI(f"https://{published.endpoint_host}:{port}/as4"),
            _smp.RequireBusinessLevelSignature("false"),
            _smp.ServiceActivationDate((valid.not_valid_before_utc - timedelta(days=30)).isoformat()),
            _smp.ServiceExpirationDate(ends.isoformat()),
            _smp.Certificate(_base64(self.pki.certificates[published.certificate])),
            _smp.ServiceDescription("Referensorganisationens accesspunkt"),
            _smp.TechnicalContactUrl("mailto:drift@referens.anslut.example"),
            transportProfile=published.transport_profile,
        )

    def _certificate_publication(self, document: str) -> etree._Element:
        """CertPub (C3.4.5): the encryption certificate under the message, the signing one under the receipt."""
        kind, name = {
            MESSAGE: (ENCRYPTION_CERTIFICATE, "o2o-encryption"),
            RECEIPT: (SIGNING_CERTIFICATE, "o2o-signing"),
        }[document]
        content = _basic.ContentBinaryObject(
            _base64(self.pki.certificates[name]), mimeCode="application/base64"
        )
        return _smp.Extension(
            _smp.ExtensionID(CERTPUB), _aggregate.Certificate(_basic.TypeCode(kind), content)
        )

    def _wrap(self, root: etree._Element) -> None:
        """A signature that holds for a copy kept inside it, while the part that is read is another."""
        signed = deepcopy(root[0])
        signed.set("Id", "signed")
        _move_endpoint(root)
        self._sign(root, enclosed=signed)

    def _sign(
        self, root: etree._Element, *, leaving_out: str = "", enclosed: etree._Element | None = None
    ) -> None:
        """Signs as clause 3.6.2.1 says, or with an XPath `leaving_out` a part, or an `enclosed` element instead."""
        signature = xmlsec.template.create(
            root, c14n_method=constants.TransformInclC14N, sign_method=constants.TransformRsaSha256, ns="ds"
        )
        root.append(signature)
        uri = "" if enclosed is None else f"#{enclosed.get('Id')}"
        reference = xmlsec.template.add_reference(signature, constants.TransformSha256, uri=uri)
        if enclosed is None:
            xmlsec.template.add_transform(reference, constants.TransformEnveloped)
        if leaving_out:
            transform = xmlsec.template.add_transform(reference, constants.TransformXPath)
            expression = etree.SubElement(transform, f"{{{SIGNATURE}}}XPath", nsmap={"smp": SMP})
            expression.text = leaving_out
        told = xmlsec.template.ensure_key_info(signature)
        xmlsec.template.x509_data_add_certificate(xmlsec.template.add_x509_data(told))
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(self.pki.key_pem("smp"), constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(self.pki.chain("smp"), constants.KeyDataFormatPem)
        if enclosed is not None:
            etree.SubElement(signature, f"{{{SIGNATURE}}}Object").append(enclosed)
            context.register_id(enclosed, "Id")
        context.sign(signature)


def _move_endpoint(element: etree._Element) -> None:
    for uri in element.iter(f"{{{SMP}}}EndpointURI"):
        uri.text = "https://nagon-annan.example/as4"


def _escaped(scheme: str, value: str) -> str:
    """An identifier as a path segment (clause 3.4.2)."""
    return quote(f"{scheme}::{value}", safe="")


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _bytes(root: etree._Element) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content
