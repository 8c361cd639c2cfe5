"""Faults on the way to the metadata: in the names of the SML zone and in the answers of the SMP."""

from portal.reference import addresses as at
from portal.reference.published import Fault, Published


def in_names() -> tuple[Fault, ...]:
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


def in_smp_answers() -> tuple[Fault, ...]:
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
