"""The reference organisation's SMP over HTTP: one service group and two metadata documents per participant."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import unquote

from portal.reference.addresses import PARTICIPANT_SCHEME
from portal.reference.http_server import Handler, Server
from portal.reference.metadata import DOCUMENT_SCHEME, MESSAGE, RECEIPT, Documents
from portal.reference.pki import today
from portal.reference.published import Published

log = logging.getLogger(__name__)

XML = "text/xml;charset=UTF-8"
HUGE = 8 * 1024 * 1024
DRIP_SECONDS = 0.4
LONGEST_SILENCE = 120.0


class SmpServer(Server):
    """Knows who is published and how; set by `publish` before it starts."""

    participants: Mapping[str, Published]
    documents: Documents

    def __init__(self, port: int) -> None:
        super().__init__(port, _Question)

    def publish(self, participants: Mapping[str, Published], documents: Documents) -> None:
        self.participants = {name.lower(): published for name, published in participants.items()}
        self.documents = documents


class _Question(Handler):
    server: SmpServer

    def do_GET(self) -> None:
        segments = [unquote(part) for part in self.path.partition("?")[0].split("/")[1:]]
        participant = _value(segments[0], PARTICIPANT_SCHEME) if segments else ""
        published = self.server.participants.get(participant)
        if published is None:
            return self._unknown()
        return self._ways()[published.smp](participant, published, segments[1:])

    def _ways(self) -> Mapping[str, Callable[[str, Published, list[str]], None]]:
        return {
            "answers": self._answer,
            "unknown": lambda *_asked: self._unknown(),
            "error": lambda *_asked: self._plain(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error"),
            "silent": lambda *_asked: self._keep_silent(),
            "drip": lambda *_asked: self._drip(),
            "huge": lambda *_asked: self._huge(),
            "redirect": lambda *_asked: self._redirect(),
        }

    def _answer(self, participant: str, published: Published, rest: list[str]) -> None:
        documents = self.server.documents
        types = (MESSAGE, RECEIPT) if published.receipt_type else (MESSAGE,)
        if not rest or rest == [""]:
            return self.send(HTTPStatus.OK, XML, documents.group(participant, published))
        asked = _value(rest[1], DOCUMENT_SCHEME, fold=False) if len(rest) == 2 else ""
        if rest[0] != "services" or asked not in types:
            return self._unknown()
        body = documents.metadata(participant, asked, published, today())
        return self.send(HTTPStatus.OK, XML, body)

    def _unknown(self) -> None:
        self._plain(HTTPStatus.NOT_FOUND, "Not found")

    def _plain(self, status: HTTPStatus, text: str) -> None:
        self.send(status, "text/plain", text.encode())

    def _redirect(self) -> None:
        place = {"Location": "http://169.254.169.254/latest/meta-data/"}
        self.send(HTTPStatus.FOUND, "text/plain", b"", place)

    def _keep_silent(self) -> None:
        self.server.stopping.wait(LONGEST_SILENCE)
        self.close_connection = True

    def _drip(self) -> None:
        """A service group that never ends, one space at a time."""
        self._begin(HUGE)
        while not self.server.stopping.wait(DRIP_SECONDS):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _huge(self) -> None:
        self._begin(HUGE)
        piece = b"<ServiceMetadataReference/>" * 1024
        for _ in range(HUGE // len(piece)):
            self.wfile.write(piece)

    def _begin(self, length: int) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", XML)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<ServiceGroup>')


def _value(segment: str, scheme: str, *, fold: bool = True) -> str:
    """The identifier in a path segment `scheme::value`; empty when it is of another scheme."""
    found, _, value = segment.partition("::")
    if found.lower() != scheme:
        return ""
    return value.lower() if fold else value
