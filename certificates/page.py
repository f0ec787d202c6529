"""The certificate's page: what stands where."""

from datetime import date
from io import BytesIO
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from certificates.certificate import Certificate, verify_url
from certificates.document import ACCENT, INK, QUIET, drawing, ink, new_canvas
from certificates.fonts import FontSet, font_set
from certificates.lettering import Setting, clean, draw_line, drawable, drawn_width, fit, line_of
from certificates.ornament import HEIGHT, WIDTH, draw_ornament
from certificates.qr import draw_qr

LEFT, RIGHT = 86, WIDTH - 86
MIDDLE = WIDTH / 2
ONE_PART = (
    "This is one part of your privacy training. 45 CFR 164.530(b) asks for training on all your "
    "PHI policies, and the Security Rule for a security-awareness programme."
)
NO_APPROVAL = (
    "HHS does not approve or certify training; this records completion of the practice's own "
    "course."
)
LOCAL_ONLY = "this address works on the practice's own computer only"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FOOT = 121  # the baseline on which the signatory and the code stand
SIGNATURE_WIDTH = 220
QR_SIDE = 98.0
QR_QUIET = 8.0  # about four modules: what is seen of the code ends at the margin


def draw_certificate(certificate: Certificate, font_dir: Path | None) -> bytes:
    """Return the finished PDF; see ``certificates.render_pdf`` for what it promises."""
    out = BytesIO()
    with drawing:
        fonts = font_set(font_dir)
        canvas = new_canvas(out, (WIDTH, HEIGHT))
        canvas.setTitle(f"Certificate of completion: {clean(certificate.legal_name)}")
        canvas.setAuthor(certificate.practice)
        canvas.setSubject(certificate.title)
        draw_ornament(canvas)
        _draw_head(canvas, certificate, fonts)
        _draw_name(canvas, certificate, fonts)
        _draw_facts(canvas, certificate, fonts)
        _draw_signatory(canvas, certificate, fonts)
        _draw_proof(canvas, certificate, fonts)
        _draw_small_print(canvas, fonts)
        canvas.showPage()
        canvas.save()
    return out.getvalue()


def _centred(
    canvas: Canvas, setting: Setting, y: float, *, weight: float = 0, spacing: float = 0
) -> None:
    """Centre the lines; the last one's baseline is ``y``."""
    for above, line in enumerate(reversed(setting.lines)):
        x = MIDDLE - drawn_width(line, setting.size, spacing) / 2
        base = y + above * setting.size * 1.2
        draw_line(canvas, line, x=x, y=base, size=setting.size, weight=weight, spacing=spacing)


def _draw_head(canvas: Canvas, certificate: Certificate, fonts: FontSet) -> None:
    ink(canvas, QUIET)
    practice = fit(
        certificate.practice, fonts, width=RIGHT - LEFT - 60, largest=15, smallest=8, lines=1
    )
    _centred(canvas, practice, 522, spacing=0.6)
    ink(canvas, ACCENT)
    heading = Setting(35, (line_of("Certificate of completion", fonts),))
    _centred(canvas, heading, 467, spacing=1.1)
    canvas.setLineWidth(1.4)
    canvas.line(MIDDLE - 24, 445, MIDDLE + 24, 445)


def _draw_name(canvas: Canvas, certificate: Certificate, fonts: FontSet) -> None:
    name = certificate.legal_name
    if not drawable(name, fonts) and certificate.romanised_name:
        name = certificate.romanised_name
    ink(canvas, INK)
    setting = fit(name, fonts, width=RIGHT - LEFT, largest=44, smallest=9)
    single = len(setting.lines) == 1
    _centred(canvas, setting, 384 - (setting.size - 44) / 4 if single else 372, weight=0.008)
    ink(canvas, ACCENT)
    canvas.setLineWidth(0.5)
    canvas.line(MIDDLE - 190, 357, MIDDLE + 190, 357)


def _draw_facts(canvas: Canvas, certificate: Certificate, fonts: FontSet) -> None:
    ink(canvas, QUIET)
    _centred(canvas, Setting(13, (line_of("completed the training", fonts),)), 331)
    ink(canvas, INK)
    title = fit(certificate.title, fonts, width=RIGHT - LEFT, largest=20, smallest=9)
    _centred(canvas, title, 299 if len(title.lines) == 1 else 290, weight=0.022)
    zone = certificate.zone.replace("_", " ")
    done = f"Completed on {_day(certificate.completed_on)} ({zone} time)"
    _centred(canvas, fit(done, fonts, width=RIGHT - LEFT, largest=12.5, smallest=8, lines=1), 264)
    if certificate.next_refresher_on is not None:
        again = f"Next refresher due on {_day(certificate.next_refresher_on)} (our policy)"
        ink(canvas, QUIET)
        _centred(canvas, Setting(11, (line_of(again, fonts),)), 245)


def _draw_signatory(canvas: Canvas, certificate: Certificate, fonts: FontSet) -> None:
    ink(canvas, INK)
    canvas.setLineWidth(0.6)
    canvas.line(LEFT, FOOT + 17, LEFT + SIGNATURE_WIDTH, FOOT + 17)
    signatory = fit(certificate.signatory, fonts, width=SIGNATURE_WIDTH, largest=11, smallest=6)
    for row, line in enumerate(signatory.lines):
        draw_line(canvas, line, x=LEFT, y=FOOT - row * 11, size=signatory.size)


def _draw_proof(canvas: Canvas, certificate: Certificate, fonts: FontSet) -> None:
    """Draw the number, where to check it, and the same address as a code."""
    url = verify_url(certificate.base_url, certificate.serial)
    x, y = RIGHT - QR_SIDE + QR_QUIET, FOOT - QR_QUIET
    draw_qr(canvas, url, x=x, y=y, side=QR_SIDE)
    if certificate.local_only:
        how, where = "Scan the code:", LOCAL_ONLY
    else:
        how = "Scan the code, or enter the number at"
        where = url.removesuffix(certificate.serial)
        canvas.linkURL(url, (x, y, x + QR_SIDE, y + QR_SIDE))
    ink(canvas, INK)
    _right(canvas, certificate.serial, fonts, x, FOOT + 32, size=11, weight=0.015)
    ink(canvas, QUIET)
    _right(canvas, "Certificate number", fonts, x, FOOT + 49, size=9)
    _right(canvas, how, fonts, x, FOOT + 12, size=9)
    _right(canvas, where, fonts, x, FOOT, size=9)


def _right(
    canvas: Canvas,
    text: str,
    fonts: FontSet,
    edge: float,
    y: float,
    *,
    size: float,
    weight: float = 0,
) -> None:
    room = edge - LEFT - SIGNATURE_WIDTH - 24
    setting = fit(text, fonts, width=room, largest=size, smallest=5, lines=1)
    line = setting.lines[0]
    x = edge - drawn_width(line, setting.size)
    draw_line(canvas, line, x=x, y=y, size=setting.size, weight=weight)


def _draw_small_print(canvas: Canvas, fonts: FontSet) -> None:
    ink(canvas, QUIET)
    for y, text in ((80, ONE_PART), (69, NO_APPROVAL)):
        setting = fit(text, fonts, width=RIGHT - LEFT + 40, largest=8, smallest=6, lines=1)
        _centred(canvas, setting, y)


def _day(day: date) -> str:
    """Write a day as people in the United States do, whatever the server's locale."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
