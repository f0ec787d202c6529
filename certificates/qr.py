"""A QR code as one path: black runs of modules as rectangles, quiet zone kept."""

from itertools import groupby
from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

QUIET_MODULES = 4  # ISO/IEC 18004: four light modules on every side


def draw_qr(canvas: "Canvas", text: str, *, x: float, y: float, side: float) -> None:
    """Draw ``text`` in a square of ``side`` points whose lower left corner is (x, y).

    The quiet zone is inside the square. Error correction is M or better. The operators are
    written out with whole numbers in the code's own units: a fifth of the work of a path of
    several hundred float rectangles.
    """
    matrix = segno.make(text, error="m", micro=False).matrix
    modules = len(matrix) + 2 * QUIET_MODULES
    scale = side / modules
    canvas.saveState()
    canvas.transform(scale, 0, 0, scale, x, y)
    canvas.addLiteral("0 g")
    top = modules - QUIET_MODULES - 1
    for row, line in enumerate(matrix):
        canvas.addLiteral(_runs(bytes(line), top - row))
    canvas.addLiteral("f")
    canvas.restoreState()


def _runs(line: bytes, y: int) -> str:
    ops = []
    start = line.find(1)
    while start >= 0:
        end = line.find(0, start)
        end = len(line) if end < 0 else end
        ops.append(f"{start + QUIET_MODULES} {y} {end - start} 1 re")
        start = line.find(1, end)
    return " ".join(ops)


def qr_path(text: str) -> tuple[int, str]:
    """Return the code's side in modules, quiet zone included, and its dark runs as an SVG path."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = []
    for row, line in enumerate(matrix, start=QUIET_MODULES):
        at = 0
        for dark, many in ((bit, len(list(run))) for bit, run in groupby(bytes(line))):
            if dark:
                runs.append(f"M{at + QUIET_MODULES} {row}h{many}v1h-{many}z")
            at += many
    return len(matrix) + 2 * QUIET_MODULES, "".join(runs)
