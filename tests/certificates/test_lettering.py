"""Text always fits its room, whatever it is."""

import shutil
from pathlib import Path

import pytest
import reportlab
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import render_pdf
from certificates.fonts import MAIN, font_set
from certificates.lettering import MISSING, clean, drawable, drawn_width, fit, line_of
from tests.certificates.reading import run, saved, text_of
from tests.certificates.samples import NAMES, certificate
from tests.effort import times

FONTS = font_set(None)
names = st.one_of(st.sampled_from(NAMES), st.text(st.characters(exclude_categories=["Cs"])))


@settings(max_examples=times(200, 3000), deadline=None)
@given(names, st.integers(60, 700), st.integers(8, 50), st.integers(1, 2))
def test_no_line_is_wider_than_its_room(text: str, width: int, largest: int, lines: int) -> None:
    setting = fit(text, FONTS, width=width, largest=largest, smallest=5, lines=lines)
    assert 1 <= len(setting.lines) <= lines
    assert 0 < setting.size <= largest
    for line in setting.lines:
        assert drawn_width(line, setting.size) <= width + 0.01


@settings(max_examples=times(200, 3000), deadline=None)
@given(names)
def test_no_letter_is_lost_on_the_way_to_the_page(text: str) -> None:
    setting = fit(text, FONTS, width=300, largest=40, smallest=9)
    meant = "".join(run.meant for line in setting.lines for run in line.runs)
    assert sorted(meant.replace(" ", "")) == sorted(clean(text).replace(" ", ""))


def test_a_short_name_is_large_and_on_one_line() -> None:
    setting = fit("Ann Lee", FONTS, width=600, largest=44, smallest=9)
    assert (setting.size, len(setting.lines)) == (44, 1)


def test_a_long_name_breaks_between_words() -> None:
    name = "Wilhelmina Konstantinopoulou van der Westhuizen de la Cruz y Montenegro"
    first, second = fit(name, FONTS, width=600, largest=44, smallest=9).lines
    assert (
        "".join(r.shown for r in first.runs) + " " + "".join(r.shown for r in second.runs) == name
    )


def test_a_letter_that_no_font_has_is_marked() -> None:
    assert [run.shown for run in line_of("A山", FONTS).runs] == ["A", MISSING]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nguyễn", True),
        ("Ωμέγα", True),
        ("Жанна", True),
        ("山田", False),
        ("अनिता", False),
        ("محمد", False),
        ("\u200b", False),
    ],
)
def test_what_can_be_drawn_is_known(text: str, *, expected: bool) -> None:
    assert drawable(text, FONTS) is expected


def test_right_to_left_letters_are_put_in_visual_order() -> None:
    visual = "".join(run.meant for run in line_of("Ann שלום כהן Lee", FONTS).runs)
    assert visual == "Ann " + "שלום כהן"[::-1] + " Lee"


@pytest.fixture
def font_dir(tmp_path: Path) -> Path:
    """A folder with a font that has ∑ (Noto Sans lacks it), and with rubbish."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf", folder / "b.ttf")
    (folder / "a.ttf").write_bytes(b"not a font")
    (folder / "c.ttf").write_bytes(b"\x00\x01\x00\x00" + b"\x00" * 40)
    (folder / "empty.ttf").write_bytes(b"")
    (folder / "readme.txt").write_text("hello")
    return folder


def test_a_letter_comes_from_the_folder_when_the_main_font_lacks_it(font_dir: Path) -> None:
    fonts = font_set(font_dir)
    runs = line_of("Ann ∑ Lee", fonts).runs
    assert [run.font == MAIN for run in runs] == [True, False, True]
    assert [run.shown for run in runs] == ["Ann ", "∑", " Lee"]
    assert drawable("∑", fonts)
    assert not drawable("∑", FONTS)


def test_both_fonts_are_embedded_and_the_name_is_whole(font_dir: Path, tmp_path: Path) -> None:
    pdf = render_pdf(certificate(legal_name="Ann ∑ Lee"), font_dir=font_dir)
    assert "Ann ∑ Lee" in text_of(pdf, tmp_path)
    rows = run("pdffonts", saved(pdf, tmp_path)).splitlines()[2:]
    assert len(rows) == 2
    assert all("yes yes yes" in row for row in rows)


def test_a_folder_that_is_not_there_costs_nobody_a_certificate(tmp_path: Path) -> None:
    pdf = render_pdf(certificate(), font_dir=tmp_path / "nowhere")
    assert pdf == render_pdf(certificate())
