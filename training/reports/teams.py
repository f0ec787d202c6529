"""A manager's team: the one reading behind page, count, file, nudge and weekly mail."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from training.accounts import loans
from training.accounts.models import Placement, User
from training.accounts.people import in_force
from training.renewals.duties import duties_of
from training.renewals.known import people, rules_in_force
from training.reports.people_search import MOST_WORDS
from training.reports.queries import URGENCY_OF, Line, lines_of
from training.reports.scope import DAY, Mark, View, in_view, marks
from training.rules.standing import URGENCY, Status

# What a manager may filter by: a wish for help is not hers to know, and who left has no line.
STATUSES = tuple(
    status
    for status in URGENCY
    if status not in {Status.WAITING_FOR_HELP, Status.NOT_REQUIRED, Status.LEFT}
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a manager narrowed her team to; the same for page, count, file and nudge."""

    text: str = ""
    status: str = ""
    department: str = ""

    @property
    def narrows(self) -> bool:
        """Tell whether this is less than the whole team."""
        return bool(self.text or self.status or self.department)

    def sql(self) -> tuple[ColumnElement[bool], ...]:
        """Return what the database looks for; the status follows from dates, later."""
        words = tuple(_has(word) for word in self.text.split()[:MOST_WORDS])
        if self.department:
            return (*words, Placement.department == self.department)
        return words


EVERYBODY = Filters()


def _has(word: str) -> ColumnElement[bool]:
    """Search the name that a manager reads, never one that is not shown to her."""
    shown = func.coalesce(func.nullif(User.display_name, ""), User.legal_name)
    return or_(*(column.icontains(word, autoescape=True) for column in (shown, User.external_id)))


def team(session: Session, view: View, filters: Filters = EVERYBODY) -> list[Line]:
    """Return the lines of everybody in this view: who needs something first, direct ones first."""
    found = _lines(session, view, filters.sql())
    if filters.status:
        found = [line for line in found if line.status.value == filters.status]
    return sorted(found, key=_team_order)


def member(session: Session, view: View, user_id: int) -> list[Line]:
    """Return the lines of one person in this view; nothing for anybody else."""
    return sorted(_lines(session, view, (Placement.user_id == user_id,)), key=_team_order)


def departments(session: Session, view: View) -> list[str]:
    """Return the departments of everybody in this view, to choose from."""
    return list(session.scalars(_departments_query(), view.values))


@cache
def _departments_query() -> Select[str]:
    return (
        select(Placement.department)
        .where(in_view(), in_force(DAY), Placement.is_primary)
        .where(Placement.kind == "placed", Placement.department != "")
        .distinct()
        .order_by(Placement.department)
    )


def late(lines: Iterable[Line]) -> dict[int, Line]:
    """Return who is late by these lines, each with the course that has been due the longest."""
    found: dict[int, Line] = {}
    for line in lines:
        before = found.get(line.user_id)
        if line.status is Status.OVERDUE and (before is None or _due(line) < _due(before)):
            found[line.user_id] = line
    return found


def _due(line: Line) -> date:
    return line.due_on or date.max


def _lines(session: Session, view: View, where: tuple[ColumnElement[bool], ...]) -> list[Line]:
    placed = (in_view(), *where, Placement.kind == "placed")
    persons = people(session, view.today, *placed, values=view.values)
    duties = duties_of(session, persons, rules_in_force(session, view.today.latest))
    reached = marks(session, view)
    lenders = loans.lent_to(session, view.viewer_id, view.now)
    return [
        _marked(line, reached[line.user_id], lenders)
        for line in lines_of(duties, viewer_id=view.viewer_id, for_manager=True)
    ]


def _marked(line: Line, mark: Mark, lenders: dict[int, loans.Loan]) -> Line:
    lent_by = lenders[mark.lender_id].name if mark.lender_id else ""
    return replace(line, direct=mark.direct, lent_by=lent_by)


def _team_order(line: Line) -> tuple[bool, bool, int, date, str, str, str]:
    return (
        not line.needs_nudge,
        not line.direct,
        URGENCY_OF[line.status],
        line.due_on or date.max,
        line.name.casefold(),
        line.employee_id,
        line.course,
    )
