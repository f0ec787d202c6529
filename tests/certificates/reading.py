"""What other people's programs read out of our pages."""

import subprocess
import unicodedata
from pathlib import Path

import zxingcpp
from PIL import Image


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def saved(pdf: bytes, folder: Path) -> Path:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    return path


def text_of(pdf: bytes, folder: Path) -> str:
    return run("pdftotext", "-layout", saved(pdf, folder), "-")


def picture_of(pdf: bytes, folder: Path, *, dpi: int) -> Image.Image:
    run("pdftoppm", "-r", str(dpi), "-png", "-singlefile", saved(pdf, folder), folder / "page")
    with Image.open(folder / "page.png") as opened:
        return opened.convert("RGB")


def codes_in(pdf: bytes, folder: Path) -> list[str]:
    """The QR codes in the order in which they stand, row by row."""
    found = zxingcpp.read_barcodes(picture_of(pdf, folder, dpi=150))
    placed = sorted(found, key=lambda c: (c.position.top_left.y // 50, c.position.top_left.x))
    return [code.text for code in placed]


def squeezed(text: str) -> str:
    """Letters only: no blanks and no marks of direction, composed."""
    composed = unicodedata.normalize("NFC", text)
    kept = (c for c in composed if not c.isspace())
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf"})
