"""Faults of the access point: in what is published of it, in its certificate and in its connections."""

from portal.reference import addresses as at
from portal.reference.published import Fault, Published


def in_metadata() -> tuple[Fault, ...]:
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


def in_certificates() -> tuple[Fault, ...]:
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


def in_connections() -> tuple[Fault, ...]:
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
