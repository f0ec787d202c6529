"""The words of the mails: a name, the course, a day, a link, and never a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from training.mail import Letter
from training.rules.mail_hours import PAID_NOTE
from training.rules.reminders import NoticeKind


@dataclass(frozen=True, slots=True)
class Told:
    """What a reminder tells."""

    name: str
    address: str
    practice: str
    course_title: str
    due_on: date
    is_refresher: bool
    link: str
    today: date
    is_late: bool = False
    paid_note: str = PAID_NOTE
    at_work_only: bool = False

    @property
    def days_left(self) -> int:
        """Return how many days are left on the day that the mail is written; below 0: late."""
        return (self.due_on - self.today).days

    @property
    def what(self) -> str:
        """Return what it is, in a word."""
        return "refresher" if self.is_refresher else "training"

    @property
    def may_stop(self) -> str:
        """Return the line that says that it can be done in pieces; never at home, where asked."""
        where = "" if self.at_work_only else ", on any phone or computer"
        return f"You can stop after any screen and go on later{where}."


def in_words(day: date) -> str:
    """Return "Friday 12 December 2025"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


_LEFT = {7: "one week left"}
_AGO = {7: "a week ago", 14: "two weeks ago"}


def _subject(kind: NoticeKind, told: Told) -> str:
    """Return the subject by the days that are left when it goes out: a mail may have waited."""
    day, left = f"{told.due_on:%A} {told.due_on.day} {told.due_on:%B}", told.days_left
    if left < 0:
        return f"Training was due {_AGO.get(-left, day)}"
    if left < 2:
        return f"Training due {'tomorrow' if left else 'today'}"
    if kind is NoticeKind.ASSIGNED:
        return f"Training due {day}"
    return f"Training due {day}: {_LEFT.get(left, f'{left} days left')}"


def reminder(kind: NoticeKind, told: Told, message_id: str) -> Letter:
    """Return the reminder of this kind as a letter."""
    what, is_due = told.what, "was due" if told.days_left < 0 else "is due"
    lines = [
        f"Hello {told.name},",
        "",
        f'your {what} "{told.course_title}" at {told.practice} {is_due} {in_words(told.due_on)}.',
        told.may_stop,
        told.paid_note,
        "",
        told.link,
        "",
        "If you are done already, there is nothing to do: this mail crossed yours.",
        f"This mail was sent by itself for {told.practice}.",
    ]
    return Letter(told.name, told.address, _subject(kind, told), "\n".join(lines), message_id)


def reminders(told: Sequence[Told], message_id: str) -> Letter:
    """Return one reminder of several trainings of one person, in the order of their due days."""
    first = told[0]
    lines = [
        f"Hello {first.name},",
        "",
        f"{len(told)} trainings at {first.practice}:",
        "",
        *(line for one in told for line in _one_of_several(one)),
        first.may_stop,
        first.paid_note,
        "",
        "What you are done with already needs nothing more: this mail crossed it.",
        f"This mail was sent by itself for {first.practice}.",
    ]
    subject = _subject_of_several(told)
    return Letter(first.name, first.address, subject, "\n".join(lines), message_id)


def _one_of_several(told: Told) -> list[str]:
    """Return what a training is, when it is due and whether it is late, and its link."""
    is_due = "was due" if told.days_left < 0 else "is due"
    late = ", and is late" if told.is_late else ""
    return [
        f'Your {told.what} "{told.course_title}" {is_due} {in_words(told.due_on)}{late}:',
        told.link,
        "",
    ]


def _subject_of_several(told: Sequence[Told]) -> str:
    late = [one for one in told if one.days_left < 0]
    to_come = [one for one in told if one.days_left >= 0]
    if not late:
        return f"{len(to_come)} trainings due{_first_day(to_come)}"
    were = "training was" if len(late) == 1 else "trainings were"
    if not to_come:
        return f"{len(late)} {were} due{_first_day(late)}"
    since = f" {_day(late[0])}" if _same_day(late) else ""
    is_due = "is due" if len(to_come) == 1 else "are due"
    return f"{len(late)} {were} due{since}, {len(to_come)} more {is_due}{_first_day(to_come)}"


def _first_day(told: Sequence[Told]) -> str:
    """Return the day of these, or the first of their days."""
    if _same_day(told):
        return f" {_day(told[0])}"
    on = "" if told[0].days_left in (0, 1) else "on "
    return f": the first {on}{_day(told[0])}"


def _same_day(told: Sequence[Told]) -> bool:
    return len({one.due_on for one in told}) == 1


