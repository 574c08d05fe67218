"""A wire that can be cut: everything between the portal and one server passes through it."""

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Literal

Mode = Literal["pass", "refuse", "hang", "reset"]
CHUNK = 65536
NO_LINGER = struct.pack("ii", 1, 0)  # close() then sends RST


class Wire:
    """A port of the loopback that leads to ``target``, unless its ``mode`` says otherwise.

    « refuse »: nobody listens. « hang »: connections are taken, and not a byte comes through, on older ones
    neither. « reset »: every connection is cut at once.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._mode: Mode = "pass"
        self._passing = threading.Event()
        self._passing.set()
        self._over = False
        self._listener: socket.socket | None = None
        self.port = self._listen(0)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._passing.set()
        self._close_listener()
        self._cut()

    def switch(self, mode: Mode) -> None:
        """Behave like ``mode`` from now on, for connections that are open too."""
        self._mode = mode
        if mode == "refuse":
            self._close_listener()
        elif self._listener is None:
            self._listen(self.port)
        if mode == "hang":
            self._passing.clear()
            return
        self._passing.set()
        if mode in ("refuse", "reset"):
            self._cut()

    def _listen(self, port: int) -> int:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return int(listener.getsockname()[1])

    def _close_listener(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        if self._mode == "reset":
            _reset(client)
            return
        self._passing.wait()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            _reset(client)
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(CHUNK):
                self._passing.wait()
                sink.sendall(content)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        with self._lock:
            self._open.discard(source)

    def _cut(self) -> None:
        with self._lock:
            cut, self._open = self._open, set()
        for end in cut:
            _reset(end)


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        end.shutdown(socket.SHUT_RDWR)
        end.close()
