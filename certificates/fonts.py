"""The typefaces: Noto Sans from its package, and further TrueType files from a folder."""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

MAIN = "BypSans"


@dataclass(frozen=True, slots=True)
class FontSet:
    """The main font and what stands in for it, in the order in which they are asked."""

    faces: tuple[TTFont, ...]

    def name_for(self, char: str) -> str | None:
        """Return the name of the first font that has ``char``, or None."""
        code = ord(char)
        for face in self.faces:
            if code in face.face.charToGlyph:
                return str(face.fontName)
        return None


@lru_cache(maxsize=8)
def font_set(font_dir: Path | None) -> FontSet:
    """Load and register the fonts, once per process and folder.

    A file in the folder that is no TrueType font is passed over: a stray file must not cost
    anybody a certificate.
    """
    extra = () if font_dir is None else tuple(_faces_in(font_dir))
    return FontSet((_main_face(), *extra))


@lru_cache(maxsize=1)
def _main_face() -> TTFont:
    folder = files("fontpkg_noto_sans") / "files"
    name = next(f.name for f in folder.iterdir() if f.name.startswith("NotoSans["))
    return _register(MAIN, (folder / name).read_bytes())


def _faces_in(folder: Path) -> Iterator[TTFont]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".ttf", ".ttc"}:
            data = path.read_bytes()
            try:
                yield _register(f"Byp{hashlib.sha256(data).hexdigest()[:12]}", data)
            except (TTFError, struct.error, KeyError, IndexError, ValueError):
                continue


def _register(name: str, data: bytes) -> TTFont:
    font = TTFont(name, BytesIO(data))
    # The subset's resource name says it all; the path of the file would be in the object's key.
    font.face.filename = name
    pdfmetrics.registerFont(font)
    return font
