"""Addresses of rows and of pages with a query; and which address may be gone on to."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException

A_ROW = 999_999_999  # stands in an address for the number that a row puts there


def each_row(endpoint: str, name: str) -> Callable[[int], str]:
    """Return how the address of each row of a list is made: the router is asked once."""
    values: dict[str, Any] = {name: A_ROW}
    before, _row, behind = url_for(endpoint, **values).partition(str(A_ROW))
    return lambda id_: f"{before}{id_}{behind}"


def with_query(path: str, **values: str) -> str:
    """Return the path with these query values."""
    return f"{path}?{urlencode(values)}"


def safe_next(path: str | None) -> str:
    """Return a path on this site to go to, or `/`: never another site."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return "/"
    if "\\" in path or any(ord(c) < 33 or ord(c) == 127 for c in path) or len(path) > 512:
        return "/"
    parts = urlsplit(path)
    if parts.scheme or parts.netloc:
        return "/"
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except (HTTPException, ValueError):
        return "/"
    return path
