"""The dates that reports count: made again for whoever a fact changed, and held against the facts.

Triggers note in `standing_stale` whom a change concerns. Until her rows are made again, readers
leave them aside and ask her facts themselves, so that no figure is ever behind.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Site, User
from training.db import Database, take_turns
from training.renewals import day_counts, history
from training.renewals.models import StandingDates, StandingStale
from training.renewals.outside import led_outside
from training.renewals.rule_book import RuleBook
from training.renewals.spans import Span, spans_of

CHUNK = 200


def refresh_all(
    database: Database, *, most: int | None = None, told: Callable[[int], None] = lambda _: None
) -> int:
    """Make the rows of everybody again whom a change concerned; return how many people.

    A page of people a transaction, so that nobody waits long; about `most` people at once.
    Rests while another system leads: then reports ask the facts.
    """
    count = 0
    while most is None or count < most:
        with database.write() as session:
            found = 0 if led_outside(session) else _refresh(session)
        count += found
        told(found)
        if found < CHUNK:
            break
    return count


def _refresh(session: Session) -> int:
    """Make one page of people again.

    The notes are read before the facts, and only those that were read go: a fact that is
    committed in between leaves a note of its own.
    """
    take_turns(session, day_counts.TURN)
    ids = list(session.scalars(stale_ids().limit(CHUNK)))
    if not ids:
        return 0
    query = select(StandingStale.id).where(StandingStale.user_id.in_(ids))
    notes = list(session.scalars(query))
    _replace(session, ids)
    for start in range(0, len(notes), 5_000):
        session.execute(
            delete(StandingStale).where(StandingStale.id.in_(notes[start : start + 5_000]))
        )
    return len(ids)


def _replace(session: Session, ids: Sequence[int]) -> None:
    rows = _rows(session, ids)
    before = day_counts.rows_of(session, ids)
    session.execute(delete(StandingDates).where(StandingDates.user_id.in_(ids)))
    if rows:
        session.connection().execute(insert(StandingDates), rows)  # as rows, not as objects
    day_counts.move(session, before, day_counts.rows_of(session, ids))


def _rows(session: Session, ids: Sequence[int]) -> list[dict[str, object]]:
    sites = {(row.entity_id, row.name): row.id for row in session.execute(_SITES)}
    book = RuleBook(session)
    found = history.lives(session, User.id.in_(ids), after=0, most=len(ids))
    return [
        _row(one.user.id, span, sites[span.entity_id, span.site])
        for one in found
        for span in spans_of(one, book)
    ]


_SITES = select(Site.id, Site.entity_id, Site.name)


def _row(user_id: int, span: Span, site_id: int) -> dict[str, object]:
    row = {name: getattr(span, name) for name in _COPIED}
    return row | {"user_id": user_id, "site_id": site_id}


_COPIED = [f.name for f in fields(Span) if f.name not in {"entity_id", "site"}]


def believable(session: Session, book: RuleBook, today: Today) -> bool:
    """Tell whether the table of dates answers for this day.

    Not while another system leads, and not on the day that a rule turns while it is already
    tomorrow elsewhere: then the facts are asked.
    """
    days = [*today.by_zone.values(), today.elsewhere]
    return not led_outside(session) and not book.turns_within(min(days), max(days))


def to_settle(session: Session, today: Today, *, after: int, most: int) -> list[int]:
    """Return who may have a cycle to open, close or move, by id: by her dates, or changed since."""
    first = min([*today.by_zone.values(), today.elsewhere])
    due = (
        select(StandingDates.user_id)
        .where(
            StandingDates.user_id > after,
            StandingDates.settle_from <= today.latest,
            StandingDates.to_on >= first,
        )
        .distinct()
        .order_by(StandingDates.user_id)
        .limit(most)
    )
    found = {*session.scalars(due), *session.scalars(stale_ids(after).limit(most))}
    return sorted(found)[:most]


def stale_ids(after: int = 0) -> Select[int]:
    """Return the query of whose rows are not to be believed, by id."""
    query = select(StandingStale.user_id).where(StandingStale.user_id > after)
    return query.distinct().order_by(StandingStale.user_id)


def forget(session: Session) -> None:
    """Note everybody, so that all of the table is made again, and all that is counted in it."""
    day_counts.let_go(session)
    session.execute(
        insert(StandingStale).from_select(["user_id"], select(User.id).order_by(User.id))
    )


def astray(session: Session, ids: Sequence[int]) -> list[int]:
    """Return which of these people have rows that are not what their facts say."""
    if led_outside(session):
        return []
    stale = set(session.scalars(stale_ids().where(StandingStale.user_id.in_(ids))))
    asked = [id_ for id_ in ids if id_ not in stale]
    table = StandingDates.__table__
    query = select(*table.columns).where(StandingDates.user_id.in_(asked))
    kept = session.execute(query).mappings()
    there = {tuple(sorted(row.items())) for row in kept}
    made = {tuple(sorted(row.items())) for row in _rows(session, asked)}
    return sorted({dict(row)["user_id"] for row in there ^ made})


def waiting(session: Session) -> int:
    """Return of how many people the rows are to be made again."""
    return session.scalar(select(func.count(StandingStale.user_id.distinct()))) or 0


def sample(session: Session, most: int = 200) -> Iterator[int]:
    """Yield people spread over the whole house, whose rows can be looked at."""
    last = session.scalar(select(User.id).order_by(User.id.desc()).limit(1)) or 0
    step = max(1, last // most)
    query = select(User.id).where(User.id.not_in(select(StandingStale.user_id)))
    wanted = range(last % step or step, last + 1, step)
    yield from session.scalars(query.where(User.id.in_(list(wanted))))


__all__ = [
    "astray",
    "believable",
    "forget",
    "refresh_all",
    "sample",
    "stale_ids",
    "to_settle",
    "waiting",
]