def _day(told: Told) -> str:
    """Return "today", "tomorrow", or "Friday 12 December"."""
    near = {0: "today", 1: "tomorrow"}.get(told.days_left)
    return near or f"{told.due_on:%A} {told.due_on.day} {told.due_on:%B}"


def sign_in_link(name: str, address: str, practice: str, link: str, message_id: str) -> Letter:
    """Return the mail that a sign-in link comes in."""
    lines = [
        f"Hello {name},",
        "",
        f"here is your link to sign in to the training of {practice}.",
        "It works once, for 30 minutes:",
        "",
        link,
        "",
        "You did not ask for it? Then do nothing: the link alone changes nothing.",
    ]
    return Letter(name, address, f"Your sign-in link for {practice}", "\n".join(lines), message_id)


def nudge(told: Told, message_id: str) -> Letter:
    """Return a manager's nudge: the course, its day and the link, and nothing else."""
    lines = [
        f"Hello {told.name},",
        "",
        f'your manager asks you to finish your {told.what} "{told.course_title}"',
        f"at {told.practice}. It was due {in_words(told.due_on)}.",
        told.may_stop,
        told.paid_note,
        "",
        told.link,
        "",
        "If you are done already, there is nothing to do: this mail crossed yours.",
    ]
    subject = f"A nudge from your manager: {told.what} was due {in_words(told.due_on)}"
    return Letter(told.name, told.address, subject, "\n".join(lines), message_id)


def nudges(told: Sequence[Told], message_id: str) -> Letter:
    """Return a manager's nudge of somebody who is late with several trainings."""
    first = told[0]
    lines = [
        f"Hello {first.name},",
        "",
        f"your manager asks you to finish {len(told)} trainings at {first.practice}:",
        "",
        *(line for one in told for line in _one_of_several(one)),
        first.may_stop,
        first.paid_note,
        "",
        "What you are done with already needs nothing more: this mail crossed it.",
    ]
    since = f" {in_words(first.due_on)}"
    if not _same_day(told):
        since = f", the first on{since}"
    subject = f"A nudge from your manager: {len(told)} trainings were due{since}"
    return Letter(first.name, first.address, subject, "\n".join(lines), message_id)


_PASSED = {1: "A week", 4: "Four weeks", 12: "Twelve weeks"}  # else in figures: it had to wait


@dataclass(frozen=True, slots=True)
class Scene:
    """What the mail of a booster says."""

    name: str
    address: str
    practice: str
    weeks: int
    link: str
    paid_note: str


def booster(told: Scene, message_id: str) -> Letter:
    """Return the mail of a booster: one link to one scene, and that nothing hangs on it."""
    passed = _PASSED.get(told.weeks, f"{told.weeks} weeks")
    lines = [
        f"Hello {told.name},",
        "",
        f"{passed} ago you finished your training at {told.practice}.",
        "Here is one scene to think about, in about a minute:",
        "",
        told.link,
        "",
        "No sign-in needed. It is never counted, nobody is told whether you open it,",
        "and there is no reminder.",
        told.paid_note,
        "",
        "The link is yours alone and works for 14 days. On its page you can",
        "stop these mails.",
    ]
    subject = "One scene, one minute: what would you do?"
    return Letter(told.name, told.address, subject, "\n".join(lines), message_id)


@dataclass(frozen=True, slots=True)
class WeeklyMail:
    """What a manager's weekly mail tells: the answer is its subject."""

    name: str
    address: str
    practice: str
    subject: str
    people: int
    late: tuple[tuple[str, date | None], ...]
    nudge_link: str
    pause_link: str
    page: str


MOST_NAMES = 12


def weekly(told: WeeklyMail, message_id: str) -> Letter:
    """Return the weekly mail: who is late, one link that nudges, one that pauses it."""
    count = len(told.late)
    names = [_late_line(name, due_on) for name, due_on in told.late[:MOST_NAMES]]
    if count > MOST_NAMES:
        names.append(f"- and {count - MOST_NAMES} more, on the page below")
    lines = [
        f"Hello {told.name},",
        "",
        f"{count} of your {told.people} {'is' if count == 1 else 'are'} late with the training",
        f"at {told.practice}:",
        "",
        *names,
        "",
        "Nudge them all, no sign-in needed:" if count > 1 else "Nudge, no sign-in needed:",
        told.nudge_link,
        "",
        "Your whole team:",
        told.page,
        "",
        "Pause for two weeks:",
        told.pause_link,
        "",
        "The links are yours alone and work for 7 days.",
    ]
    return Letter(told.name, told.address, told.subject, "\n".join(lines), message_id)


def _late_line(name: str, due_on: date | None) -> str:
    return f"- {name}, due {due_on.day} {due_on:%b}" if due_on else f"- {name}"
