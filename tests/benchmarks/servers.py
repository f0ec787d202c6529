"""Two servers of the same kind on free ports: ours and the bare one."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.post_office import free_port


@contextmanager
def serving(app: str, environ: dict[str, str]) -> Iterator[int]:
    """Run an app under gunicorn as `byp serve` does, one worker of four threads."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--workers=1",
            "--threads=4",
            "--worker-class=gthread",
            "--log-level=error",
            f"--bind=127.0.0.1:{port}",
            app,
        ],
        env={**os.environ, **environ},
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return
    raise TimeoutError(f"nothing answers on port {port}")


class Browser:
    """One kept connection with its cookies."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies = dict(cookies or {})

    def close(self) -> None:
        self._connection.close()

    def send(self, verb: str, path: str, body: str = "") -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if verb == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(verb, path, body or None, headers)
        try:
            reply = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle while the other had its turn
            self._connection.close()
            self._connection.request(verb, path, body or None, headers)
            reply = self._connection.getresponse()
        found = reply.read()
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return reply.status, found
