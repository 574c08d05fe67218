"""A clamd of the tests: it speaks INSTREAM, and finds EICAR's test signature."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

# Never written in one piece: antivirus programs would take this file for a virus.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"


class _Handler(socketserver.StreamRequestHandler):
    limit = 1 << 20
    answer: bytes | None = None

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.limit:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(found if self.answer is None else self.answer)


@contextlib.contextmanager
def clamd(socket_path: Path | None = None, answer: bytes | None = None) -> Iterator[str]:
    """The address of a running server, which answers ``answer`` in place of the truth where it is given."""
    handler = type("Handler", (_Handler,), {"answer": answer})
    server: socketserver.BaseServer
    if socket_path:
        server = socketserver.ThreadingUnixStreamServer(str(socket_path), handler)
        address = str(socket_path)
    else:
        tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server, address = tcp, f"127.0.0.1:{tcp.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
