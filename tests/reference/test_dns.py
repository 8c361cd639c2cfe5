"""The name service answers as an SML zone does, and badly where a fault says so."""

import socket

import dns.resolver
import pytest

from portal.reference.addresses import HEALTHY, HOSTS, bdxl_name
from portal.reference.faults import NAMES


def naptr(resolver: dns.resolver.Resolver, fault: str) -> dns.resolver.Answer:
    return resolver.resolve(bdxl_name(NAMES[fault].participant), "NAPTR")


def test_the_name_is_made_as_bdxl_says():
    # Computed with coreutils: printf 0203:qa.kommun.se | sha256sum | xxd -r -p | base32
    assert bdxl_name("0203:QA.Kommun.se") == (
        "rfviju2c3kwwjqmjkmcta6twf47ehml3p33z4nt76okv5jw3on5q.iso6523-actorid-upis.sml.demo.anslut.example"
    )


def test_the_healthy_participant_points_to_the_smp(resolver, reference):
    (record,) = resolver.resolve(bdxl_name(HEALTHY), "NAPTR")
    assert (record.flags, record.service, record.replacement.to_text()) == (b"U", b"Meta:SMP", ".")
    assert record.regexp == f"!.*!http://smp.demo.anslut.example:{reference.ports['smp']}!".encode()


@pytest.mark.parametrize(("host", "address"), sorted(HOSTS.items()))
def test_each_host_has_its_address(resolver, host, address):
    assert [record.address for record in resolver.resolve(host, "A")] == [address]
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve(host, "AAAA")


def test_an_unknown_name_does_not_exist(resolver):
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve(bdxl_name("0203:okand.example"), "NAPTR")


def test_each_fault_of_the_names_shows(resolver):
    with pytest.raises(dns.resolver.NXDOMAIN):
        naptr(resolver, "dns-nxdomain")
    with pytest.raises(dns.resolver.NoNameservers, match="SERVFAIL"):
        naptr(resolver, "dns-servfail")
    assert naptr(resolver, "dns-wrong-service")[0].service == b"Meta:SMP2"
    assert naptr(resolver, "dns-evil-regexp")[0].regexp.startswith(b"!^((a+)+)+$!http://")
    assert b"//smp-internal.demo" in naptr(resolver, "internal-address")[0].regexp
    assert b"//smp-private.demo" in naptr(resolver, "private-address")[0].regexp


def test_the_silent_name_gets_no_answer(resolver):
    with pytest.raises(dns.resolver.LifetimeTimeout):
        resolver.resolve(bdxl_name(NAMES["dns-timeout"].participant), "NAPTR", lifetime=0.5)


@pytest.mark.parametrize(
    "garbage", [b"", b"\0", b"\xff" * 12, b"\x12\x34\1\0\0\1\0\0\0\0\0\0\xc0\x0c", b"A" * 4000]
)
def test_garbage_does_not_stop_it(resolver, reference, garbage):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(garbage, ("127.0.0.1", reference.ports["dns"]))
    assert resolver.resolve("smp.demo.anslut.example", "A")
