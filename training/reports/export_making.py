"""Making long exports: claim one, write it, mark it; whatever a runner left behind is cleared.

A row is claimed for ten minutes at a time, and each sign of progress renews the claim. A runner
that dies lets it run out, and the next one begins anew under a claim of its own; only the claim
that still stands when a file is finished makes it ready. So two runners never make one file
twice, however they were stopped.
"""

import json
import logging
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from training.accounts.days import todays
from training.accounts.models import User
from training.accounts.people import place_of
from training.accounts.sessions import actor_of
from training.clock import Clock
from training.db import Database, changed
from training.reports import people_export, team_files, teams
from training.reports.exports import (
    KEPT_FOR,
    Wanted,
    folder_of,
    may_have,
    people_reach,
    wanted_by,
)
from training.reports.models import Export
from training.reports.queries import Line
from training.reports.scope import View
from training.reports.workbook import write_workbook

log = logging.getLogger("byp.exports")

LEASE = timedelta(minutes=10)
MOST_TRIES = 3
KEPT_AS_ROW = timedelta(days=7)
STEPS = 100  # signs of progress a file, at most

_one_in_a_process = threading.Lock()  # where Python puts temporary files is the process's own


class NoRight(Exception):
    """Whoever asked may not have such a file any more."""


class Lost(Exception):
    """The claim ran out, and another runner has the row."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a finished file holds: how many rows, and who is in it where that may change."""

    rows: int
    reach: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where files are made: one house's database, folder, fonts and clock."""

    database: Database
    data_dir: Path
    font_dir: Path | None
    clock: Clock

    @property
    def folder(self) -> Path:
        """Return the folder of the files."""
        return folder_of(self.data_dir)


def waits(database: Database, now: datetime) -> bool:
    """Tell whether there is a file to make, or one to take away."""
    with database.read() as session:
        over = and_(Export.state == "ready", Export.expires_at <= now)
        old = Export.ended_at <= now - KEPT_AS_ROW
        return (
            session.scalar(select(Export.id).where(or_(_free(now), over, old)).limit(1)) is not None
        )


def work_off(shop: Workshop) -> str:
    """Make every file that waits, one after another; return the run in one line."""
    gone = sweep(shop)
    made = failed = 0
    with _one_in_a_process:
        while (claimed := _claim(shop)) is not None:
            if _make(shop, claimed):
                made += 1
            else:
                failed += 1
    told = [f"{made} files made"]
    told += [f"{failed} not made"] if failed else []
    told += [f"{gone} taken away"] if gone else []
    return ", ".join(told)


def sweep(shop: Workshop) -> int:
    """Take away files whose day is over, old rows, and what a killed runner left."""
    now = shop.clock.now()
    # Listed first, asked after: a file that is made meanwhile has its claim on record by then.
    found = list(shop.folder.iterdir()) if shop.folder.is_dir() else []
    with shop.database.write() as session:
        over = update(Export).where(Export.state == "ready", Export.expires_at <= now)
        gone = changed(session, over.values(state="expired", reach=None))
        session.execute(delete(Export).where(Export.ended_at <= now - KEPT_AS_ROW))
        kept = select(Export.claim).where(Export.state.in_(("making", "ready")))
        wanted = set(session.scalars(kept))
    for path in found:
        if path.stem not in wanted:
            _remove(path)
    return gone


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Export.state == "waiting", and_(Export.state == "making", Export.leased_until < now))


def _claim(shop: Workshop) -> Export | None:
    """Claim the oldest row that nobody makes; the claim is on record before work begins."""
    while True:
        now, token = shop.clock.now(), secrets.token_urlsafe(32)
        with shop.database.write() as session:
            row_id = session.scalar(
                select(Export.id).where(_free(now)).order_by(Export.id).limit(1)
            )
            if row_id is None:
                return None
            taken = (
                update(Export)
                .where(Export.id == row_id, _free(now))
                .values(
                    state="making",
                    claim=token,
                    leased_until=now + LEASE,
                    tries=Export.tries + 1,
                    as_of_at=now,
                    done=0,
                    total=0,
                )
            )
            if changed(session, taken) != 1:
                continue  # another runner was faster
            export = session.get_one(Export, row_id)
        if export.tries <= MOST_TRIES:
            return export
        log.error("an export was given up: its runners died", extra={"export": row_id})
        _end(shop, export, "failed")


def _end(shop: Workshop, export: Export, state: str, **values: object) -> bool:
    """Mark the end of a claim's work; False where the claim no longer stands."""
    now = shop.clock.now()
    with shop.database.write() as session:
        mine = update(Export).where(
            Export.id == export.id, Export.claim == export.claim, Export.state == "making"
        )
        ended = mine.values(state=state, ended_at=now, leased_until=None, **values)
        return changed(session, ended) == 1


