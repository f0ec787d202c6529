"""Searching people: each word must be found, and `%` or `_` mean themselves."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, User
from training.accounts.people import is_second, works_also
from training.renewals import dates
from training.renewals.models import StandingDates, StandingStale
from training.renewals.rule_book import RuleBook
from training.reports import counts
from training.rules.standing import Status

MOST_WORDS = 5


def matching(text: str, today: Today) -> tuple[ColumnElement[bool], ...]:
    """Return one condition for each word of a search; none for an empty one.

    A word may be of any job that she has on the day of her own site.
    """
    return tuple(_has(word, today) for word in text.split()[:MOST_WORDS])


def _has(word: str, today: Today) -> ColumnElement[bool]:
    def names(job: type[Placement]) -> ColumnElement[bool]:
        return _work(job).icontains(word, autoescape=True)

    ever = aliased(Placement)
    # The few with such a job, read once: else each row of a search would ask for her jobs.
    few = select(ever.user_id).where(is_second(ever), ever.kind == "placed", names(ever))
    beside = and_(Placement.user_id.in_(few), works_also(today, names))
    return or_(_HAYSTACK.icontains(word, autoescape=True), beside)


def _work(job: type[Placement]) -> ColumnElement[str]:
    return job.department + "\n" + job.job_title


# One text to look through; no word of a search has a line end in it, so that none spans two.
_HAYSTACK = (
    User.legal_name
    + "\n"
    + func.coalesce(User.display_name, "")
    + "\n"
    + User.external_id
    + "\n"
    + _work(Placement)
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
