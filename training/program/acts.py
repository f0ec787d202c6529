"""What the officer does to one person's record: leave, waiver, due day, a cycle by hand, a
completion on paper, a withdrawal. Each adds rows and never changes one that is evidence.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import todays
from training.accounts.models import Placement
from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.models import Absence, Assignment, Waiver
from training.catalog import publishing
from training.learning import sheets
from training.learning.models import Completion, PaperRecord
from training.learning.past import ON_PAPER, SOURCES
from training.learning.sheets import Fingerprint
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.persons import people
from training.renewals.reconcile import reconcile
from training.rules.renewal import expires_on

ONE_DAY = timedelta(days=1)
EARLIEST = date(1990, 1, 1)  # no record of training is older
LONGEST = timedelta(days=3 * 366)  # of a waiver, and of a due day that is moved
LONGEST_LEAVE = timedelta(days=10 * 366)


class NotDone(Exception):
    """It can't be done; `field` is the field that tells why, the text is for the officer."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and when."""

    user_id: int
    now: datetime


def duties_for(session: Session, user_id: int, now: datetime) -> list[Duty]:
    """Return one person's duties today; nothing for whoever is not there."""
    today = todays(session, now)
    found = people(session, today, Placement.user_id == user_id)
    return list(duties_of(session, found, rules_in_force(session, today.latest)))


def _duty(session: Session, user_id: int, course: str, now: datetime) -> Duty:
    """Return a duty as it is now, whether or not the job has run. Raises NotDone."""
    bring_up_to_date(session, user_id, now)
    found = next((d for d in duties_for(session, user_id, now) if d.rule.course == course), None)
    if found is None:
        raise NotDone("course", "Choose one of the trainings on this page.")
    return found


def note(session: Session, by: By, event: str, user_id: int, **detail: object) -> None:
    """Put the act on record, and bring her cycles up to date at once."""
    session.flush()
    audit.record(
        session,
        event,
        at=by.now,
        actor_id=by.user_id,
        subject=f"user:{user_id}",
        detail=detail,
    )
    bring_up_to_date(session, user_id, by.now)


def bring_up_to_date(session: Session, user_id: int, now: datetime) -> None:
    """Open and close what her dates ask now, as the hourly work would."""
    reconcile(session, todays(session, now), now, after=user_id - 1, most=1)


# --- leave ---------------------------------------------------------------------------------


def put_on_leave(
    session: Session, user_id: int, from_on: date, to_on: date | None, *, by: By
) -> None:
    """Note a leave, its last day included. Raises NotDone where it would meet another one."""
    today = place_of(session, user_id, by.now).today(by.now)
    if from_on < first_hired_on(session, user_id):
        raise NotDone("from_on", "That is before the hire day.")
    if from_on > today + LONGEST:
        raise NotDone("from_on", "Leave that is noted begins within three years.")
    _check_return("to_on", to_on, today)
    if to_on is not None and to_on < from_on:
        raise NotDone("to_on", "The last day of leave is before the first.")
    meets = _open_span(Absence, user_id, from_on, to_on)
    if session.scalar(select(exists().where(*meets))):
        raise NotDone("from_on", "Some of these days are leave already: end that first.")
    session.add(Absence(user_id=user_id, from_on=from_on, to_on=to_on, recorded_at=by.now))
    note(session, by, "leave.noted", user_id, from_on=from_on.isoformat())


def first_hired_on(session: Session, user_id: int) -> date:
    """Return the day of her first hire: a leave before she left and came back is told late."""
    hers = (Placement.user_id == user_id, Placement.superseded_at.is_(None))
    return session.scalar(select(func.min(Placement.hired_on)).where(*hers)) or date.min


def _check_return(field: str, last_day: date | None, today: date) -> None:
    """Refuse a last day of leave that is a slip of the keyboard. Raises NotDone."""
    if last_day is not None and last_day > today + LONGEST_LEAVE:
        raise NotDone(field, "That is more than ten years ahead: choose an earlier day.")


def _open_span(
    table: type[Absence | Waiver], user_id: int, from_on: date, to_on: date | None
) -> list[ColumnElement[bool]]:
    return [
        table.user_id == user_id,
        table.superseded_at.is_(None),
        table.from_on <= (to_on or date.max),
        or_(table.to_on.is_(None), table.to_on >= from_on),
    ]


