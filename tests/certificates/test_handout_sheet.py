"""A training on paper as a PDF: it flows, nothing is torn apart, everything is literal."""

from pathlib import Path

from certificates import Asked, Blanks, Handout, Heading, Passage, Span, render_handouts
from tests.certificates.reading import run, saved, squeezed, text_of
from tests.certificates.samples import NAMES

WORDS = "Before you post, ask whose news this is, and whether a patient could be found in it. "


def passage(text: str, mark: str = "") -> Passage:
    return Passage((Span(text),), mark)


def asked(number: int) -> Asked:
    options = tuple(f"Option {number}-{n} of this question" for n in range(1, 5))
    return Asked(number, (passage(f"Question number {number}. {WORDS}"),), "Tick one.", options)


def handout(*blocks: Heading | Passage | Asked | Blanks, name: str = "Dana Reyes") -> Handout:
    return Handout("Privacy", "Maple Dental", name, ("Due 3 Mar 2027.",), "Sheet 12AB", blocks)


def pages(pdf: bytes, folder: Path) -> list[str]:
    return run("pdftotext", "-layout", saved(pdf, folder), "-").split("\f")[:-1]


def test_a_question_is_never_torn_apart(tmp_path: Path) -> None:
    blocks = [block for n in range(1, 30) for block in (passage(WORDS * (n % 5)), asked(n))]
    found = pages(render_handouts([handout(*blocks)]), tmp_path)
    assert len(found) > 4
    for number in range(1, 30):
        (home,) = [page for page in found if f"Question number {number}." in page]
        assert f"Option {number}-1" in home
        assert f"Option {number}-4" in home


def test_no_heading_stands_alone_at_the_foot(tmp_path: Path) -> None:
    for lines in range(28, 44):
        blocks = [*(passage("A line.") for _ in range(lines)), Heading("Here"), passage(WORDS)]
        found = pages(render_handouts([handout(*blocks)]), tmp_path)
        assert ["Here" in page for page in found] == ["whose news" in page for page in found]


def test_a_heading_goes_with_the_whole_question_below_it(tmp_path: Path) -> None:
    for lines in range(14, 44, 2):
        blocks = [*(passage("A line.") for _ in range(lines)), Heading("Here", 2), asked(1)]
        found = pages(render_handouts([handout(*blocks)]), tmp_path)
        assert ["Here" in page for page in found] == ["Option 1-4" in page for page in found]


def test_each_person_begins_a_page_and_is_counted_alone(tmp_path: Path) -> None:
    pair = [handout(passage(WORDS * 80)), handout(passage(WORDS), name="Kim Lee")]
    found = pages(render_handouts(pair), tmp_path)
    assert "Page 1 of 2" in found[0]
    assert "Page 2 of 2" in found[1]
    assert "Page 1 of 1" in found[2]
    assert "Kim Lee" in found[2]


def test_words_of_two_looks_stand_together_as_written(tmp_path: Path) -> None:
    spans = (
        Span("Ask "),
        Span("whose news", bold=True),
        Span(", then (", quiet=True),
        Span("post)."),
    )
    assert "Ask whose news, then (post)." in text_of(
        render_handouts([handout(Passage(spans))]), tmp_path
    )


def test_every_name_and_a_word_without_an_end_stay_on_the_page(tmp_path: Path) -> None:
    address = "https://" + "training.maple-street.example/" * 9
    made = [handout(passage(address), name=name) for name in NAMES]
    pdf = render_handouts(made)
    run("qpdf", "--check", saved(pdf, tmp_path))
    told = squeezed(text_of(pdf, tmp_path))  # laid out: else a "--" at a line's end is one
    assert all(squeezed(name) in told for name in NAMES)
    boxes = run("pdftotext", "-bbox", saved(pdf, tmp_path), "-")
    edges = [float(part.split('"')[0]) for part in boxes.split('xMax="')[1:]]
    assert max(edges) <= 612 - 60


def test_the_same_sheets_have_the_same_bytes_and_their_fonts(tmp_path: Path) -> None:
    whole = handout(Heading("One", 1), passage(WORDS, "1."), asked(1), Blanks(("Date",), ("No",)))
    pdf = render_handouts([whole])
    assert pdf == render_handouts([whole])
    rows = run("pdffonts", saved(pdf, tmp_path)).splitlines()[2:]
    assert rows
    assert all("yes yes yes" in row for row in rows)
