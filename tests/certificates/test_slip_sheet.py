"""A sheet of slips: each person's own way in, to be cut apart."""

from pathlib import Path

import pytest

from certificates import Slip, render_slips
from tests.certificates.reading import codes_in, run, saved, squeezed, text_of
from tests.certificates.samples import NAMES

TOKEN = "aZ09_-x" * 6 + "q"


def slip(number: int, name: str = "Dana R.") -> Slip:
    url = f"https://training.maplestreetdental.example/sign-in/{number:02}{TOKEN}"
    return Slip(name, "Maple Street Dental", url, "Friday, March 12", f"K7Q-4M{number}")


def test_a_slip_says_whose_it_is_and_how_long_it_works(tmp_path: Path) -> None:
    text = text_of(render_slips([slip(3, "Šárka Nguyễn")]), tmp_path)
    assert "Šárka Nguyễn" in text
    assert "Maple Street Dental" in text
    assert "Works until Friday, March 12, once." in text
    assert "K7Q-4M3" in text


def test_the_address_can_be_typed(tmp_path: Path) -> None:
    text = run("pdftotext", saved(render_slips([slip(3)]), tmp_path), "-")
    assert slip(3).url in squeezed(text)


def test_a_slip_without_a_short_code_names_none(tmp_path: Path) -> None:
    bare = Slip("Dana", "Maple", "https://x.example/sign-in/t", "March 12")
    assert "Code" not in text_of(render_slips([bare]), tmp_path)


def test_each_code_holds_its_own_address_in_the_order_given(tmp_path: Path) -> None:
    slips = [slip(number) for number in range(8)]
    assert codes_in(render_slips(slips), tmp_path) == [s.url for s in slips]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (8, 1), (9, 2), (17, 3)])
def test_eight_stand_on_a_page(count: int, pages: int, tmp_path: Path) -> None:
    info = run("pdfinfo", saved(render_slips([slip(n) for n in range(count)]), tmp_path))
    assert f"Pages:           {pages}" in info


def test_nobody_to_print_for_is_said(tmp_path: Path) -> None:
    assert "There are no slips to print." in text_of(render_slips([]), tmp_path)


def test_any_name_is_printed_literally(tmp_path: Path) -> None:
    pdf = render_slips(slip(0, name) for name in NAMES)
    run("qpdf", "--check", saved(pdf, tmp_path))
    text = squeezed(run("pdftotext", saved(pdf, tmp_path), "-"))
    for name in NAMES:
        assert squeezed(name) in text


def test_the_same_slips_have_the_same_bytes() -> None:
    assert render_slips([slip(1)]) == render_slips([slip(1)])


def test_every_font_is_embedded(tmp_path: Path) -> None:
    rows = run("pdffonts", saved(render_slips([slip(1)]), tmp_path)).splitlines()[2:]
    assert rows
    assert all("yes yes yes" in row for row in rows)


def test_a_long_title_a_long_name_and_a_long_address_stay_on_their_slip(tmp_path: Path) -> None:
    made = [
        Slip(
            f"Bartholomew Featherstonehaugh-Cholmondeley {n}",
            "Maple Street Dental and Oral Surgery, Sterile Processing and Supply",
            f"https://training.maplestreetdental.example/sign-in/abcd-efgh-jkmn-pq{n:02}",
            "Wednesday, September 30",
            due_title="Patient privacy and social media: the yearly refresher for clinical staff",
            due_on_text="Wednesday, September 30",
            note="Forty minutes are booked for you: ask at the desk, and it is on your time sheet.",
        )
        for n in range(8)
    ]
    pdf = render_slips(made)
    assert codes_in(pdf, tmp_path) == [slip.url for slip in made]
    told = squeezed(run("pdftotext", saved(pdf, tmp_path), "-"))
    assert told.count("dueWednesday,September30") == 8
