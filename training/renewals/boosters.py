"""Boosters by mail: which are due, and each sent once through the ledger of the reminders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement, User
from training.accounts.people import place_of
from training.accounts.site_mail import MailBook, mail_book, mailing_at
from training.assignments.models import Assignment
from training.catalog.roles import first_of
from training.db import Database, take_turns
from training.learning import boosters
from training.learning.booster_models import Booster
from training.learning.booster_scenes import candidates
from training.learning.material import Material, NothingPublished, material_for_role
from training.learning.models import Completion
from training.mail import Letter, Mailer
from training.renewals import letters
from training.renewals.duties import Duty, duties_of
from training.renewals.known import Asked, rules_in_force
from training.renewals.models import Notice
from training.renewals.outbox import Later, Run, Tally, rows_due, send, sweep
from training.renewals.outside import led_outside
from training.renewals.pace import MOST_A_DOMAIN, Pace
from training.renewals.persons import Person, people
from training.rules.boosters import (
    APART,
    KINDS,
    LATEST,
    WEEKS,
    Candidate,
    Sent,
    choose,
    kind_of,
    rests,
    week_due,
)
from training.rules.standing import Status

CHUNK = 500
MOST_A_RUN = 2_000  # entered in the ledger; while there are more there is a run every five minutes
ENTERED_AT_ONCE = 100
QUIET = {Status.AWAY, Status.LEFT, Status.NOT_REQUIRED, Status.WAITING_FOR_HELP}
NOT_SENT = ("dropped", "refused")
ONE_DAY = timedelta(days=1)  # the day is never the same all around the Earth


@dataclass(frozen=True, slots=True)
class Due:
    """One booster that is due to one person, of one completion."""

    person: Person
    assignment_id: int
    path: str
    week: int
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class _Completed:
    user_id: int
    assignment_id: int
    course: str
    path: str
    completed_on: date


@dataclass
class _History:
    """What was sent to one person, in the order of time, and for which completions."""

    sent: list[Sent] = field(default_factory=list)
    weeks: dict[int, set[int]] = field(default_factory=dict)


def due_boosters(session: Session, today: Today, *where: ColumnElement[bool]) -> Iterator[Due]:
    """Yield the boosters that are due today: at most one a person.

    To whoever works here, has a mailbox, is not away, still is asked for that training, and
    wants them, where an officer turned them on.
    """
    entities = boosters.switched_on(session)
    if not entities or led_outside(session):
        return
    found: dict[int, list[_Completed]] = {}
    for one in _completed(session, today, *where):
        found.setdefault(one.user_id, []).append(one)
    rules, ids = rules_in_force(session, today.latest), sorted(found)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        duties = _duties(session, some, today, rules, entities)
        history = _history(session, some)
        for user_id in some:
            mine = history.get(user_id, _History())
            due = (
                _due(duty, one, mine)
                for one in found[user_id]
                if (duty := duties.get((user_id, one.course)))
            )
            first = next(filter(None, due), None)
            if first is not None and not boosters.wants_none(session, user_id):
                yield first


def _completed(session: Session, today: Today, *where: ColumnElement[bool]) -> list[_Completed]:
    """Return the completions that are about so many weeks old; `_due` asks which of them hold."""
    latest = today.latest
    spans = [
        Completion.completed_on.between(
            latest - timedelta(weeks=week) - LATEST - ONE_DAY, latest - timedelta(weeks=week)
        )
        for week in WEEKS
    ]
    query = (
        select(
            Completion.user_id,
            Completion.assignment_id,
            Completion.course,
            Assignment.path,
            Completion.completed_on,
        )
        .join(Assignment, Assignment.id == Completion.assignment_id)
        .where(or_(*spans), *where)
        .order_by(Completion.user_id, Completion.id)
    )
    return [_Completed(*row) for row in session.execute(query)]


def _duties(
    session: Session,
    ids: Sequence[int],
    today: Today,
    rules: Sequence[Asked],
    entities: frozenset[int],
) -> dict[tuple[int, str], Duty]:
    persons = people(session, today, Placement.user_id.in_(ids), User.email.is_not(None))
    persons = [person for person in persons if person.entity_id in entities]
    return {
        (duty.person.user_id, duty.rule.course): duty
        for duty in duties_of(session, persons, rules)
        if duty.status not in QUIET
    }


def _due(duty: Duty, one: _Completed, history: _History) -> Due | None:
    today = duty.person.today
    if duty.held is None or duty.held.completed_on != one.completed_on:
        return None  # a newer one counts, or it ran out before she came back
    week = week_due(one.completed_on, today, history.weeks.get(one.assignment_id, ()))
    if week is None or rests(history.sent, one.completed_on, today):
        return None
    return Due(duty.person, one.assignment_id, one.path, week, tuple(history.sent))


def _history(session: Session, ids: Sequence[int]) -> Mapping[int, _History]:
    """Return what was sent; what the mail server refused is on record and was sent to nobody."""
    query = (
        select(Booster, Notice.state)
        .join(Notice, Notice.id == Booster.notice_id)
        .where(Booster.user_id.in_(ids))
        .order_by(Booster.sent_on, Booster.id)
    )
    found: dict[int, _History] = {}
    for row, state in session.execute(query):
        mine = found.setdefault(row.user_id, _History())
        mine.weeks.setdefault(row.assignment_id, set()).add(row.week)
        if state not in NOT_SENT:
            situation = (row.module, row.scenario)
            ignored = row.opened_at is None and state != "due"  # what waits, nobody left unopened
            mine.sent.append(Sent(row.sent_on, situation, not ignored))
    return found


def send_boosters(
    database: Database,
    mailer: Mailer,
    *,
    now: datetime,
    today: Today,
    base_url: str,
    most_a_domain: int = MOST_A_DOMAIN,
) -> Tally:
    """Enter what is due in the ledger, and send what stands there, each once.

    It is entered in the hours of its site, and what stands there is no longer too late: it
    goes out when its mail domain has a turn, however many stand before it.
    """
    run = Run(database, mailer, now, Pace(database, now, most_a_domain))
    sweep(run, Notice)
    _enter_due(database, now, today, run.tally)

    def write(session: Session, row_id: int, at: datetime) -> Letter | Later | None:
        return booster_letter(session, session.get_one(Notice, row_id), today, base_url, at)

    send(run, Notice, rows_due(run, Notice, write, Notice.kind.in_(list(KINDS))))
    return run.tally


def _enter_due(database: Database, now: datetime, today: Today, tally: Tally) -> None:
    with database.read() as session:
        found = list(islice(_able(session, now, today), MOST_A_RUN + 1))
    ids = [due.person.user_id for due, _material, _scene in found[:MOST_A_RUN]]
    tally.more = len(found) > MOST_A_RUN
    for start in range(0, len(ids), ENTERED_AT_ONCE):
        some = ids[start : start + ENTERED_AT_ONCE]
        with database.write() as session:
            take_turns(session, "booster")
            for due, material, scene in _able(session, now, today, Completion.user_id.in_(some)):
                _enter(session, due, material, scene, now)


def _able(
    session: Session, now: datetime, today: Today, *where: ColumnElement[bool]
) -> Iterator[tuple[Due, Material, Candidate]]:
    """Yield what is due where it is an hour for mail, and her course has a scene for her."""
    book: MailBook = mail_book(session)
    for due in due_boosters(session, today, *where):
        if book.of(due.person.entity_id, due.person.site).is_open(now):
            chosen = _scene_for(session, due)
            if chosen is not None:
                yield due, *chosen


def _scene_for(session: Session, due: Due) -> tuple[Material, Candidate] | None:
    """Return the situation that she gets; None where her course has none that she had not just."""
    person = due.person
    try:
        material = material_for_role(session, person.user_id, due.path, person.today)
    except NothingPublished:
        return None
    kept = boosters.kept_by(session, person.entity_id, first_of(material.role))
    sent = [one.situation for one in due.sent]
    chosen = choose(candidates(material), sent, kept, turn=person.user_id)
    return (material, chosen) if chosen else None


def leave_out(
    session: Session, now: datetime, today: Today, left_out: Mapping[str, str | None]
) -> None:
    """Enter what is due with these values of the ledger, at whatever hour: it is not sent."""
    for due in list(due_boosters(session, today)):
        chosen = _scene_for(session, due)
        if chosen is not None:
            notice = _enter(session, due, *chosen, now)
            for name, value in left_out.items():
                setattr(notice, name, value)


def _enter(
    session: Session, due: Due, material: Material, chosen: Candidate, now: datetime
) -> Notice:
    kind, day = kind_of(due.week), due.person.today
    notice = Notice(
        assignment_id=due.assignment_id,
        kind=kind,
        due_key=day,
        channel="mail",
        state="due",
        message_id=f"{kind.replace('_', '-')}-{due.assignment_id}",
        created_at=now,
        next_try_at=now,
    )
    session.add(notice)
    session.flush()
    booster = Booster(
        notice_id=notice.id,
        user_id=due.person.user_id,
        assignment_id=due.assignment_id,
        entity_id=due.person.entity_id,
        week=due.week,
        sent_on=day,
        role=first_of(material.role),
        digest=material.digests[chosen.module],
        module=chosen.module,
        scenario=chosen.scenario,
        objective=chosen.objective,
    )
    session.add(booster)
    session.flush()
    return notice


def is_booster(notice: Notice) -> bool:
    """Tell whether a row of the ledger is a booster."""
    return notice.kind in KINDS


def booster_letter(
    session: Session, notice: Notice, today: Today, base_url: str, now: datetime
) -> Letter | Later | None:
    """Write a booster that stands in the ledger, if she may still get it; the link is new."""
    booster = session.scalars(select(Booster).where(Booster.notice_id == notice.id)).one()
    duty = _duty_of(session, booster, today)
    held = duty.held if duty else None
    if duty is None or held is None or booster.opened_at is not None:
        return None
    person = duty.person
    mailing = mailing_at(session, person.entity_id, person.site)
    if not mailing.is_open(now):
        return Later(mailing.opening(now))
    rests_until = _last_sent_at(session, booster.user_id, now) + APART
    if rests_until > now:
        return Later(mailing.opening(rests_until))
    booster.sent_on = person.today
    told = letters.Scene(
        name=person.name,
        address=person.email or "",
        practice=place_of(session, booster.user_id, now).practice,
        weeks=(person.today - held.completed_on) // timedelta(weeks=1),
        link=f"{base_url}/boosters/{boosters.make_link(session, booster, now)}",
        paid_note=mailing.paid_note,
    )
    return letters.booster(told, notice.message_id)


def _duty_of(session: Session, booster: Booster, today: Today) -> Duty | None:
    """Return the duty that a booster is of, while it may go out to her."""
    if boosters.wants_none(session, booster.user_id):
        return None
    entities = boosters.switched_on(session)
    query = select(Completion.course, Completion.completed_on)
    made = session.execute(query.where(Completion.assignment_id == booster.assignment_id)).one()
    rules = rules_in_force(session, today.latest)
    duties = _duties(session, [booster.user_id], today, rules, entities)
    duty = duties.get((booster.user_id, made.course))
    counts = duty and duty.held and duty.held.completed_on == made.completed_on
    return duty if counts else None


def _last_sent_at(session: Session, user_id: int, now: datetime) -> datetime:
    """Return when a booster went out to her last; long ago where none did."""
    query = (
        select(func.max(Notice.sent_at))
        .join(Booster, Booster.notice_id == Notice.id)
        .where(Booster.user_id == user_id, Notice.state == "sent")
    )
    return session.scalar(query) or now - 2 * APART
