"""Answers of an SMP in plain values, and XML that is refused unread."""

import pytest
from lxml import etree

from portal.verification import smp, xml
from tests.verification import making

PARTICIPANT = smp.Identifier("iso6523-actorid-upis", "0203:a.se")
BASE = "http://smp.example.se/sub"
ESCAPED = "iso6523-actorid-upis%3A%3A0203%3Aa.se"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"),
        (b"<?xml version='1.0'?>\n<!doctype a><a/>", "doctype"),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?>+ADw-a/+AD4-', "encoding"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "encoding"),
        (b"<a>", "not_xml"),
        (b"", "not_xml"),
        (b"hej", "not_xml"),
        (b"<a>&x;</a>", "not_xml"),
        (b"<a>" + b"x" * 1_000_000 + b"</a>", "too_large"),
    ],
)
def test_xml_that_is_not_read(raw: bytes, code: str) -> None:
    with pytest.raises(xml.XmlFault) as fault:
        xml.parse(raw)
    assert fault.value.code == code


def test_everything_in_an_identifier_is_escaped() -> None:
    assert smp.group_url(BASE, PARTICIPANT) == f"{BASE}/{ESCAPED}"


@pytest.mark.parametrize(
    ("reference", "document"),
    [
        (f"{BASE}/{ESCAPED}/services/s%3A%3Aa%23%23b%2Fc", "s::a##b/c"),
        (f"http://SMP.example.se:80/sub/{ESCAPED.upper()}/services/s%3A%3Aa", "s::a"),
        (f"http://smp.example.se/{ESCAPED}/services/s%3A%3Aa", None),
        (f"http://ond.example.se/sub/{ESCAPED}/services/s%3A%3Aa", None),
        (f"http://smp.example.se:8080/sub/{ESCAPED}/services/s%3A%3Aa", None),
        (f"http://x@smp.example.se/sub/{ESCAPED}/services/s%3A%3Aa", None),
        (f"https://smp.example.se/sub/{ESCAPED}/services/s%3A%3Aa", None),
        (f"{BASE}/other%3A%3A0203%3Aa.se/services/s%3A%3Aa", None),
        (f"{BASE}/{ESCAPED}/services/s%3A%3Aa?x=1", None),
        (f"{BASE}/{ESCAPED}/../../x", None),
        ("http://smp.example.se:x/", None),
        ("", None),
    ],
)
def test_only_references_below_the_base_lead_anywhere(reference: str, document: str | None) -> None:
    assert smp.document_of(reference, BASE, PARTICIPANT) == document


def group(inner: str) -> bytes:
    return f'<ServiceGroup xmlns="{making.SMP}">{inner}</ServiceGroup>'.encode()


IDENTIFIER = '<ParticipantIdentifier scheme="iso6523-actorid-upis">0203:a.se</ParticipantIdentifier>'
REFERENCES = '<ServiceMetadataReferenceCollection><ServiceMetadataReference href="x"/></ServiceMetadataReferenceCollection>'


def test_a_group_is_read() -> None:
    assert smp.service_group(xml.parse(group(IDENTIFIER + REFERENCES))) == smp.ServiceGroup(
        PARTICIPANT, ("x",)
    )


@pytest.mark.parametrize(
    ("raw", "element"),
    [
        (b"<html/>", "ServiceGroup"),
        (group(REFERENCES), "ParticipantIdentifier"),
        (group(IDENTIFIER * 2 + REFERENCES), "ParticipantIdentifier"),
        (group(IDENTIFIER), "ServiceMetadataReferenceCollection"),
        (group(IDENTIFIER + REFERENCES.replace('href="x"', "")), "ServiceMetadataReference/@href"),
    ],
)
def test_a_group_that_is_built_wrong_is_named(raw: bytes, element: str) -> None:
    with pytest.raises(smp.SmpFault) as fault:
        smp.service_group(xml.parse(raw))
    assert fault.value.element == element


def test_metadata_is_read_with_its_dates() -> None:
    dates = {"ServiceActivationDate": "2026-01-01T00:00:00Z", "ServiceExpirationDate": "2027-01-01T00:00:00"}
    root = making.metadata("0203:a.se", "s::d", making.endpoint(**dates), making.process())
    found = smp.metadata(root).processes[0].endpoints[0]
    assert found.uri == "https://ap.example.se:443/as4"
    assert found.expiration is not None
    assert found.expiration.isoformat() == "2027-01-01T00:00:00+00:00"
    assert found.contact == "https://ap.example.se/kontakt"


@pytest.mark.parametrize(
    "name", ["EndpointURI", "Certificate", "ProcessIdentifier", "ServiceInformation", "Endpoint"]
)
def test_metadata_without_an_element_is_named(name: str) -> None:
    root = making.metadata("0203:a.se", "s::d", making.endpoint(), making.process())
    found = next(root.iter(f"{{{making.SMP}}}{name}"))
    found.getparent().remove(found)
    with pytest.raises(smp.SmpFault) as fault:
        smp.metadata(root)
    assert fault.value.element == name


def test_a_date_that_is_none_is_named() -> None:
    root = making.metadata(
        "0203:a.se", "s::d", making.endpoint(ServiceExpirationDate="imorgon"), making.process()
    )
    with pytest.raises(smp.SmpFault) as fault:
        smp.metadata(etree.fromstring(etree.tostring(root)))
    assert fault.value.element == "ServiceExpirationDate"
