"""A report on paper: every row, the headings and the facts on each page."""

import re
from pathlib import Path

import pytest

from certificates import Column, Table, render_table
from tests.certificates.reading import run, saved, squeezed, text_of
from tests.certificates.samples import NAMES

COLUMNS = (Column("Name", 2), Column("Status"))
TOLD = "Only status Late. As of 24 Nov 2026, 09:00 (America/Chicago)"


def table(*names: str) -> Table:
    rows = tuple((name, "Late") for name in names)
    return Table("My team", "Maple Street Clinic", TOLD, COLUMNS, rows)


def test_it_says_whose_list_it_is_of_when_and_which(tmp_path: Path) -> None:
    pdf = render_table(table("Ana Ruiz"))
    text = text_of(pdf, tmp_path)
    for expected in ("My team", "Maple Street Clinic", TOLD, "Ana Ruiz", "Page 1 of 1"):
        assert expected in text
    info = run("pdfinfo", saved(pdf, tmp_path))
    assert TOLD in info
    assert "My team, Maple Street Clinic" in info


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (22, 1), (23, 2), (49, 3), (400, 17)])
def test_every_row_is_there_once_and_every_page_has_its_headings(
    count: int, pages: int, tmp_path: Path
) -> None:
    names = [f"Person-{n:03}" for n in range(count)]
    text = text_of(render_table(table(*names)), tmp_path)
    found = [word for word in text.split() if word.startswith("Person-")]
    assert found == names
    assert len(re.findall(rf"Page \d+ of {pages}\b", text)) == text.count("Status") == pages


def test_nobody_is_said(tmp_path: Path) -> None:
    assert "Nobody is on this list." in text_of(render_table(table()), tmp_path)


def test_any_text_is_printed_literally_and_stays_in_its_column(tmp_path: Path) -> None:
    pdf = render_table(table(*NAMES, "W" * 300))
    run("qpdf", "--check", saved(pdf, tmp_path))
    text = squeezed(run("pdftotext", saved(pdf, tmp_path), "-"))
    for name in NAMES:
        assert squeezed(name) in text


def test_a_row_that_does_not_fit_the_headings_is_a_fault() -> None:
    broken = Table("T", "P", "", COLUMNS, (("one cell",),))
    with pytest.raises(ValueError, match="zip"):
        render_table(broken)


def test_the_same_table_has_the_same_bytes_and_its_fonts(tmp_path: Path) -> None:
    assert render_table(table("Ana")) == render_table(table("Ana"))
    rows = run("pdffonts", saved(render_table(table("Ana")), tmp_path)).splitlines()[2:]
    assert rows
    assert all("yes yes yes" in row for row in rows)
