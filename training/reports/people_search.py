"""Searching people: each word must be found, and `%` or `_` mean themselves."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, true
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement, User
from training.renewals import dates
from training.renewals.models import StandingDates, StandingStale
from training.renewals.rule_book import RuleBook
from training.reports import counts
from training.rules.standing import Status

MOST_WORDS = 5


def matching(text: str) -> tuple[ColumnElement[bool], ...]:
    """Return one condition for each word of a search; none for an empty one."""
    return tuple(_has(word) for word in text.split()[:MOST_WORDS])


def _has(word: str) -> ColumnElement[bool]:
    return _HAYSTACK.icontains(word, autoescape=True)


# One text to look through; no word of a search has a line end in it, so that none spans two.
_HAYSTACK = (
    User.legal_name
    + "\n"
    + func.coalesce(User.display_name, "")
    + "\n"
    + User.external_id
    + "\n"
    + Placement.department
    + "\n"
    + Placement.job_title
)


def standing(
    session: Session, today: Today, status: str, book: RuleBook
) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of whom a status may be told of: nobody too few.

    By her dates, or because her facts changed since those were made; the facts decide.
    """
    if status == Status.LEFT:
        return (Placement.kind == "left",)
    asked = status == Status.NOT_REQUIRED
    if not (asked or status in counts.STATUSES) or not dates.believable(session, book, today):
        return ()
    these = []
    for day, sites in counts.days_of(counts.places(session), today):
        there = true() if sites is None else StandingDates.site_id.in_(sites)
        wanted = true() if asked else counts.status_is(Status(status), day)
        these.append(and_(counts.on(day), there, wanted))
    found = exists().where(StandingDates.user_id == User.id, or_(*these))
    stale = exists().where(StandingStale.user_id == User.id)
    if asked:
        return Placement.kind == "placed", or_(~found, stale)
    return (or_(found, stale),)
