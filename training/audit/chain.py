"""The bytes of the chain: what is hashed, and how. These can never change."""

import hashlib
import hmac
import json
from collections.abc import Mapping

GENESIS = "0" * 64
DOMAIN = b"byp-event-1\n"


def canonical(body: Mapping[str, object]) -> str:
    """Return the body's canonical text: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def event_hash(prev_hash: str, body: str) -> str:
    """Return SHA-256 over the domain tag, the previous hash (64 hex digits) and the stored body."""
    return hashlib.sha256(DOMAIN + prev_hash.encode("ascii") + body.encode("utf-8")).hexdigest()


def commitment(salt: bytes, value: str) -> str:
    """Return HMAC-SHA-256(salt, value): binding, and mute once the salt is gone."""
    return hmac.new(salt, value.encode("utf-8"), hashlib.sha256).hexdigest()
