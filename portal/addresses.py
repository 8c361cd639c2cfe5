"""Which addresses may be reached at all: the special-purpose registries as data, and the verdict on an address.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries and IPv4/IPv6 multicast, as of 2025-10-09, and the
metadata addresses of cloud providers. Anything that carries an IPv4 address inside an IPv6 one is refused whole.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

REGISTRY_DATE = "2025-10-09"

_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only global unicast is ever a public host; what is listed lies inside it.
_IPV6_UNICAST = IPv6Network("2000::/3")
_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# Addresses that answer with a machine's secrets. Most lie in the networks above; one is public.
_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
        ),
    )
)
_LOOPBACK_V4, _LOOPBACK_V6 = IPv4Network("127.0.0.0/8"), IPv6Address("::1")


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address when the host is written as one in the ordinary way, else None."""
    try:
        return ip_address(host.strip("[]")) if "%" not in host else None
    except ValueError:
        return None


def numeric(host: str) -> bool:
    """True for a host that some resolvers take for an IPv4 address: `2130706433`, `0x7f.1`, `127.1`."""
    last = host.rstrip(".").rsplit(".", 1)[-1].lower()
    return last.isdigit() or last.startswith("0x")


def loopback(address: IPv4Address | IPv6Address) -> bool:
    """True for the machine itself, written plainly; a loopback inside another address is not it."""
    return address in _LOOPBACK_V4 if isinstance(address, IPv4Address) else address == _LOOPBACK_V6


def forbidden(address: IPv4Address | IPv6Address) -> bool:
    """True for every address that is not a public host."""
    if address in _METADATA:
        return True
    if isinstance(address, IPv4Address):
        return any(address in network for network in _IPV4)
    if address.scope_id is not None or address not in _IPV6_UNICAST:
        return True
    return any(address in network for network in _IPV6)
