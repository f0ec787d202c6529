"""Rosters, reports and the renewal over a large house, each against the barest way by turns."""

import csv
import io
import resource
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests import stores
from tests.benchmarks import crowd
from tests.benchmarks.lines import Counter, Line, loop, median_ratio
from tests.benchmarks.servers import Browser, serving
from tests.cast import make_template
from tests.house import TestHouse
from training.accounts.days import todays
from training.accounts.models import Placement, User
from training.accounts.sessions import start_session
from training.clock import Clock
from training.learning import calendars
from training.program.roster import Options, apply, plan
from training.renewals.reconcile import reconcile_all
from training.reports import people_export
from training.reports.csv_rows import csv_lines
from training.reports.overview import overview
from training.reports.workbook import About, write_workbook
from training.settings import Settings

FEW = 1_000  # the house that a page's cost is compared with
A_ROUND = 12  # these pages are long
ROSTER_SOURCE = "bench-list"


PARTS = ("overview", "pages", "files", "renew", "roster")


def measure(kind: str, folder: Path, people: int, parts: Collection[str] = PARTS) -> Iterator[Line]:
    """Yield the lines of one database and size: of these parts, each in its place."""
    few = folder / "few"
    few.mkdir()
    with ExitStack() as stack:
        large = _house(kind, folder, people, stack)
        if "overview" in parts:
            yield overview_line(large)
        if "pages" in parts:
            yield from page_lines(large, _house(kind, few, FEW, stack), stack)
        if "files" in parts:
            yield from csv_line(large)
        if "renew" in parts:
            yield renew_line(large)
        if "roster" in parts:
            yield from roster_lines(large, people)


def _house(kind: str, folder: Path, people: int, stack: ExitStack) -> TestHouse:
    url = stack.enter_context(stores.copy_of(kind, "cast", make_template, folder))
    settings = Settings(env="test", data_dir=folder, database_url=url, base_url="http://byp.test")
    house = TestHouse(settings, Clock())  # type: ignore[arg-type]  # the real clock: servers have it
    stack.callback(house.close)
    crowd.fill(house.database, people, house.clock.now())
    return house


