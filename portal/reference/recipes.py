"""The certificates of the demo federation: who issues them, for what, and how long each may be kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from portal.reference import addresses as at

ORGANISATION = "Referensorganisationen"
ISSUER = "Demofederationen"

# Issued for 825 days and kept for 725, so that fewer than 100 days never remain.
LIFE, KEPT = 825, 725
FOREVER = 36500


@dataclass(frozen=True)
class Authority:
    """A certificate authority; `issuer` names the one above it, a root has none."""

    name: str
    common_name: str
    issuer: str | None = None


@dataclass(frozen=True)
class Leaf:
    """An end certificate: valid from `starts` to `ends` and reissued after `kept`, all in days from its issue."""

    name: str
    common_name: str
    issuer: str
    key: str
    use: Literal["signing", "encryption", "access-point", "server"]
    hosts: tuple[str, ...] = ()
    starts: int = -1
    ends: int = LIFE
    kept: int = KEPT


# Lengths of the keys, in bits: 3072 where the federation's rules ask for it.
KEYS: Mapping[str, int] = MappingProxyType(
    {"ap": 3072, "smp": 3072, "tls": 2048, "o2o-signing": 2048, "o2o-encryption": 2048}
)
AUTHORITY_BITS = 2048

AUTHORITIES: tuple[Authority, ...] = (
    Authority("smp-root", "Demo Rot CA eDelivery SMP"),
    Authority("ap-root", "Demo Rot CA eDelivery Accesspunkt"),
    Authority("ap-ca", "Demo Accesspunkt CA-SDK-DEMO", "ap-root"),
    Authority("tls-root", "Demo TLS Root CA v1"),
    Authority("tls-ca", "Demo TLS Function CA v1", "tls-root"),
    Authority("o2o-ca", "Demo Meddelande CA v1"),
    Authority("other-root", "Demo Rot CA eDelivery Accesspunkt - annan miljö"),
    Authority("other-ca", "Demo Accesspunkt CA-SDK-ANNAN", "other-root"),
)

AP_NAME = "AP0099-SDK-DEMO"
_HEALTHY_HOSTS = (at.AP_HOST, at.AP_HOST_TLS_1_0, at.AP_HOST_MISSING_INTERMEDIATE)

LEAVES: tuple[Leaf, ...] = (
    Leaf("smp", "SMP0099-SDK-DEMO", "smp-root", "smp", "signing"),
    Leaf("ap", AP_NAME, "ap-ca", "ap", "access-point"),
    Leaf("ap-expired", AP_NAME, "ap-ca", "ap", "access-point", starts=-800, ends=-20, kept=FOREVER),
    Leaf("ap-future", AP_NAME, "ap-ca", "ap", "access-point", starts=40, kept=20),
    Leaf("ap-soon", AP_NAME, "ap-ca", "ap", "access-point", starts=-700, ends=25, kept=15),
    Leaf("ap-revoked", AP_NAME, "ap-ca", "ap", "access-point"),
    Leaf("ap-other", "AP0099-SDK-ANNAN", "other-ca", "ap", "access-point"),
    Leaf("tls", at.AP_HOST, "tls-ca", "tls", "server", _HEALTHY_HOSTS),
    Leaf(
        "tls-expired",
        at.AP_HOST_TLS_EXPIRED,
        "tls-ca",
        "tls",
        "server",
        (at.AP_HOST_TLS_EXPIRED,),
        starts=-800,
        ends=-20,
        kept=FOREVER,
    ),
    Leaf("tls-elsewhere", "nagon-annan.example", "tls-ca", "tls", "server", ("nagon-annan.example",)),
    Leaf("o2o-signing", f"{ORGANISATION} signering", "o2o-ca", "o2o-signing", "signing"),
    Leaf("o2o-encryption", f"{ORGANISATION} kryptering", "o2o-ca", "o2o-encryption", "encryption"),
)

# The place of each revocation list: who signs it and which certificates it holds.
REVOCATION: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "smp": ("smp-root", ()),
        "ap": ("ap-ca", ("ap-revoked",)),
        "tls": ("tls-ca", ()),
        "o2o": ("o2o-ca", ()),
    }
)

# What an environment's pack trusts, by purpose.
ANCHORS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        at.ENVIRONMENT: MappingProxyType(
            {
                "smp": ("smp-root",),
                "ap": ("ap-root", "ap-ca"),
                "tls": ("tls-root", "tls-ca"),
                "o2o": ("o2o-ca",),
            }
        ),
        at.OTHER_ENVIRONMENT: MappingProxyType({"ap": ("other-root", "other-ca")}),
    }
)
