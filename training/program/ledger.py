"""What the officer reads of mails, signatures and jobs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, null, select
from sqlalchemy.orm import Session

from training.accounts.days import Today, todays
from training.accounts.models import Site, User
from training.accounts.people import Place
from training.accounts.reach import EVERYWHERE, Reach
from training.accounts.session_models import LinkMail
from training.accounts.site_mail import Mailing, mail_book, mailing_at, mailings
from training.assignments.models import Assignment
from training.catalog.publishing import course_title
from training.learning import policies
from training.learning.models import Completion, PolicyAdoption, Signature
from training.learning.past import ON_PAPER
from training.learning.withdrawn import is_withdrawn
from training.renewals.boosters import due_boosters
from training.renewals.due import Due, due_among, due_reminders
from training.renewals.duties import Duty
from training.renewals.models import Notice, TeamMail
from training.renewals.outbox import GIVEN_UP, mail_of
from training.renewals.outside import led_outside
from training.renewals.persons import Person
from training.renewals.put_back import RESTORED
from training.reports.words import in_words
from training.rules.boosters import KINDS, kind_of
from training.rules.nudges import NUDGE
from training.rules.reminders import NoticeKind, next_notice
from training.rules.standing import Status

KIND_WORDS: dict[str, str] = {
    NUDGE: "nudged by the manager",
    kind_of(1): "one scene, a week after",
    kind_of(4): "one scene, 4 weeks after",
    kind_of(12): "one scene, 12 weeks after",
    NoticeKind.ASSIGNED: "training opened",
    NoticeKind.DUE_30: "30 days left",
    NoticeKind.DUE_7: "a week left",
    NoticeKind.LATE_1: "a day late",
    NoticeKind.LATE_7: "a week late",
    NoticeKind.LATE_14: "two weeks late",
}
BY_THE_DAY = {NoticeKind.DUE_1, NoticeKind.DUE_TODAY}
WEEKLY, SIGN_IN = "weekly mail to a manager", "sign-in link that was asked for"
STATE_WORDS = {
    "due": "put off by the mail server, to be tried again",
    "sending": "being sent",
    "sent": "sent",
    "unknown": "perhaps sent twice or not at all: ask",
    "dropped": "not sent: no longer due when its turn came",
    "refused": "refused by the mail server: check the address",
}
LED = "Your learning system assigns and reminds (BYP_LED_BY=lms): no reminder goes out from here."
LATEST = 100
MOST_HOURS = 4


def _kind_words(kind: str, due_on: date) -> str:
    """Return what a mail is about; the last ones before a day name it, whenever they go out."""
    return f"due {due_on:%A}" if kind in BY_THE_DAY else KIND_WORDS[kind]


def _notice(row: Any) -> dict[str, Any]:
    mail, legal_name, display_name, due_on = row
    return {
        "mail": (mail_of(mail.message_id), mail.state),  # what was left out became something else
        "name": display_name or legal_name,
        "kind": _what(mail),
        "due_on": _about(mail, due_on),
        "state": _state(mail),
        "detail": mail.detail,
        "sent_at": mail.sent_at,
        "created_at": mail.created_at,
    }


def _about(mail: Notice | TeamMail | LinkMail, due_on: date | None) -> date | None:
    """Return the due day that a mail is about; a nudge's key is the day of the nudge."""
    if not isinstance(mail, Notice) or mail.kind in KINDS:
        return None
    return due_on if mail.kind == NUDGE else mail.due_key


def _what(mail: Notice | TeamMail | LinkMail) -> str:
    if isinstance(mail, Notice):
        return _kind_words(mail.kind, mail.due_key)
    return WEEKLY if isinstance(mail, TeamMail) else SIGN_IN


def _state(mail: Notice | TeamMail | LinkMail) -> str:
    if mail.state == "dropped" and mail.detail.startswith(GIVEN_UP):
        return f"not sent: {GIVEN_UP}, the mail server never took it"
    if mail.state == "dropped" and mail.detail == RESTORED:
        return "left out: the data was put back from a copy, and it may have gone out before"
    if mail.state != "due" or mail.tries:
        return STATE_WORDS[mail.state]
    waits = mail.next_try_at is not None and mail.next_try_at > mail.created_at
    return "waits for the hours of its site" if waits else "to be sent"


