"""A sheet of sign-in slips, to be cut apart along the dashed lines."""

from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from certificates.document import ACCENT, INK, QUIET, drawing, ink, new_canvas
from certificates.fonts import FontSet, font_set
from certificates.lettering import draw_line, fit
from certificates.qr import draw_qr
from certificates.slip import Slip

WIDTH, HEIGHT = 612, 792  # US Letter, portrait, in points
COLUMNS, ROWS = 2, 4
PER_PAGE = COLUMNS * ROWS
SLIP_WIDTH, SLIP_HEIGHT = WIDTH / COLUMNS, HEIGHT / ROWS
MARGIN = 20
QR_SIDE = 104.0
SIDE = 158.0  # what stands beside the code is so wide


def draw_slips(slips: tuple[Slip, ...], font_dir: Path | None) -> bytes:
    """Return the finished PDF; see ``certificates.render_slips`` for what it promises."""
    out = BytesIO()
    with drawing:
        fonts = font_set(font_dir)
        canvas = new_canvas(out, (WIDTH, HEIGHT))
        canvas.setTitle("Sign-in slips")
        for start in range(0, len(slips), PER_PAGE):
            _draw_sheet(canvas, slips[start : start + PER_PAGE], fonts)
        if not slips:
            _text(canvas, fonts, "There are no slips to print.", x=MARGIN, y=HEIGHT - 60, size=12)
            canvas.showPage()
        canvas.save()
    return out.getvalue()


def _draw_sheet(canvas: Canvas, slips: tuple[Slip, ...], fonts: FontSet) -> None:
    _draw_cuts(canvas)
    for place, slip in enumerate(slips):
        row, column = divmod(place, COLUMNS)
        _draw_slip(canvas, slip, fonts, column * SLIP_WIDTH, HEIGHT - (row + 1) * SLIP_HEIGHT)
    canvas.showPage()


def _draw_cuts(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setStrokeColorRGB(*QUIET)
    canvas.setLineWidth(0.5)
    canvas.setDash(4, 4)
    for column in range(1, COLUMNS):
        canvas.line(column * SLIP_WIDTH, 0, column * SLIP_WIDTH, HEIGHT)
    for row in range(1, ROWS):
        canvas.line(0, row * SLIP_HEIGHT, WIDTH, row * SLIP_HEIGHT)
    canvas.restoreState()


def _draw_slip(canvas: Canvas, slip: Slip, fonts: FontSet, x: float, y: float) -> None:
    left, top = x + MARGIN, y + SLIP_HEIGHT - MARGIN
    ink(canvas, QUIET)
    _text(canvas, fonts, slip.practice, x=left, y=top - 9, size=9)
    ink(canvas, INK)
    name = fit(slip.display_name, fonts, width=SLIP_WIDTH - 2 * MARGIN, largest=19, smallest=7)
    for row, line in enumerate(name.lines):
        draw_line(canvas, line, x=left, y=top - 31 - row * 16, size=name.size, weight=0.012)
    draw_qr(canvas, slip.url, x=left - 8, y=y + 34, side=QR_SIDE)
    side = left + QR_SIDE
    way_in = _draw_due(canvas, slip, fonts, side, y + 116)
    ink(canvas, QUIET)
    _text(canvas, fonts, "Scan the code, or open", x=side, y=way_in, size=9, width=SIDE)
    ink(canvas, INK)
    _draw_url(canvas, slip.url, fonts, side, way_in - 13)
    if slip.short_code:
        _text(canvas, fonts, f"Code: {slip.short_code}", x=side, y=y + 38, size=12, width=SIDE)
    ink(canvas, ACCENT)
    ends = f"Works until {slip.ends_on_text}, once. It is yours alone."
    _text(canvas, fonts, ends, x=left, y=y + 24, size=9.5)
    if slip.note:
        ink(canvas, QUIET)
        _text(canvas, fonts, slip.note, x=left, y=y + 11, size=8)


def _draw_due(canvas: Canvas, slip: Slip, fonts: FontSet, x: float, y: float) -> float:
    """Print what is due by when, from y down; return where the text below it begins."""
    if not slip.due_title:
        return y
    ink(canvas, INK)
    title = fit(slip.due_title, fonts, width=SIDE, largest=11, smallest=7)
    for line in title.lines:
        draw_line(canvas, line, x=x, y=y, size=title.size, weight=0.012)
        y -= title.size * 1.2
    if slip.due_on_text:
        _text(canvas, fonts, f"due {slip.due_on_text}", x=x, y=y - 1, size=9.5, width=SIDE)
        y -= 13
    return y - 8


def _draw_url(canvas: Canvas, url: str, fonts: FontSet, x: float, y: float) -> None:
    """Print the address in pieces of equal length, for it has no blank to break at."""
    size, per_line = (8.0, 32) if len(url) <= 160 else (6.0, 44)
    for row, start in enumerate(range(0, len(url), per_line)):
        piece = url[start : start + per_line]
        _text(canvas, fonts, piece, x=x, y=y - row * size * 1.3, size=size, width=SIDE)


def _text(
    canvas: Canvas,
    fonts: FontSet,
    text: str,
    *,
    x: float,
    y: float,
    size: float,
    width: float = SLIP_WIDTH - 2 * MARGIN,
) -> None:
    setting = fit(text, fonts, width=width, largest=size, smallest=5, lines=1)
    draw_line(canvas, setting.lines[0], x=x, y=y, size=setting.size)
