"""A training on paper: text that flows over as many pages as it takes, for each person anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby, zip_longest
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

from certificates.document import ACCENT, INK, QUIET, Colour, drawing, ink, new_canvas
from certificates.fonts import FontSet, font_set
from certificates.handout import Asked, Blanks, Block, Handout, Heading, Passage, Span
from certificates.lettering import Line, draw_line, fit, line_of

WIDTH, HEIGHT = 612, 792  # US Letter, portrait, in points
MARGIN = 64.0
TOP, BOTTOM = HEIGHT - 60.0, 66.0
TEXT, LEADING = 11.0, 15.5
SIZES = {1: 17.0, 2: 13.0, 3: 11.5}
ABOVE = {1: 22.0, 2: 10.0, 3: 8.0}
STEP_IN = 18.0
BOX, BOX_TO_NUMBER = 9.5, 14.0
LINE_TO_WRITE_ON = 34.0
BOLD = 0.028
QUIET_SHARE = 0.8  # of the size of the text around it


@dataclass(frozen=True, slots=True)
class _Words:
    """Letters at their place."""

    line: Line
    x: float
    y: float
    size: float
    look: Colour
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A line to write on, or a box to tick."""

    x: float
    y: float
    width: float
    height: float = 0


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is measured: its look, its own width, whether a blank goes before it."""

    text: str
    width: float
    look: tuple[bool, bool]
    apart: bool = True


@dataclass
class _Flow:
    """The pages so far, and how far down the last one is filled."""

    fonts: FontSet
    pages: list[list[_Words | _Stroke]] = field(default_factory=lambda: [[]])
    y: float = TOP
    known: dict[str, Line] = field(default_factory=dict)

    def new_page(self) -> None:
        """Go on at the top of a new page, unless this one is still empty."""
        if self.pages[-1]:
            self.pages.append([])
        self.y = TOP

    def room_for(self, height: float) -> None:
        """Go on where so much fits without a break; what is longer than a page breaks anywhere."""
        if self.y - min(height, TOP - BOTTOM) < BOTTOM:
            self.new_page()

    def line(self, text: str) -> Line:
        """Return letters with their fonts, chosen once a document: most are on every sheet."""
        if text not in self.known:
            self.known[text] = line_of(text, self.fonts)
        return self.known[text]

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is."""
        return self.line(text).unit_width * size

    def blank(self, size: float) -> float:
        """Return how wide the blank between two words is."""
        return self.width("n n", size) - self.width("nn", size)

    def lines(self, spans: Iterable[Span], width: float, size: float) -> list[list[_Word]]:
        """Break a text into lines, its words measured."""
        blank, found, used = self.blank(size), [list[_Word]()], 0.0
        for word in self._words(spans, width, size):
            gap = blank if word.apart and found[-1] else 0
            if found[-1] and used + gap + word.width > width + (0 if word.apart else blank * 2):
                found.append([])
                used = gap = 0.0
            used += gap + word.width
            found[-1].append(word)
        return found

    def _words(self, spans: Iterable[Span], width: float, size: float) -> Iterable[_Word]:
        apart = True
        for span in spans:
            look = (span.bold, span.quiet)
            own = size * QUIET_SHARE if span.quiet else size
            apart = apart or span.text[:1].isspace()
            for text in span.text.split():
                for piece in self._cut(text, width, own):
                    yield _Word(piece, self.width(piece, own), look, apart)
                    apart = True
            apart = span.text[-1:].isspace() if span.text.strip() else apart or bool(span.text)

    def _cut(self, text: str, width: float, size: float) -> Iterable[str]:
        """Cut what is wider than a line, such as an address, into pieces that fit."""
        while self.width(text, size) > width:
            count = max(1, int(len(text) * width / self.width(text, size)))
            while count > 1 and self.width(text[:count], size) > width:
                count -= 1
            yield text[:count]
            text = text[count:]
        yield text

    def write(self, lines: Sequence[list[_Word]], x: float, size: float, leading: float) -> None:
        """Put lines below what is there; a page that is full ends."""
        for line in lines:
            self.room_for(leading)
            self.y -= leading
            self._write_line(line, x, size)

    def _write_line(self, line: list[_Word], x: float, size: float) -> None:
        blank = self.blank(size)
        for place, (look, words) in enumerate(groupby(line, key=lambda word: word.look)):
            bold, quiet = look
            some = list(words)
            x += blank if place and some[0].apart else 0
            text = "".join(f" {w.text}" if n and w.apart else w.text for n, w in enumerate(some))
            own, colour = (size * QUIET_SHARE, QUIET) if quiet else (size, INK)
            self.put(text, x, own, colour, bold=bold)
            x += self.width(text, own)

    def put(self, text: str, x: float, size: float, look: Colour, *, bold: bool = False) -> None:
        """Put letters on the line that was begun last."""
        line = self.line(text)
        self.pages[-1].append(_Words(line, x, self.y, size, look, bold))

    def stroke(self, x: float, width: float, height: float = 0, drop: float = 0) -> None:
        """Draw a line to write on, or a box to tick, on the line that was begun last."""
        self.pages[-1].append(_Stroke(x, self.y - drop, width, height))


