"""The SMP publishes signed metadata of OASIS BDXR SMP 1.0, and badly where a fault says so."""

import base64
import contextlib
import socket
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
import xmlsec
from cryptography import x509
from lxml import etree

from portal.reference.addresses import HEALTHY
from portal.reference.faults import NAMES
from portal.reference.metadata import ENCRYPTION_CERTIFICATE, MESSAGE, RECEIPT, SIGNING_CERTIFICATE
from tests.reference.conftest import ask, group_path, metadata_path

SPACES = {
    "smp": "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "smb": "http://docs.oasis-open.org/bdxr/ns/SMP/2/BasicComponents",
}
UNREADABLE = {"not-published": 404, "smp-500": 500, "redirect": 302}


def verify(body: bytes) -> bytes:
    """The certificate (DER) in the signature, after it has verified with the key in it. Raises xmlsec.Error."""
    root = etree.fromstring(body)
    signature = root.find("ds:Signature", SPACES)
    der = base64.b64decode(signature.findtext(".//ds:X509Certificate", namespaces=SPACES))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(der, xmlsec.constants.KeyDataFormatCertDer)
    for element in root.iter("{*}ServiceMetadata"):
        if element.get("Id"):
            context.register_id(element, "Id")
    context.verify(signature)
    return der


def texts(body: bytes, name: str) -> list[str]:
    return [element.text for element in etree.fromstring(body).iterfind(f".//smp:{name}", SPACES)]


def test_the_group_names_both_types_under_its_own_address(smp, reference):
    status, headers, body = smp(group_path(HEALTHY))
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/xml")
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert texts(body, "ParticipantIdentifier") == [HEALTHY]
    places = [
        e.get("href") for e in etree.fromstring(body).iterfind(".//smp:ServiceMetadataReference", SPACES)
    ]
    base = f"http://smp.demo.anslut.example:{reference.ports['smp']}"
    assert all(place.startswith(base + group_path(HEALTHY) + "/services/") for place in places)
    assert [unquote(place.rsplit("/", 1)[1]) for place in places] == [
        f"busdox-docid-qns::{MESSAGE}",
        f"busdox-docid-qns::{RECEIPT}",
    ]


@pytest.mark.parametrize(
    ("document", "kind"), [(MESSAGE, ENCRYPTION_CERTIFICATE), (RECEIPT, SIGNING_CERTIFICATE)]
)
def test_metadata_is_signed_and_complete(smp, reference, document, kind):
    status, _, body = smp(metadata_path(HEALTHY, document))
    assert status == 200
    signer = x509.load_der_x509_certificate(verify(body))
    root = x509.load_pem_x509_certificate((reference.packs_dir / "demo/smp/smp-root.pem").read_bytes())
    signer.verify_directly_issued_by(root)
    assert texts(body, "DocumentIdentifier") == [document]
    assert texts(body, "ProcessIdentifier") == ["bdx:noprocess"]
    assert texts(body, "EndpointURI") == [f"https://ap.demo.anslut.example:{reference.ports['tls']}/as4"]
    (activation,), (expiration,) = texts(body, "ServiceActivationDate"), texts(body, "ServiceExpirationDate")
    assert datetime.fromisoformat(activation) < datetime.now(UTC) < datetime.fromisoformat(expiration)
    assert etree.fromstring(body).findtext(".//smb:TypeCode", namespaces=SPACES) == kind


def test_the_signature_has_the_form_of_the_clause(smp):
    signature = etree.fromstring(smp(metadata_path(HEALTHY))[2]).find("ds:Signature", SPACES)
    algorithms = [e.get("Algorithm") for e in signature.iter() if e.get("Algorithm")]
    assert algorithms == [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ]
    assert [e.get("URI") for e in signature.iterfind(".//ds:Reference", SPACES)] == [""]


def test_the_same_question_gets_the_same_bytes(smp):
    assert smp(metadata_path(HEALTHY))[2] == smp(metadata_path(HEALTHY))[2]


