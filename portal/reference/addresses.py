"""Where the reference organisation is found: ports, host names and the names it is published under."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ENVIRONMENT = "demo"
OTHER_ENVIRONMENT = "demo-other"

DOMAIN = "demo.anslut.example"
ZONE = f"sml.{DOMAIN}"
PARTICIPANT_SCHEME = "iso6523-actorid-upis"
HEALTHY = "0203:referens.anslut.example"

LOOPBACK = "127.0.0.1"
# Loopback as well, but nothing listens there: a connection is refused whichever port is tried.
NOBODY_HOME = "127.0.0.2"

SMP_HOST = f"smp.{DOMAIN}"
SMP_HOST_AT_METADATA_SERVICE = f"smp-internal.{DOMAIN}"
SMP_HOST_AT_PRIVATE_ADDRESS = f"smp-private.{DOMAIN}"
AP_HOST = f"ap.{DOMAIN}"
AP_HOST_CLOSED = f"ap-closed.{DOMAIN}"
AP_HOST_AT_PRIVATE_ADDRESS = f"ap-private.{DOMAIN}"
AP_HOST_TLS_1_0 = f"ap-tls10.{DOMAIN}"
AP_HOST_TLS_EXPIRED = f"ap-expired.{DOMAIN}"
AP_HOST_WRONG_NAME = f"ap-name.{DOMAIN}"
AP_HOST_MISSING_INTERMEDIATE = f"ap-chain.{DOMAIN}"

HOSTS: Mapping[str, str] = MappingProxyType(
    {
        SMP_HOST: LOOPBACK,
        SMP_HOST_AT_METADATA_SERVICE: "169.254.169.254",
        SMP_HOST_AT_PRIVATE_ADDRESS: "10.0.0.1",
        AP_HOST: LOOPBACK,
        AP_HOST_CLOSED: NOBODY_HOME,
        AP_HOST_AT_PRIVATE_ADDRESS: "10.0.0.1",
        AP_HOST_TLS_1_0: LOOPBACK,
        AP_HOST_TLS_EXPIRED: LOOPBACK,
        AP_HOST_WRONG_NAME: LOOPBACK,
        AP_HOST_MISSING_INTERMEDIATE: LOOPBACK,
    }
)


@dataclass(frozen=True)
class Ports:
    """The four ports; 0 asks the system for a free one."""

    dns: int = 15353
    smp: int = 18080
    tls: int = 18443
    crl: int = 18081


DEFAULT_PORTS = Ports()


def bdxl_name(participant: str) -> str:
    """The name that a participant's NAPTR record stands under (eDelivery BDXL 1.6), without a final dot."""
    digest = hashlib.sha256(participant.lower().encode()).digest()
    label = base64.b32encode(digest).decode().rstrip("=").lower()
    return f"{label}.{PARTICIPANT_SCHEME}.{ZONE}"
