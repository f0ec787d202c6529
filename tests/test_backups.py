"""Copies and what is put back: never under a running app, never an old key that works again."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.effort import times
from tests.house import TestHouse
from tests.terminal import byp
from training import audit
from training.accounts import links
from training.audit.verify import verify_chain
from training.backups import BackupRefused, check, copy_to
from training.db import Database
from training.migrations import runner

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1])
held.execute("SELECT count(*) FROM sqlite_master").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def served(file: Path) -> Iterator[None]:
    """Let another process have the database open, idle, as a server between two clicks."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdin
    try:
        assert other.stdout.readline() == b"open\n"
        yield
    finally:
        other.stdin.close()
        other.wait(10)
        other.stdout.close()


@pytest.fixture
def file(house: TestHouse) -> Path:
    assert house.database.file
    return house.database.file


@pytest.fixture
def copy(house: TestHouse, tmp_path: Path) -> Path:
    target = tmp_path / "out" / "copy.sqlite3"
    copy_to(house.database, target)
    return target


def test_B01_a_copy_made_while_others_write_is_whole_and_has_what_was_acknowledged(
    house: TestHouse, tmp_path: Path
) -> None:
    done, told = threading.Event(), [0]

    def write() -> None:
        while not done.is_set():
            with house.database.write() as session:
                audit.record(session, "test.happened", at=house.clock.now())
            told[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(times(3, 50)):
            acknowledged = told[0]
            target = tmp_path / f"copy-{n}.sqlite3"
            copy_to(house.database, target)
            copied = Database(f"sqlite:///{target}")
            with copied.read() as session:
                events, breaks = verify_chain(session)
            copied.dispose()
            assert breaks == ()
            assert events >= acknowledged
    finally:
        done.set()
        writer.join()


def test_a_copy_is_for_its_owner_alone_and_is_no_copy_before_it_is_checked(
    house: TestHouse, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert copy.stat().st_mode & 0o777 == 0o600
    seen: list[int] = []

    def bad(draft: Path) -> None:
        seen.append(draft.stat().st_mode & 0o777)
        raise BackupRefused("it does not hold")

    monkeypatch.setattr("training.backups.check", bad)
    with pytest.raises(BackupRefused):
        copy_to(house.database, tmp_path / "second.sqlite3")
    assert seen == [0o600]
    assert list(tmp_path.glob("*second*")) == []


def test_B02_nothing_is_put_back_under_a_running_app(
    house: TestHouse, file: Path, copy: Path
) -> None:
    house.database.dispose()
    before = file.read_bytes()
    with served(file):
        refused = byp(house, "restore", str(copy))
        assert refused.returncode == 1
        assert "is in use: stop `byp serve`" in refused.stderr
        assert file.read_bytes() == before
    assert byp(house, "restore", str(copy)).returncode == 0


def test_B03_a_copy_is_put_in_place_of_a_damaged_file_which_is_kept(
    house: TestHouse, file: Path, copy: Path
) -> None:
    people = house.count("user")
    house.database.dispose()
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    damaged = b"\0" * 5_000 + file.read_bytes()[5_000:]
    file.write_bytes(damaged)

    restored = byp(house, "restore", str(copy))

    assert restored.returncode == 0, restored.stderr
    assert house.count("user") == people
    assert file.with_name("byp-replaced-1.sqlite3").read_bytes() == damaged


def test_B04_what_a_copy_still_holds_open_works_no_more_after_it_was_put_back(
    house: TestHouse, tmp_path: Path
) -> None:
    """A session that was ended since, a slip that was used since, a mail that went out since."""
    alice = house.signed_in("alice")
    with house.database.write() as session:
        slip = links.make_link(
            session, house.id_of("alice"), purpose="slip", method="slip", now=house.clock.now()
        )
    house.post(house.client(), "/sign-in/link", address="bob@clinic.example")
    copy = tmp_path / "copy.sqlite3"
    copy_to(house.database, copy)
    house.post(alice, "/sign-out")
    assert house.post(house.client(), f"/sign-in/{slip}").status_code == 303
    house.database.dispose()

    told = byp(house, "restore", str(copy))

    assert "everybody signs in anew" in told.stdout
    assert house.count("sign_in", "ended_at IS NULL") == 0
    assert house.post(house.client(), f"/sign-in/{slip}").status_code == 410
    assert house.count("link_mail", "state IN ('due', 'sending')") == 0
    assert house.count("audit_event", "name = 'database.restored'") == 1
    check(house.database.file or copy)


@pytest.mark.parametrize("revision", ["0001", "0002", "0009"])
def test_B05_a_copy_of_an_older_version_is_put_back_and_then_brought_up_to_date(
    house: TestHouse, tmp_path: Path, revision: str
) -> None:
    older = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    runner.upgrade(older, revision)
    older.dispose()
    house.database.dispose()
    told = byp(house, "restore", str(tmp_path / "older.sqlite3"))
    assert told.returncode == 0, told.stderr
    runner.upgrade(house.database)
    assert runner.differences(house.database) == ()


@pytest.mark.parametrize("damage", ["cut", "bits", "nothing"])
def test_D17_a_damaged_copy_is_refused_and_the_file_in_place_is_untouched(
    house: TestHouse, file: Path, copy: Path, damage: str
) -> None:
    house.database.dispose()
    before, bytes_ = file.read_bytes(), bytearray(copy.read_bytes())
    if damage == "cut":
        copy.write_bytes(bytes_[: len(bytes_) // 2])
    elif damage == "bits":
        bytes_[40_000:60_000] = b"\xff" * 20_000
        copy.write_bytes(bytes_)
    else:
        copy.write_bytes(b"")
    refused = byp(house, "restore", str(copy))
    assert refused.returncode == 1
    assert file.read_bytes() == before
