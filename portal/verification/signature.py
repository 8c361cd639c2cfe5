"""The signature of SMP metadata: its form is asserted before any cryptography, then it is verified.

Source: OASIS SMP 1.0 clause 3.6.2. The form leaves no room for wrapping or for transforms that hide a part.
"""

import threading
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from portal.verification.certificates import CertificateFault, parse_base64

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_LOCK = threading.Lock()


class FormFault(Exception):
    """The signature is not built as clause 3.6.2.1 says; `part` names what, with expected and actual values."""

    def __init__(self, part: str, expected: str, actual: str) -> None:
        super().__init__(part)
        self.part = part
        self.expected = expected
        self.actual = actual[:200]


class WrongSignature(Exception):
    """The signature does not verify with the certificate that it carries."""


def verify(root: Any) -> x509.Certificate:
    """The certificate that the answer is signed with. Raises FormFault and WrongSignature."""
    node = _form(root)
    carried = _certificate(node)
    context = xmlsec.SignatureContext()
    known = xmlsec.constants
    for transform in (known.TransformEnveloped, known.TransformInclC14N, known.TransformSha256):
        context.enable_reference_transform(transform)
    for transform in (known.TransformInclC14N, known.TransformRsaSha256):
        context.enable_signature_transform(transform)
    pem = carried.public_bytes(Encoding.PEM)
    # The library underneath keeps state per process; one verification at a time costs a millisecond.
    with _LOCK:
        try:
            context.key = xmlsec.Key.from_memory(pem, known.KeyDataFormatCertPem)
            context.verify(node)
        except xmlsec.Error as error:
            raise WrongSignature from error
    return carried


def _form(root: Any) -> Any:
    """The one signature, once it has the required form."""
    everywhere = list(root.iter(f"{_DS}Signature"))
    if len(everywhere) != 1:
        raise FormFault("signatures", "1", str(len(everywhere)))
    node = everywhere[0]
    if node.getparent() is not root:
        raise FormFault("place", "SignedServiceMetadata/Signature", f"{node.getparent().tag}/Signature")
    info = _only(node, "SignedInfo")
    _algorithm(info, "CanonicalizationMethod", C14N)
    _algorithm(info, "SignatureMethod", RSA_SHA256)
    reference = _only(info, "Reference")
    if reference.get("URI") != "":
        raise FormFault("Reference/@URI", '""', str(reference.get("URI")))
    transforms = _only(reference, "Transforms")
    _algorithm(transforms, "Transform", ENVELOPED)
    _algorithm(reference, "DigestMethod", SHA256)
    return node


def _only(node: Any, name: str) -> Any:
    found = [child for child in node.iterchildren() if child.tag == f"{_DS}{name}"]
    if len(found) != 1:
        raise FormFault(name, "1", str(len(found)))
    return found[0]


def _algorithm(node: Any, name: str, expected: str) -> None:
    found = _only(node, name)
    if found.get("Algorithm") != expected:
        raise FormFault(name, expected, str(found.get("Algorithm")))
    if len(found):
        raise FormFault(name, "", "parameters")


def _certificate(node: Any) -> x509.Certificate:
    carried = list(node.iter(f"{_DS}X509Certificate"))
    if not carried:
        raise FormFault("X509Certificate", "1", "0")
    try:
        return parse_base64(carried[0].text or "")
    except CertificateFault as error:
        raise FormFault("X509Certificate", "X.509", error.code) from error