def _took(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


# --- the overview ----------------------------------------------------------------------------

ONE_TABLE = """
CREATE TABLE bench_dates AS
SELECT user_id, site_id, department, worker_type, course, good_until AS due_on, yes_until AS held
FROM standing_dates WHERE asked_from IS NOT NULL AND from_on <= :day AND to_on >= :day
"""
COUNT_IT = text("""
SELECT site_id, department, worker_type, course,
CASE WHEN due_on < :day THEN 1 WHEN due_on <= :soon THEN 2 WHEN held >= :day THEN 3 ELSE 4 END,
count(*) FROM bench_dates GROUP BY 1, 2, 3, 4, 5
""")


def overview_line(house: TestHouse) -> Line:
    """Count the whole page's figures, against one count of one table of dates."""
    now = house.clock.now()
    day = now.date()
    with house.database.write() as session:
        session.execute(text(ONE_TABLE), {"day": day})
    with house.database.writer.begin() as connection:
        connection.exec_driver_sql("ANALYZE")

    def ours() -> float:
        with house.database.read() as session:
            return _took(lambda: overview(session, todays(session, now)))

    def bare() -> float:
        values = {"day": day, "soon": day + timedelta(days=30)}
        with house.database.read() as session:
            return _took(lambda: session.execute(COUNT_IT, values).all())

    return Line("overview against one count", 0, median_ratio(ours, bare), None, 0.67)


# --- pages -----------------------------------------------------------------------------------


TEAM_FILE = "/team.csv of 60"
WRITES = {TEAM_FILE}  # a file is on record: the bare app commits too


def pages(house: TestHouse) -> dict[str, tuple[int | None, str]]:
    """Return who asks for which page of a house; None: the officer."""
    manager, now = _manager(house), house.clock.now()
    with house.database.write() as session:
        token = calendars.start(session, manager + 1, now)
    return {
        "/team of 60": (manager, "/team"),
        TEAM_FILE: (manager, "/team.csv"),
        "a calendar's feed": (manager + 1, f"/calendar/{token}.ics"),
        "people, no filter": (None, "/program/people"),
        "people who are late": (None, "/program/people?status=overdue"),
        "people of a department": (None, "/program/people?q=department+7"),
    }


def page_lines(large: TestHouse, few: TestHouse, stack: ExitStack) -> Iterator[Line]:
    """Each page against the bare app, and against itself in a house of a thousand."""
    asked, of_few = pages(large), pages(few)
    sizes, counts = {}, {}
    counter = Counter(large)
    for name, (who, path) in asked.items():
        client = large.client()
        client.set_cookie("sid", _signed_in(large, who), domain="localhost")
        sizes[name] = len(client.get(path).data)
        counts[name] = counter.of(lambda client=client, path=path: client.get(path))  # type: ignore[misc]
    ports = [
        stack.enter_context(serving("training.factory:create_app()", _environ(house)))
        for house in (large, few)
    ]
    environ = _environ(large) | {"BENCH_SIZES": ",".join(map(str, {*sizes.values()}))}
    bare = stack.enter_context(serving("tests.benchmarks.bare:create_app()", environ))
    with large.database.write() as session:
        session.execute(
            text("CREATE TABLE IF NOT EXISTS bench_row (id INTEGER PRIMARY KEY, n INTEGER)")
        )
        session.execute(text("INSERT INTO bench_row VALUES (1, 0)"))
    for name in asked:
        mine, small = (
            loop(Browser(port, {"sid": _signed_in(house, who)}), "GET", path, count=A_ROUND)
            for port, house, (who, path) in (
                (ports[0], large, asked[name]),
                (ports[1], few, of_few[name]),
            )
        )
        verb, address = "POST" if name in WRITES else "GET", f"/{counts[name]}/{sizes[name]}"
        plain = loop(Browser(bare), verb, address, count=A_ROUND)
        yield Line(name, counts[name], median_ratio(mine, plain), None, 0.5)
        yield Line(f"  against {FEW:,} people", 0, median_ratio(mine, small), None, 0.77)


def _environ(house: TestHouse) -> dict[str, str]:
    return {
        "DATABASE_URL": house.settings.database_url,
        "BYP_DATA_DIR": str(house.settings.data_dir),
        "BYP_BASE_URL": "http://byp.test",
    }


def _manager(house: TestHouse) -> int:
    with house.database.read() as session:
        first = session.scalar(select(User.id).where(User.source == "bench").order_by(User.id))
        return first or 0


def _signed_in(house: TestHouse, user_id: int | None) -> str:
    who = user_id or house.id_of("olga")
    with house.database.write() as session:
        return start_session(
            session, who, method="password", shared_device=False, now=house.clock.now()
        )


# --- files and the hourly work ---------------------------------------------------------------


def csv_line(house: TestHouse) -> Iterator[Line]:
    """The list of everybody as CSV, against fetching and writing rows of the same columns.

    Beside it stands what Python held at most at any piece of it, and of a workbook to a file.
    """
    now = house.clock.now()
    first: list[float] = []

    def ours() -> float:
        def work() -> None:
            before = time.perf_counter()
            with house.database.read() as session:
                rows = people_export.rows(session, todays(session, now), text="", status="")
                for n, _piece in enumerate(csv_lines(people_export.HEADER, rows)):
                    if n == 1:
                        first.append(time.perf_counter() - before)

        return _took(work)

    query = text(
        "SELECT u.external_id, u.legal_name, p.department, s.name, d.course, d.from_on, d.to_on, "
        "d.good_until, d.yes_until, d.soon_from, s.zone, p.worker_type, p.job_title, "
        'p.phi_access_on FROM placement p JOIN "user" u ON u.id = p.user_id '
        "JOIN site s ON s.id = p.site_id JOIN standing_dates d ON d.user_id = u.id "
        "WHERE p.superseded_at IS NULL AND d.from_on <= :day AND d.to_on >= :day ORDER BY u.id"
    )

    def bare() -> float:
        def work() -> None:
            buffer = io.StringIO()
            writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            with house.database.read() as session:
                for row in session.execute(query, {"day": now.date()}):
                    buffer.seek(0)
                    buffer.truncate()
                    writer.writerow(row)

        return _took(work)

    took = [ours() for _ in range(3)]
    held = _held(house, now)
    yield Line(
        f"CSV of everybody ({held[0]:.1f} MB held)",
        0,
        min(bare() for _ in range(3)) / min(took),
        None,
        0.5,
    )
    share = min(first) / min(took)
    yield Line("  whole over its first line", 0, 1 / share, None, 10)
    yield Line(f"  XLSX of everybody ({held[1]:.1f} MB held)", 0, 1, None, 0)


def _held(house: TestHouse, now: datetime) -> tuple[float, float]:
    """Return the most megabytes that Python held while it made either file, as it is made."""

    def rows(session: Session) -> Iterator[Any]:
        return people_export.rows(session, todays(session, now), text="", status="")

    def as_csv() -> None:
        with house.database.read() as session:
            for _piece in csv_lines(people_export.HEADER, rows(session)):
                pass

    def as_xlsx() -> None:
        with house.database.read() as session, tempfile.TemporaryFile() as file:
            write_workbook(file, people_export.HEADER, rows(session), About("", ""))

    return _most_held(as_csv), _most_held(as_xlsx)


def _most_held(work: Callable[[], None]) -> float:
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def renew_line(house: TestHouse) -> Line:
    """One run with a hundredth due, against inserting as many cycles; memory is told beside it."""
    now = house.clock.now()
    before = _memory()
    took = _took(lambda: reconcile_all(house.database, lambda s: todays(s, now), now))
    grown = (_memory() - before) / 1024
    again = _took(lambda: reconcile_all(house.database, lambda s: todays(s, now), now))
    name = f"renew, again / first (+{grown:.0f} MB)"
    return Line(name, 0, again / took, None, 0)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# --- rosters ---------------------------------------------------------------------------------


def roster_lines(house: TestHouse, people: int) -> Iterator[Line]:
    """A staff list in and once more, against raw inserts and against reading the file."""
    today, now = house.clock.now().date(), house.clock.now()
    data = crowd.roster(people, today)
    bare = _took(lambda: _raw(house, data, now))
    took = _took(lambda: _import(house, data, today, now))
    yield Line("staff list in, against executemany", 0, bare / took, None, 0.125)
    again = _took(lambda: _import(house, data, today, now))
    read = min(_took(lambda: _read(data)) for _ in range(3))
    yield Line("the same list again, against reading", 0, read / again, None, 0.2)


def _import(house: TestHouse, data: bytes, today: date, now: datetime) -> None:
    with house.database.write() as session:
        found = plan(session, data, "list.csv", Options(source=ROSTER_SOURCE, today=today))
        apply(session, found, by=None, now=now)


def _read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))


def _raw(house: TestHouse, data: bytes, now: datetime) -> None:
    """Insert the rows of a list without a question, and take them back."""
    with house.database.open(writes=True) as session:
        users, placements = [], []
        for n, row in enumerate(_read(data)[1:], 10_000_000):
            day = date.fromisoformat(row[7])
            users.append(
                {"id": n, "source": "raw", "external_id": row[0], "legal_name": row[1],
                 "email": row[2], "locale": "en", "created_at": now}
            )  # fmt: skip
            placements.append(
                {"user_id": n, "job": 1, "kind": "placed", "from_on": day, "site_id": 1,
                 "department": row[3], "job_title": row[4], "worker_type": "employee",
                 "is_primary": True, "hired_on": day, "recorded_at": now}
            )  # fmt: skip
        _executemany(session, User, users)
        _executemany(session, Placement, placements)
        session.rollback()


def _executemany(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 1_000):
        session.connection().execute(insert(model.__table__), rows[start : start + 1_000])
