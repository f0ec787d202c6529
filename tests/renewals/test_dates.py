"""The table of dates: people whose days were worked out by hand, played through the services."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache

import pytest
from sqlalchemy import select

from tests import stores
from tests.cast import make_template
from tests.effort import FULL
from tests.renewals.storyteller import NOTHING, Answer, Row, Teller, rows
from training import audit
from training.accounts.models import User
from training.db import Database
from training.rules.standing import Complete, Status

TABLE = rows()
TENTH = TABLE if FULL else TABLE[::10]  # so many on the second database in the quick tier
CASES = [("sqlite", row) for row in TABLE] + [("postgresql", row) for row in TENTH]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """One database of each kind for all rows: each row's transaction is thrown away."""
    with ExitStack() as stack:

        @cache
        def database(kind: str) -> Database:
            folder = tmp_path_factory.mktemp("dates")
            url = stack.enter_context(stores.copy_of(kind, "cast", make_template, folder))
            found = Database(url, before_commit=(audit.append_pending,))
            stack.callback(found.dispose)
            return found

        yield database


def _answers(database: Database, row: Row) -> tuple[Answer, Answer | None]:
    with database.open(writes=True) as session:
        officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
        teller = Teller(session, row, officer)
        teller.play()
        return teller.ask(), teller.ask_today()


@pytest.mark.parametrize(("kind", "row"), CASES, ids=[f"{k}-{row['row']}" for k, row in CASES])
def test_a_row_of_the_table(databases: Callable[[str], Database], kind: str, row: Row) -> None:
    found, today = _answers(databases(kind), row)
    told, expected = asdict(found), asdict(NOTHING) | row["expect"]
    if "counts" not in row["expect"]:
        del told["counts"], expected["counts"]
    assert told == expected, row["why"]
    assert today is None or today == found  # the pages of today say the same


SPOKEN = [row for row in TABLE if "says" in row]


@pytest.mark.parametrize("row", SPOKEN, ids=[row["row"] for row in SPOKEN])
def test_the_officer_s_page_gives_the_reason_of_the_table(
    databases: Callable[[str], Database], row: Row
) -> None:
    with databases("sqlite").open(writes=True) as session:
        officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
        teller = Teller(session, row, officer)
        teller.play()
        assert row["says"] in teller.because()


def test_the_table_is_whole() -> None:
    """Every row has its own number, its story and its reason, and each answer stands in it."""
    assert len(TABLE) >= 120
    assert len({row["row"] for row in TABLE}) == len(TABLE)
    assert all(row["story"] and row["why"] for row in TABLE)
    assert {row["expect"]["status"] for row in TABLE} == {status.value for status in Status}
    assert {row["expect"]["complete"] for row in TABLE} == {answer.value for answer in Complete}