def end_leave(session: Session, user_id: int, absence_id: int, last_day: date, *, by: By) -> bool:
    """End a leave on its last day; before its first day it never was. False if there is none."""
    row = session.get(Absence, absence_id)
    if row is None or row.user_id != user_id or row.superseded_at is not None:
        return False
    _check_return("last_day", last_day, place_of(session, user_id, by.now).today(by.now))
    row.superseded_at = by.now
    if last_day >= row.from_on:
        session.add(
            Absence(user_id=user_id, from_on=row.from_on, to_on=last_day, recorded_at=by.now)
        )
    note(session, by, "leave.ended", user_id, to_on=last_day.isoformat())
    return True


# --- waiver --------------------------------------------------------------------------------


def waive(session: Session, user_id: int, course: str, to_on: date, reason: str, *, by: By) -> None:
    """Let somebody off one training from today to a last day. Raises NotDone."""
    duty = _duty(session, user_id, course, by.now)
    today = duty.person.today
    if to_on < today:
        raise NotDone("to_on", "The last day of a waiver can't be past.")
    if to_on > today + LONGEST:
        raise NotDone("to_on", "A waiver ends within three years: choose an earlier day.")
    if session.scalar(
        select(exists().where(*_open_span(Waiver, user_id, today, to_on), Waiver.course == course))
    ):
        raise NotDone("to_on", "A waiver of this training is in force already: end that first.")
    session.add(
        Waiver(
            user_id=user_id,
            course=course,
            from_on=today,
            to_on=to_on,
            reason=reason,
            approved_by_id=by.user_id,
            recorded_at=by.now,
        )
    )
    note(session, by, "waiver.given", user_id, course=course, to_on=to_on.isoformat())


def end_waiver(session: Session, user_id: int, waiver_id: int, *, by: By) -> bool:
    """End a waiver with yesterday; one of today never was. False if there is none."""
    row = session.get(Waiver, waiver_id)
    if row is None or row.user_id != user_id or row.superseded_at is not None:
        return False
    row.superseded_at = by.now
    yesterday = place_of(session, user_id, by.now).today(by.now) - ONE_DAY
    if yesterday >= row.from_on:
        session.add(
            Waiver(
                user_id=user_id,
                course=row.course,
                from_on=row.from_on,
                to_on=min(yesterday, row.to_on),
                reason=row.reason,
                approved_by_id=row.approved_by_id,
                recorded_at=by.now,
            )
        )
    note(session, by, "waiver.ended", user_id, course=row.course)
    return True


# --- due day and cycles by hand ------------------------------------------------------------


def move_due_day(
    session: Session, user_id: int, course: str, due_on: date, reason: str, *, by: By
) -> None:
    """Move the due day of what is open. Raises NotDone for a day past or far off."""
    duty = _duty(session, user_id, course, by.now)
    if duty.cycle is None:
        raise NotDone("course", "Nothing is open in this training, so there is no due day to move.")
    check_due_day(due_on, duty.person.today)
    assignments.move_due_day(
        session, duty.cycle.id, due_on, reason=reason, by=by.user_id, now=by.now
    )
    detail = {"assignment": duty.cycle.id, "due_on": due_on.isoformat()}
    note(session, by, "due_day.moved", user_id, **detail)


def check_due_day(due_on: date, today: date) -> None:
    """Raise NotDone for a due day that is past, or too far off."""
    if due_on < today:
        raise NotDone("due_on", "The due day can't be past: choose today or later.")
    if due_on > today + LONGEST:
        raise NotDone("due_on", "The due day can't be more than three years from today.")


def paths_for(session: Session, today: date) -> list[tuple[str, str]]:
    """Return the courses that can be opened by hand, code and title: the refresher first.

    What is signed alone is opened by the change of the policy.
    """
    found = []
    for code in publishing.slugs(session, "course"):
        digest = publishing.current(session, "course", code, today)
        course = publishing.course(session, digest) if digest else None
        if course and not course.signs:
            found.append((code, course.title))
    return sorted(found, key=lambda pair: (pair[0] != "refresher", pair[1]))


