"""Passwords: one hash, one door, and no more hashes at once than there are cores."""

import os
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's floor for argon2id: m = 19 MiB, t = 2, p = 1.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_cores = threading.BoundedSemaphore(os.cpu_count() or 1)

MIN_LENGTH = 15  # NIST SP 800-63B: 15 where the password is the only factor
MAX_LENGTH = 128
MAX_BYTES = 1024

# A hash of nothing that anybody has: an unknown address costs as long as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")

_PLAIN = ("password", "qwertyuiop", "1234567890", "beforeyoupost", "letmein", "welcome", "hospital")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password that `fault_of` found nothing wrong with."""
    with _cores:
        return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password fits; without a hash it takes as long and says no."""
    if len(password.encode("utf-8", "replace")) > MAX_BYTES:
        return False
    with _cores:
        try:
            _hasher.verify(password_hash or _NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the hash was made with older, weaker settings."""
    return _hasher.check_needs_rehash(password_hash)


def fault_of(password: str, context: tuple[str, ...] = ()) -> str | None:
    """Return what is wrong with a new password, in words, or None."""
    length = len(_normal(password))
    if length < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters: four or five plain words do well."
    if length > MAX_LENGTH or len(password.encode("utf-8", "replace")) > MAX_BYTES:
        return f"Use at most {MAX_LENGTH} characters."
    folded = password.casefold()
    if len(set(folded)) < 5:
        return "Use more than a few different characters."
    if any(_mostly(word, folded) for word in (*_PLAIN, *context) if len(word) > 3):
        return "That is too easy to guess: it is mostly a common word or your own name."
    return None


def _mostly(word: str, folded: str) -> bool:
    rest = folded.replace(word.casefold(), "")
    return len(rest) < len(folded) and len(rest) < 8
