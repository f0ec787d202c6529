"""The contract of every kind of mail: what each says, and where its link leads."""

import inspect
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from training.mail import Letter
from training.renewals import letters
from training.renewals.letters import Scene, Told, WeeklyMail
from training.rules.reminders import NoticeKind

DUE, PAID = date(2026, 12, 15), "The time is paid."
HOUSE = "https://training.example.org"
NEVER = ("score", "failed", "attempt", "tries", "compliant", "expired", "employee", "reason")


def told(days_left: int = 7, *, is_refresher: bool = False) -> Told:
    return Told(
        name="Alice Adams",
        address="alice@clinic.example",
        practice="Main Street Clinic",
        course_title="Patient privacy",
        due_on=DUE,
        is_refresher=is_refresher,
        link=f"{HOUSE}/training/7",
        today=DUE - timedelta(days=days_left),
        paid_note=PAID,
    )


def several(*days_left: int) -> list[Told]:
    """Return trainings of one person, each with so many days left on the same day."""
    today = DUE - timedelta(days=10)
    return [
        replace(
            told(),
            today=today,
            due_on=today + timedelta(days=left),
            course_title=f"Course {n}",
            link=f"{HOUSE}/training/{n}",
            is_late=left < 0,
        )
        for n, left in enumerate(days_left, 7)
    ]


def weekly(late: int = 2) -> Letter:
    mail = WeeklyMail(
        name="Mona Marsh",
        address="mona@clinic.example",
        practice="Main Street Clinic",
        subject=f"{late} of 20 late: Adams",
        people=20,
        late=tuple((f"Adams {n}", DUE) for n in range(late)),
        nudge_link=f"{HOUSE}/team/nudge/t",
        pause_link=f"{HOUSE}/team/pause/t",
        page=f"{HOUSE}/team",
    )
    return letters.weekly(mail, "team-1")


SCENE = Scene(
    name="Alice Adams",
    address="alice@clinic.example",
    practice="Main Street Clinic",
    weeks=4,
    link=f"{HOUSE}/boosters/t",
    paid_note=PAID,
)
SIGN_IN = (
    "Alice Adams", "alice@clinic.example", "Main Street Clinic", f"{HOUSE}/sign-in/t", "link-1",
)  # fmt: skip
DAYS_LEFT = {
    NoticeKind.ASSIGNED: 30,
    NoticeKind.DUE_30: 30,
    NoticeKind.DUE_7: 7,
    NoticeKind.DUE_1: 1,
    NoticeKind.DUE_TODAY: 0,
    NoticeKind.LATE_1: -1,
    NoticeKind.LATE_7: -7,
    NoticeKind.LATE_14: -14,
}
LINKS = {"reminder": ["/training/7"],
         "reminders": ["/training/7", "/training/8"], "nudges": ["/training/7", "/training/8"],
         "nudge": ["/training/7"], "booster": ["/boosters/t"],
         "sign_in_link": ["/sign-in/t"],
         "weekly": ["/team/nudge/t", "/team", "/team/pause/t"]}  # fmt: skip

MAILS: list[tuple[str, Letter]] = [
    *(
        ("reminder", letters.reminder(kind, told(left, is_refresher=again), f"due-{kind}"))
        for kind, left in DAYS_LEFT.items()
        for again in (False, True)
    ),
    ("nudge", letters.nudge(told(-3), "nudge-1")),
    *(
        ("reminders", letters.reminders(several(*left), f"due-{n}"))
        for n, left in enumerate(((10, 17), (-3, 4), (-3, -3)))
    ),
    ("nudges", letters.nudges(several(-9, -3), "nudge-2")),
    ("booster", letters.booster(SCENE, "booster-1")),
    ("sign_in_link", letters.sign_in_link(*SIGN_IN)),
    *(("weekly", weekly(late)) for late in (1, 2, 13)),
]


def test_P26_every_kind_of_mail_that_there_is_stands_here() -> None:
    """A new kind of mail, or one that went, is noticed: the table has each."""
    made = {
        name
        for name, found in inspect.getmembers(letters, inspect.isfunction)
        if inspect.signature(found).return_annotation is Letter and not name.startswith("_")
    }
    assert made == {kind for kind, _mail in MAILS} == set(LINKS)
    assert set(DAYS_LEFT) == set(NoticeKind)


