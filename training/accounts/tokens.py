"""Random things that grant something: made here, and kept as hashes only."""

import hashlib
import secrets

TYPED = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like another
SLIP_LENGTH = 19


def new_token() -> str:
    """Return 192 random bits for a URL or a cookie."""
    return secrets.token_urlsafe(24)


def new_slip_token() -> str:
    """Return 79 random bits for a printed link, in fours that can be typed from paper.

    It works once, for some days, and only here: guessing it takes longer than any of these.
    """
    letters = [secrets.choice(TYPED) for _ in range(16)]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))


def as_given(token: str) -> str:
    """Return a token as it was made: one from paper may be typed in capitals."""
    return token.lower() if len(token) == SLIP_LENGTH else token


def token_hash(token: str) -> str:
    """Return what the database keeps of a token; it is looked up by this, never compared."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
