"""A signature that leaves room for a change is refused before it is computed, and a change is seen."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from lxml import etree

from portal.verification import signature, smp, xml
from portal.verification.signature import FormFault, WrongSignature
from tests.verification import making

DOCUMENT = "busdox-docid-qns::urn:x::y##1"
DS = f"{{{making.DS}}}"


@pytest.fixture(scope="module")
def signer() -> x509.Certificate:
    return making.Authority("Rot CA").issue("SMP0001")


def signed(signer: x509.Certificate, xpath: str | None = None) -> bytes:
    root = making.metadata("0203:a.se", DOCUMENT, making.endpoint(), making.process())
    return making.sign(root, signer, making.rsa_key(), xpath)


def test_a_good_signature_gives_its_signer(signer: x509.Certificate) -> None:
    root = xml.parse(signed(signer))
    assert signature.verify(root) == signer
    assert smp.metadata(root).participant.value == "0203:a.se"


def test_a_changed_address_is_seen(signer: x509.Certificate) -> None:
    with pytest.raises(WrongSignature):
        signature.verify(xml.parse(signed(signer).replace(b"ap.example.se", b"ap.example.no")))


def test_another_key_than_the_certificates_is_seen(signer: x509.Certificate) -> None:
    root = making.metadata("0203:a.se", DOCUMENT, making.endpoint(), making.process())
    other = making.Authority("Annan").issue("SMP0001", making.rsa_key(2048, 1))
    with pytest.raises(WrongSignature):
        signature.verify(xml.parse(making.sign(root, other, making.rsa_key())))


def test_an_xpath_that_leaves_the_address_out_is_refused(signer: x509.Certificate) -> None:
    hiding = signed(signer, "not(ancestor-or-self::*[local-name()='EndpointURI'])")
    changed = hiding.replace(b"ap.example.se", b"ap.example.no")
    for raw in (hiding, changed):
        with pytest.raises(FormFault) as fault:
            signature.verify(xml.parse(raw))
        assert fault.value.part == "Transform"


def test_transforms_outside_the_list_are_refused_by_the_cryptography_too(
    signer: x509.Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature, "_form", lambda root: next(root.iter(f"{DS}Signature")))
    hiding = signed(signer, "not(ancestor-or-self::*[local-name()='EndpointURI'])")
    with pytest.raises(WrongSignature):
        signature.verify(xml.parse(hiding))


def test_a_wrapped_signature_is_refused(signer: x509.Certificate) -> None:
    """The signed document is tucked away inside an unsigned one that speaks of another address."""
    inner = xml.parse(signed(signer))
    outer = making.metadata(
        "0203:a.se", DOCUMENT, making.endpoint(uri="https://ond.example.no/"), making.process()
    )
    etree.SubElement(outer, f"{{{making.SMP}}}Extension").append(inner)
    with pytest.raises(FormFault) as fault:
        signature.verify(outer)
    assert fault.value.part == "place"


def drop(root: Any, name: str) -> None:
    found = next(root.iter(f"{DS}{name}"))
    found.getparent().remove(found)


def double(root: Any, name: str) -> None:
    found = next(root.iter(f"{DS}{name}"))
    found.getparent().append(etree.fromstring(etree.tostring(found)))


def algorithm(name: str, value: str) -> Callable[[Any], None]:
    return lambda root: next(root.iter(f"{DS}{name}")).set("Algorithm", value)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda root: drop(root, "Signature"), "signatures"),
        (lambda root: double(root, "Signature"), "signatures"),
        (lambda root: double(root, "Reference"), "Reference"),
        (lambda root: next(root.iter(f"{DS}Reference")).set("URI", "#id"), "Reference/@URI"),
        (lambda root: next(root.iter(f"{DS}Reference")).attrib.pop("URI"), "Reference/@URI"),
        (lambda root: double(root, "Transform"), "Transform"),
        (lambda root: drop(root, "Transforms"), "Transforms"),
        (lambda root: drop(root, "X509Certificate"), "X509Certificate"),
        (
            algorithm("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#"),
            "CanonicalizationMethod",
        ),
        (algorithm("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "SignatureMethod"),
        (algorithm("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"), "SignatureMethod"),
        (algorithm("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"), "DigestMethod"),
        (algorithm("Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"), "Transform"),
    ],
)
def test_every_other_form_is_named(
    signer: x509.Certificate, change: Callable[[Any], None], part: str
) -> None:
    root = xml.parse(signed(signer))
    change(root)
    with pytest.raises(FormFault) as fault:
        signature.verify(root)
    assert fault.value.part == part
