"""Any name on one page: which font draws which letter, how large, on how many lines.

Everything is printed literally. What no font can draw is shown as a replacement mark, and the
text behind it (``/ActualText``, PDF 1.7 section 14.9.4) stays what was meant, for people who copy
the name or hear it read.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from certificates.fonts import MAIN, FontSet

MISSING = "\ufffd"
ELLIPSIS = "\u2026"
ONE_LINE_FLOOR = 0.6  # below this share of the largest size, two lines read better than one
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RTL_STRETCH = re.compile(f"([{_RTL}](?:[^\\w]*[{_RTL}])*)")
# Arabic to Sinhala, Tibetan, Myanmar, Khmer: letters change their shape or place by neighbour.
_SHAPED = re.compile("[\u0600-\u0dff\u0f00-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefc]")
_INVISIBLE = frozenset({"Cc", "Cf"})


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that one font draws, and the text that they stand for."""

    font: str
    shown: str
    meant: str


@dataclass(frozen=True)
class Line:
    """One line of text."""

    runs: tuple[Run, ...]

    @cached_property
    def unit_width(self) -> float:
        """Width in points when set at one point."""
        return sum(pdfmetrics.stringWidth(run.shown, run.font, 1) for run in self.runs)

    @cached_property
    def length(self) -> int:
        """Count the letters as drawn."""
        return sum(len(run.shown) for run in self.runs)


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines and the size, in points, at which they fit."""

    size: float
    lines: tuple[Line, ...]


def clean(text: str) -> str:
    """Return ``text`` composed, on one line, without characters that have no look."""
    spaced = " ".join(text.split())
    seen = "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def drawable(text: str, fonts: FontSet) -> bool:
    """Return whether every letter has a glyph and stands right when drawn one after the other."""
    shown = clean(text)
    return (
        bool(shown)
        and not _SHAPED.search(shown)
        and all(fonts.name_for(c) is not None for c in shown)
    )


def line_of(text: str, fonts: FontSet) -> Line:
    """Choose fonts letter by letter; right-to-left stretches are put in visual order.

    A run's ``meant`` is in visual order too: readers that find right-to-left letters on a page
    turn them round themselves.
    """
    visual = "".join(
        part[::-1] if index % 2 else part
        for index, part in enumerate(_RTL_STRETCH.split(clean(text)))
    )
    runs = ((font, "".join(chars)) for font, chars in groupby(visual, fonts.name_for))
    return Line(
        tuple(Run(font or MAIN, part if font else MISSING * len(part), part) for font, part in runs)
    )


def fit(
    text: str, fonts: FontSet, *, width: float, largest: float, smallest: float, lines: int = 2
) -> Setting:
    """Shrink, then break in two, then cut: the text always fits and is never blank.

    One line down to six tenths of ``largest``; below that two lines when ``lines`` allows, down
    to ``smallest``; what is longer still ends in an ellipsis, with the whole text behind it.
    """
    whole = line_of(text, fonts)
    size = _size(whole, width, largest)
    if size >= (ONE_LINE_FLOOR * largest if lines > 1 else smallest):
        return Setting(size, (whole,))
    if lines == 1:
        return Setting(smallest, (_cut(text, fonts, width / smallest),))
    halves = tuple(line_of(half, fonts) for half in _halves(clean(text)))
    size = min(_size(half, width, ONE_LINE_FLOOR * largest) for half in halves)
    if size >= smallest:
        return Setting(size, halves)
    shown, units = clean(text), width / smallest
    count = _how_many(shown, fonts, units)
    return Setting(smallest, (line_of(shown[:count], fonts), _cut(shown[count:], fonts, units)))


def _size(line: Line, width: float, largest: float) -> float:
    return min(largest, width / line.unit_width) if line.unit_width else largest


def _halves(text: str) -> tuple[str, str]:
    """Break at the blank nearest to the middle, or in the middle where no blank is near."""
    middle = len(text) // 2
    blanks = [i for i, c in enumerate(text) if c == " "]
    at = min(blanks, key=lambda i: abs(i - middle), default=middle)
    if abs(at - middle) > len(text) // 3:
        at = middle
    return text[:at].rstrip(), text[at:].lstrip()


def _how_many(text: str, fonts: FontSet, units: float) -> int:
    """Return how many leading characters stay within ``units`` (the width at one point)."""
    used = 0.0
    for count, char in enumerate(text):
        font = fonts.name_for(char)
        used += pdfmetrics.stringWidth(char if font else MISSING, font or MAIN, 1)
        if used > units:
            return count
    return len(text)


def _cut(text: str, fonts: FontSet, units: float) -> Line:
    shown = clean(text)
    room = units - pdfmetrics.stringWidth(ELLIPSIS, MAIN, 1) - 1
    count = _how_many(shown, fonts, room)
    if count == len(shown):
        return line_of(shown, fonts)
    kept = line_of(shown[:count], fonts)
    return Line((*kept.runs, Run(MAIN, ELLIPSIS, shown[count:])))


def draw_line(
    canvas: Canvas,
    line: Line,
    *,
    x: float,
    y: float,
    size: float,
    weight: float = 0,
    spacing: float = 0,
) -> None:
    """Draw ``line`` from (x, y); ``weight`` thickens the letters by that share of their size."""
    if weight:
        canvas.setLineWidth(weight * size)
    for run in line.runs:
        if run.shown != run.meant:
            meant = run.meant.encode("utf-16-be").hex().upper()
            canvas.addLiteral(f"/Span <</ActualText <FEFF{meant}>>> BDC")
        canvas.setFont(run.font, size)
        canvas.drawString(x, y, run.shown, mode=2 if weight else None, charSpace=spacing)
        x += pdfmetrics.stringWidth(run.shown, run.font, size) + spacing * len(run.shown)
        if run.shown != run.meant:
            canvas.addLiteral("EMC")


def drawn_width(line: Line, size: float, spacing: float = 0) -> float:
    """Return the width in points as drawn; the last letter's spacing does not count."""
    return line.unit_width * size + spacing * max(0, line.length - 1)