def _make(shop: Workshop, export: Export) -> bool:
    work = shop.folder / str(export.claim)
    try:
        with _workplace(work):
            draft = work / f"draft.{export.format}"
            made = _write(shop, export, draft)
            file = shop.folder / f"{export.claim}.{export.format}"
            draft.rename(file)
        return _ready(shop, export, made, file)
    except Lost:
        log.warning("an export went on without this runner", extra={"export": export.id})
    except Exception as error:  # whatever it was, the next file is made and she is told
        if not isinstance(error, NoRight):
            log.exception("an export could not be made", extra={"export": export.id})
        _end(shop, export, "failed")
    return False


def _ready(shop: Workshop, export: Export, made: Made, file: Path) -> bool:
    ready = _end(
        shop,
        export,
        "ready",
        rows=made.rows,
        reach=None if made.reach is None else json.dumps(made.reach),
        expires_at=shop.clock.now() + KEPT_FOR,
    )
    if not ready:
        file.unlink(missing_ok=True)
        raise Lost
    return True


@contextmanager
def _workplace(work: Path) -> Iterator[None]:
    """Hold a folder of one's own; the sheets that a workbook grows in are in it too.

    So nothing of a list is left anywhere else by a runner that is killed.
    """
    work.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    work.mkdir(mode=0o700)
    elsewhere, tempfile.tempdir = tempfile.tempdir, str(work)
    try:
        yield
    finally:
        tempfile.tempdir = elsewhere
        shutil.rmtree(work, ignore_errors=True)


def _write(shop: Workshop, export: Export, draft: Path) -> Made:
    """Write the file from one snapshot, with the rights that hold as it begins."""
    now = export.as_of_at or shop.clock.now()
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(handle, "w+b") as file, shop.database.read() as session:
        if not may_have(session, actor_of(session, export.user_id, now), export.kind):
            raise NoRight
        write = _write_people if export.kind == "people" else _write_team
        return write(_Task(shop, export, session, wanted_by(export), now, file))


@dataclass(frozen=True, slots=True)
class _Task:
    shop: Workshop
    export: Export
    session: Session
    wanted: Wanted
    now: datetime
    file: IO[bytes]

    def progress(self, total: int) -> Callable[[int], None]:
        """Return what notes how far the work is: a hundred times at most, and the claim anew."""
        step, noted = max(1, total // STEPS), 0

        def note(done: int) -> None:
            nonlocal noted
            if done < noted + step:
                return
            noted = done
            _renew(self.shop, self.export, min(done, total), total)

        return note


def _renew(shop: Workshop, export: Export, done: int, total: int) -> None:
    with shop.database.write() as session:
        mine = update(Export).where(
            Export.id == export.id, Export.claim == export.claim, Export.state == "making"
        )
        on = mine.values(done=done, total=total, leased_until=shop.clock.now() + LEASE)
        if changed(session, on) != 1:
            raise Lost


def _write_people(at: _Task) -> Made:
    # The list goes by id, so an id says how far it is: counting first would read it twice.
    last = at.session.scalar(select(func.max(User.id))) or 0
    place = place_of(at.session, at.export.user_id, at.now)
    reach, told = people_reach(at.session, at.export, at.now), set[int]()
    rows = people_export.rows(
        at.session,
        todays(at.session, at.now),
        text=at.wanted.text,
        status=at.wanted.status,
        seen=at.progress(last),
        reach=reach,
        told=told.add if reach.is_limited else None,
    )
    about = people_export.about(place, at.now, text=at.wanted.text, status=at.wanted.status)
    count = write_workbook(at.file, people_export.HEADER, rows, about)
    return Made(count, tuple(sorted(told)) if reach.is_limited else None)


def _write_team(at: _Task) -> Made:
    view = View(at.export.user_id, todays(at.session, at.now), at.now)
    place = place_of(at.session, at.export.user_id, at.now)
    asked = teams.Filters(at.wanted.text, at.wanted.status, at.wanted.department)
    about = team_files.About(place.practice, at.now, place.zone, asked)
    lines = teams.team(at.session, view, asked)
    note = at.progress(len(lines))
    note(0)
    if at.export.format == "pdf":
        at.file.write(team_files.as_pdf(lines, about, at.shop.font_dir))
    else:
        team_files.write_xlsx(at.file, _noted(lines, note), about)
    return Made(len(lines), tuple(sorted({line.user_id for line in lines})))


def _noted(rows: Sequence[Line], note: Callable[[int], None]) -> Iterator[Line]:
    for done, row in enumerate(rows):
        note(done)
        yield row
