"""Static files: named by their content, kept by browsers for ever, compressed once a process.

Bootstrap's style sheet is served from the package that it comes in; nothing of it is here.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Flask, Response, request, url_for
from flask.typing import ResponseReturnValue

from training.rules.access import Action
from training.web import missing, requires

bp = Blueprint("statics", __name__)

HERE = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
PLAIN = {".woff2", ".png", ".webp"}  # packed already
WORTH_PACKING = 1_000


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file's bytes, also compressed, and the hash that stands in its address."""

    body: bytes
    packed: bytes | None
    mimetype: str
    tag: str


def _bootstrap() -> Path:
    spec = find_spec("flask_bootstrap")
    if spec is None or spec.origin is None:  # pragma: no cover - a dependency is always there
        raise ModuleNotFoundError("flask_bootstrap")
    return Path(spec.origin).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"


@cache
def _names() -> dict[str, Path]:
    own = {str(path.relative_to(HERE)): path for path in HERE.rglob("*") if path.is_file()}
    return {**own, "bootstrap.min.css": _bootstrap()}


@cache
def static_file(name: str) -> StaticFile | None:
    """Return the file of this name, read once a process; only names from the list exist."""
    path = _names().get(name)
    if path is None:
        return None
    body = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = None if path.suffix in PLAIN else gzip.compress(body, 9, mtime=0)
    return StaticFile(body, packed, mimetype, hashlib.sha256(body).hexdigest()[:12])


def asset(name: str) -> str:
    """Return a static file's address, its content's hash in it."""
    return _address(request.script_root, name)


@cache
def _address(_mounted_at: str, name: str) -> str:
    found = static_file(name)
    if found is None:
        raise FileNotFoundError(name)
    return url_for("statics.file", name=name, v=found.tag)


@bp.get("/static/<path:name>")
@requires(Action.STATIC_READ)
def file(name: str) -> ResponseReturnValue:
    """Serve a file of the list, compressed where the browser takes it."""
    found = static_file(name)
    if found is None:
        raise missing()
    packed = found.packed if request.accept_encodings["gzip"] else None
    response = Response(packed or found.body, mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOREVER
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def pack_pages(response: Response) -> Response:
    """Compress a page where the browser takes it and it is worth it."""
    if (
        response.mimetype == "text/html"
        and request.accept_encodings["gzip"]
        and "Content-Encoding" not in response.headers
        and not response.is_streamed
        and (response.content_length or 0) > WORTH_PACKING
    ):
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response


def register(app: Flask) -> None:
    """Serve the files and give the templates `asset`."""
    app.register_blueprint(bp)
    app.add_template_global(asset)
    app.after_request(pack_pages)
