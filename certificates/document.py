"""What every PDF of ours has in common: how it opens, its inks, one drawer at a time."""

from io import BytesIO
from threading import Lock

from reportlab.pdfgen.canvas import Canvas

from certificates.fonts import MAIN

Colour = tuple[float, float, float]

ACCENT: Colour = (0.059, 0.361, 0.388)
INK: Colour = (0.11, 0.14, 0.16)
QUIET: Colour = (0.36, 0.41, 0.43)

# A TrueType face keeps a reading position while it is cut down: one page at a time per process.
drawing = Lock()


def new_canvas(out: BytesIO, size: tuple[float, float]) -> Canvas:
    """Open a document that is the same each time and names no font but its own."""
    canvas = Canvas(
        out,
        pagesize=size,
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 7),
        # Without it every page lists a Helvetica that is not embedded. (The stubs say float.)
        initialFontName=MAIN,  # type: ignore[arg-type]
        lang="en-US",
    )
    canvas.setCreator("Before You Post")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    return canvas


def ink(canvas: Canvas, colour: Colour) -> None:
    """Use ``colour`` for letters and lines from here on."""
    canvas.setFillColorRGB(*colour)
    canvas.setStrokeColorRGB(*colour)