@pytest.mark.parametrize(("kind", "mail"), MAILS, ids=[f"{k}-{m.message_id}" for k, m in MAILS])
def test_P22_P26_every_mail_has_its_link_on_a_line_of_its_own(kind: str, mail: Letter) -> None:
    lines = mail.body.splitlines()
    assert [line for line in lines if "://" in line] == [HOUSE + path for path in LINKS[kind]]
    assert lines[0] == f"Hello {mail.to_name},"
    assert "Main Street Clinic" in mail.body + mail.subject
    assert mail.to_address.endswith("@clinic.example")
    assert mail.message_id
    assert max(map(len, lines)) <= 110
    assert not [word for word in NEVER if word in (mail.body + mail.subject).lower()]
    assert ("{" in mail.body + mail.subject, "None" in mail.body) == (False, False)
    assert re.search(r"\S", mail.subject)
    assert "\n" not in mail.subject


@pytest.mark.parametrize("kind", NoticeKind)
def test_P24_a_reminder_tells_the_day_and_the_days_that_are_left(kind: NoticeKind) -> None:
    left = DAYS_LEFT[kind]
    mail = letters.reminder(kind, told(left), "due-1")
    assert "Tuesday 15 December 2026" in mail.body
    assert ("was due" if left < 0 else "is due") in mail.body
    assert (
        mail.subject
        == {
            NoticeKind.ASSIGNED: "Training due Tuesday 15 December",
            NoticeKind.DUE_30: "Training due Tuesday 15 December: 30 days left",
            NoticeKind.DUE_7: "Training due Tuesday 15 December: one week left",
            NoticeKind.DUE_1: "Training due tomorrow",
            NoticeKind.DUE_TODAY: "Training due today",
            NoticeKind.LATE_1: "Training was due Tuesday 15 December",
            NoticeKind.LATE_7: "Training was due a week ago",
            NoticeKind.LATE_14: "Training was due two weeks ago",
        }[kind]
    )


@pytest.mark.parametrize(
    ("days_left", "subject"),
    [
        ((10, 17), "2 trainings due: the first on Tuesday 15 December"),
        ((10, 10), "2 trainings due Tuesday 15 December"),
        ((0, 10, 17), "3 trainings due: the first today"),
        ((1, 1), "2 trainings due tomorrow"),
        ((-3, 10), "1 training was due Wednesday 2 December, 1 more is due Tuesday 15 December"),
        (
            (-3, 1, 10),
            "1 training was due Wednesday 2 December, 2 more are due: the first tomorrow",
        ),
        ((-7, -3, 0), "2 trainings were due, 1 more is due today"),
        ((-7, -3), "2 trainings were due: the first on Saturday 28 November"),
        ((-3, -3), "2 trainings were due Wednesday 2 December"),
    ],
)
def test_P36_the_subject_of_several_is_the_answer(days_left: tuple[int, ...], subject: str) -> None:
    assert letters.reminders(several(*days_left), "due-1").subject == subject


def test_P36_a_mail_of_several_has_each_with_its_day_and_whether_it_is_late() -> None:
    mail = letters.reminders(several(-3, 10), "due-1")
    assert mail.body.splitlines() == [
        "Hello Alice Adams,",
        "",
        "2 trainings at Main Street Clinic:",
        "",
        'Your training "Course 7" was due Wednesday 2 December 2026, and is late:',
        f"{HOUSE}/training/7",
        "",
        'Your training "Course 8" is due Tuesday 15 December 2026:',
        f"{HOUSE}/training/8",
        "",
        "You can stop after any screen and go on later, on any phone or computer.",
        PAID,
        "",
        "What you are done with already needs nothing more: this mail crossed it.",
        "This mail was sent by itself for Main Street Clinic.",
    ]
    nudge = letters.nudges(several(-7, -3), "nudge-1")
    assert nudge.subject == (
        "A nudge from your manager: 2 trainings were due, the first on Saturday 28 November 2026"
    )
    assert "your manager asks you to finish 2 trainings at Main Street Clinic:" in nudge.body


def test_P36_a_weekly_mail_is_one_however_many_are_late() -> None:
    body = weekly(500).body.splitlines()
    assert len(body) <= 32
    assert "- and 488 more, on the page below" in body