def open_by_hand(
    session: Session,
    user_id: int,
    course: str,
    path: str,
    due_on: date | None,
    *,
    extra: bool,
    by: By,
) -> None:
    """Open a cycle by hand: the next refresher early, or extra training.

    Without a day it is due the rule's own number of days from today. Raises NotDone where
    something is open in this training already.
    """
    duty = _duty(session, user_id, course, by.now)
    if duty.cycle is not None:
        raise NotDone("course", "Something is open in this training already.")
    if duty.person.kind == "left":
        raise NotDone("course", "Nothing can be opened for whoever has left.")
    if path not in dict(paths_for(session, duty.person.today)):
        raise NotDone("path", "Choose one of the courses.")
    today = duty.person.today
    due_on = due_on or today + timedelta(days=duty.rule.days)
    check_due_day(due_on, today)
    session.add(
        Assignment(
            user_id=user_id,
            course=course,
            path=path,
            rule_id=duty.rule.id,
            reason="extra" if extra else "by_hand",
            assigned_on=today,
            opens_on=today,
            due_on=due_on,
            previous_expiry=duty.held.expires_on if duty.held else None,
            recorded_at=by.now,
        )
    )
    note(session, by, "training.opened", user_id, course=course, path=path, extra=extra)


# --- on paper, and withdrawn ---------------------------------------------------------------


def record_on_paper(
    session: Session,
    user_id: int,
    course: str,
    completed_on: date,
    source: str,
    *,
    by: By,
    sheet: Fingerprint | None = None,
) -> None:
    """Record that somebody completed on paper, or elsewhere; it is marked as such everywhere.

    It closes what is open. No certificate is issued: nobody sat at this program. `sheet`: what
    proves later which sheet it was. Raises NotDone.
    """
    duty = _duty(session, user_id, course, by.now)
    if source not in SOURCES:
        raise NotDone("source", "Choose where the record comes from.")
    if completed_on > duty.person.today:
        raise NotDone("completed_on", "That day is still to come.")
    if completed_on < EARLIEST:
        raise NotDone("completed_on", "That day can't be right: no record is as old as that.")
    if duty.cycle:
        cycle_id = duty.cycle.id
        assignments.close(session, cycle_id, "completed", by.now)
    else:
        cycle_id = paper_cycle(session, duty, completed_on, by)
    row = on_paper(duty, cycle_id, completed_on, by)
    session.add(row)
    session.flush()
    more = {"source": source, "recorded_by_id": by.user_id, "recorded_at": by.now}
    session.add(PaperRecord(completion_id=row.id, **more))
    sheets.keep(session, sheet, by=by.user_id, now=by.now, completion_id=row.id)
    note(
        session,
        by,
        "training.recorded",
        user_id,
        course=course,
        completed_on=completed_on.isoformat(),
        source=source,
        **({"sheet": sheet.sha256} if sheet else {}),
    )


def paper_cycle(session: Session, duty: Duty, completed_on: date, by: By) -> int:
    """Add the closed cycle of a record that closes none that is open; return its id."""
    cycle = Assignment(
        user_id=duty.person.user_id,
        course=duty.rule.course,
        path=duty.rule.course,
        rule_id=duty.rule.id,
        reason="by_hand",
        assigned_on=completed_on,
        opens_on=completed_on,
        due_on=completed_on,
        previous_expiry=duty.held.expires_on if duty.held else None,
        closed_at=by.now,
        closed_reason="completed",
        recorded_at=by.now,
    )
    session.add(cycle)
    session.flush()
    return cycle.id


def on_paper(duty: Duty, cycle_id: int, completed_on: date, by: By) -> Completion:
    """Return the completion of a record from outside, its next day by the rule."""
    renewal = (duty.cycle or duty.rule).renewal  # a cycle keeps the version that it opened with
    previous = duty.held.expires_on if duty.held else None
    if duty.held and completed_on < duty.held.completed_on:
        previous = None  # an older record renews nothing
    return Completion(
        assignment_id=cycle_id,
        user_id=duty.person.user_id,
        course=duty.rule.course,
        completed_on=completed_on,
        completed_at=by.now,
        zone=duty.person.zone,
        expires_on=expires_on(
            renewal,
            completed_on=completed_on,
            previous_expiry=previous,
            cycle_due_on=duty.cycle.due_on if duty.cycle else None,
        ),
        grace_days=renewal.grace_days,
        correct=0,
        total=0,
        digests="{}",
        method=ON_PAPER,
        shared_device=False,
        recorded_at=by.now,
    )
