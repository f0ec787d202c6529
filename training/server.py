"""The web server that `byp serve` runs: gunicorn, several processes of a few threads."""

import selectors
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from training.settings import Settings

THREADS = 4
AT_ONCE_S = 0.05  # a request that is there comes whole within this; a spare connection says nothing
WHOLE_WITHIN_S = 10
A_PIECE_WITHIN_S = 20  # of a body
LONGEST_HEAD = 65_536
ASIDE = object()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Threads that wait for nobody: one takes a request once its head is there.

    Browsers open connections to spare, and whoever means harm sends half a request: each would
    hold one of our few threads, and a dozen of them the whole app.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._aside: dict[Any, float] = {}  # connections, each with when its head must be there
        self._whole: set[Any] = set()  # were put aside, and wait for a thread
        self._reading: dict[Any, float] = {}  # each with when the next piece must be there

    def handle(self, conn: Any) -> Any:
        """Answer a request, or put a connection aside whose request is not there yet."""
        if conn not in self._whole and not _has_head(conn, AT_ONCE_S):
            self._aside[conn] = time.monotonic() + WHOLE_WITHIN_S
            return ASIDE
        self._whole.discard(conn)
        self._reading[conn] = time.monotonic() + WHOLE_WITHIN_S
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    def finish_request(self, conn: Any, future: Any) -> None:
        """Go on with a connection after its thread; one that was put aside stays open."""
        if future.cancelled() or future.exception() or future.result() is not ASIDE:
            super().finish_request(conn, future)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head was read; its body must come on, too."""
        self._reading.pop(conn, None)
        read = req.body.read

        def timely(*size: Any) -> Any:
            self._reading[conn] = time.monotonic() + A_PIECE_WITHIN_S
            try:
                return read(*size)
            finally:
                self._reading.pop(conn, None)

        req.body.read = timely
        return super().handle_request(req, conn)

    def murder_keepalived(self, *args: Any, **named: Any) -> None:
        """Look after connections, at least once a second: gunicorn's own, then ours."""
        super().murder_keepalived(*args, **named)
        now = time.monotonic()
        for conn, until in self._reading.copy().items():
            if now > until:
                with suppress(OSError):  # it has gone by itself
                    conn.sock.shutdown(socket.SHUT_RDWR)
        for conn, until in self._aside.copy().items():
            if _has_head(conn, 0):
                del self._aside[conn]
                self._whole.add(conn)
                self.enqueue_req(conn)
            elif now > until or not self.alive:
                del self._aside[conn]
                self.nr_conns -= 1
                conn.close()


def _has_head(conn: Any, wait_s: float) -> bool:
    """Tell whether the head of a request is there, or so much that the parser may judge it."""
    if conn.parser is not None and conn.parser.unreader.buf.getvalue():
        return True  # the beginning was read with the request before
    until = time.monotonic() + wait_s
    with selectors.DefaultSelector() as ready:
        ready.register(conn.sock, selectors.EVENT_READ)
        while True:
            if ready.select(max(0, until - time.monotonic())):
                try:
                    seen = conn.sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
                except OSError:
                    return True  # it has gone: the parser finds that out
                if not seen or b"\r\n\r\n" in seen or len(seen) == LONGEST_HEAD:
                    return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.01)  # what is there stays ready


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our settings; each worker builds its own app, after the fork."""

    worker = Worker

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": THREADS,
            "worker_class": self.worker,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "accesslog": None,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "forwarded_allow_ips": "",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app in a worker."""
        from training.factory import create_app

        return create_app()
