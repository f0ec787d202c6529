"""One cell: what is read from it, and why it is refused."""

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from training.program.roster.values import (
    BadValue,
    clean,
    date_of,
    email_of,
    is_spoiled_number,
    name_of,
    slash_order,
    status_of,
    worker_type_of,
)

DAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05", "2026-1-5", "2026/01/05", "20260105", "2026-01-05T23:59:59-11:00",
        "2026-01-05 00:00:00", "01/05/2026", "1/5/26", "01-05-2026", "1/5/2026 12:00:00 AM",
        "05.01.2026", "5.1.26", "05.01.2026 00:00", "05-Jan-2026", "05-JAN-26", "Jan 5, 2026",
        "January 5, 2026", "5 January 2026", "5 Jan 2026", "46027", "46027.0", "46027.75",
    ],
)  # fmt: skip
def test_a_day_is_the_day_that_is_written(written: str) -> None:
    assert date_of(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "", "-", "0", "N/A", "n/a", "NULL", "None", "#N/A", "12/31/9999", "9999-12-31",
        "31-Dec-9999", "2999-12-31", "12/31/2099", "01/01/1900", "0001-01-01", "1753-01-01",
        "00/00/0000", "0000-00-00", "0000-00-00 00:00:00", "1/0/1900", "2958465",
    ],
)  # fmt: skip
def test_a_day_that_stands_for_no_day_is_none(written: str) -> None:
    assert date_of(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "soon", "2026-02-30", "02/30/2026", "25/12/2026", "2026-13-01", "0206-01-05", "1/5",
        "2026", "123", "99999", "=TODAY()", "1/5/202", "5. Jan", "3026-01-05", "١٢٣٤٥",
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_the_mend(written: str) -> None:
    with pytest.raises(BadValue) as bad:
        date_of(written)
    assert bad.value.mend == "write it as 2026-11-24"


@pytest.mark.parametrize(
    ("written", "year"), [("70", 1970), ("99", 1999), ("69", 2069), ("00", 2000)]
)
def test_two_digits_are_of_the_last_century_from_70_on(written: str, year: int) -> None:
    assert date_of(f"01/05/{written}") == date(year, 1, 5)
    assert date_of(f"05-Jan-{written}") == date(year, 1, 5)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["05/01/2026", "25/01/2026"], "day"),
        (["05/01/2026", "01/25/2026"], "month"),
        (["25/01/2026", "01/25/2026"], "month"),
        (["05/01/2026", ""], "either"),
        (["2026-01-25", "46027"], "none"),
    ],
)
def test_a_column_is_day_first_only_where_nothing_else_fits(cells: list[str], order: str) -> None:
    assert slash_order(cells) == order
    assert order != "day" or date_of(cells[0], day_first=True) == DAY


NAMES = (
    "José Núñez", "Siobhán O'Neil", "Nguyễn Thị Hương", "Жанна Соколова", "Αθηνά Παπαδοπούλου",
    "محمد علي", "שרה כהן", "प्रिया शर्मा", "佐藤 由紀", "김 민지", "สมชาย ใจดี", "ክ አበበ",
    "Ann-Marie d'Arcy 3rd", "Jo",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_stays_as_it_is(name: str) -> None:
    assert name_of(clean(name)) == (unicodedata.normalize("NFC", name), False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ames, Ann", "Ann Ames"),
        ("de la Cruz, María José", "María José de la Cruz"),
        ("Ames,Ann", "Ann Ames"),
        ("Bay, Jr.", "Bay, Jr."),
        ("Ann Ames, M.D.", "Ann Ames, M.D."),
        ("Ann Ames, RN BSN", "Ann Ames, RN BSN"),
        ("Bay, Bo, RN", "Bay, Bo, RN"),
        ("Ames,", "Ames,"),
    ],
)
def test_a_last_name_first_is_turned_round_unless_a_degree_follows(written: str, read: str) -> None:
    assert name_of(written) == (read, written != read)