def draw_handouts(handouts: Sequence[Handout], font_dir: Path | None) -> bytes:
    """Return the finished PDF; see ``certificates.render_handouts`` for what it promises."""
    out = BytesIO()
    with drawing:
        fonts = font_set(font_dir)
        canvas = new_canvas(out, (WIDTH, HEIGHT))
        canvas.setTitle(handouts[0].title if handouts else "Training on paper")
        known: dict[str, Line] = {}
        for handout in handouts:
            flow = _Flow(fonts, known=known)
            _head(flow, handout)
            for block, follows in zip_longest(handout.blocks, handout.blocks[1:]):
                _block(flow, block, follows)
            _draw(canvas, fonts, handout, flow.pages)
        canvas.save()
    return out.getvalue()


def _head(flow: _Flow, handout: Handout) -> None:
    width = WIDTH - 2 * MARGIN
    for text, size, look, bold in (
        (handout.practice, 10.0, QUIET, False),
        (handout.title, 20.0, INK, False),
        (handout.name, 15.0, ACCENT, True),
    ):
        setting = fit(text, flow.fonts, width=width, largest=size, smallest=7, lines=2)
        for line in setting.lines:
            flow.y -= setting.size * 1.45
            flow.pages[-1].append(_Words(line, MARGIN, flow.y, setting.size, look, bold))
    flow.y -= 6
    for text in handout.told:
        flow.write(flow.lines([Span(text)], width, TEXT), MARGIN, TEXT, LEADING)
    flow.y -= 8


def _block(flow: _Flow, block: Block, follows: Block | None) -> None:
    match block:
        case Heading():
            _heading(flow, block, follows)
        case Passage():
            _passage(flow, block, MARGIN)
        case Asked():
            _asked(flow, block)
        case Blanks():
            _blanks(flow, block)


def _heading(flow: _Flow, heading: Heading, follows: Block | None) -> None:
    """Print a heading with the beginning of what follows: never alone at the foot of a page."""
    if heading.new_page:
        flow.new_page()
    size = SIZES[heading.level]
    lines = flow.lines([Span(heading.text, bold=True)], WIDTH - 2 * MARGIN, size)
    below = _set(flow, follows).height if isinstance(follows, Asked) else 4 * LEADING
    flow.room_for(len(lines) * size * 1.4 + ABOVE[heading.level] + 4 + below)
    flow.y -= ABOVE[heading.level] if flow.y < TOP else 0
    flow.write(lines, MARGIN, size, size * 1.4)
    flow.y -= 4


def _passage(flow: _Flow, passage: Passage, x: float) -> None:
    indent = STEP_IN if passage.mark or passage.quoted else 0.0
    lines = flow.lines(passage.spans, WIDTH - MARGIN - x - indent, TEXT)
    flow.room_for(min(len(lines), 2) * LEADING)
    if passage.mark:
        flow.y -= LEADING
        flow.put(passage.mark, x + 4, TEXT, QUIET)
        flow.y += LEADING
    flow.write(lines, x + indent, TEXT, LEADING)
    flow.y -= 5


