"""The frame and the rosette: drawn once per process, put into each page as one finished stream.

Guilloche in the old sense: closed curves that swing about a path. They are computed, not
traced, so that the artwork is a page of arithmetic and prints sharp at any size.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache
from math import cos, pi, sin, tau

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 792, 612  # US Letter, landscape, in points
TEAL = "0.059 0.361 0.388"
PALE = "0.898 0.937 0.937"
INSET, CORNER = 34, 30  # the middle of the braid, from the edge of the paper
WAVES = 78
NAME = "BypOrnament"

Point = tuple[float, float]
Curve = Callable[[float], Point]  # from [0, 1) round a closed path


def draw_ornament(canvas: Canvas) -> None:
    """Lay the ornament under whatever is drawn next."""
    dictionary = PDFDictionary(
        {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Form"),
            "FormType": 1,
            "BBox": PDFArray([0, 0, WIDTH, HEIGHT]),
            "Resources": PDFDictionary({}),
            "Filter": PDFName("FlateDecode"),
        }
    )
    stream = PDFStream(dictionary, _packed())
    # ReportLab's public beginForm would lay out and pack the same curves for each certificate, and
    # there is no public way to add a finished stream (nor is the document in the type stubs).
    canvas._doc.addForm(NAME, stream)  # type: ignore[attr-defined]  # noqa: SLF001
    canvas.doForm(NAME)


@lru_cache(maxsize=1)
def _packed() -> bytes:
    return zlib.compress("\n".join(_operators()).encode("ascii"), 9)


def _operators() -> list[str]:
    """All of it in tenths of a point, for whole numbers are shorter."""
    return ["0.1 0 0 0.1 0 0 cm 1 J 1 j", *_rosette(), *_band(), *_rules()]


def _rosette() -> list[str]:
    """Draw a pale rose behind the name: rings of petals, each a little smaller."""
    ops = [f"{PALE} RG 5 w"]
    for ring in range(4):
        radius, swing = 150 - 26 * ring, 32 - 5 * ring
        ops += [_path(_rose(radius, swing, 16, turn * tau / 3), 16 * 4) for turn in range(3)]
    ops.append("S")
    return ops


def _rose(radius: float, swing: float, petals: int, phase: float) -> Curve:
    def at(t: float) -> Point:
        r = radius + swing * sin(petals * tau * t + phase)
        return WIDTH / 2 + r * cos(tau * t), 326 + r * sin(tau * t)

    return at


def _band() -> list[str]:
    """Draw the border: a braid of strands that close upon themselves round the page."""
    ops = [f"{TEAL} RG 3.2 w"]
    for swing, strands in ((8.5, 4), (4.2, 2)):
        phases = (strand * tau / strands for strand in range(strands))
        ops += [_path(_braid(swing, WAVES, phase), WAVES * 4) for phase in phases]
    ops.append("S")
    return ops


def _braid(swing: float, waves: int, phase: float) -> Curve:
    def at(t: float) -> Point:
        x, y, nx, ny = _round_rectangle(INSET, CORNER, t)
        out = swing * sin(waves * tau * t + phase)
        return x + out * nx, y + out * ny

    return at


def _round_rectangle(inset: float, radius: float, t: float) -> tuple[float, float, float, float]:
    """Return the point at share ``t`` of the way round, and the outward normal there."""
    across, up = WIDTH - 2 * (inset + radius), HEIGHT - 2 * (inset + radius)
    quarter = radius * pi / 2
    left = (t % 1) * (2 * (across + up) + 4 * quarter)
    x, y, angle = inset + radius, inset + radius, -pi / 2
    for side in (across, up, across, up):
        along = min(left, side)
        x, y = x - along * sin(angle), y + along * cos(angle)
        left -= along
        if left <= 0:
            break
        turn = min(left, quarter)
        left -= turn
        angle += turn / radius
        if left <= 0:
            break
    return x + radius * cos(angle), y + radius * sin(angle), cos(angle), sin(angle)


def _path(curve: Curve, pieces: int) -> str:
    """Join ``pieces`` Bezier arcs that have the curve's own tangents at their ends."""
    step, small = 1 / pieces, 1e-6
    points, tangents = [], []
    for i in range(pieces + 1):
        t = i * step
        (ax, ay), (bx, by) = curve(t - small), curve(t + small)
        points.append(curve(t))
        tangents.append(((bx - ax) * step / (6 * small), (by - ay) * step / (6 * small)))
    ops = [f"{_tenths(*points[0])} m"]
    for i in range(pieces):
        (px, py), (qx, qy) = points[i], points[i + 1]
        (ux, uy), (vx, vy) = tangents[i], tangents[i + 1]
        ops.append(f"{_tenths(px + ux, py + uy, qx - vx, qy - vy, qx, qy)} c")
    return "\n".join(ops)


def _tenths(*points: float) -> str:
    return " ".join(f"{10 * point:.0f}" for point in points)


def _rules() -> list[str]:
    """Draw the hairlines on either side of the braid, with the braid's own corners."""
    return [f"11 w {_rounded(INSET - 12)} S", f"4 w {_rounded(INSET + 12)} S"]


def _rounded(inset: float) -> str:
    """Return a rectangle whose corners are arcs about the same centres as the braid's."""
    x, y, far_x, far_y = inset, inset, WIDTH - inset, HEIGHT - inset
    r = INSET + CORNER - inset
    k = r * (1 - 0.5523)  # a quarter circle as one Bezier arc
    return " ".join(
        [
            f"{_tenths(x + r, y)} m {_tenths(far_x - r, y)} l",
            f"{_tenths(far_x - k, y, far_x, y + k, far_x, y + r)} c {_tenths(far_x, far_y - r)} l",
            f"{_tenths(far_x, far_y - k, far_x - k, far_y, far_x - r, far_y)} c",
            f"{_tenths(x + r, far_y)} l {_tenths(x + k, far_y, x, far_y - k, x, far_y - r)} c",
            f"{_tenths(x, y + r)} l {_tenths(x, y + k, x + k, y, x + r, y)} c h",
        ]
    )
