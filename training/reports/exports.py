"""Long exports: who asked for which file, who may still have it, and what becomes of it.

A list that is longer than `workbook.MOST_ROWS` is no file of the moment: it is a row here, the
jobs process works it off (`export_making`), and the file waits a day for whoever asked. The
right to it is asked three times: when she asks, when it is made, when she takes it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import todays
from training.accounts.reach import Reach, all_within, reach_of
from training.accounts.sessions import actor_of
from training.renewals.outside import LMS
from training.reports import scope
from training.reports.models import Export
from training.rules.access import Action, Actor, may

KEPT_FOR = timedelta(hours=24)
MOST_UNDER_WAY = 5
LISTED = 50
FOLDER = "exports"

# kind: what the right is called, and which files there are
KINDS: Mapping[str, tuple[Action, tuple[str, ...]]] = {
    "people": (Action.EXPORT_PEOPLE, ("xlsx",)),
    "team": (Action.EXPORT_TEAM, ("xlsx", "pdf")),
}


class TooManyFiles(Exception):
    """She has as many files under way as one person may have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is to hold: whose list, narrowed to what, in which format."""

    kind: str
    format: str
    text: str = ""
    status: str = ""
    department: str = ""

    @property
    def filters(self) -> str:
        """Return what the list is narrowed to, as it is kept."""
        narrowed = {"text": self.text, "status": self.status, "department": self.department}
        return json.dumps(narrowed, sort_keys=True, ensure_ascii=False)

    @property
    def on_record(self) -> dict[str, object]:
        """Return what the log may keep: what was searched for is no detail."""
        detail: dict[str, object] = {
            "format": self.format,
            "status": self.status,
            "searched": bool(self.text),
        }
        return detail | ({"department": self.department} if self.kind == "team" else {})


def wanted_by(export: Export) -> Wanted:
    """Return what a row asks for."""
    return Wanted(export.kind, export.format, **json.loads(export.filters))


def folder_of(data_dir: Path) -> Path:
    """Return where the files of one house lie."""
    return data_dir / FOLDER


def file_of(data_dir: Path, export: Export) -> Path:
    """Return where a finished file lies; its name can't be guessed."""
    return folder_of(data_dir) / f"{export.claim}.{export.format}"


def may_have(session: Session, actor: Actor, kind: str) -> bool:
    """Tell whether somebody may have such a file at all, at this moment."""
    if kind not in KINDS or (kind == "team" and session.info.get("led_by") == LMS):
        return False
    return may(actor, KINDS[kind][0])


def ask(session: Session, actor: Actor, wanted: Wanted, now: datetime) -> int:
    """Put a file on the list of work; asked twice while it is under way, it is the same one.

    Raises TooManyFiles. The caller has asked `may_have`.
    """
    under_way = (Export.user_id == actor.user_id, Export.state.in_(("waiting", "making")))
    same = (
        Export.kind == wanted.kind,
        Export.format == wanted.format,
        Export.filters == wanted.filters,
    )
    found = session.scalar(select(Export.id).where(*under_way, *same))
    if found is not None:
        return found
    if (session.scalar(select(func.count(Export.id)).where(*under_way)) or 0) >= MOST_UNDER_WAY:
        raise TooManyFiles
    export = Export(
        user_id=cast("int", actor.user_id),
        kind=wanted.kind,
        format=wanted.format,
        filters=wanted.filters,
        asked_at=now,
    )
    session.add(export)
    session.flush()
    audit.record(
        session,
        "export.asked",
        at=now,
        actor_id=actor.user_id,
        subject=f"export:{export.id}",
        detail={"list": wanted.kind, **wanted.on_record},
    )
    return export.id


def mine(session: Session, actor: Actor) -> Sequence[Export]:
    """Return the files that somebody asked for and may still have, the newest first."""
    kinds = [kind for kind in KINDS if may_have(session, actor, kind)]
    query = select(Export).where(Export.user_id == actor.user_id, Export.kind.in_(kinds))
    return session.scalars(query.order_by(Export.id.desc()).limit(LISTED)).all()


def find_for(session: Session, actor: Actor, export_id: int) -> Export | None:
    """Return her own export, if she may still have such a file; None for everything else."""
    query = select(Export).where(Export.id == export_id, Export.user_id == actor.user_id)
    export = session.scalar(query)
    return export if export and may_have(session, actor, export.kind) else None


def state_of(export: Export, now: datetime) -> str:
    """Return the state that counts: a file whose day is over is gone, swept up or not."""
    over = export.expires_at is not None and export.expires_at <= now
    return "expired" if export.state == "ready" and over else export.state


def still_reaches(session: Session, export: Export, now: datetime) -> bool:
    """Tell whether everybody in a finished file is still somebody whom she may see."""
    today = todays(session, now)
    kept = session.scalar(select(Export.reach).where(Export.id == export.id))
    if export.kind == "team":
        view = scope.View(export.user_id, today, now)
        return kept is not None and set(json.loads(kept)) <= scope.marks(session, view).keys()
    reach = people_reach(session, export, now)
    if not reach.is_limited:
        return True
    return kept is not None and all_within(session, reach, json.loads(kept), today)


def people_reach(session: Session, export: Export, now: datetime) -> Reach:
    """Return whose people whoever asked for a file reaches at this moment."""
    return reach_of(actor_of(session, export.user_id, now), Action.EXPORT_PEOPLE)


def withdraw(session: Session, export: Export, now: datetime) -> None:
    """Let a file go before its day is over; the next sweep takes it from the disk."""
    session.execute(
        update(Export)
        .where(Export.id == export.id, Export.state == "ready")
        .values(state="expired", expires_at=now, reach=None)
    )


def downloaded(session: Session, export: Export, now: datetime) -> None:
    """Put on record that a file leaves the house: the same event as a file of the moment."""
    audit.record(
        session,
        f"{export.kind}.exported",
        at=now,
        actor_id=export.user_id,
        subject=f"export:{export.id}",
        detail={"rows": export.rows, **wanted_by(export).on_record},
    )
