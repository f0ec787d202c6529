"""The version of a document: SHA-256 over its canonical JSON."""

import hashlib
import json
from collections.abc import Mapping


def canonical(document: Mapping[str, object]) -> str:
    """Return canonical JSON: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