class _Set(NamedTuple):
    """A question as it will stand: its options in lines, and how much room it takes."""

    width: float
    options: list[list[list[_Word]]]
    height: float


def _set(flow: _Flow, asked: Asked) -> _Set:
    width = WIDTH - 2 * MARGIN - STEP_IN - 4
    stems = [flow.lines(one.spans, width, TEXT) for one in asked.stem]
    options = [flow.lines([Span(text)], width - 36, TEXT) for text in asked.options]
    height = sum(len(lines) * LEADING + 5 for lines in (*stems, *options)) + LEADING + 20
    return _Set(width, options, height)


def _asked(flow: _Flow, asked: Asked) -> None:
    """Print a question whole: it goes to the next page rather than break."""
    x = MARGIN + STEP_IN + 4
    width, options, height = _set(flow, asked)
    flow.room_for(height)
    flow.y -= LEADING
    flow.put(f"{asked.number}.", MARGIN, TEXT, INK, bold=True)
    flow.y += LEADING
    for passage in asked.stem:
        _passage(flow, passage, x)
    flow.write([*flow.lines([Span(asked.how, quiet=True)], width, TEXT)], x, TEXT, LEADING)
    flow.y -= 4
    box = BOX_TO_NUMBER if asked.to_number else BOX
    for letter, lines in zip("ABCDEFGHIJ", options, strict=False):
        flow.room_for(len(lines) * LEADING)
        flow.y -= LEADING
        flow.stroke(x, box, box, drop=1 + (box - BOX) / 2)
        flow.put(letter, x + box + 6, TEXT, QUIET)
        flow.y += LEADING
        flow.write(lines, x + 36, TEXT, LEADING)
        flow.y -= 4 + (box - BOX) / 2
    flow.y -= 8


def _blanks(flow: _Flow, blanks: Blanks) -> None:
    flow.room_for(len(blanks.labels) * LINE_TO_WRITE_ON + len(blanks.boxes) * LEADING * 1.4)
    for label in blanks.labels:
        flow.y -= LINE_TO_WRITE_ON
        flow.put(label, MARGIN, TEXT, QUIET)
        start = MARGIN + 130
        flow.stroke(start, WIDTH - MARGIN - start, drop=2)
    flow.y -= 10 if blanks.boxes else 4
    for text in blanks.boxes:
        flow.y -= LEADING * 1.4
        flow.stroke(MARGIN, BOX, BOX, drop=1)
        flow.put(text, MARGIN + BOX + 8, TEXT, INK)
    flow.y -= 8


def _draw(
    canvas: Canvas, fonts: FontSet, handout: Handout, pages: Sequence[Sequence[_Words | _Stroke]]
) -> None:
    for number, page in enumerate(pages, start=1):
        for part in page:
            if isinstance(part, _Words):
                ink(canvas, part.look)
                weight = BOLD if part.bold else 0
                draw_line(canvas, part.line, x=part.x, y=part.y, size=part.size, weight=weight)
            else:
                _draw_stroke(canvas, part)
        ink(canvas, QUIET)
        width = WIDTH - 2 * MARGIN - 80
        foot = fit(handout.foot, fonts, width=width, largest=8.5, smallest=5, lines=1)
        draw_line(canvas, foot.lines[0], x=MARGIN, y=38, size=foot.size)
        count = line_of(f"Page {number} of {len(pages)}", fonts)
        x = WIDTH - MARGIN - count.unit_width * 8.5
        draw_line(canvas, count, x=x, y=38, size=8.5)
        canvas.showPage()


def _draw_stroke(canvas: Canvas, stroke: _Stroke) -> None:
    ink(canvas, INK)
    canvas.setLineWidth(0.8)
    if stroke.height:
        canvas.rect(stroke.x, stroke.y, stroke.width, stroke.height, stroke=1, fill=0)
    else:
        canvas.line(stroke.x, stroke.y, stroke.x + stroke.width, stroke.y)
