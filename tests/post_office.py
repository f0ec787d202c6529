"""A real mail server for the tests, that accepts, defers, refuses or hangs as it is told."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

CUT, HANG = "cut the line", "say nothing"  # answers that are none


class PostOffice:
    """What came in, and how the server answers each letter (None: it takes it)."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.answer: Callable[[str, int], str | None] = lambda _to, _n: None
        self.asked = 0
        self.hang_s = 0.0
        self.url = ""  # while it is open

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self.asked += 1
        if self.hang_s:
            await asyncio.sleep(self.hang_s)
        refusal = self.answer(envelope.rcpt_tos[0], self.asked)
        if refusal in (CUT, HANG):
            if refusal == CUT:
                server.transport.abort()
            await asyncio.sleep(60)  # ends when the line does
        self.note(envelope, refusal)
        return refusal or "250 OK"

    def note(self, envelope: Any, refusal: str | None) -> None:
        """Keep what was taken."""
        if refusal is None:
            self.letters.append(message_from_bytes(envelope.content))

    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    def to(self) -> list[str]:
        return sorted(str(letter["To"]) for letter in self.letters)


@contextmanager
def open_post_office(office: PostOffice | None = None) -> Iterator[PostOffice]:
    """Run the server on a free port of this machine, and yield it."""
    office = office or PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=0)
    controller.port = free_port()
    controller.start()
    try:
        office.url = f"smtp://127.0.0.1:{controller.port}"
        yield office
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
