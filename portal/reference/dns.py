"""The reference organisation's name service: NAPTR records of the SML zone and addresses of its hosts, over UDP."""

import logging
import socket
import threading
from collections.abc import Callable, Mapping

from dnslib import NAPTR, QTYPE, RCODE, RR, SOA, A, DNSError, DNSRecord

from portal.reference import addresses as at
from portal.reference.published import Published

log = logging.getLogger(__name__)
TTL = 60
LONGEST_QUESTION = 4096


class NameService:
    """Answers on a bound UDP socket until it is closed; `smp_port` goes into the address of the SMP."""

    def __init__(self, bound: socket.socket, participants: Mapping[str, Published], smp_port: int) -> None:
        self._socket = bound
        self._smp_port = smp_port
        self._published = {at.bdxl_name(name): published for name, published in participants.items()}

    def start(self) -> Callable[[], None]:
        """Answers in a thread; the returned function stops it."""
        stopping = threading.Event()
        self._socket.settimeout(0.2)
        thread = threading.Thread(target=self._serve, args=(stopping,), name="reference-dns", daemon=True)
        thread.start()

        def stop() -> None:
            stopping.set()
            thread.join()
            self._socket.close()

        return stop

    def _serve(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                question, sender = self._socket.recvfrom(LONGEST_QUESTION)
                answer = self.answer(question)
                if answer is not None:
                    self._socket.sendto(answer, sender)
            except TimeoutError:
                continue
            except OSError as problem:
                log.debug("a question was lost: %s", problem)

    def answer(self, packet: bytes) -> bytes | None:
        """The answer to one packet; None when nothing is to be sent, as for what is no question at all."""
        try:
            question = DNSRecord.parse(packet)
            if question.header.qr or len(question.questions) != 1:
                return None
            answer = self._reply(question)
            return answer.pack() if answer else None
        except (DNSError, ValueError, IndexError, UnicodeError) as problem:
            log.debug("not a question: %s", problem)
            return None

    def _reply(self, question: DNSRecord) -> DNSRecord | None:
        name = str(question.q.qname).rstrip(".").lower()
        published, address = self._published.get(name), at.HOSTS.get(name)
        reply = question.reply(aa=1, ra=1)
        if published and published.dns == "silent":
            return None
        if published and published.dns == "servfail":
            reply.header.rcode = RCODE.SERVFAIL
        elif published and published.dns == "naptr":
            self._add(reply, question, "NAPTR", self._naptr(published))
        elif address:
            self._add(reply, question, "A", A(address))
        else:
            reply.header.rcode = RCODE.NXDOMAIN
            reply.add_auth(_authority())
        return reply

    @staticmethod
    def _add(reply: DNSRecord, question: DNSRecord, kind: str, data: object) -> None:
        if question.q.qtype in (getattr(QTYPE, kind), QTYPE.ANY):
            reply.add_answer(RR(question.q.qname, getattr(QTYPE, kind), rdata=data, ttl=TTL))
        else:
            reply.add_auth(_authority())

    def _naptr(self, published: Published) -> NAPTR:
        regexp = published.regexp.format(url=f"http://{published.smp_host}:{self._smp_port}")
        return NAPTR(
            order=100,
            preference=10,
            flags=b"U",
            service=published.service.encode(),
            regexp=regexp.encode(),
            replacement=".",
        )


def _authority() -> RR:
    times = (1, 3600, 600, 86400, TTL)
    data = SOA(f"ns.{at.DOMAIN}", f"hostmaster.{at.DOMAIN}", times)
    return RR(at.DOMAIN, QTYPE.SOA, rdata=data, ttl=TTL)
