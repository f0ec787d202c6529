"""One sending loop for all mail: one pace for a domain, whoever runs, and nothing is lost by it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.boosting import WEEK, body, complete, mails, on_day, turn
from tests.cast import TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.post_office import PostOffice
from training import jobs
from training.accounts.days import todays
from training.accounts.models import User
from training.accounts.site_mail import Wish, set_mailing
from training.jobs import Works, run_asked, run_due
from training.mail import Letter, MailDeferred
from training.renewals.models import JobRun, MailPace, TeamMail
from training.renewals.outbox import Run, rows_due, send
from training.renewals.pace import PATIENCE, TURN, Pace
from training.renewals.reminders import send_reminders
from training.rules.mail_hours import MailHours

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
MANY, SHARE = times(240, 5_000), times(60, 100)


@pytest.fixture
def works(works: Works, house: TestHouse) -> Works:
    """Eight people at one mail domain have a training open."""
    works.renew()
    return works


@dataclass
class Counting:
    """A mailer that counts, and says "later" to some."""

    sent: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    later: Callable[[str], bool] = lambda _to: False

    def send(self, letter: Letter, _now: datetime) -> None:
        self.asked[letter.to_address.rpartition("@")[2]] += 1
        if self.later(letter.to_address):
            raise MailDeferred("451")
        self.sent.append(letter.to_address)

    def close(self) -> None:
        """Nothing is open."""


def enter(house: TestHouse, addresses: list[str]) -> None:
    """Put a weekly mail to each of these into its ledger."""
    now = house.clock.now()
    with house.database.write() as session:
        users = [
            {
                "source": "many",
                "external_id": f"M-{n}",
                "legal_name": "Sam Ames",
                "email": address,
                "created_at": now,
            }
            for n, address in enumerate(addresses)
        ]
        session.execute(insert(User), users)
        ids = session.scalars(select(User.id).where(User.source == "many")).all()
        rows = [
            {
                "user_id": id_,
                "week_on": now.date(),
                "message_id": f"many-{id_}",
                "created_at": now,
                "state": "due",
            }
            for id_ in ids
        ]
        session.execute(insert(TeamMail), rows)


def letter_of(session: Session, row_id: int, _now: datetime) -> Letter:
    user = session.get_one(User, session.get_one(TeamMail, row_id).user_id)
    return Letter(user.legal_name, str(user.email), "A test", "Nothing.", str(row_id))


def run_once(house: TestHouse, mailer: Any, share: int = SHARE) -> Run:
    now = house.clock.now()
    run = Run(house.database, mailer, now, Pace(house.database, now, share))
    send(run, TeamMail, rows_due(run, TeamMail, letter_of))
    return run


@ONE_DATABASE
def test_J08_thousands_to_one_domain_go_out_steadily_and_others_do_not_wait(
    house: TestHouse,
) -> None:
    enter(
        house, [f"p{n}@big.example" for n in range(MANY)] + ["a@small.example", "b@SMALL.EXAMPLE"]
    )
    mailer, sent = Counting(), list[int]()
    while run_once(house, mailer).tally.waiting:
        sent.append(len(mailer.sent) - sum(sent))
        for _ in range(3):  # another runner, or the same one a moment later, adds nothing
            house.clock.at += timedelta(minutes=1)
            run_once(house, mailer)
            assert len(mailer.sent) == sum(sent)
        house.clock.at += timedelta(minutes=2)
    assert sent == [SHARE + 2] + [SHARE] * (MANY // SHARE - 2)
    assert len(mailer.sent) == len(set(mailer.sent)) == MANY + 2
    assert house.count("team_mail", "state = 'sent'") == MANY + 2


@ONE_DATABASE
def test_J08_a_domain_that_says_later_five_times_rests_and_the_others_go_on(
    house: TestHouse,
) -> None:
    enter(house, [f"p{n}@{domain}.example" for n in range(12) for domain in ("grey", "good")])
    mailer = Counting(later=lambda to: to.endswith("@grey.example"))
    for _ in range(3):
        run = run_once(house, mailer)
    assert mailer.asked == {"grey.example": PATIENCE, "good.example": 12}
    assert run.tally.waiting == 12 - PATIENCE
    mailer.later = lambda _to: False
    house.clock.at += TURN
    run_once(house, mailer)
    assert house.count("team_mail", "state = 'sent'") == 24


@ONE_DATABASE
def test_one_that_is_taken_between_resets_what_was_put_off(house: TestHouse) -> None:
    enter(house, [f"p{n}@grey.example" for n in range(20)])
    mailer = Counting(later=lambda to: int(to[1 : to.index("@")]) % 4 != 3)
    run_once(house, mailer)
    assert mailer.asked["grey.example"] == 20


def test_J02_J08_runners_at_once_share_one_pace(house: TestHouse, works: Works) -> None:
    now = house.clock.now()
    with house.database.read() as session:
        today = todays(session, now)

    def run(_n: int) -> list[str]:
        mailer = Counting()
        send_reminders(
            house.database,
            mailer,
            now=now,
            today=today,
            base_url="http://byp.test",
            most_a_domain=3,
        )
        return mailer.sent

    with ThreadPoolExecutor(8) as pool:
        sent = [to for found in pool.map(run, range(8)) for to in found]
    assert len(sent) == len(set(sent)) == 3
    assert house.count("notice") == 3  # whoever found no turn wrote nothing


@ONE_DATABASE
def test_what_finds_no_turn_as_it_is_claimed_is_as_it_was(house: TestHouse) -> None:
    enter(house, ["p1@big.example", "p2@big.example"])
    late, mailer = Pace(house.database, house.clock.now(), 1), Counting()
    run_once(house, Counting(), share=1)  # another runner, after this one had looked
    run = Run(house.database, mailer, house.clock.now(), late)
    send(run, TeamMail, rows_due(run, TeamMail, letter_of))
    assert (mailer.sent, run.tally.waiting) == ([], 1)
    assert house.count("team_mail", "state = 'due' AND tries = 0 AND claimed_at IS NULL") == 1


@ONE_DATABASE
def test_one_pace_for_reminders_nudges_and_weekly_mails(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.settings.mail_pace = 4
    house.clock.at = MONDAY + timedelta(days=56)  # everybody is late, and a weekly mail is due
    house.post(house.signed_in("mona"), "/team/nudge")
    sent = []
    for _ in range(5):
        office.letters.clear()
        run_due(works)
        sent.append([id_.split("-")[0] for id_ in office.ids()])
        house.clock.at += TURN
    assert sent[0] == ["<nudge", "<nudge", "<team", "<team"]  # what a person asked for comes first
    assert sent[1:] == [["<due"] * 4, ["<due"] * 2, [], []]


@ONE_DATABASE
def test_whose_nudge_waits_for_a_turn_is_not_reminded_instead(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = MONDAY + timedelta(days=56)
    house.post(house.signed_in("mona"), "/team/nudge")  # Alice and Bob
    house.clock.at += timedelta(days=1)  # so long it takes
    assert works.remind().words() == "8 sent"
    nudged = {str(m["To"]) for m in office.letters if "<nudge" in str(m["Message-ID"])}
    assert len(nudged) == 2
    assert len({str(m["To"]) for m in office.letters}) == 8  # one mail to each


@ONE_DATABASE
def test_the_count_of_a_domain_is_let_go_after_a_day(house: TestHouse, works: Works) -> None:
    works.remind()
    house.clock.at += timedelta(hours=23)
    works.tidy()
    assert house.count("mail_pace") == 1
    house.clock.at += timedelta(hours=2)
    works.tidy()
    assert house.count("mail_pace") == 0


# --- what somebody asked for ---------------------------------------------------------------


def ask_for_a_link(house: TestHouse, name: str) -> None:
    house.post(house.client(), "/sign-in/link", address=f"{name}@clinic.example")


@ONE_DATABASE
def test_a_link_goes_out_at_once_though_its_domain_had_its_share(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.settings.mail_pace = 2
    assert works.remind().words() == "2 sent, 6 wait for the next run"
    office.letters.clear()
    ask_for_a_link(house, "bob")
    assert works.send_links() == "1 sent"
    assert "bob@" in str(office.letters[0]["To"])
    with house.database.read() as session:
        assert session.scalars(select(MailPace.taken)).all() == [3]  # and it is counted


@ONE_DATABASE
def test_a_link_does_not_wait_behind_the_mails_of_the_hour(
    house: TestHouse, works: Works, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = Event(), Event()

    def long_work(_self: Works) -> str:
        begun.set()
        goes_on.wait(20)
        return "two thousand sent"

    monkeypatch.setattr(Works, "remind_in_turns", long_work)
    busy = Thread(target=run_due, args=(works,), kwargs={"asked": False})
    busy.start()
    try:
        assert begun.wait(20)
        ask_for_a_link(house, "bob")
        assert run_asked(works)["links"] == "1 sent"
    finally:
        goes_on.set()
        busy.join()


def test_the_jobs_process_has_a_turn_of_its_own_for_each_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[Any] = []

    class Scheduler:
        def __init__(self, **_kwargs: object) -> None:
            """Nothing runs."""

        def add_job(self, work: Any, *_args: object, **_kwargs: object) -> None:
            found.append(work)

        def start(self) -> None:
            """Nothing runs."""

    monkeypatch.setattr(jobs, "BlockingScheduler", Scheduler)
    jobs.tick_for_ever(Works(None, None, jobs.Clock()))  # type: ignore[arg-type]
    told = [(work.func.__name__, work.args[1:], work.keywords) for work in found]
    assert told == [
        ("run_asked", (["links"],), {}),
        ("run_asked", (["nudges"],), {}),
        ("run_due", (), {"exports": False, "asked": False}),
        ("run_exports", (), {}),
    ]


@ONE_DATABASE
def test_J07_what_was_put_off_is_tried_again_in_minutes_and_not_in_an_hour(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda to, _n: "451 later" if to.startswith("alice") else None
    assert run_due(works)["remind"] == "7 sent, 1 to try again"
    office.answer = lambda _to, _n: None
    house.clock.at += timedelta(minutes=4)
    assert "remind" not in run_due(works)
    house.clock.at += timedelta(minutes=1)
    assert run_due(works)["remind"] == "1 sent"


# --- boosters ------------------------------------------------------------------------------


def finish_all(house: TestHouse, names: tuple[str, ...]) -> None:
    for name in names:
        complete(house, name)
    turn(house)


NAMES = ("alice", "bob", "max", "mona", "zoe")


@ONE_DATABASE
def test_no_booster_is_lost_to_the_pace_and_the_late_ones_tell_their_weeks(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """Mail goes out on Mondays alone, one a turn: the last of them are weeks late."""
    finish_all(house, NAMES)
    mondays = Wish(None, MailHours(frozenset({0}), 8, 12), "Do it at work.")
    with house.database.write() as session:
        set_mailing(session, 1, mondays, by=None, now=house.clock.now())
    house.settings.mail_pace = 1
    got: dict[str, list[tuple[int, str]]] = {name: [] for name in NAMES}
    for week in range(1, 12):
        on_day(house, TODAY - timedelta(days=TODAY.weekday()) + week * WEEK)
        office.letters.clear()
        works.boost()
        for letter in mails(office):
            name = str(letter["To"]).split("<")[1].split("@")[0]
            got[name].append((week, body(letter).split(" ago ")[0].splitlines()[-1]))
    assert sorted(week for told in got.values() for week, _words in told) == list(range(2, 12))
    first = {name: told[0][1] for name, told in got.items()}
    assert sorted(first.values()) == ["2 weeks", "3 weeks", "5 weeks", "A week", "Four weeks"]
    assert all(len(told) == 2 for told in got.values())
    assert house.count("notice", "kind LIKE 'booster%' AND state = 'sent'") == 10


@ONE_DATABASE
def test_two_boosters_that_had_to_wait_are_a_week_apart(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    finish_all(house, ("alice",))
    house.settings.mail_pace = 1
    office.answer = lambda _to, _n: "451 later"  # a server that is away for three weeks
    on_day(house, TODAY + WEEK)
    works.boost()
    on_day(house, TODAY + 4 * WEEK)
    works.boost()
    office.answer = lambda _to, _n: None
    sent = []
    for days in range(10):
        on_day(house, TODAY + 4 * WEEK + timedelta(days=days))
        office.letters.clear()
        works.boost()
        sent += [days] * len(mails(office))
    assert sent == [1, 8]


@ONE_DATABASE
def test_a_run_that_outlasts_its_lease_leaves_the_row_to_whoever_took_it_over(
    house: TestHouse, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_works: Works) -> str:
        house.clock.at += jobs.LEASE + timedelta(minutes=1)
        with house.database.write() as session:
            row = session.get_one(JobRun, "tidy")
            row.leased_by, row.leased_until = "another", house.clock.at + jobs.LEASE
        return "late"

    monkeypatch.setattr(Works, "tidy", slow)
    run_due(works, exports=False, asked=False)
    with house.database.read() as session:
        row = session.get_one(JobRun, "tidy")
        assert row.leased_by == "another"
        assert row.leased_until is not None
        assert row.summary != "late"
