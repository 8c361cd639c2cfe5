"""No way of writing a forbidden address gets past the verdict."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import addresses
from portal.egress import Egress
from portal.outside import Refused

PRIVATE = [
    IPv4Network(network)
    for network in (
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
    )
]
CARRIERS = {
    "mapped": lambda v4: (0xFFFF << 32) | v4,
    "compatible": lambda v4: v4,
    "nat64": lambda v4: (0x64FF9B << 96) | v4,
    "nat64 local": lambda v4: (0x64FF9B0001 << 80) | v4,
    "6to4": lambda v4: (0x2002 << 112) | (v4 << 80) | 1,
    "teredo": lambda v4: (0x20010000 << 96) | (v4 ^ 0xFFFFFFFF),
}
private = st.sampled_from(PRIVATE).flatmap(
    lambda network: st.integers(int(network.network_address), int(network.broadcast_address))
)


@given(private)
def test_private_addresses_are_forbidden(number: int) -> None:
    assert addresses.forbidden(IPv4Address(number))


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(CARRIERS)))
def test_an_address_inside_another_is_forbidden_whatever_it_is(number: int, carrier: str) -> None:
    assert addresses.forbidden(IPv6Address(CARRIERS[carrier](number)))


@given(st.integers(0, 2**128 - 1))
def test_what_python_calls_private_is_forbidden(number: int) -> None:
    address = IPv6Address(number)
    if not address.is_global or address.is_multicast:
        assert addresses.forbidden(address)


@given(st.integers(0, 2**32 - 1))
def test_what_python_calls_private_is_forbidden_in_ipv4(number: int) -> None:
    address = IPv4Address(number)
    if not address.is_global or address.is_multicast:
        assert addresses.forbidden(address)


@given(private, st.sampled_from(["{0}", "0x{0:x}", "0{0:o}", "0x{1:x}.{2}", "{1}.{2}", "{3}."]))
def test_numbers_that_some_resolvers_read_as_addresses_are_refused(number: int, written: str) -> None:
    first, rest = number >> 24, number & 0xFFFFFF
    host = written.format(number, first, rest, IPv4Address(number))
    with pytest.raises(Refused):
        Egress(("127.0.0.1", 9), frozenset({443})).resolve(host)


@pytest.mark.parametrize(
    "written",
    [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "::",
        "::1",
        "0.0.0.0",
        "255.255.255.255",
        "2001:db8::1",
        "100::1",
        "5f00::1",
        "3fff::1",
        "192.0.0.8",
    ],
)
def test_special_addresses_are_forbidden(written: str) -> None:
    assert addresses.forbidden(ip_address(written))


@pytest.mark.parametrize("written", ["8.8.8.8", "193.10.1.1", "2a00:1450:400f::1", "2600::1"])
def test_public_addresses_are_allowed(written: str) -> None:
    assert not addresses.forbidden(ip_address(written))


@pytest.mark.parametrize("written", ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "::127.0.0.1"])
def test_loopback_in_disguise_is_not_loopback(written: str) -> None:
    address = ip_address(written)
    assert not addresses.loopback(address)
    assert addresses.forbidden(address)
    assert address in IPv6Network("::/0")