def _mails() -> Iterator[Any]:
    """Yield a query for the newest rows of each ledger, with whose they are."""
    named = (User.legal_name, User.display_name)
    reminders = select(Notice, *named, Assignment.due_on).join(
        Assignment, Assignment.id == Notice.assignment_id
    )
    yield reminders.join(User, User.id == Assignment.user_id).order_by(Notice.id.desc())
    for table in (TeamMail, LinkMail):
        whose = select(table, *named, null()).join(User, User.id == table.user_id)
        yield whose.order_by(table.id.desc())


def _newest(session: Session, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = [
        _notice(row)
        for query in _mails()
        for row in session.execute(query.where(*where).limit(LATEST))
    ]
    together = Counter(row["mail"] for row in rows)
    for row in rows:
        row["together"] = together[row["mail"]] - 1
    return sorted(rows, key=lambda row: row["created_at"], reverse=True)[:LATEST]


def sent(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> list[dict[str, Any]]:
    """Return the newest hundred mails to people within reach, of every kind."""
    return _newest(session, *reach.users(User.id, todays(session, now)))


def notices_of(session: Session, user_id: int) -> list[dict[str, Any]]:
    """Return what one person was sent, and why she was not."""
    return _newest(session, User.id == user_id)


def tomorrow(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> list[dict[str, Any]]:
    """Return the mails that are due tomorrow if nothing changes, and when each goes out.

    One for each person, however many trainings it names; a booster is a mail of its own.
    """
    book, found = mail_book(session), []
    for person, words in islice(_mailed_on(session, todays(session, now).later(1), reach), LATEST):
        mailing, zone = book.of(person.entity_id, person.site), ZoneInfo(person.zone)
        midnight = datetime.combine(person.today, time(), zone)
        goes_at = mailing.opening(midnight).astimezone(zone)
        found.append(
            {
                "name": person.name,
                "kind": words,
                "when": _when(goes_at) if mailing.hours else "",
                "waits": goes_at.date() > person.today,
            }
        )
    return found


def _mailed_on(session: Session, today: Today, reach: Reach) -> Iterator[tuple[Person, str]]:
    for mail in _mails_due(due_reminders(session, today, *reach.sites())):
        yield mail[0].duty.person, _words_of(mail)
    for booster in due_boosters(session, today, *reach.users(Completion.user_id, today)):
        yield booster.person, KIND_WORDS[kind_of(booster.week)]


def _mails_due(found: Iterable[Due]) -> Iterator[list[Due]]:
    """Yield the reminders of each mail: those of one person, who come one after another."""
    for _user_id, mine in groupby(found, key=lambda due: due.duty.person.user_id):
        yield list(mine)


def _words_of(mail: Sequence[Due]) -> str:
    """Return what a mail is about: each of its reminders, and that they are one mail."""
    if len(mail) == 1:
        return _words(mail[0])
    kinds = Counter(_words(due) for due in mail)
    told = [words if n == 1 else f"{words} ({n} trainings)" for words, n in kinds.items()]
    return f"{' and '.join(told)}, in one mail"


def _words(due: Due) -> str:
    return _kind_words(due.kind, due.duty.cycle.due_on if due.duty.cycle else date.max)


def waiting(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> list[dict[str, Any]]:
    """Return the mails of reminders that are due today and wait for the hours of their site."""
    book, found = mail_book(session), []
    if all(mailing.is_open(now) for mailing in mailings(session)):
        return []
    for mail in _mails_due(due_reminders(session, todays(session, now), *reach.sites())):
        person = mail[0].duty.person
        mailing = book.of(person.entity_id, person.site)
        if not mailing.is_open(now):
            goes_at = mailing.opening(now).astimezone(ZoneInfo(mailing.zone))
            found.append({"name": person.name, "kind": _words_of(mail), "when": _when(goes_at)})
            if len(found) == LATEST:
                break
    return found


def hours_words(session: Session, entity_id: int) -> list[str]:
    """Return in which hours mail goes out, in a line for each of the hours that there are."""
    if led_outside(session):
        return [LED]
    sites: dict[str, list[str]] = {}
    for one in mailings(session, Site.entity_id == entity_id):
        sites.setdefault(one.words(), []).append(one.site)
    if len(sites) == 1:
        return [f"Mail to staff goes out {next(iter(sites))}, by each site's own clock."]
    if len(sites) > MOST_HOURS:
        return ["Mail to staff goes out in the hours of each site, by its own clock."]
    return [f"Mail to {', '.join(names)} goes out {words}." for words, names in sites.items()]


def _when(at: datetime) -> str:
    """Return "Monday 30 November, 08:00", by the clock that it carries."""
    return f"{at:%A} {at.day} {at:%B}, {at:%H:%M}"


def mail_words(session: Session, duties: Sequence[Duty], now: datetime) -> list[str]:
    """Return in which hours one person is mailed, and what of hers waits for them just now."""
    if not duties:
        return ["No training is asked, so no mail goes out."]
    if led_outside(session):
        return [LED]
    person = duties[0].person
    if person.kind == "left":
        return ["No longer here: no mail goes out."]
    if not person.email:
        return ["There is no work mail here: print a sign-in slip, or say it in person."]
    mailing = mailing_at(session, person.entity_id, person.site)
    told = [_what_comes(session, duty, mailing) for duty in duties]
    told += [f"Mail to {mailing.site} goes out {mailing.words()}, by the clock there."]
    due = list(due_among(session, duties))
    if due and not mailing.is_open(now):
        goes_at = _when(mailing.opening(now).astimezone(ZoneInfo(mailing.zone)))
        told.append(f"Waiting: {_words_of(due)}. It goes out on {goes_at}, if it is still due.")
    elif len(due) > 1:
        told.append("What is due now goes out in one mail.")
    return told


def _what_comes(session: Session, duty: Duty, mailing: Mailing) -> str:
    """Return which mail comes next for one training, or why none does."""
    cycle, today = duty.cycle, duty.person.today
    course = course_title(session, duty.rule.course, today)
    if duty.status is Status.AWAY:
        return f"{course}: no mail goes out while this person is away."
    if duty.status is Status.WAITING_FOR_HELP:
        return (
            f"{course}: no mail goes out until somebody has gone through the quiz with this person."
        )
    if cycle is None:
        return f"{course}: nothing is open, so no mail goes out."
    if due := next(due_among(session, [duty]), None):
        return f"{course}: due now: {_words(due)}."
    coming = next_notice(
        assigned_on=max(cycle.assigned_on, cycle.opens_on),
        due_on=cycle.due_on,
        today=today,
        weekdays=mailing.weekdays(),
    )
    if coming is None:
        return f"{course}: the last mail of this training has gone out; none follows."
    kind, day = coming
    return f"{course}: next on {in_words(day)}: {_kind_words(kind, cycle.due_on)}."


def signatures(
    session: Session, day: date, today: Today, reach: Reach = EVERYWHERE
) -> dict[str, int]:
    """Return how many people trained, and what they answered to the policy last.

    Whoever signed a text that another has taken the place of since is told apart.
    """
    ever = select(func.count(Completion.user_id.distinct()))
    trained = session.scalar(ever.where(*reach.users(Completion.user_id, today))) or 0
    newest = select(func.max(Signature.id)).where(
        ~is_withdrawn(Signature), *reach.users(Signature.user_id, today)
    )
    newest = newest.group_by(Signature.user_id)
    rows = session.execute(
        select(Signature.answer, Signature.policy_digest, Signature.method).where(
            Signature.id.in_(newest)
        )
    ).all()
    texts = policies.texts_in_force(session, day)
    answers = Counter(
        "earlier" if answer == "signed" and digest not in texts else answer
        for answer, digest, _method in rows
    )
    asked = sum(answers.values())
    return {
        "trained": trained,
        "signed": answers["signed"],
        "on_paper": sum(
            answer == "signed" and digest in texts and method == ON_PAPER
            for answer, digest, method in rows
        ),
        "earlier": answers["earlier"],
        "declined": answers["declined"],
        "question": answers["question"],
        "not_asked": max(0, trained - asked),
    }


def notes(session: Session, place: Place, *, first_steps: bool) -> list[str]:
    """Return what the officer should know about the house itself; not what first steps say."""
    found = []
    adopted = select(PolicyAdoption.id).where(PolicyAdoption.entity_id == place.entity_id)
    if not first_steps and session.scalar(adopted.limit(1)) is None:
        found.append("No policy is adopted yet, so nobody is asked to sign one.")
    if not first_steps and not place.facts:
        found.append("Nobody has said yet whom staff should call when something happened.")
    if led_outside(session):
        found.append(f"{LED} Its assignments come by “byp assignments import”.")
    elif any(one.hours is None for one in mailings(session, Site.entity_id == place.entity_id)):
        found.append(
            "Mail to staff goes out at any hour, also at night: set its hours under Reminders."
        )
    found.append(
        "This is one part of your privacy training. 45 CFR 164.530(b) asks for training on all "
        "your PHI policies, and the Security Rule for a security-awareness program; keep "
        "proof of those too."
    )
    return found
