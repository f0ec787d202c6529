"""Certificate numbers: 130 random bits that people can read out over a telephone.

Twenty-six symbols of Crockford's base 32 (no I, L, O, U) and one check symbol of the same
alphabet. Crockford's own check is modulo 37 and needs the symbols ``*~$=U``; here the symbols are
elements of the field GF(32) = GF(2)[x] / (x^5 + x^2 + 1), and the check makes
``sum(a**i * symbol[i]) == 0`` with a = x, the check symbol at i = 0 and the last data symbol at
i = 1. The 27 weights are distinct and none is zero (a has order 31), so that every wrong single
symbol and every swap of any two symbols is noticed.
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 130
SYMBOLS = BITS // 5
ENTROPY_BYTES = 17
LONGEST_INPUT = 200
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS = str.maketrans("OIL", "011")
_HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212_."


class InvalidSerial(ValueError):
    """The text is not a certificate number: ``str()`` says why, in words for the person."""


def new_serial(entropy: bytes | None = None) -> str:
    """Return a new certificate number, as ``XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XX``.

    ``entropy`` (17 bytes; the first 130 bits count) makes it repeatable; without it the bits come
    from the operating system. Raises ValueError when fewer bytes are given.
    """
    raw = secrets.token_bytes(ENTROPY_BYTES) if entropy is None else entropy
    if len(raw) < ENTROPY_BYTES:
        msg = f"a certificate number needs {ENTROPY_BYTES} bytes, got {len(raw)}"
        raise ValueError(msg)
    number = int.from_bytes(raw[:ENTROPY_BYTES], "big") >> (ENTROPY_BYTES * 8 - BITS)
    body = "".join(ALPHABET[number >> (5 * i) & 31] for i in reversed(range(SYMBOLS)))
    return _grouped(body + _check_symbol(body))


def parse_serial(text: str) -> str:
    """Return the certificate number in its one printed form.

    Forgives case, blanks, hyphens, O for 0, and I or L for 1. Raises InvalidSerial when it has
    another length, a symbol outside the alphabet, or a check symbol that does not fit.
    """
    if len(text) > LONGEST_INPUT:
        msg = "a certificate number has 27 letters and digits"
        raise InvalidSerial(msg)
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if _counts(c))
    symbols = kept.upper().translate(_READ_AS) if kept.isascii() else kept
    strange = next((c for c in symbols if c not in _VALUE), None)
    if strange is not None:
        msg = f"{strange!r} is in no certificate number"
        raise InvalidSerial(msg)
    if len(symbols) != SYMBOLS + 1:
        msg = f"a certificate number has 27 letters and digits, this has {len(symbols)}"
        raise InvalidSerial(msg)
    if _check_symbol(symbols[:-1]) != symbols[-1]:
        msg = "one of the letters or digits was mistyped"
        raise InvalidSerial(msg)
    return _grouped(symbols)


def _counts(char: str) -> bool:
    return not char.isspace() and char not in _HYPHENS and unicodedata.category(char) != "Cf"


def _grouped(symbols: str) -> str:
    return "-".join(symbols[i : i + 5] for i in range(0, len(symbols), 5))


def _check_symbol(body: str) -> str:
    """Horner's rule in GF(32): the sum of a**i * symbol, the last symbol weighing a**1."""
    total = 0
    for symbol in body:
        total = _times_a(total ^ _VALUE[symbol])
    return ALPHABET[total]


def _times_a(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled
