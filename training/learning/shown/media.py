"""Addresses of drawings: by the digest of the version that they belong to."""

from typing import Any

from flask import url_for


def media_url(digest: str, file: str) -> str:
    """Return where a drawing of this content version is served."""
    name = file.removeprefix("media/")
    return url_for("learning.media", digest=digest, name=name)


def picture_of(picture: Any, digest: str) -> dict[str, Any] | None:
    """Return source and alternative text of a picture, if there is one."""
    if picture is None:
        return None
    return {"src": media_url(digest, picture.file), "alt": picture.alt}