def test_a_changed_answer_does_not_verify(smp):
    with pytest.raises(xmlsec.VerificationError):
        verify(smp(metadata_path(NAMES["tampered-signature"].participant))[2])


@pytest.mark.parametrize("name", ["wrapped-signature", "extra-transform"])
def test_a_wrapped_signature_fools_a_careless_reader(smp, name):
    body = smp(metadata_path(NAMES[name].participant))[2]
    verify(body)
    assert texts(body, "EndpointURI")[0] == "https://nagon-annan.example/as4"


@pytest.mark.parametrize(("name", "status"), UNREADABLE.items())
def test_a_status_that_is_a_fault(smp, name, status):
    answer = smp(group_path(NAMES[name].participant))
    assert answer[0] == status
    assert answer[1].get("Location") == (
        "http://169.254.169.254/latest/meta-data/" if status == 302 else None
    )


def test_it_keeps_silent(reference):
    with pytest.raises(TimeoutError):
        ask(reference.ports["smp"], group_path(NAMES["hanging"].participant), seconds=0.5)


def test_it_drips(reference):
    with pytest.raises(TimeoutError):
        ask(reference.ports["smp"], group_path(NAMES["slow-drip"].participant), seconds=0.3)


def test_it_sends_megabytes(smp):
    with pytest.raises(Exception, match="IncompleteRead") as caught:
        smp(group_path(NAMES["huge-answer"].participant))
    assert len(caught.value.partial) > 5_000_000


def test_it_answers_for_another(smp):
    assert texts(smp(group_path(NAMES["wrong-participant"].participant))[2], "ParticipantIdentifier") == [
        "0203:nagon-annan.anslut.example"
    ]


def test_the_receipt_type_is_missing(smp):
    participant = NAMES["no-receipt-type"].participant
    assert smp(group_path(participant))[2].count(b"ServiceMetadataReference ") == 1
    assert smp(metadata_path(participant, RECEIPT))[0] == 404
    assert smp(metadata_path(participant))[0] == 200


@pytest.mark.parametrize(
    ("name", "element", "text"),
    [
        ("wrong-process", "ProcessIdentifier", "bdx:process"),
        ("wrong-port", "EndpointURI", "https://ap.demo.anslut.example:8443/as4"),
        (
            "wrong-process-case",
            "ProcessIdentifier[@scheme='urn:fdc:Digg.se:edelivery:process']",
            "bdx:noprocess",
        ),
        ("wrong-transport-profile", "Endpoint[@transportProfile='bdxr-transport-ebms3-as4-v1p0']", None),
    ],
)
def test_a_wrong_value_is_published_and_signed(smp, name, element, text):
    body = smp(metadata_path(NAMES[name].participant))[2]
    verify(body)
    assert texts(body, element) == [text]


def test_the_publication_has_expired(smp):
    (expiration,) = texts(
        smp(metadata_path(NAMES["endpoint-expired"].participant))[2], "ServiceExpirationDate"
    )
    assert datetime.fromisoformat(expiration) < datetime.now(UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/%00",
        "/x::y",
        "//[",
        "/%FF%FE",
        "/iso6523-actorid-upis",
        "/" + "a" * 5000,
        group_path(HEALTHY) + "/services/",
    ],
)
def test_what_is_not_published_is_not_found(smp, path):
    assert smp(path)[0] == 404


@pytest.mark.parametrize("server", ["smp", "crl"])
@pytest.mark.parametrize(
    "garbage", [b"", b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01" * 30000]
)
def test_garbage_does_not_stop_it(reference, server, garbage):
    with (
        socket.create_connection(("127.0.0.1", reference.ports[server]), timeout=5) as plain,
        contextlib.suppress(ConnectionError),
    ):
        plain.sendall(garbage)
    assert ask(reference.ports[server], "/nothing")[0] == 404


def test_many_silent_callers_hold_nobody_up(reference):
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(socket.create_connection(("127.0.0.1", reference.ports["smp"]), timeout=5))
        assert ask(reference.ports["smp"], group_path(HEALTHY))[0] == 200
