"""A sheet of sign-in slips, to be cut apart along the dashed lines."""

from io import BytesIO
from pathlib import Path
from textwrap import wrap

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
TITLE_LETTERS, TITLE_LINES = 32, 3  # of what is due
NOTE_LETTERS = 70
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
        y_of_name = top - (31 if len(name.lines) == 1 else 26) - row * 14
        draw_line(canvas, line, x=left, y=y_of_name, size=name.size, weight=0.012)
    draw_qr(canvas, slip.url, x=left - 8, y=y + 34, side=QR_SIDE)
    side = left + QR_SIDE
    way_in = _draw_due(canvas, slip, fonts, side, y + 124)
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
        _draw_note(canvas, slip.note, fonts, left, y + 12)


def _draw_note(canvas: Canvas, note: str, fonts: FontSet, x: float, y: float) -> None:
    lines = [note] if len(note) <= NOTE_LETTERS else wrap(note, NOTE_LETTERS + 20)[:2]
    size = 8.0 if len(lines) == 1 else 6.5
    for row, line in enumerate(lines):
        _text(canvas, fonts, line, x=x, y=y - row * 7.5, size=size)


def _draw_due(canvas: Canvas, slip: Slip, fonts: FontSet, x: float, y: float) -> float:
    """Print what is due by when, from y down; return where the text below it begins."""
    if not slip.due_title:
        return y - 8
    ink(canvas, INK)
    size = 11.0 if len(slip.due_title) <= TITLE_LETTERS else 9.0
    for line in wrap(slip.due_title, TITLE_LETTERS + 4)[:TITLE_LINES]:
        setting = fit(line, fonts, width=SIDE, largest=size, smallest=5, lines=1)
        draw_line(canvas, setting.lines[0], x=x, y=y, size=setting.size, weight=0.012)
        y -= size * 1.2
    if slip.due_on_text:
        _text(canvas, fonts, f"due {slip.due_on_text}", x=x, y=y - 1, size=9.5, width=SIDE)
        y -= 12
    return y - 7


def _draw_url(canvas: Canvas, url: str, fonts: FontSet, x: float, y: float) -> None:
    """Print the address in pieces, for it has no blank; its last part stands on a line alone."""
    size, per_line = (8.0, 36) if len(url) <= 160 else (6.0, 44)
    head, last = url[: url.rfind("/") + 1], url[url.rfind("/") + 1 :]
    pieces = [*_pieces(head, per_line), *_pieces(last, per_line)]
    for row, piece in enumerate(pieces):
        _text(canvas, fonts, piece, x=x, y=y - row * size * 1.3, size=size, width=SIDE)


def _pieces(text: str, length: int) -> list[str]:
    """Cut a text into lines; none ends in a hyphen of its own, which would read as a break."""
    found = []
    while text:
        line = text[:length] if len(text) <= length else text[:length].rstrip("-") or text[:length]
        found.append(line)
        text = text[len(line) :]
    return found


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
