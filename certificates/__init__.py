"""Certificates: a frozen value becomes a signature and a page that somebody would frame.

Pure: no clock, no database, no request. The same value gives the same bytes on the same versions
of the libraries. ReportLab is imported only when something is drawn, so that a command which
draws nothing starts quickly.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from certificates.certificate import Certificate, verify_url
from certificates.handout import Asked, Blanks, Block, Handout, Heading, Passage, Span
from certificates.serials import InvalidSerial, new_serial, parse_serial
from certificates.signing import SigningKey, WrongKey, canonical_bytes, verify
from certificates.slip import Slip
from certificates.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Asked",
    "Blanks",
    "Block",
    "Certificate",
    "Column",
    "Handout",
    "Heading",
    "InvalidSerial",
    "Passage",
    "SigningKey",
    "Slip",
    "Span",
    "Table",
    "WrongKey",
    "canonical_bytes",
    "new_serial",
    "parse_serial",
    "qr_lines",
    "render_handouts",
    "render_pdf",
    "render_slips",
    "render_table",
    "verify",
    "verify_url",
]


def qr_lines(text: str) -> tuple[int, str]:
    """Return a QR code for a page: its side in modules, and its dark parts as an SVG path."""
    from certificates.qr import qr_path

    return qr_path(text)


def render_handouts(handouts: "Sequence[Handout]", *, font_dir: Path | None = None) -> bytes:
    """Draw trainings on paper, one after the other: US Letter portrait, each begins a page.

    No question breaks over two pages, and no heading stands alone at the foot of one.
    """
    from certificates.handout_sheet import draw_handouts

    return draw_handouts(handouts, font_dir)


def render_pdf(certificate: Certificate, *, font_dir: Path | None = None) -> bytes:
    """Draw the certificate: one page, US Letter landscape, PDF 1.7, every font embedded.

    ``font_dir`` holds further TrueType fonts for names in scripts that Noto Sans lacks. Nothing
    on the page comes from anywhere but the certificate, and all of it is printed literally.
    """
    from certificates.page import draw_certificate

    return draw_certificate(certificate, font_dir)


def render_slips(slips: "Iterable[Slip]", *, font_dir: Path | None = None) -> bytes:
    """Draw sign-in slips to cut apart: eight a page, US Letter portrait.

    An empty list is one page that says that there is nobody on it, for a PDF needs a page.
    """
    from certificates.slip_sheet import draw_slips

    return draw_slips(tuple(slips), font_dir)


def render_table(table: Table, *, font_dir: Path | None = None) -> bytes:
    """Draw a report: US Letter landscape, its headings and a page number on every page.

    Each text is printed literally on one line: what is too long is set smaller, then cut. A table
    without rows is one page that says that nobody is on it.
    """
    from certificates.table_sheet import draw_table

    return draw_table(table, font_dir)
