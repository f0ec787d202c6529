"""What the preview of a rule's change says is what holds after it, and the past keeps its dates."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from training.accounts.days import everywhere
from training.accounts.models import Placement, User
from training.assignments.models import Assignment, DueChange, Rule
from training.learning.models import Completion
from training.program.acts import By
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.dates import NOT_ASKED, Dates, dates_of
from training.program.rulebook.order import Goes, placed
from training.program.rulebook.preview import MOVED, affected, preview
from training.program.rulebook.service import WorldChanged, save
from training.renewals.duties import duties_of
from training.renewals.known import rules_in_force
from training.renewals.persons import people
from training.renewals.reconcile import reconcile
from training.rules.renewal import Anchor, FirstAnchor, RenewalPolicy, expires_on

pytestmark = pytest.mark.either_database

COURSE = "onboarding"
SOME = settings(
    max_examples=times(60, 600),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
DAYS_AGO = st.integers(-20, 900)

COMMON = {
    "window_days": st.sampled_from([0, 30, 60, 90]),
    "grace_days": st.sampled_from([0, 14]),
    "refresher_course": st.sampled_from([None, "refresher"]),
}
POLICIES = st.builds(
    RenewalPolicy,
    validity_months=st.sampled_from([None, 6, 12, 24]),
    anchor=st.sampled_from([Anchor.COMPLETION, Anchor.PREVIOUS_EXPIRY]),
    **COMMON,
) | st.builds(
    RenewalPolicy,
    validity_months=st.none(),
    anchor=st.just(Anchor.FIXED),
    minimum_gap_days=st.sampled_from([0, 90]),
    fixed_day=st.sampled_from([(2, 29), (12, 1)]),
    **COMMON,
)
AUDIENCES = st.fixed_dictionaries(
    {},
    optional={
        "worker_types": st.sampled_from([["employee"], ["student"], ["employee", "agency"]]),
        "sites": st.sampled_from([["Main Street"], ["Harbor"]]),
        "states": st.sampled_from([["IL"], ["NY"]]),
        "departments": st.sampled_from([["Ward 3"], ["Lab"]]),
    },
)
TERMS = st.builds(
    Terms,
    audience=AUDIENCES,
    days=st.sampled_from([1, 14, 30, 60]),
    anchor=st.sampled_from(FirstAnchor),
    renewal=POLICIES,
    rank=st.sampled_from([0, 0, 1, -1]),
)


@dataclass(frozen=True)
class Member:
    worker_type: str
    site: int
    department: str
    hired: int
    access: int | None
    completed: tuple[int, ...]
    moved: int | None


MEMBERS = st.builds(
    Member,
    worker_type=st.sampled_from(["employee", "student", "agency"]),
    site=st.sampled_from([1, 2]),
    department=st.sampled_from(["Ward 3", "Lab"]),
    hired=DAYS_AGO,
    access=st.none() | DAYS_AGO,
    completed=st.sampled_from([(), (), (10,), (330,), (700, 340), (500,)]),
    moved=st.none() | st.integers(0, 90),
)
WORLDS = st.tuples(
    st.lists(st.tuples(TERMS, st.integers(0, 800)), min_size=1, max_size=3),
    st.lists(MEMBERS, min_size=1, max_size=times(5, 12)),
    st.booleans(),
)
CHANGES = st.tuples(
    st.sampled_from(["new", "edit", "edit", "edit", "end"]),
    TERMS,
    st.sampled_from([0, 0, 0, 1, 6]),
    st.booleans(),
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from(Goes),
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


@contextmanager
def world(house: TestHouse, made: Any) -> Iterator[Session]:
    """Hold a random practice that is gone again after the test."""
    rules, members, job_ran = made
    with house.database.open(writes=True) as session:
        session.execute(text("UPDATE rule SET superseded_at = recorded_at"))
        written = [_write(session, n, terms, days) for n, (terms, days) in enumerate(rules)]
        for n, member in enumerate(members):
            _settle_in(session, n, member, written[0])
        session.flush()
        if job_ran:
            _renew(session, TODAY)
            _move_some(session, members)
        yield session
        session.rollback()


def _write(session: Session, n: int, terms: Terms, days_ago: int) -> Rule:
    rule = Rule(
        code=f"r{n}",
        course=COURSE,
        audience=json.dumps(terms.audience),
        days=terms.days,
        anchor=terms.anchor.value,
        renewal=json.dumps(terms.renewal.to_dict()),
        rank=terms.rank,
        from_on=ago(days_ago),
        recorded_at=noon(ago(days_ago)),
    )
    session.add(rule)
    session.flush()
    return rule


def _settle_in(session: Session, n: int, member: Member, rule: Rule) -> None:
    user = User(source="x", external_id=f"X-{n}", legal_name=f"Person {n}", created_at=NOW)
    session.add(user)
    session.flush()
    hired = ago(member.hired)
    session.add(
        Placement(
            user_id=user.id,
            from_on=hired,
            site_id=member.site,
            department=member.department,
            worker_type=member.worker_type,
            hired_on=hired,
            phi_access_on=None if member.access is None else ago(member.access),
            recorded_at=noon(min(hired, TODAY)),
        )
    )
    policy, previous = RenewalPolicy.from_dict(json.loads(rule.renewal)), None
    for days in member.completed:
        previous = _complete(session, user.id, rule, policy, ago(days), previous)


def _complete(
    session: Session,
    user_id: int,
    rule: Rule,
    policy: RenewalPolicy,
    day: date,
    previous: date | None,
) -> date | None:
    cycle = Assignment(
        user_id=user_id,
        course=COURSE,
        path=COURSE,
        rule_id=rule.id,
        reason="by_hand",
        assigned_on=day,
        opens_on=day,
        due_on=day,
        closed_at=noon(day),
        closed_reason="completed",
    )
    session.add(cycle)
    session.flush()
    expires = expires_on(policy, completed_on=day, previous_expiry=previous)
    session.add(
        Completion(
            assignment_id=cycle.id,
            user_id=user_id,
            course=COURSE,
            completed_on=day,
            completed_at=noon(day),
            zone="UTC",
            expires_on=expires,
            grace_days=policy.grace_days,
            correct=0,
            total=0,
            digests="{}",
            method="recorded",
            shared_device=False,
            recorded_at=noon(day),
        )
    )
    return expires


def _move_some(session: Session, members: list[Member]) -> None:
    for n, member in enumerate(members):
        query = (
            select(Assignment.id)
            .join(User, User.id == Assignment.user_id)
            .where(User.external_id == f"X-{n}", Assignment.closed_at.is_(None))
        )
        cycle = session.scalar(query)
        if cycle is not None and member.moved is not None:
            day = TODAY + timedelta(days=member.moved)
            session.add(DueChange(assignment_id=cycle, due_on=day, reason="flood", recorded_at=NOW))
    session.flush()


def _renew(session: Session, day: date) -> None:
    after = 0
    while True:
        _done, after = reconcile(session, everywhere(day), noon(day), after=after)
        if after == 0:
            return


def change_of(session: Session, asked: Any, rules: list[Any]) -> Change:
    kind, terms, ahead, apply_open, which, goes = asked
    changed = None if kind == "new" else which % len(rules)
    change = Change(
        code="" if changed is None else f"r{changed}",
        course=COURSE,
        from_on=TODAY + timedelta(days=ahead),
        terms=None if kind == "end" else terms,
        apply_open=apply_open and ahead == 0 and kind != "end",
    )
    return placed(session, change, goes, None if changed is None else rules[changed][0].rank)


def dates_on(session: Session, day: date) -> dict[int, Dates]:
    found = people(session, everywhere(day))
    duties = duties_of(session, found, rules_in_force(session, day))
    every = {duty.person.user_id: dates_of(duty) for duty in duties}
    return {user: dates for user, dates in every.items() if dates != NOT_ASKED}


def open_due_days(session: Session) -> dict[int, tuple[int, date]]:
    """Return the first due day and the last one of every open cycle, by its id."""
    moved = {
        row.assignment_id: row.due_on
        for row in session.scalars(select(DueChange).order_by(DueChange.id))
    }
    cycles = session.scalars(select(Assignment).where(Assignment.closed_at.is_(None)))
    return {c.id: (c.user_id, moved.get(c.id, c.due_on)) for c in cycles}


BY = By(1, NOW)

LAB = {"worker_types": ["employee"], "departments": ["Lab"]}
BY_LEAP_DAYS = RenewalPolicy(
    validity_months=None, anchor=Anchor.FIXED, fixed_day=(2, 29), window_days=90
)
BY_DECEMBER = replace(BY_LEAP_DAYS, fixed_day=(12, 1), window_days=30)
IN_THE_LAB = Member("employee", 2, "Lab", 191, 180, (330,), None)
# her refresher should have opened by one rule before another took its place: no job has run
OPENED_BY_ONE_RULE = (
    [
        (Terms(LAB, 14, FirstAnchor.HIRE, BY_DECEMBER), 29),
        (Terms({"departments": ["Ward 3"]}, 1, FirstAnchor.HIRE, BY_DECEMBER), 228),
        (Terms(LAB, 30, FirstAnchor.ACCESS, BY_LEAP_DAYS), 246),
    ],
    [IN_THE_LAB],
    False,
)
ONE_FOR_ALL = ("new", Terms({}, 30, FirstAnchor.HIRE, BY_LEAP_DAYS), 1, False, 1, Goes.BY_ITSELF)


@given(WORLDS, CHANGES)
@example(OPENED_BY_ONE_RULE, ONE_FOR_ALL)
@SOME
def test_what_the_preview_says_is_what_holds_after_saving(
    house: TestHouse, made: Any, asked: Any
) -> None:
    with world(house, made) as session:
        change = change_of(session, asked, made[0])
        told = {
            row.person.user_id: row for row in affected(session, change, TODAY, everywhere(TODAY))
        }
        shown = preview(session, change, TODAY, everywhere(TODAY))
        assert shown.changed_count == sum(row.changed for row in told.values())
        save(session, change, shown.digest, TODAY, by=BY)
        for ahead in range((change.from_on - TODAY).days):
            _renew(session, TODAY + timedelta(days=ahead))
        expected = {user: row.after for user, row in told.items() if row.after != NOT_ASKED}
        assert dates_on(session, change.from_on) == expected
        _renew(session, change.from_on)
        assert dates_on(session, change.from_on) == expected


@given(WORLDS, CHANGES)
@SOME
def test_the_past_keeps_its_dates_unless_the_change_is_applied(
    house: TestHouse, made: Any, asked: Any
) -> None:
    with world(house, made) as session:
        change = change_of(session, asked, made[0])
        _renew(session, TODAY)
        before, done = open_due_days(session), _completions(session)
        shown = preview(session, change, TODAY, everywhere(TODAY))
        save(session, change, shown.digest, TODAY, by=BY)
        after = open_due_days(session)
        assert _completions(session) == done
        for cycle in before.keys() & after.keys():
            if before[cycle] != after[cycle]:
                assert change.apply_open
                assert change.terms is not None
                assert after[cycle][1] >= change.from_on + timedelta(days=change.terms.days)
                assert _last_reason(session, cycle).startswith(MOVED)
        _renew(session, TODAY + timedelta(days=1))
        later = open_due_days(session)
        assert all(later[cycle] == after[cycle] for cycle in later.keys() & after.keys())


def _completions(session: Session) -> list[tuple[Any, ...]]:
    query = select(Completion.id, Completion.expires_on, Completion.grace_days)
    return sorted(map(tuple, session.execute(query)))


def _last_reason(session: Session, cycle: int) -> str:
    query = select(DueChange.reason).where(DueChange.assignment_id == cycle)
    return session.scalars(query.order_by(DueChange.id.desc())).first() or ""


@given(WORLDS, CHANGES)
@SOME
def test_a_change_asks_nobody_who_was_not_asked_before_for_a_day_that_is_past(
    house: TestHouse, made: Any, asked: Any
) -> None:
    with world(house, made) as session:
        change = change_of(session, asked, made[0])
        for row in affected(session, change, TODAY, everywhere(TODAY)):
            new = row.before == NOT_ASKED and row.after.done_on is None
            if new and row.after != NOT_ASKED and row.person.hired_on <= ago(0):
                assert row.after.due_on is not None
                assert row.after.due_on > TODAY


TWO_WEEKS = Terms({}, 14, FirstAnchor.HIRE, RenewalPolicy(validity_months=12))


def test_saving_something_else_than_was_shown_is_refused(house: TestHouse) -> None:
    change = Change("everybody", COURSE, TODAY, TWO_WEEKS)
    with house.database.open(writes=True) as session:
        shown = preview(session, change, TODAY, everywhere(TODAY)).digest
        for other in (
            replace(change, apply_open=True),
            replace(change, terms=replace(TWO_WEEKS, days=15)),
            replace(change, from_on=TODAY + timedelta(days=1)),
            replace(change, terms=None),
            replace(change, code=""),
        ):
            with pytest.raises(WorldChanged):
                save(session, other, shown, TODAY, by=BY)


def test_the_versions_before_stay_and_tell_what_held_on_each_day(house: TestHouse) -> None:
    change = Change("everybody", COURSE, TODAY + timedelta(days=10), TWO_WEEKS)
    with house.database.open(writes=True) as session:
        shown = preview(session, change, TODAY, everywhere(TODAY)).digest
        save(session, change, shown, TODAY, by=BY)
        for ahead, days in ((-300, 30), (0, 30), (9, 30), (10, 14), (400, 14)):
            (rule,) = rules_in_force(session, TODAY + timedelta(days=ahead))
            assert (rule.code, rule.days) == ("everybody", days), ahead
        assert (
            session.scalar(text("SELECT count(*) FROM rule WHERE superseded_at IS NOT NULL")) == 1
        )


def test_the_preview_takes_as_many_statements_for_many_as_for_few(house: TestHouse) -> None:
    change = Change("everybody", COURSE, TODAY, TWO_WEEKS, apply_open=True)
    counts = []
    with house.database.open(writes=True) as session:
        told: list[str] = []
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", lambda *sent: told.append(sent[2]))
        rule = session.scalars(select(Rule)).one()
        for size in range(2):
            told.clear()
            preview(session, change, TODAY, everywhere(TODAY))
            counts.append(len(told))
            for n in range(40 * (1 - size)):
                member = Member("employee", 1, "Lab", 400, None, (), None)
                _settle_in(session, n, member, rule)
            session.flush()
        assert counts[0] == counts[1]
        session.rollback()


def test_a_long_list_shows_five_hundred_and_counts_them_all(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.program.rulebook.preview.MOST_SHOWN", 3)
    change = Change("everybody", COURSE, TODAY, None)
    with house.database.read() as session:
        found = preview(session, change, TODAY, everywhere(TODAY))
        assert (len(found.changed), found.changed_count, found.more) == (3, 8, 5)
        assert len(found.examples) == 8
        monkeypatch.setattr("training.program.rulebook.preview.EXAMPLES", 4)
        assert len(preview(session, change, TODAY, everywhere(TODAY)).examples) == 4
        pages = affected(session, change, TODAY, everywhere(TODAY), most=3)
        assert len([row.person.user_id for row in pages]) == 8