@pytest.mark.parametrize("name", ["", "123", "-", "?!", "A" * 121])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadValue, match=r"name"):
        name_of(name)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Ann   Ames ", "Ann Ames"),
        ("Ann\r\nAmes", "Ann Ames"),
        ("Ann\tAmes", "Ann Ames"),
        ("Ann\u00a0\u2003\u3000Ames", "Ann Ames"),
        ("Ann\u2028Ames", "Ann Ames"),
        ("\ufeffAn\u00adn\u200b Am\u2060es\u200e\u200f", "Ann Ames"),
        ("ک\u200cن न\u200dन", "ک\u200cن न\u200dन"),
        ('="00123"', "00123"),
        (' ="00123" ', "00123"),
        ('=""', ""),
        ('="', '="'),
        ("=1+1", "=1+1"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_a_cell_is_cleaned_and_its_markup_is_text(cell: str, text: str) -> None:
    assert clean(cell) == text


@pytest.mark.parametrize(
    "hidden",
    ["\x00", "\x07", "\x0b", "\x1b", "\x1f", "\x7f", "\x90", "\u202a", "\u202e", "\u2066",
     "\u2069", "\ud800", "\U000e0041"],
)  # fmt: skip
def test_what_hides_in_a_cell_is_refused_wherever_it_stands(hidden: str) -> None:
    for cell in (f"Ann{hidden}Ames", f"{hidden}Ann", f"Ann{hidden}"):
        with pytest.raises(BadValue, match="hidden control character"):
            clean(cell)


def test_a_cell_as_long_as_a_page_is_refused() -> None:
    assert clean("x" * 254)
    with pytest.raises(BadValue, match="longer than 254"):
        clean("x" * 255)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("active", ["", "Active", "A", "ACT", "current", "employed", "Full-Time", "part time",
                    "Per Diem", "FULL_TIME"]),
        ("leave", ["leave", "L", "LOA", "On Leave", "FMLA", "furlough", "Leave of absence"]),
        ("left", ["left", "T", "Term", "TERMINATED", "inactive", "Separated", "resigned",
                  "retired", "deceased"]),
    ],
)  # fmt: skip
def test_the_status_words_of_HR_systems_are_known(status: str, words: list[str]) -> None:
    assert {status_of(word) for word in words} == {status}


@pytest.mark.parametrize("word", ["paused", "在職", "Kündigung", "?", "active-ish", "X"])
def test_an_unknown_status_is_refused_with_the_words_to_use(word: str) -> None:
    with pytest.raises(BadValue, match="is not known") as bad:
        status_of(word)
    assert "active, leave or terminated" in bad.value.mend


@pytest.mark.parametrize(
    ("word", "kind"),
    [("", "employee"), ("Full-Time", "employee"), ("Traveler", "agency"), ("Vendor", "contractor"),
     ("Volunteer", "volunteer"), ("resident", "student"), ("Chaplain", "chaplain"),
     ("学生", "学生")],
)  # fmt: skip
def test_a_kind_of_work_that_is_not_known_is_kept_as_it_is_told(word: str, kind: str) -> None:
    assert worker_type_of(word) == kind


@pytest.mark.parametrize("text", ["", "-", "N/A", "none"])
def test_no_mail_address_is_none(text: str) -> None:
    assert email_of(text) is None


@pytest.mark.parametrize("text", ["ann", "ann@", "@x.example", "ann@x", "a b@x.example",
                                  "a@x.example;b@x.example", "Ann <a@x.example>"])  # fmt: skip
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is no mail address"):
        email_of(text)


@pytest.mark.parametrize("text", ["1.2E+05", "1E+15", "1,23E+05", "######", "#N/A", "#REF!"])
def test_a_staff_number_that_a_spreadsheet_spoiled_is_seen(text: str) -> None:
    assert is_spoiled_number(text)


@pytest.mark.parametrize("text", ["00123", "E1001", "12-E5", "#12", "1.5"])
def test_a_staff_number_with_marks_in_it_is_not_spoiled(text: str) -> None:
    assert not is_spoiled_number(text)


@given(st.text(max_size=60))
@example('="')
@example("1/5/٢٠")
def test_no_cell_breaks_a_reader(text: str) -> None:
    for read in (clean, date_of, email_of, name_of, status_of, worker_type_of):
        with suppress(BadValue):
            read(text)
