"""Spells of work: hired, moved, on leave, left, hired again, and days that are mended later."""

from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.program.lists import (
    ANN,
    APRIL,
    BO,
    CY,
    HEAD,
    MARCH,
    Take,
    away,
    last_of,
    listed,
    rows_of,
)
from training.program.roster import Refused


def test_left_without_a_day_and_missing_are_both_the_day_before(
    house: TestHouse, take: Take
) -> None:
    take(listed(ANN, BO, CY))
    take(listed(ANN, BO.replace("active", "terminated")), days=5)
    ended = ("left", TODAY + timedelta(days=5))
    assert (last_of(house, "2"), last_of(house, "3")) == (ended, ended)


def test_who_comes_back_under_her_old_hire_date_keeps_the_gap(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN), days=1)
    back = TODAY + timedelta(days=31)
    assert take(listed(ANN, BO), days=31).counts == {"rehired": 1, "same": 1}
    assert rows_of(house, "2") == [
        ("placed", APRIL, APRIL, "ICU"),
        ("left", TODAY + timedelta(days=1), APRIL, "ICU"),
        ("placed", back, back, "ICU"),
    ]
    take(listed(ANN, BO), days=60)


def test_who_comes_back_on_a_day_of_the_list_begins_then(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace(",,active", ",2026-08-31,left")))
    take(listed(ANN, BO.replace("2026-04-06", "2026-11-16")))
    again = date(2026, 11, 16)
    assert rows_of(house, "2")[-1] == ("placed", again, again, "ICU")
    assert [row[0] for row in rows_of(house, "2")] == ["placed", "left", "placed"]


def test_who_was_missing_by_mistake_goes_on_as_before(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN))
    take(listed(ANN, BO))
    assert {(row[0], row[2]) for row in rows_of(house, "2")} == {("placed", APRIL)}


def test_a_last_day_that_is_told_later_mends_ours(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN), days=10)
    for days, told in ((20, "2026-11-20"), (21, "2026-11-28"), (22, "2026-11-26")):
        take(listed(ANN, BO.replace(",,active", f",{told},terminated")), days=days)
        first = date.fromisoformat(told) + timedelta(days=1)
        assert [row[1] for row in rows_of(house, "2") if row[0] == "left"] == [first]


def test_the_last_day_of_an_earlier_spell_does_not_undo_the_new_one(
    house: TestHouse, take: Take
) -> None:
    gone = BO.replace(",,active", ",2026-11-20,terminated")
    take(listed(ANN, gone))
    take(listed(ANN, BO), days=10)
    take(listed(ANN, gone), days=20)
    assert [row[:2] for row in rows_of(house, "2")][1:] == [
        ("left", date(2026, 11, 21)),
        ("placed", TODAY + timedelta(days=10)),
        ("left", TODAY + timedelta(days=20)),
    ]


def test_an_announced_end_stays_when_she_moves(house: TestHouse, take: Take) -> None:
    ends = BO.replace(",,active", ",2027-01-31,active")
    take(listed(ANN, ends))
    take(listed(ANN, ends.replace("ICU", "OR")), days=3)
    assert rows_of(house, "2")[-2:] == [
        ("placed", TODAY + timedelta(days=3), APRIL, "OR"),
        ("left", date(2027, 2, 1), APRIL, "OR"),
    ]


def test_an_announced_end_is_put_off_brought_forward_or_taken_back(
    house: TestHouse, take: Take
) -> None:
    take(listed(ANN, BO.replace(",,active", ",2026-12-31,active")))
    for days, told in ((1, "2027-03-31"), (2, "2026-12-11")):
        take(listed(ANN, BO.replace(",,active", f",{told},active")), days=days)
        first = date.fromisoformat(told) + timedelta(days=1)
        assert [row[1] for row in rows_of(house, "2") if row[0] == "left"] == [first]
    take(listed(ANN, BO), days=3)
    assert {row[0] for row in rows_of(house, "2")} == {"placed"}


def test_left_with_a_day_to_come_is_told_once(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace(",,active", ",2026-12-31,terminated")))
    assert last_of(house, "2") == ("left", date(2027, 1, 1))


def test_a_first_day_that_is_put_off_moves_with_her(house: TestHouse, take: Take) -> None:
    first, later = "2026-12-01", "2026-12-08"
    take(listed(ANN, BO.replace("2026-04-06", first)))
    take(listed(ANN, BO.replace("2026-04-06", later).replace("ICU", "OR")), days=1)
    day = date.fromisoformat(later)
    assert rows_of(house, "2") == [("placed", day, day, "OR")]
    take(listed(ANN, BO.replace("2026-04-06", first)), days=2)
    assert [row[1] for row in rows_of(house, "2")] == [date.fromisoformat(first)]


def test_nobody_begins_before_her_first_day(house: TestHouse, take: Take) -> None:
    future = BO.replace("2026-04-06", "2026-12-07")
    take(listed(ANN, future))
    take(listed(ANN, future.replace("ICU", "OR")))
    assert rows_of(house, "2") == [("placed", date(2026, 12, 7), date(2026, 12, 7), "OR")]


