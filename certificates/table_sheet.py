"""A report on paper: as many pages as it takes, its headings and its facts on each."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from certificates.document import ACCENT, INK, QUIET, drawing, ink, new_canvas
from certificates.fonts import FontSet, font_set
from certificates.lettering import draw_line, fit
from certificates.table import Table

WIDTH, HEIGHT = 792, 612  # US Letter, landscape, in points
MARGIN = 40
GAP = 8.0
ROW = 19.0
FIRST_TOP, LATER_TOP = HEIGHT - 112, HEIGHT - 60
BOTTOM = 54.0
TEXT, SMALLEST = 9.0, 5.0


@dataclass(frozen=True, slots=True)
class _Sheet:
    canvas: Canvas
    fonts: FontSet
    table: Table

    def text(self, text: str, x: float, y: float, width: float, size: float = TEXT) -> None:
        """Print one line that always fits: it is set smaller, then cut."""
        setting = fit(text, self.fonts, width=width, largest=size, smallest=SMALLEST, lines=1)
        draw_line(self.canvas, setting.lines[0], x=x, y=y, size=setting.size)

    def rule(self, y: float) -> None:
        """Draw a line from margin to margin."""
        self.canvas.setLineWidth(0.5)
        self.canvas.line(MARGIN, y, WIDTH - MARGIN, y)


def draw_table(table: Table, font_dir: Path | None) -> bytes:
    """Return the finished PDF; see ``certificates.render_table`` for what it promises."""
    out = BytesIO()
    with drawing:
        fonts = font_set(font_dir)
        canvas = new_canvas(out, (WIDTH, HEIGHT))
        canvas.setTitle(f"{table.title}, {table.practice}")
        canvas.setSubject(table.told)
        sheet = _Sheet(canvas, fonts, table)
        pages = _pages(table.rows)
        for number, rows in enumerate(pages, start=1):
            _draw_page(sheet, rows, number, len(pages))
        canvas.save()
    return out.getvalue()


def _pages(rows: tuple[tuple[str, ...], ...]) -> list[tuple[tuple[str, ...], ...]]:
    """Cut the rows into pages; the first holds fewer, for the title stands on it."""
    first, later = (int((top - BOTTOM) // ROW) - 1 for top in (FIRST_TOP, LATER_TOP))
    pages = [rows[:first]]
    pages += [rows[start : start + later] for start in range(first, len(rows), later)]
    return pages


def _draw_page(sheet: _Sheet, rows: tuple[tuple[str, ...], ...], number: int, pages: int) -> None:
    top = FIRST_TOP if number == 1 else LATER_TOP
    if number == 1:
        _draw_title(sheet)
    _draw_foot(sheet, number, pages)
    ink(sheet.canvas, ACCENT)
    _draw_row(sheet, tuple(column.heading for column in sheet.table.columns), top)
    sheet.rule(top - 6)
    for place, row in enumerate(rows, start=1):
        y = top - place * ROW
        ink(sheet.canvas, INK)
        _draw_row(sheet, row, y)
        sheet.canvas.setStrokeColorRGB(0.85, 0.87, 0.87)
        sheet.rule(y - 6)
    if not sheet.table.rows:
        ink(sheet.canvas, INK)
        sheet.text("Nobody is on this list.", MARGIN, top - ROW, WIDTH - 2 * MARGIN)
    sheet.canvas.showPage()


def _draw_title(sheet: _Sheet) -> None:
    width = WIDTH - 2 * MARGIN
    ink(sheet.canvas, QUIET)
    sheet.text(sheet.table.practice, MARGIN, HEIGHT - 44, width, 10)
    ink(sheet.canvas, INK)
    sheet.text(sheet.table.title, MARGIN, HEIGHT - 66, width, 18)
    ink(sheet.canvas, QUIET)
    sheet.text(sheet.table.told, MARGIN, HEIGHT - 84, width, 10)


def _draw_foot(sheet: _Sheet, number: int, pages: int) -> None:
    ink(sheet.canvas, QUIET)
    sheet.text(f"{sheet.table.title}. {sheet.table.told}", MARGIN, 28, WIDTH - 2 * MARGIN - 90, 8)
    sheet.text(f"Page {number} of {pages}", WIDTH - MARGIN - 70, 28, 70, 8)


def _draw_row(sheet: _Sheet, texts: tuple[str, ...], y: float) -> None:
    columns = sheet.table.columns
    unit = (WIDTH - 2 * MARGIN) / sum(column.share for column in columns)
    x = float(MARGIN)
    for column, text in zip(columns, texts, strict=True):
        width = column.share * unit
        if text:
            sheet.text(text, x, y, width - GAP)
        x += width
