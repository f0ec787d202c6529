"""Ed25519 over a certificate's canonical bytes: anyone with the public key can check, offline.

The form of the bytes is kept for ever by a golden file in the tests: a certificate signed today
must verify in ten years.
"""

import base64
import hashlib
import json
from dataclasses import fields
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.certificate import Certificate

PREFIX = b"byp-certificate-1\n"
# How the address reads to a stranger follows from where the app runs, not from what was learnt.
UNSIGNED = frozenset({"local_only"})


class WrongKey(ValueError):
    """The certificate names another key than the one that was asked to sign it."""


def canonical_bytes(certificate: Certificate) -> bytes:
    """Return the bytes that are signed: ``byp-certificate-1``, a newline, canonical JSON.

    The JSON holds every field but ``local_only``, sorted by name, in UTF-8, with no blanks; days
    as YYYY-MM-DD, instants in UTC with six decimals and Z.
    """
    signed = {
        field.name: _plain(getattr(certificate, field.name))
        for field in fields(certificate)
        if field.name not in UNSIGNED
    }
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return PREFIX + text.encode("utf-8")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return value


class SigningKey:
    """The practice's private key for certificates."""

    __slots__ = ("_private", "key_id", "public_bytes")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_bytes = private.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_bytes)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, raw: bytes) -> "SigningKey":
        """Take up a key from its 32 secret bytes; raises ValueError for any other length."""
        return cls(Ed25519PrivateKey.from_private_bytes(raw))

    def to_bytes(self) -> bytes:
        """Return the 32 secret bytes, for a file that only the server may read."""
        return self._private.private_bytes_raw()

    def sign(self, certificate: Certificate) -> str:
        """Return the signature as 86 characters of unpadded base64url.

        Raises WrongKey unless the certificate names this key: a signature that no verifier could
        match to a key would be worth nothing.
        """
        if certificate.key_id != self.key_id:
            msg = f"the certificate names key {certificate.key_id}, this is {self.key_id}"
            raise WrongKey(msg)
        return _encode(self._private.sign(canonical_bytes(certificate)))

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"


def key_id_of(public_bytes: bytes) -> str:
    """Return the name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_bytes).hexdigest()[:16]


def verify(certificate: Certificate, signature: str, public_bytes: bytes) -> bool:
    """Return whether ``signature`` is this key's over exactly these facts.

    False, never an exception, for a signature or a key that is malformed. One signature has one
    spelling: base64's spare bits must be zero.
    """
    try:
        raw = base64.urlsafe_b64decode(f"{signature}==".encode("ascii"))
        public = Ed25519PublicKey.from_public_bytes(public_bytes)
        public.verify(raw, canonical_bytes(certificate))
    except (InvalidSignature, ValueError):
        return False
    return _encode(raw) == signature and certificate.key_id == key_id_of(public_bytes)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
