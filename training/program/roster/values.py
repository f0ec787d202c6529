"""Cells to values: names, dates, status words; each says what is wrong with it in words."""

import re
import unicodedata
from datetime import date, datetime, timedelta

EXCEL_DAY_ONE = date(1899, 12, 30)
SENTINELS = {date(9999, 12, 31), date(2999, 12, 31), date(1900, 1, 1), date(2099, 12, 31)}
LONGEST_NAME = 120

STATUS = {
    "active": {"active", "a", "act", "current", "employed", "full time", "part time", "per diem",
               "fulltime", "parttime", "regular", "1", "yes"},
    "leave": {"leave", "l", "loa", "on leave", "fmla", "furlough", "leave of absence"},
    "left": {"left", "t", "term", "terminated", "inactive", "separated", "resigned", "retired",
             "deceased", "termed"},
}  # fmt: skip
_STATUS_OF = {word: status for status, words in STATUS.items() for word in words}

WORKER_TYPES = {
    "employee": {"", "employee", "emp", "full time", "part time", "per diem", "regular", "staff"},
    "student": {"student", "trainee", "intern", "resident"},
    "agency": {"agency", "traveler", "traveller", "temp", "temporary", "contingent"},
    "volunteer": {"volunteer"},
    "contractor": {"contractor", "vendor", "consultant"},
}
_TYPE_OF = {word: kind for kind, words in WORKER_TYPES.items() for word in words}

SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "md", "do", "rn", "np", "pa", "phd", "dds", "dmd", "bsn",
            "msn", "lpn", "cna", "pharmd", "mba", "esq"}  # fmt: skip
SOFT = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class BadValue(ValueError):
    """A cell can't be used; the text says what is wrong, `mend` how to put it right."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def clean(cell: str) -> str:
    """Return a cell as text: blanks folded, soft marks gone, `="00123"` unwrapped.

    Raises BadValue for control characters and for those that turn the reading direction.
    """
    text = cell.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    text = re.sub(r"[\r\n\t\u00a0 ]+", " ", text.translate(SOFT)).strip()
    for char in text:
        if char in BIDI or (unicodedata.category(char) in {"Cc", "Cs"}):
            raise BadValue("there is a hidden control character", "type the cell again")
    return unicodedata.normalize("NFC", text)


def name_of(text: str) -> tuple[str, bool]:
    """Return a name, "Last, First" turned round, and whether it was. Raises BadValue."""
    turned = False
    head, comma, tail = text.partition(",")
    if comma and "," not in tail and tail.strip():
        words = {word.strip(".").casefold() for word in tail.split()}
        if not words & SUFFIXES:
            text, turned = f"{tail.strip()} {head.strip()}", True
    if not text:
        raise BadValue("the name is empty", "write the legal name")
    if len(text) > LONGEST_NAME:
        raise BadValue(f"the name is longer than {LONGEST_NAME} characters", "shorten it")
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise BadValue(f"'{text}' is no name", "write the legal name")
    return text, turned


def status_of(text: str) -> str:
    """Return active, leave or left. Raises BadValue for a word that is not known."""
    plain = re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()
    if not plain:
        return "active"
    found = _STATUS_OF.get(plain) or _STATUS_OF.get(plain.replace(" ", ""))
    if found is None:
        raise BadValue(
            f"the status '{text}' is not known", "write active, leave or terminated instead"
        )
    return found


def worker_type_of(text: str) -> str:
    """Return the kind of work; what is not known is kept as the list says it."""
    plain = re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()
    return _TYPE_OF.get(plain, plain)


def email_of(text: str) -> str | None:
    """Return a mail address or None. Raises BadValue for what is none."""
    if not text:
        return None
    if len(text) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise BadValue(f"'{text[:60]}' is no mail address", "mend it or leave it out")
    return text


_FORMATS = (
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$"), "ymd"),
    (re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})(?:[T ].*)?$"), "ymd"),
    (re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$"), "dmy"),
    (re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?: .*)?$"), "mdy"),
)
_WORDED = ("%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y")


def date_of(text: str, *, day_first: bool = False) -> date | None:
    """Return a date, None for an empty cell or a sentinel. Raises BadValue."""
    if not text or text in {"-", "0", "N/A", "n/a", "NULL", "null"}:
        return None
    found = _numeric(text, day_first=day_first) or _worded(text) or _serial(text)
    if found is None:
        raise BadValue(f"'{text[:40]}' is no date", "write it as 2026-11-24")
    return None if found in SENTINELS else found


def _numeric(text: str, *, day_first: bool) -> date | None:
    for pattern, order in _FORMATS:
        match = pattern.match(text)
        if match is None:
            continue
        numbers = {
            key: int(part)
            for key, part in zip(_order(order, day_first), match.groups(), strict=True)
        }
        year = _century(numbers["y"])
        try:
            return date(year, numbers["m"], numbers["d"])
        except ValueError:
            raise BadValue(f"there is no day {text}", "write it as 2026-11-24") from None
    return None


def _order(order: str, day_first: bool) -> str:  # noqa: FBT001 - one question of one column
    return "dmy" if order == "mdy" and day_first else order


def _century(year: int) -> int:
    if year > 99:
        return year
    return 1900 + year if year >= 70 else 2000 + year


def _worded(text: str) -> date | None:
    for pattern in _WORDED:
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found.replace(year=_century(found.year % 100)) if "%y" in pattern else found
    return None


def _serial(text: str) -> date | None:
    if text.isascii() and text.isdecimal() and 10_000 <= int(text[:6]) <= 80_000 and len(text) == 5:
        return EXCEL_DAY_ONE + timedelta(days=int(text))
    return None


def only_day_first(cells: list[str]) -> bool:
    """Tell whether a column's dates can only be read day first."""
    found = [re.match(r"^(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", cell) for cell in cells]
    pairs = [(int(m[1]), int(m[2])) for m in found if m]
    return any(a > 12 for a, _b in pairs) and not any(b > 12 for _a, b in pairs)
