"""The certificate's page, read by programs that know nothing of ours."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image

from certificates import canonical_bytes, render_pdf, verify_url
from certificates.document import drawing
from tests.certificates.reading import codes_in, picture_of, run, saved, squeezed, text_of
from tests.certificates.samples import NAMES, SAMPLE, certificate
from tests.effort import times


def test_the_page_says_what_was_completed(tmp_path: Path) -> None:
    text = text_of(render_pdf(SAMPLE), tmp_path)
    for promised in (
        "Maple Street Dental",
        "Certificate of completion",
        "Dana Nguyễn-Rodríguez",
        "completed the training",
        "Patient privacy and social media: training completed",
        "Completed on March 4, 2027 (America/Chicago time)",
        "Next refresher due on March 4, 2028 (our policy)",
        SAMPLE.serial,
        "Privacy officer: Pat Moreno",
        "https://training.maplestreetdental.example/verify/",
        "This is one part of your privacy training. 45 CFR 164.530(b) asks for training on all ",
        " your PHI policies, and the Security Rule for a security-awareness programme.",
        "HHS does not approve or certify training; ",
        " this records completion of the practice's own course.",
    ):
        assert promised in text


@pytest.mark.parametrize(
    "word", ["HIPAA", "certified", "certification", "compliant", "expire", "failed", "score", "%"]
)
def test_the_page_claims_no_more_than_is_so(word: str, tmp_path: Path) -> None:
    assert word not in text_of(render_pdf(SAMPLE), tmp_path)


def test_without_a_refresher_the_page_names_none(tmp_path: Path) -> None:
    text = text_of(render_pdf(certificate(next_refresher_on=None)), tmp_path)
    assert "refresher" not in text
    assert "policy)" not in text


@pytest.mark.parametrize(
    "base_url",
    [
        "https://training.maplestreetdental.example",
        "https://training.maplestreetdental.example/",
        "http://127.0.0.1:8000",
        "https://learning.a-very-long-name-of-a-hospital-system.example.org/privacy/training",
    ],
)
def test_the_code_holds_the_address(base_url: str, tmp_path: Path) -> None:
    shown = certificate(base_url=base_url)
    expected = f"{base_url.rstrip('/')}/verify/{SAMPLE.serial}"
    assert verify_url(base_url, SAMPLE.serial) == expected
    assert codes_in(render_pdf(shown), tmp_path) == [expected]


def test_four_light_modules_stand_round_the_code(tmp_path: Path) -> None:
    page = picture_of(render_pdf(SAMPLE), tmp_path, dpi=150)
    corners = zxingcpp.read_barcodes(page)[0].position
    left, top, right = corners.top_left.x, corners.top_left.y, corners.top_right.x
    bottom = corners.bottom_left.y
    modules = len(segno.make(verify_url(SAMPLE.base_url, SAMPLE.serial), error="m").matrix)
    quiet = int(4 * (right - left) / modules)
    square = (left - quiet, top - quiet, right + quiet, bottom + quiet)
    page.paste((255, 255, 255), (left - 2, top - 2, right + 3, bottom + 3))
    assert darkest(page.convert("L").crop(square)) > 200


def test_a_local_address_is_said_to_be_one_and_is_no_link(tmp_path: Path) -> None:
    pdf = render_pdf(certificate(base_url="http://127.0.0.1:8000", local_only=True))
    text = text_of(pdf, tmp_path)
    assert "this address works on the practice's own computer only" in text
    assert "127.0.0.1" not in text
    assert b"/URI" not in pdf
    assert b"/URI" in render_pdf(SAMPLE)


def test_it_is_one_page_of_us_letter_across(tmp_path: Path) -> None:
    info = run("pdfinfo", saved(render_pdf(SAMPLE), tmp_path))
    assert "Pages:           1" in info
    assert "792 x 612 pts (letter)" in info
    assert "PDF version:     1.7" in info
    assert "Title:           Certificate of completion: Dana Nguyễn-Rodríguez" in info


def test_its_language_is_named() -> None:
    assert b"/Lang (en-US)" in render_pdf(SAMPLE)


def test_every_font_is_embedded(tmp_path: Path) -> None:
    rows = run("pdffonts", saved(render_pdf(SAMPLE), tmp_path)).splitlines()[2:]
    assert rows
    assert all("yes yes yes" in row and "NotoSans" in row for row in rows)


def test_C10_the_same_certificate_has_the_same_bytes() -> None:
    assert render_pdf(SAMPLE) == render_pdf(SAMPLE)


def test_C10_another_process_gives_the_same_bytes() -> None:
    program = (
        "import hashlib; from certificates import render_pdf;"
        "from tests.certificates.samples import SAMPLE;"
        "print(hashlib.sha256(render_pdf(SAMPLE)).hexdigest())"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == hashlib.sha256(render_pdf(SAMPLE)).hexdigest()


def test_threads_draw_the_same_bytes() -> None:
    wanted = {n: render_pdf(certificate(legal_name=n)) for n in NAMES[:8]}
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda n: render_pdf(certificate(legal_name=n)), wanted))
    assert drawn == list(wanted.values())


def test_one_page_is_drawn_at_a_time() -> None:
    """A TrueType face keeps a reading position, so that two threads would spoil each other's."""
    with ThreadPoolExecutor(1) as pool:
        with drawing:
            page = pool.submit(render_pdf, SAMPLE)
            with pytest.raises(TimeoutError):
                page.result(timeout=0.3)
        assert page.result(timeout=60) == render_pdf(SAMPLE)


