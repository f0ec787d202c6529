"""Whoever sends half a request, or none, holds no thread of the web server."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.post_office import free_port

ROOT = Path(__file__).resolve().parents[2]
HANGS = 20  # seconds after which nobody is coming
SERVER = """
import sys
from gunicorn.app.base import BaseApplication
from training import server

server.WHOLE_WITHIN_S = server.A_PIECE_WITHIN_S = 2

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answered " + body]

class Small(BaseApplication):
    def load_config(self):
        for name, value in {
            "bind": f"127.0.0.1:{sys.argv[1]}", "workers": 1, "threads": 2,
            "worker_class": server.Server.worker, "loglevel": "critical", "graceful_timeout": 1,
            "when_ready": lambda _server: print("ready", flush=True),
        }.items():
            self.cfg.set(name, value)

    def load(self):
        return app

Small().run()
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield port
    process.terminate()
    process.wait(HANGS)
    process.stdout.close()


def send(port: int, words: bytes, until: ExitStack) -> socket.socket:
    sent = until.enter_context(socket.create_connection(("127.0.0.1", port), HANGS))
    sent.sendall(words)
    return sent


def all_of(sent: socket.socket) -> bytes:
    """Return what comes until the server closes; raises TimeoutError if it never does."""
    found = b""
    with suppress(ConnectionResetError):  # it was closed with half a request unread
        while piece := sent.recv(65_536):
            found += piece
    return found


WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HALF = WHOLE[:30]
LONG = b"GET / HTTP/1.1\r\nX: " + b"a" * 8_000 + (b"\r\nX: " + b"a" * 8_000) * 8
POST = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize("words", [b"", HALF, LONG, POST + b"12"])
def test_I16_many_who_send_nothing_whole_keep_nobody_waiting_for_ever(
    port: int, words: bytes
) -> None:
    with ExitStack() as until:
        slow = [send(port, words, until) for _ in range(8)]
        assert b"answered" in all_of(send(port, WHOLE, until))
        for one in slow:  # and each of them is let go
            assert b"answered" not in all_of(one)


def test_a_request_that_comes_in_two_pieces_is_answered(port: int) -> None:
    with ExitStack() as until:
        first = send(port, WHOLE[:20], until)
        assert b"answered" in all_of(send(port, WHOLE, until))
        first.sendall(WHOLE[20:])
        assert b"answered" in all_of(first)
        posted = send(port, POST + b"12", until)
        posted.sendall(b"345")
        assert b"answered 12345" in all_of(posted)


def test_one_connection_takes_one_request_after_the_other(port: int) -> None:
    asked = WHOLE.replace(b"Connection: close\r\n", b"")
    with ExitStack() as until:
        kept = send(port, asked, until)
        found = b""
        while b"answered" not in found:  # the head and the body may come apart
            found += kept.recv(65_536) or pytest.fail(f"the line was closed after {found!r}")
        kept.sendall(asked + WHOLE)
        assert all_of(kept).count(b"200 OK") == 2
