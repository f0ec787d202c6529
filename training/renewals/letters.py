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


def nudge(told: Told, message_id: str) -> Letter:
    """Return a manager's nudge: the course, its day and the link, and nothing else."""
    what = "refresher" if told.is_refresher else "training"
    lines = [
        f"Hello {told.name},",
        "",
        f'your manager asks you to finish your {what} "{told.course_title}"',
        f"at {told.practice}. It was due {in_words(told.due_on)}.",
        "You can stop after any screen and go on later, on any phone or computer.",
        "Do it at work, or ask your manager to book the time.",
        "",
        told.link,
        "",
        "If you are done already, there is nothing to do: this mail crossed yours.",
    ]
    subject = f"A nudge from your manager: {what} was due {in_words(told.due_on)}"
    return Letter(told.name, told.address, subject, "\n".join(lines), message_id)


_PASSED = {1: "A week", 4: "Four weeks", 12: "Twelve weeks"}


def booster(
    name: str, address: str, practice: str, week: int, link: str, message_id: str
) -> Letter:
    """Return the mail of a booster: one link to one scene, and that nothing hangs on it."""
    lines = [
        f"Hello {name},",
        "",
        f"{_PASSED[week]} ago you finished your training at {practice}.",
        "Here is one scene to think about, in about a minute:",
        "",
        link,
        "",
        "No sign-in needed. It is never counted, nobody is told whether you open it,",
        "and there is no reminder.",
        "If you open it, do it at work, or ask your manager to book the time.",
        "",
        "The link is yours alone and works for 14 days. On its page you can",
        "stop these mails.",
    ]
    subject = "One scene, one minute: what would you do?"
    return Letter(name, address, subject, "\n".join(lines), message_id)


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
