"""The certificate as a value: every fact that is printed, frozen when it was issued."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one person completed, where and when, as it was true on the day of issue.

    ``zone`` is the IANA zone in which ``completed_on`` is a day. ``next_refresher_on`` is the
    practice's own policy (HIPAA sets no period) and may be None. ``signatory`` is a printed line,
    "Privacy officer: Pat Moreno". ``romanised_name`` is printed only where the legal name can't
    be drawn. ``local_only`` says how ``base_url`` reads to a stranger; it is the one field that
    isn't signed. Raises ValueError for a blank name, a naive ``issued_at``, an address that is
    not http or https, or text that is not Unicode.
    """

    serial: str
    legal_name: str
    title: str
    practice: str
    completed_on: date
    zone: str
    next_refresher_on: date | None
    base_url: str
    course_digest: str
    issued_at: datetime
    key_id: str
    signatory: str
    local_only: bool = False
    romanised_name: str | None = None

    def __post_init__(self) -> None:
        if all(unicodedata.category(c) in UNSEEN for c in self.legal_name):
            msg = "a certificate needs a legal name"
            raise ValueError(msg)
        if self.issued_at.utcoffset() != timedelta(0):
            msg = "issued_at must be an instant in UTC"
            raise ValueError(msg)
        verify_url(self.base_url, self.serial)
        for text in (self.legal_name, self.title, self.practice, self.signatory):
            text.encode("utf-8")  # a lone surrogate can be neither signed nor printed
        (self.romanised_name or "").encode("utf-8")


def verify_url(base_url: str, serial: str) -> str:
    """Return the address where anybody may check the certificate.

    ``base_url`` is the practice's setting, never a request's Host header. Raises ValueError unless
    it is an http or https address with a host.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = f"not an http or https address: {base_url!r}"
        raise ValueError(msg)
    return f"{base_url.rstrip('/')}/verify/{serial}"
