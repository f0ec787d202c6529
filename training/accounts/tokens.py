"""Random things that grant something: made here, and kept as hashes only."""

import hashlib
import secrets


def new_token() -> str:
    """Return 192 random bits for a URL or a cookie."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """Return what the database keeps of a token; it is looked up by this, never compared."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
