"""A clamd on loopback that speaks INSTREAM as the real one does, and finds what it is told to find."""

import socketserver
import struct
import threading
from typing import Self


class Clamd:
    """Serves until left. `finds` is what it takes for malware; `takes` is the most bytes it accepts."""

    def __init__(self, finds: bytes = b"SKADLIG", takes: int = 100_000_000) -> None:
        self.finds, self.takes = finds, takes
        self.scanned: list[bytes] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                command = b""
                while not command.endswith(b"\0"):
                    command += self.rfile.read(1)
                if command == b"zVERSION\0":
                    self.wfile.write(b"ClamAV 1.4.2/27500/Mon Nov 23 09:00:00 2026\0")
                elif command == b"zINSTREAM\0":
                    self.wfile.write(outer.verdict(self.rfile.read) + b"\0")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def verdict(self, read: "object") -> bytes:
        body = b""
        while length := struct.unpack("!I", read(4))[0]:  # type: ignore[operator]
            body += read(length)  # type: ignore[operator]
            if len(body) > self.takes:
                return b"INSTREAM size limit exceeded. ERROR"
        self.scanned.append(body)
        return b"stream: Test.Skadlig FOUND" if self.finds in body else b"stream: OK"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
