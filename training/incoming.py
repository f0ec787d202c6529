"""What is asked of every request before its page is: whence, how large, what is in its form."""

import re
import secrets
from hashlib import sha256
from io import RawIOBase
from typing import IO, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, request
from typing_extensions import override

from training.web import app, may_send, told

MOST_FIELDS = 1_000
DIGESTED_LIMIT = 20_000_000  # bytes of a file of which only the fingerprint stays
DIGESTED_BODY = 50_000_000  # read to the end, so that the page can tell at its field
TOO_LARGE = "A scan or photo may have at most 20 MB, so nothing was taken and nothing changed."
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # no tab, no line end


class DigestedFile(RawIOBase):
    """A file on its way in, of which nothing stays but its SHA-256 and its length."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what came."""
        return self._hash.hexdigest()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, data: Any) -> int:
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    @override
    def seek(self, *_where: int) -> int:
        """There is nothing to go back to: who reads the form wants to, and need not."""
        return 0


class FormRequest(Request):
    """A request whose files may be digested as they come, and never lie in memory or on disk."""

    digests_files = False

    @override
    def _get_file_stream(self, *args: Any, **named: Any) -> IO[bytes]:
        if self.digests_files:
            return cast("IO[bytes]", DigestedFile())
        return super()._get_file_stream(*args, **named)


def _number_request() -> None:
    given = request.headers.get("X-Request-ID", "")
    plain = given.isascii() and given.replace("-", "").isalnum() and len(given) <= 64
    g.request_id = given if plain else secrets.token_hex(8)


def _limit_body() -> None:
    """Let a route that takes files take larger ones from whoever may use it at all.

    This is before anything reads the form: from everybody else no more is read than elsewhere.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    limit = getattr(view, "body_limit", None)
    digests = getattr(view, "digests_files", False)
    cast("FormRequest", request).digests_files = digests
    if limit and may_send(vars(view)["action"]):
        request.max_content_length = limit
        if not digests:  # else only the file may be large
            request.max_form_memory_size = limit
        elif (request.content_length or 0) > limit:
            raise told(413, TOO_LARGE)


def _refuse_foreign_posts() -> None:
    """Refuse another site's form before the page that offers a stale form again could show it."""
    if request.method == "POST" and _from_another_site():
        raise told(400, "This form was sent from another site, so it was not taken.")


def _from_another_site() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site:
        return site in {"cross-site", "same-site"}
    if origin is None:
        return False
    # Over plain http, and in older browsers, the origin is all that is said.
    mine = {request.host, urlsplit(app().settings.public_url).netloc}
    return origin.partition("://")[2] not in mine


def _refuse_odd_forms() -> None:
    if sum(map(len, request.form.listvalues())) > MOST_FIELDS:
        raise told(413, "There are more fields in the form than any page of ours has.")
    for name, values in request.form.lists():
        for value in (name, *values):
            if UNSTORABLE.search(value):
                raise told(422, "There is a character in the form that can't be stored.")


def register(flask_app: Flask) -> None:
    """Hang these on the app, before what reads the form."""
    flask_app.request_class = FormRequest
    for ask in (_number_request, _limit_body, _refuse_foreign_posts, _refuse_odd_forms):
        flask_app.before_request(ask)
