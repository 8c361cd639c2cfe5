"""How the demo federation's certificates and revocation lists are made, after the recipes."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.reference.recipes import ISSUER, ORGANISATION, Authority, Leaf


def issue(
    leaf: Leaf, key: rsa.RSAPrivateKey, issuer: x509.Certificate, issuer_key: rsa.RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """An end certificate as the recipe says, signed with SHA-256."""
    builder = _begun(_name(leaf.common_name, ORGANISATION), issuer.subject, key, issuer_key)
    builder = (
        builder.not_valid_before(now + timedelta(days=leaf.starts))
        .not_valid_after(now + timedelta(days=leaf.ends))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(leaf.use), critical=True)
    )
    if leaf.hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in leaf.hosts])
        builder = builder.add_extension(names, critical=False)
    if leaf.use == "server":
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def issue_authority(
    own: Authority,
    key: rsa.RSAPrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: rsa.RSAPrivateKey,
    now: datetime,
) -> x509.Certificate:
    subject = _name(own.common_name, ISSUER)
    return (
        _begun(subject, issuer.subject if issuer else subject, key, issuer_key)
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=7300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else None), critical=True)
        .add_extension(_key_usage("authority"), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _key_usage(use: str) -> x509.KeyUsage:
    signs, encrypts, issues = (
        use != "encryption",
        use in ("encryption", "access-point", "server"),
        use == "authority",
    )
    return x509.KeyUsage(
        digital_signature=signs and not issues,
        content_commitment=False,
        key_encipherment=encrypts,
        data_encipherment=use == "access-point",
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
