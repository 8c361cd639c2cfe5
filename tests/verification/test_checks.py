"""Each check against a world with one thing wrong: what it finds, and who mends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dnslib import NAPTR, RCODE

from checklists import load
from portal.texts import LANGUAGES
from portal.verification import words
from portal.verification.model import CheckResult
from tests.verification import making
from tests.verification.conftest import HOST, World, other_authority
from tests.verification.making import NOW

Change = Callable[[World], None]


def faults(result: CheckResult) -> list[tuple[str, str]]:
    return [(found.id, found.case) for found in result.findings if found.outcome != "passed"]


def expect(result: CheckResult, outcome: str, owner: str | None, *found: tuple[str, str]) -> None:
    """The result went so; and it can be told in both languages, with no value left unfilled."""
    assert (result.outcome, faults(result), result.fault_owner) == (outcome, list(found), owner)
    for language in LANGUAGES:
        told = words.describe(result, load.suite("0.1"), language)
        assert "{" not in f"{told}"
        if found:
            assert told.what
            assert told.remedy


@pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06", "08", "10", "11"])
def test_all_is_well(world: World, number: str) -> None:
    result = world.check(number)
    expect(result, "passed", None)
    assert len(result.evidence_sha256) == 64
    assert result.expected
    assert result.actual


@pytest.mark.parametrize(
    ("participant", "outcome", "case"),
    [
        ("0203:Kommun.SE", "warning", ("CFG-02", "participant_upper")),
        ("0203:http://kommun.se", "failed", ("CFG-02", "participant_url")),
        ("0203:kommun.se.", "failed", ("CFG-02", "participant_dot")),
        ("0203:kommun", "failed", ("CFG-02", "participant_domain")),
        ("kommun.se", "failed", ("CFG-02", "participant_form")),
        ("0007:2120000143", "failed", ("CFG-02", "participant_0007")),
        ("0088:7300000000000", "failed", ("CFG-02", "participant_0088")),
        ("", "failed", ("CFG-03", "participant")),
    ],
)
def test_configuration(world: World, participant: str, outcome: str, case: tuple[str, str]) -> None:
    world.participant = participant
    expect(world.check("01"), outcome, "organisation", case)


def test_a_pack_of_another_environment(world: World) -> None:
    world.pack = world.pack.model_copy(update={"environment": "qa"})
    expect(world.check("01"), "failed", "organisation", ("CFG-01", "environment"))


def naptr(flags: bytes = b"U", service: bytes = b"Meta:SMP", regexp: bytes = b"") -> Change:
    def change(world: World) -> None:
        address = regexp or f"!.*!http://{HOST}:{world.port}!".encode()
        world.names[world.trail().name()] = [NAPTR(1, 1, flags, service, address)]

    return change


@pytest.mark.parametrize(
    ("change", "case"),
    [
        (naptr(service=b"Meta:SMP2"), "service"),
        (naptr(flags=b"S"), "flags"),
        (naptr(regexp=b"!^(a+)+$!http://x!"), "regexp"),
        (naptr(regexp=b"!.*!http://smp.example.se:22!"), "port"),
        (naptr(regexp=b"!.*!http://smp.example.se:99999!"), "port"),
    ],
)
def test_naptr_content(world: World, change: Change, case: str) -> None:
    change(world)
    expect(world.check("02"), "failed", "federation", ("DNS-03", case))


def test_a_participant_that_is_not_registered(world: World) -> None:
    world.publish()
    del world.names[world.trail().name()]
    world.publish = lambda: None  # type: ignore[method-assign]
    expect(world.check("02"), "failed", "operator", ("DNS-02", "nxdomain"))


def test_a_name_service_that_fails_is_nobodys_fault_here(world: World) -> None:
    world.names[world.trail().name()] = RCODE.SERVFAIL
    expect(world.check("02"), "undefined", "federation", ("DNS-02", "servfail"))


def test_smp_addresses(world: World) -> None:
    world.names[HOST] = ["10.0.0.1"]
    expect(world.check("03"), "failed", "federation", ("DNS-04", "forbidden"))
    world.names[HOST] = RCODE.SERVFAIL
    expect(world.check("03"), "undefined", "federation", ("DNS-04", "name_service"))
    world.names[HOST] = []
    expect(world.check("03"), "failed", "federation", ("DNS-04", "no_address"))


def test_our_own_setting_is_the_portals_fault(world: World) -> None:
    world.loopback = False
    expect(world.check("03"), "undefined", "portal", ("NET-01", "loopback_off"))


def test_loopback_in_a_real_environment_is_a_fault(world: World) -> None:
    world.loopback = False
    world.pack = world.pack.model_copy(update={"loopback": False})
    expect(world.check("03"), "failed", "federation", ("DNS-04", "forbidden"))


@pytest.mark.parametrize(
    ("page", "outcome", "owner", "case"),
    [
        (("404 Not Found", b""), "failed", "operator", ("SMP-01", "unknown")),
        (("302 Found", b"", "Location: /x\r\n"), "failed", "federation", ("SMP-01", "redirect")),
        (("503 Busy", b""), "undefined", "federation", ("SMP-01", "server")),
        (("401 No", b""), "failed", "federation", ("SMP-01", "status")),
        (("200 OK", b"<html/>", "Content-Type: text/html\r\n"), "failed", "federation", ("SMP-01", "type")),
        (("200 OK", b"x" * 1_100_000), "failed", "federation", ("SMP-01", "too_large")),
        (("200 OK", b"<a"), "failed", "federation", ("SMP-02", "xml")),
        (("200 OK", b"<!DOCTYPE a><a/>"), "failed", "federation", ("SMP-02", "xml")),
        (("200 OK", b"<a/>"), "failed", "federation", ("SMP-02", "structure")),
    ],
)
def test_smp_answers(
    world: World, page: tuple[str, ...], outcome: str, owner: str, case: tuple[str, str]
) -> None:
    world.pages["/iso6523-actorid-upis%3A%3A0203%3Aa.se"] = page  # type: ignore[assignment]
    expect(world.check("04"), outcome, owner, case)


def test_an_smp_that_answers_for_another(world: World) -> None:
    world.answered = "0203:b.se"
    expect(world.check("04"), "failed", "federation", ("SMP-03", "participant"))


def test_a_reference_that_leads_out_of_the_smp(world: World) -> None:
    world.publish()
    place = "/iso6523-actorid-upis%3A%3A0203%3Aa.se"
    world.pages[place] = world.pages[place].replace(f"http://{HOST}".encode(), b"http://169.254.169.254")
    expect(world.check("04"), "failed", "federation", ("SMP-03", "outside"))


@pytest.mark.parametrize("kind", ["message", "receipt"])
def test_document_types(world: World, kind: str) -> None:
    world.kinds.remove(kind)
    expect(world.check("05"), "failed", "operator", ("SMP-04", kind))


def test_a_near_miss_is_named(world: World) -> None:
    world.publish()
    place = "/iso6523-actorid-upis%3A%3A0203%3Aa.se"
    world.pages[place] = world.pages[place].replace(b"tm-base-ext-sigenc", b"tm-base")
    expect(world.check("05"), "failed", "operator", ("SMP-04", "message_near"), ("SMP-04", "receipt_near"))


def test_without_any_type_there_is_no_signature_to_judge(world: World) -> None:
    world.kinds = []
    result = world.check("06")
    assert (result.outcome, result.caused_by) == ("skipped", "05")


def test_a_tampered_signature_is_the_federations_fault(world: World) -> None:
    world.publish()
    for place in [found for found in world.pages if "/services/" in found]:
        world.pages[place] = world.pages[place].replace(b">AP<", b">Annan<")
    expect(world.check("06"), "failed", "federation", ("SMP-07", "wrong"))


def test_signers(world: World) -> None:
    world.pack = world.pack.model_copy(update={"anchors": {"smp": (making.Authority("Ny").pem,)}})
    expect(world.check("06"), "failed", "federation", ("SMP-08", "unknown"))
    world.pack = world.pack.model_copy(update={"others": {"qa": {"smp": (world.smp.pem,)}}})
    expect(world.check("06"), "failed", "federation", ("SMP-08", "environment"))
    world.pack = world.pack.model_copy(update={"anchors": {}})
    expect(world.check("06"), "undefined", "portal", ("SMP-08", "no_anchors"))


def published(**values: str) -> Change:
    return lambda world: world.endpoint.update(values)


def processed(*values: str) -> Change:
    return lambda world: setattr(world, "process", making.process(*values))


@pytest.mark.parametrize(
    ("change", "case"),
    [
        (processed("urn:fdc:Digg.se:edelivery:process"), ("SMP-10", "letters")),
        (processed("urn:fdc:digg.se:edelivery:process", "bdx:x"), ("SMP-10", "process")),
        (published(profile="bdxr-transport-ebms3-as4-v1p0"), ("SMP-11", "profile")),
        (published(uri="http://ap.example.se:443/"), ("SMP-12", "scheme")),
        (published(uri="https://ap.example.se:8443/"), ("SMP-12", "port")),
        (published(uri="https://u@ap.example.se/"), ("SMP-12", "form")),
        (published(uri="https://ap.example.se/#x"), ("SMP-12", "form")),
        (published(uri="https://ap.example.se:x/"), ("SMP-12", "form")),
        (published(uri="https:///x"), ("SMP-12", "form")),
        (published(uri="https://193.10.1.1/"), ("SMP-12", "literal")),
        (published(uri="https://2130706433/"), ("SMP-12", "literal")),
        (published(ServiceExpirationDate="2026-11-24T11:59:00Z"), ("SMP-13", "expired")),
        (published(ServiceActivationDate="2026-11-25T00:00:00Z"), ("SMP-13", "early")),
    ],
)
def test_metadata_content(world: World, change: Change, case: tuple[str, str]) -> None:
    change(world)
    expect(world.check("08"), "failed", "operator", case)


def certificate(
    *, days: float = 400, begins: float = -10, name: str = "AP0001-SDK-DEMO", bits: int = 3072
) -> Change:
    def change(world: World) -> None:
        key = making.rsa_key(bits)
        world.endpoint["certificate"] = making.packed(world.ap.issue(name, key, days=days, begins=begins))

    return change


@pytest.mark.parametrize(
    ("change", "outcome", "case"),
    [
        (certificate(days=-1), "failed", ("CRT-02", "expired")),
        (certificate(begins=1), "failed", ("CRT-02", "early")),
        (certificate(days=89), "warning", ("CRT-02", "soon")),
        (certificate(name="AP1-SDK-DEMO"), "warning", ("CRT-04", "")),
        (certificate(bits=2048), "failed", ("CRT-05", "short")),
        (published(certificate=""), "failed", ("CRT-01", "empty")),
        (published(certificate="å"), "failed", ("CRT-01", "base64")),
        (published(certificate="QUJD"), "failed", ("CRT-01", "damaged")),
    ],
)
def test_access_point_certificates(world: World, change: Change, outcome: str, case: tuple[str, str]) -> None:
    change(world)
    expect(world.check("10"), outcome, "operator", case)


@pytest.mark.parametrize(("days", "limit"), [(6, 7), (29, 30), (59, 60), (89, 90)])
def test_the_warning_says_which_limit_is_passed(world: World, days: float, limit: int) -> None:
    certificate(days=days + 0.5)(world)
    found = next(one for one in world.check("10").findings if one.id == "CRT-02")
    assert (found.params["limit"], found.params["days"]) == (limit, days)


def test_a_certificate_of_another_environment_is_named(world: World) -> None:
    leaf = other_authority().issue("AP0001-SDK-DEMO", making.rsa_key(3072))
    world.endpoint["certificate"] = making.packed(leaf)
    result = world.check("10")
    expect(result, "failed", "operator", ("CRT-03", "environment"))
    assert "SDK QA" in words.describe(result, load.suite("0.1"), "sv").what


def test_a_certificate_of_nobody_known(world: World) -> None:
    leaf = making.Authority("Egen CA").issue("AP0001-SDK-DEMO", making.rsa_key(3072))
    world.endpoint["certificate"] = making.packed(leaf)
    expect(world.check("10"), "failed", "operator", ("CRT-03", "unknown"))


def test_without_anchors_the_portal_is_at_fault(world: World) -> None:
    world.pack = world.pack.model_copy(update={"anchors": {"smp": (world.smp.pem,)}})
    expect(world.check("10"), "undefined", "portal", ("CRT-03", "no_anchors"))


def test_an_elliptic_key_warns(world: World) -> None:
    leaf = world.ap.issue("AP0001-SDK-DEMO", ec.generate_private_key(ec.SECP256R1()))
    world.endpoint["certificate"] = making.packed(leaf)
    expect(world.check("10"), "warning", "operator", ("CRT-05", "ec"))


def test_a_key_without_usage_fails(world: World) -> None:
    leaf = world.ap.issue("AP0001-SDK-DEMO", making.rsa_key(3072), usage=False)
    world.endpoint["certificate"] = making.packed(leaf)
    expect(world.check("10"), "failed", "operator", ("CRT-05", "usage"))


def test_revocation(world: World) -> None:
    leaf = world.ap.issue("AP0001-SDK-DEMO", making.rsa_key(3072))
    world.endpoint["certificate"] = making.packed(leaf)
    world.pages["/ap.crl"] = world.ap.crl(leaf)
    expect(world.check("10"), "failed", "operator", ("CRT-06", "revoked"))
    world.pages["/ap.crl"] = world.ap.crl(fresh=False)
    expect(world.check("10"), "undefined", "federation", ("CRT-06", "stale"))
    world.pages["/ap.crl"] = making.Authority("AP CA").crl()
    expect(world.check("10"), "undefined", "federation", ("CRT-06", "signature"))
    world.pages["/ap.crl"] = making.Authority("Annan").crl()
    expect(world.check("10"), "undefined", "portal", ("CRT-06", "other_issuer"))
    world.pages["/ap.crl"] = b"<html>"
    expect(world.check("10"), "undefined", "federation", ("CRT-06", "damaged"))
    world.pack = world.pack.model_copy(update={"crl": {}})
    expect(world.check("10"), "undefined", "portal", ("CRT-06", "no_place"))


def test_a_certificate_that_was_left_is_compared(world: World) -> None:
    world.certificates = {"ap": making.pem(world.ap.issue("AP0001-SDK-DEMO", making.rsa_key(3072)))}
    expect(world.check("10"), "warning", "organisation", ("CRT-07", "differs"))
    world.certificates = {"ap": "hej"}
    expect(world.check("10"), "warning", "organisation", ("CRT-07", "unreadable"))


@pytest.mark.parametrize(
    ("addresses", "outcome", "owner", "case"),
    [
        (["10.0.0.1"], "failed", "operator", ("NET-01", "forbidden")),
        (RCODE.SERVFAIL, "undefined", "operator", ("NET-01", "name_service")),
        ([], "failed", "operator", ("NET-01", "no_address")),
        (["127.0.0.2"], "failed", "operator", ("NET-02", "refused")),
        (["127.0.0.1", "127.0.0.2"], "failed", "operator", ("NET-02", "refused")),
    ],
)
def test_access_point_addresses(
    world: World, addresses: list[str] | int, outcome: str, owner: str, case: tuple[str, str]
) -> None:
    world.names["ap.demo.example"] = addresses
    world.endpoint["uri"] = f"https://ap.demo.example:{world.port}/as4"
    expect(world.check("11"), outcome, owner, case)


def test_nothing_is_opened_for_metadata_of_another(world: World) -> None:
    """CFG-04: the permission to connect is the participant's own metadata."""
    world.publish()
    world.participant = "0203:b.se"
    world.answered = "0203:b.se"
    result = world.check("08")
    assert ("SMP-09", "participant") in faults(result)
    assert ("CFG-04", "unpublished") in faults(result)
    stopped = world.check("11")
    assert (stopped.outcome, faults(stopped)) == ("undefined", [("RUN", "lost")])


def test_expiry_is_told_in_the_readers_time(world: World) -> None:
    world.endpoint["certificate"] = making.packed(
        world.ap.issue("AP0001-SDK-DEMO", making.rsa_key(3072), days=-1)
    )
    told = words.describe(world.check("10"), load.suite("0.1"), "sv")
    assert "gick ut 23 november 2026 kl. 13.00" in told.what
    assert words.moment((NOW - timedelta(days=1)).isoformat(), "en") == "23 November 2026, 13:00"
