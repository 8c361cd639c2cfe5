"""A small HTTP server on loopback that no caller can bring down: errors are logged and the connection is closed."""

import http.server
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus

from portal.reference.addresses import LOOPBACK

log = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds that a silent caller may hold a connection


class Server(http.server.ThreadingHTTPServer):
    """Bound when made; calls wait until `start`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, handler: type["Handler"]) -> None:
        self.stopping = threading.Event()
        super().__init__((LOOPBACK, port), handler)

    def start(self, name: str) -> Callable[[], None]:
        """Serves in a thread; the returned function stops it."""
        thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.2}, name=name, daemon=True
        )
        thread.start()

        def stop() -> None:
            self.stopping.set()
            self.shutdown()
            thread.join()
            self.socket.close()

        return stop

    def server_bind(self) -> None:
        # The parent would look the host's name up, which may wait for a resolver that is out of reach.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, _request: object, _client: object) -> None:
        log.debug("a call was dropped", exc_info=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers in HTTP 1.1 with a stated length and keeps quiet about it."""

    protocol_version = "HTTP/1.1"
    server_version = "Referensorganisationen"
    sys_version = ""
    timeout = PATIENCE

    def send(self, status: HTTPStatus, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, template: str, *values: object) -> None:
        log.debug(template, *values)
