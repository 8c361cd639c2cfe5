"""The faults that the reference organisation can show: what is published, and which check should notice.

Add a fault by adding one row to `FAULTS`; the servers publish what the row's `Published` says and know no fault by
name. `checks` are the checks of suite-sdk 0.1 that do not pass because of the fault itself (those that are skipped
after it are left out), and `fault_owner` is the code the suite should name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from portal.reference import addresses as at
from portal.reference.published import Fault, Published

def _in_names() -> tuple[Fault, ...]:
    return (
        Fault(
            "dns-nxdomain",
            "Inte registrerad i SML",
            "Not registered in the SML",
            ("02",),
            "operator",
            Published(dns="nxdomain"),
        ),
        Fault(
            "dns-timeout",
            "Namntjänsten svarar inte",
            "The name service does not answer",
            ("02",),
            "federation",
            Published(dns="silent"),
        ),
        Fault(
            "dns-servfail",
            "Namntjänsten svarar med ett fel",
            "The name service answers with an error",
            ("02",),
            "federation",
            Published(dns="servfail"),
        ),
        Fault(
            "dns-wrong-service",
            "NAPTR-posten gäller en annan tjänst",
            "The NAPTR record is for another service",
            ("02",),
            "federation",
            Published(service="Meta:SMP2"),
        ),
        Fault(
            "dns-evil-regexp",
            "NAPTR-posten har ett farligt uttryck",
            "The NAPTR record holds a dangerous expression",
            ("02",),
            "federation",
            Published(regexp="!^((a+)+)+$!{url}!"),
        ),
        Fault(
            "internal-address",
            "SMP-namnet pekar på molntjänstens interna adress",
            "The SMP name points to a cloud's internal address",
            ("03",),
            "federation",
            Published(smp_host=at.SMP_HOST_AT_METADATA_SERVICE),
        ),
        Fault(
            "private-address",
            "SMP-namnet pekar på en privat adress",
            "The SMP name points to a private address",
            ("03",),
            "federation",
            Published(smp_host=at.SMP_HOST_AT_PRIVATE_ADDRESS),
        ),
    )


def _in_smp_answers() -> tuple[Fault, ...]:
    return (
        Fault(
            "not-published",
            "Inget är publicerat i SMP",
            "Nothing is published in the SMP",
            ("04",),
            "operator",
            Published(smp="unknown"),
        ),
        Fault(
            "smp-500",
            "SMP svarar med ett serverfel",
            "The SMP answers with a server error",
            ("04",),
            "federation",
            Published(smp="error"),
        ),
        Fault(
            "hanging",
            "SMP tar emot frågan men svarar aldrig",
            "The SMP takes the question and never answers",
            ("04",),
            "federation",
            Published(smp="silent"),
        ),
        Fault(
            "slow-drip",
            "SMP svarar med en byte i taget",
            "The SMP answers one byte at a time",
            ("04",),
            "federation",
            Published(smp="drip"),
        ),
        Fault(
            "huge-answer",
            "SMP svarar med flera megabyte",
            "The SMP answers with several megabytes",
            ("04",),
            "federation",
            Published(smp="huge"),
        ),
        Fault(
            "redirect",
            "SMP hänvisar till en annan adress",
            "The SMP redirects to another address",
            ("04",),
            "federation",
            Published(smp="redirect"),
        ),
        Fault(
            "wrong-participant",
            "SMP svarar för en annan deltagare",
            "The SMP answers for another participant",
            ("04",),
            "federation",
            Published(answers_for="0203:nagon-annan.anslut.example"),
        ),
        Fault(
            "no-receipt-type",
            "Kvittenstypen är inte publicerad",
            "The receipt type is not published",
            ("05",),
            "operator",
            Published(receipt_type=False),
        ),
        Fault(
            "tampered-signature",
            "SMP-svaret är ändrat efter signeringen",
            "The SMP answer is changed after signing",
            ("06",),
            "federation",
            Published(signature="tampered"),
        ),
        Fault(
            "wrapped-signature",
            "Signaturen gäller ett annat element än det som läses",
            "The signature covers another element than the one that is read",
            ("06",),
            "federation",
            Published(signature="wrapped"),
        ),
        Fault(
            "extra-transform",
            "Signaturen undantar adressen med en XPath-transform",
            "The signature leaves the address out with an XPath transform",
            ("06",),
            "federation",
            Published(signature="xpath"),
        ),
    )


def _in_metadata() -> tuple[Fault, ...]:
    return (
        Fault(
            "wrong-process",
            "Fel process-id är publicerat",
            "The wrong process id is published",
            ("08",),
            "operator",
            Published(process="bdx:process"),
        ),
        Fault(
            "wrong-process-case",
            "Processchemat är skrivet med stort D",
            "The process scheme is written with a capital D",
            ("08",),
            "operator",
            Published(process_scheme="urn:fdc:Digg.se:edelivery:process"),
        ),
        Fault(
            "wrong-transport-profile",
            "Fel transportprofil är publicerad",
            "The wrong transport profile is published",
            ("08",),
            "operator",
            Published(transport_profile="bdxr-transport-ebms3-as4-v1p0"),
        ),
        Fault(
            "wrong-port",
            "Fel port är publicerad",
            "The wrong port is published",
            ("08",),
            "operator",
            Published(endpoint_port=8443),
        ),
        Fault(
            "endpoint-expired",
            "Publiceringen har gått ut",
            "The publication has expired",
            ("08",),
            "operator",
            Published(endpoint_expired=True),
        ),
    )


def _in_certificates() -> tuple[Fault, ...]:
    return (
        Fault(
            "expired-certificate",
            "Accesspunktens certifikat har gått ut",
            "The access point's certificate has expired",
            ("10",),
            "operator",
            Published(certificate="ap-expired"),
        ),
        Fault(
            "not-yet-valid",
            "Accesspunktens certifikat gäller inte än",
            "The access point's certificate is not valid yet",
            ("10",),
            "operator",
            Published(certificate="ap-future"),
        ),
        Fault(
            "certificate-expires-soon",
            "Accesspunktens certifikat går snart ut",
            "The access point's certificate expires soon",
            ("10",),
            "operator",
            Published(certificate="ap-soon"),
        ),
        Fault(
            "revoked-certificate",
            "Accesspunktens certifikat är spärrat",
            "The access point's certificate is revoked",
            ("10",),
            "operator",
            Published(certificate="ap-revoked"),
        ),
        Fault(
            "wrong-environment",
            "Accesspunktens certifikat hör till en annan miljö",
            "The access point's certificate belongs to another environment",
            ("10",),
            "operator",
            Published(certificate="ap-other"),
        ),
    )


def _in_connections() -> tuple[Fault, ...]:
    return (
        Fault(
            "closed-port",
            "Accesspunktens port är stängd",
            "The access point's port is closed",
            ("11",),
            "operator",
            Published(endpoint_host=at.AP_HOST_CLOSED),
        ),
        Fault(
            "internal-endpoint",
            "Accesspunktens namn pekar på en privat adress",
            "The access point's name points to a private address",
            ("11",),
            "operator",
            Published(endpoint_host=at.AP_HOST_AT_PRIVATE_ADDRESS),
        ),
        Fault(
            "tls-1.0",
            "Accesspunkten tillåter TLS 1.0",
            "The access point accepts TLS 1.0",
            ("12",),
            "operator",
            Published(endpoint_host=at.AP_HOST_TLS_1_0),
        ),
        Fault(
            "tls-expired",
            "TLS-certifikatet har gått ut",
            "The TLS certificate has expired",
            ("12",),
            "operator",
            Published(endpoint_host=at.AP_HOST_TLS_EXPIRED),
        ),
        Fault(
            "tls-wrong-name",
            "TLS-certifikatet gäller ett annat namn",
            "The TLS certificate is for another name",
            ("12",),
            "operator",
            Published(endpoint_host=at.AP_HOST_WRONG_NAME),
        ),
        Fault(
            "missing-intermediate",
            "Servern skickar inte med utfärdarens certifikat",
            "The server leaves the issuer's certificate out",
            ("12",),
            "operator",
            Published(endpoint_host=at.AP_HOST_MISSING_INTERMEDIATE),
        ),
    )


FAULTS: tuple[Fault, ...] = (
    *_in_names(),
    *_in_smp_answers(),
    *_in_metadata(),
    *_in_certificates(),
    *_in_connections(),
)
NAMES: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in FAULTS})


def participants(shown: Fault | None) -> dict[str, Published]:
    """Every participant that is published; the healthy one shows `shown` when it is given."""
    published = {fault.participant: fault.published for fault in FAULTS}
    published[at.HEALTHY] = shown.published if shown else Published()
    return published
