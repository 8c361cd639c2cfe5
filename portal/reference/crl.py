"""The revocation lists over HTTP, `/<place>.crl`, signed when they are asked for and so always fresh."""

from http import HTTPStatus

from portal.reference.http_server import Handler, Server
from portal.reference.pki import Pki, revocation_list, today
from portal.reference.recipes import REVOCATION


class CrlServer(Server):
    """Set `pki` before it starts."""

    pki: Pki

    def __init__(self, port: int) -> None:
        super().__init__(port, _Question)


class _Question(Handler):
    server: CrlServer

    def do_GET(self) -> None:
        place = self.path.removeprefix("/").removesuffix(".crl")
        if place not in REVOCATION or self.path != f"/{place}.crl":
            return self.send(HTTPStatus.NOT_FOUND, "text/plain", b"Not found")
        body = revocation_list(self.server.pki, place, today())
        return self.send(HTTPStatus.OK, "application/pkix-crl", body)
