"""The trail from participant to access point: each step is fetched once per run, when a check first needs it.

Checks judge the same bytes, also when they run side by side, and a run that is resumed fetches again what it needs.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cryptography import x509

from portal.egress import Egress
from portal.outside import Answer, EgressError, NaptrAnswer
from portal.verification import bdxl, signature, smp, xml
from portal.verification.model import Target
from portal.verification.pack import Pack

SMP_SECONDS = 4.0
KINDS = ("message", "receipt")
T = TypeVar("T")


class Lost(Exception):
    """A step that an earlier check has found in order is not there any more."""


LOST = (Lost, EgressError, xml.XmlFault, smp.SmpFault, signature.FormFault, signature.WrongSignature)


@dataclass(frozen=True)
class Place:
    """Where an access point is to be reached."""

    host: str
    port: int


class Trail:
    """The steps of one run against one target."""

    def __init__(self, target: Target, pack: Pack, egress: Egress, clock: Callable[[], datetime]) -> None:
        self.target = target
        self.pack = pack
        self.egress = egress
        self.clock = clock
        self._known: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def participant(self) -> smp.Identifier:
        return smp.Identifier(self.pack.identifiers.participant_scheme, self.target.participant)

    def document(self, kind: str) -> str:
        """The document identifier of `message` or `receipt` with its scheme."""
        names = self.pack.identifiers
        return f"{names.document_scheme}::{names.documents[kind]}"

    def name(self) -> str:
        """The name that the participant's NAPTR record stands under."""
        return bdxl.name(self.target.participant, self.participant.scheme, self.pack.zone)

    def naptr(self) -> NaptrAnswer:
        return self._once("naptr", lambda: self.egress.naptr(self.name()))

    def base(self) -> str:
        """The address of the SMP, from the first record that fits. Raises Lost when none does."""
        for record in self.naptr().records:
            found = bdxl.url(record)
            if (
                found
                and record.flags.upper() == "U"
                and record.service == self.pack.identifiers.naptr_service
            ):
                return found
        raise Lost("naptr")

    def group_answer(self) -> Answer:
        return self._once("group", lambda: self.fetch(smp.group_url(self.base(), self.participant)))

    def group(self) -> smp.ServiceGroup:
        """The service group, whoever it is about."""
        return self._once("parsed", lambda: smp.service_group(xml.parse(self.group_answer().body)))

    def documents(self) -> dict[str, str]:
        """The address of each document identifier that is published below the SMP's own address."""
        found: dict[str, str] = {}
        for reference in self.group().references:
            document = smp.document_of(reference, self.base(), self.participant)
            if document is not None:
                found.setdefault(document, reference)
        return found

    def kinds(self) -> list[str]:
        """Which of the two document types are published."""
        documents = self.documents()
        return [kind for kind in KINDS if self.document(kind) in documents]

    def metadata_answer(self, kind: str) -> Answer:
        return self._once(f"answer {kind}", lambda: self.fetch(self.documents()[self.document(kind)]))

    def signed(self, kind: str) -> tuple[Any, x509.Certificate]:
        """The signed metadata and the certificate it verifies with."""

        def verified() -> tuple[Any, x509.Certificate]:
            answer = self.metadata_answer(kind)
            if answer.status != 200:
                raise Lost("metadata")
            root = xml.parse(answer.body)
            return root, signature.verify(root)

        return self._once(f"signed {kind}", verified)

    def metadata(self, kind: str) -> smp.Metadata:
        """What is published, read only from metadata whose signature holds."""
        return self._once(f"metadata {kind}", lambda: smp.metadata(self.signed(kind)[0]))

    def endpoint(self, kind: str) -> smp.Endpoint:
        """The endpoint of the environment's process and transport profile, if the metadata is the participant's.

        This is the permission to open a connection (CFG-04): the address is published in the SMP, under a
        signature that holds, for the participant that is verified. Raises Lost otherwise.
        """
        found = self.metadata(kind)
        if not self.same_participant(found.participant):
            raise Lost("participant")
        for process in found.processes:
            if process.identifier == self.process():
                for endpoint in process.endpoints:
                    if endpoint.transport_profile in self.pack.identifiers.transport_profiles:
                        return endpoint
        raise Lost("endpoint")

    def endpoints(self) -> list[smp.Endpoint]:
        """The endpoint of every document type that is published."""
        found = [self.endpoint(kind) for kind in self.kinds()]
        if not found:
            raise Lost("endpoint")
        return found

    def places(self) -> list[Place]:
        """Where to reach the access point, each place once."""
        places: list[Place] = []
        for endpoint in self.endpoints():
            parts = urlsplit(endpoint.uri)
            place = Place(parts.hostname or "", parts.port or 443)
            if place not in places:
                places.append(place)
        return places

    def process(self) -> smp.Identifier:
        return smp.Identifier(self.pack.identifiers.process_scheme, self.pack.identifiers.process)

    def same_participant(self, found: smp.Identifier) -> bool:
        """Identifiers are compared without regard to case (OASIS SMP 1.0, clause 2.1)."""
        return str(found).lower() == str(self.participant).lower()

    def fetch(self, url: str) -> Answer:
        """What the SMP answers at an address."""
        return self.egress.get(
            url, max_bytes=xml.SMP_BYTES, seconds=SMP_SECONDS, trust=self.pack.anchors.get("tls", ())
        )

    def _once(self, step: str, fetch: Callable[[], T]) -> T:
        """The value of a step; a failure is not remembered, so that another attempt may go better."""
        with self._lock:
            lock = self._locks.setdefault(step, threading.Lock())
        with lock:
            if step not in self._known:
                self._known[step] = fetch()
            found: T = self._known[step]
            return found