def test_drawing_changes_nothing_that_is_signed() -> None:
    before = canonical_bytes(SAMPLE)
    render_pdf(SAMPLE)
    assert canonical_bytes(SAMPLE) == before


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_C06_any_name_is_printed_literally_inside_the_frame(name: str, tmp_path: Path) -> None:
    pdf = render_pdf(certificate(legal_name=name, practice=name[:150], signatory=name[:150]))
    run("qpdf", "--check", saved(pdf, tmp_path))
    text = squeezed(text_of(pdf, tmp_path))
    assert squeezed(name) in text
    assert "completedthetraining" in text
    assert SAMPLE.serial in text
    assert_clear_paper(pdf, tmp_path)


def assert_clear_paper(pdf: bytes, folder: Path) -> None:
    """Between the frame and the margin there is only paper, and the name has left its ink."""
    page = picture_of(pdf, folder, dpi=72).convert("L")
    for left, right in ((52, 78), (714, 740)):
        assert darkest(page.crop((left, 90, right, 520))) > 200
    assert darkest(page.crop((80, 170, 712, 252))) < 128


def darkest(picture: Image.Image) -> int:
    return min(value for value, count in enumerate(picture.histogram()) if count)


@pytest.mark.parametrize("name", NAMES[: times(30, len(NAMES))])
def test_C06_no_name_becomes_an_action(name: str, tmp_path: Path) -> None:
    pdf = render_pdf(certificate(legal_name=name, title=name, practice=name, signatory=name))
    objects = run("qpdf", "--json", "--json-key=qpdf", saved(pdf, tmp_path))
    for action in ('"/JS"', '"/JavaScript"', '"/Launch"', '"/OpenAction"', '"/AA"', '"/Names"'):
        assert action not in objects
    assert objects.count('"/URI": "') <= 1


def test_a_name_that_no_font_can_draw_is_printed_romanised(tmp_path: Path) -> None:
    shown = certificate(legal_name="山田 太郎", romanised_name="Yamada Tarō")
    assert "Yamada Tarō" in text_of(render_pdf(shown), tmp_path)


def test_a_name_whose_letters_join_is_printed_romanised(tmp_path: Path) -> None:
    shown = certificate(legal_name="अनिता शर्मा", romanised_name="Anita Sharma")
    assert "Anita Sharma" in text_of(render_pdf(shown), tmp_path)


def test_a_name_that_can_be_drawn_is_not_romanised(tmp_path: Path) -> None:
    shown = certificate(legal_name="Жанна Ёлкина", romanised_name="Zhanna Yolkina")
    text = text_of(render_pdf(shown), tmp_path)
    assert "Жанна Ёлкина" in text
    assert "Zhanna" not in text


def test_importing_the_package_does_not_load_the_drawing_library() -> None:
    program = "import sys, certificates; sys.exit('reportlab' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root).returncode == 0