def test_a_mended_hire_date_counts_and_what_was_stays(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN, BO.replace("2026-04-06", "2026-04-13")), days=1)
    mended = date(2026, 4, 13)
    assert [row[1:3] for row in rows_of(house, "2")] == [
        (APRIL, APRIL),
        (TODAY + timedelta(days=1), mended),
    ]


def test_a_rehire_date_begins_a_new_spell(house: TestHouse, take: Take) -> None:
    head = f"{HEAD},rehire date"
    take(listed(f"{ANN},", head=head))
    take(listed(f"{ANN},2026-11-02", head=head))
    again = date(2026, 11, 2)
    assert rows_of(house, "1") == [("placed", MARCH, MARCH, "ICU"), ("placed", again, again, "ICU")]


def test_a_change_counts_from_the_day_that_the_list_says(house: TestHouse, take: Take) -> None:
    head = f"{HEAD},effective date"
    take(listed(f"{ANN},", head=head))
    take(listed(f"{ANN.replace('ICU', 'OR')},2026-11-02", head=head))
    assert rows_of(house, "1")[-1] == ("placed", date(2026, 11, 2), MARCH, "OR")


def test_what_was_believed_is_superseded_and_never_lost(house: TestHouse, take: Take) -> None:
    take(listed(ANN))
    rows = house.count("placement")
    take(listed(ANN.replace("ICU", "OR")))
    take(listed(ANN.replace("ICU", "ER")))
    assert house.count("placement") == rows + 2
    assert house.count("placement", "superseded_at IS NOT NULL") == 1


def test_leave_begins_on_the_lists_day_or_the_imports_and_ends_the_day_before_she_is_back(
    house: TestHouse, take: Take
) -> None:
    head = f"{HEAD},leave date"
    take(listed(f"{ANN.replace('active', 'LOA')},2026-11-02", f"{BO.replace('active', 'L')},",
                head=head))  # fmt: skip
    assert sorted(away(house)) == [(date(2026, 11, 2), None), (TODAY, None)]
    back = listed(f"{ANN},", f"{BO},", head=head)
    assert take(back, days=10).counts == {"back": 2, "same": 0}
    last = TODAY + timedelta(days=9)
    assert sorted(away(house)) == [(date(2026, 11, 2), last), (TODAY, last)]


def test_a_list_without_a_status_column_ends_no_leave(house: TestHouse, take: Take) -> None:
    take(listed(ANN.replace("active", "LOA")))
    assert take(b"id,name\n1,Ann Ames\n").counts == {"same": 1}
    assert away(house) == [(TODAY, None)]


def test_a_mended_first_day_moves_her_whole_short_spell(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace("2026-04-06", "2026-12-01")))
    take(listed(ANN, BO.replace("2026-04-06", "2026-12-08").replace("ICU", "PACU")), days=1)
    later = date(2026, 12, 8)
    assert rows_of(house, "2") == [("placed", later, later, "PACU")]


def test_a_hire_date_that_is_much_later_begins_a_spell_too(house: TestHouse, take: Take) -> None:
    take(listed(ANN))
    take(listed(ANN.replace("2026-03-02", "2026-11-02")))
    again = date(2026, 11, 2)
    assert rows_of(house, "1") == [("placed", MARCH, MARCH, "ICU"), ("placed", again, again, "ICU")]


SOURCES = count()  # each example has people of its own in the one house
LINES = st.lists(
    st.tuples(
        st.sampled_from("12345"),
        st.sampled_from(["ann@x.example", "bo@x.example", "ANN@x.example", ""]),
        st.sampled_from(["ICU", "OR", ""]),
        st.sampled_from(["", "1", "2", "5"]),
        st.sampled_from(["", "2024-01-08", "2026-03-02", "2026-11-24", "2026-12-07"]),
        st.sampled_from(["", "2026-11-20", "2026-12-31", "2027-02-01"]),
        st.sampled_from(["active", "left", "leave", ""]),
        st.sampled_from(["", "", "2026-10-05", "2026-12-14"]),
        st.sampled_from(["", "", "2026-09-07", "2027-01-04"]),
    ),
    max_size=5,
    unique_by=lambda line: line[0],
)
WIDE = f"{HEAD},rehire date,effective date"


@settings(
    max_examples=times(15, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(LINES, st.integers(1, 40)), min_size=2, max_size=4))
def test_any_lists_day_after_day_are_each_the_same_when_taken_twice(
    take: Take, lists: list[tuple[list[tuple[str, ...]], int]]
) -> None:
    day, source = 0, f"s{next(SOURCES)}"
    for lines, more in lists:
        day += more
        rows = [
            f"{id_},Ann Ames,{mail},{dept},{boss},,{hired},{ends},{status},{again},{effective}"
            for id_, mail, dept, boss, hired, ends, status, again, effective in lines
        ]
        data = listed(*rows, head=WIDE).replace(b"@x", f"@{source}".encode())
        try:
            take(data, days=day, source=source, allow_ending=99, skip_bad_rows=True)
        except Refused:
            continue
