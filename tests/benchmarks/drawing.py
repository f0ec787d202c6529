"""A certificate of ours, and the barest page that has one embedded font and the same QR code."""

from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import segno
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates import Certificate, SigningKey, new_serial, render_pdf

NOTO = sorted((Path(str(files("fontpkg_noto_sans"))) / "files").iterdir())
KEY = SigningKey.from_bytes(b"k" * 32)
CERTIFICATE = Certificate(
    serial=new_serial(b"s" * 17),
    legal_name="Dana Whitfield-Nguyễn",
    title="Patient privacy and social media: training completed",
    practice="Maple Street Clinic",
    completed_on=date(2026, 11, 24),
    zone="America/Chicago",
    next_refresher_on=date(2027, 11, 24),
    base_url="https://training.maplestreet.example",
    course_digest="a" * 64,
    issued_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
    key_id=KEY.key_id,
    signatory="Ines Calloway, privacy officer",
)


def our_page() -> bytes:
    return render_pdf(CERTIFICATE)


@cache
def _font() -> str:
    pdfmetrics.registerFont(TTFont("Bare", str(next(p for p in NOTO if p.name.endswith(".ttf")))))
    return "Bare"


def bare_page() -> bytes:
    """One line of text in an embedded font, and the QR code as path runs."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=landscape(letter), initialFontName=_font(), invariant=1)
    canvas.setFont(_font(), 24)
    canvas.drawString(72, 400, f"{CERTIFICATE.legal_name} {CERTIFICATE.title}")
    path = canvas.beginPath()
    for y, row in enumerate(
        segno.make(CERTIFICATE.base_url + "/verify/" + CERTIFICATE.serial).matrix
    ):
        start = None
        for x, dark in enumerate((*row, 0)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                path.rect(72 + start * 2, 72 - y * 2, (x - start) * 2, 2)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
