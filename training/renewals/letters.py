"""The words of the mails: a name, the course, a day, a link, and never a score."""

from dataclasses import dataclass
from datetime import date

from training.mail import Letter
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


def in_words(day: date) -> str:
    """Return "Friday 12 December 2025"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


_SUBJECTS = {
    NoticeKind.ASSIGNED: "Training due {day}",
    NoticeKind.DUE_30: "Training due {day}: 30 days left",
    NoticeKind.DUE_7: "Training due {day}: one week left",
    NoticeKind.DUE_1: "Training due tomorrow",
    NoticeKind.DUE_TODAY: "Training due today",
    NoticeKind.LATE_1: "Training was due {day}",
    NoticeKind.LATE_7: "Training was due a week ago",
    NoticeKind.LATE_14: "Training was due two weeks ago",
}


def reminder(kind: NoticeKind, told: Told, message_id: str) -> Letter:
    """Return the reminder of this kind as a letter."""
    day = in_words(told.due_on)
    what = "refresher" if told.is_refresher else "training"
    late = kind in {NoticeKind.LATE_1, NoticeKind.LATE_7, NoticeKind.LATE_14}
    is_due = "was due" if late else "is due"
    lines = [
        f"Hello {told.name},",
        "",
        f'your {what} "{told.course_title}" at {told.practice} {is_due} {day}.',
        "You can stop after any screen and go on later, on any phone or computer.",
        "Do it at work, or ask your manager to book the time.",
        "",
        told.link,
        "",
        "If you are done already, there is nothing to do: this mail crossed yours.",
        f"This mail was sent by itself for {told.practice}.",
    ]
    subject = _SUBJECTS[kind].format(day=f"{told.due_on:%A} {told.due_on.day} {told.due_on:%B}")
    return Letter(told.name, told.address, subject, "\n".join(lines), message_id)


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
