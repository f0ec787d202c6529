"""Cells to values: names, dates, status words; each says what is wrong with it in words."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

EXCEL_DAY_ONE = date(1899, 12, 30)
SENTINELS = {date(9999, 12, 31), date(9999, 1, 1), date(2999, 12, 31), date(2099, 12, 31),
             date(1900, 1, 1), date(1899, 12, 30), date(1753, 1, 1), date(1, 1, 1)}  # fmt: skip
# what a computer writes where there is no day: nothing, a nought day, Excel's number of 9999
NO_DAY = {"0", "00/00/0000", "0000-00-00", "00000000", "1/0/1900", "01/00/1900", "1900-01-00",
          "2958465"}  # fmt: skip
NOTHING = {"", "-", "--", "n/a", "#n/a", "null", "none"}
FIRST_YEAR, LAST_YEAR = 1920, 2100  # of a working life; what is outside is a slip
LONGEST_NAME = 120
LONGEST_CELL = 254  # as long as a mail address may be

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
SOFT = dict.fromkeys(map(ord, "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"))
BLANKS = re.compile(r"[\r\n\t \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# control characters, halves of characters, what turns the reading direction, hidden tags
HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
EXCEL_TEXT = re.compile(r'="([^"]*)"')


class BadValue(ValueError):
    """A cell can't be used; the text says what is wrong, `mend` how to put it right."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def clean(cell: str) -> str:
    """Return a cell as text: blanks folded, soft marks gone, `="00123"` unwrapped.

    Raises BadValue for control characters and for those that turn the reading direction.
    """
    if cell.isascii() and cell.isprintable() and "  " not in cell and '"' not in cell:
        return _short(cell.strip())  # nearly every cell of nearly every list
    text = BLANKS.sub(" ", cell.translate(SOFT)).strip(" ")
    if wrapped := EXCEL_TEXT.fullmatch(text):
        text = wrapped[1].strip(" ")
    if HIDDEN.search(text):
        raise BadValue("there is a hidden control character", "type the cell again")
    return _short(text if text.isascii() else unicodedata.normalize("NFC", text))


def _short(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise BadValue(f"longer than {LONGEST_CELL} characters", "shorten it")
    return text


def is_nothing(text: str) -> bool:
    """Tell whether a cell says in a computer's words that there is nothing in it."""
    return text.casefold() in NOTHING


def is_spoiled_number(text: str) -> bool:
    """Tell whether a spreadsheet has spoiled a staff number: 1.2E+05, ######, #N/A."""
    return bool(re.fullmatch(r"#+|#[A-Z/0]+[!?]?|\d+([.,]\d+)?[eE]\+?\d+", text))


def _plain(text: str) -> str:
    """Return a word of a fixed list as it is compared: letters and digits of any script."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def name_of(text: str) -> tuple[str, bool]:
    """Return a name, "Last, First" turned round, and whether it was. Raises BadValue."""
    turned = False
    head, comma, tail = text.partition(",")
    if comma and "," not in tail and head.strip() and tail.strip():
        words = tail.replace(".", "").casefold().split()
        if not SUFFIXES.issuperset(words):
            text, turned = f"{tail.strip()} {head.strip()}", True
    if not text:
        raise BadValue("the name is empty", "write the legal name")
    if len(text) > LONGEST_NAME:
        raise BadValue(f"the name is longer than {LONGEST_NAME} characters", "shorten it")
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise BadValue(f"'{text}' is no name", "write the legal name")
    return text, turned


def status_of(text: str) -> str:
    """Return active, leave or left; an empty cell is active. Raises BadValue for other words."""
    if not text:
        return "active"
    plain = _plain(text)
    found = _STATUS_OF.get(plain) or _STATUS_OF.get(plain.replace(" ", ""))
    if found is None:
        raise BadValue(
            f"the status '{text}' is not known", "write active, leave or terminated instead"
        )
    return found


def worker_type_of(text: str) -> str:
    """Return the kind of work; what is not known is kept as the list says it."""
    plain = _plain(text)
    return _TYPE_OF.get(plain, plain)


def email_of(text: str) -> str | None:
    """Return a mail address or None. Raises BadValue for what is none."""
    if is_nothing(text):
        return None
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise BadValue(f"'{text[:60]}' is no mail address", "mend it or leave it out")
    return text


_FORMATS = (
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$"), "ymd"),
    (re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$"), "ymd"),
    (re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})(?:[T ].*)?$"), "ymd"),
    (re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?: .*)?$"), "dmy"),
    (re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?: .*)?$"), "mdy"),
)
_WORDED = ("%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y")


@lru_cache(4096)  # a list has far fewer days than rows
def date_of(text: str, *, day_first: bool = False) -> date | None:
    """Return a date, None for an empty cell or a sentinel. Raises BadValue."""
    if is_nothing(text) or text.split(" ", maxsplit=1)[0] in NO_DAY:
        return None
    found = _numeric(text, day_first=day_first) or _worded(text) or _serial(text)
    if found is None:
        raise BadValue(f"'{text[:40]}' is no date", "write it as 2026-11-24")
    if found in SENTINELS:
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadValue(f"the year of {text[:40]} can't be right", "write it as 2026-11-24")
    return found


def _numeric(text: str, *, day_first: bool) -> date | None:
    for pattern, order in _FORMATS:
        match = pattern.match(text)
        if match is None:
            continue
        parts = dict(zip(_order(order, day_first), match.groups(), strict=True))
        year = int(parts["y"]) if len(parts["y"]) == 4 else _century(int(parts["y"]))
        try:
            return date(year, int(parts["m"]), int(parts["d"]))
        except ValueError:
            raise BadValue(f"there is no day {text[:40]}", "write it as 2026-11-24") from None
    return None


def _order(order: str, day_first: bool) -> str:  # noqa: FBT001 - one question of one column
    return "dmy" if order == "mdy" and day_first else order


def _century(year: int) -> int:
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
    found = re.fullmatch(r"([1-7][0-9]{4})(?:\.[0-9]+)?", text)
    return EXCEL_DAY_ONE + timedelta(days=int(found[1])) if found else None


def slash_order(cells: Iterable[str]) -> str:
    """Tell how the dates of a column are written: day first, month first, or either.

    `none` where no date has slashes; a column of both orders is `month`, where it is refused.
    """
    found = [m for cell in cells if (m := re.match(r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", cell))]
    if not found:
        return "none"
    if any(int(m[2]) > 12 for m in found):
        return "month"
    return "day" if any(int(m[1]) > 12 for m in found) else "either"
