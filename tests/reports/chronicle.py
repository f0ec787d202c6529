"""A random past: what is put on record, day by day, as officers, lists and learners do it.

Facts come in the order of their recording, and many are about days before: backdated moves,
leave told late, completions on paper, withdrawals, changed rules, the short course of a change.
"""

import json
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cast import CLINIC_RULE, NOW
from training.accounts.models import Placement, Site, User
from training.assignments.models import (
    Absence,
    Assignment,
    DueChange,
    HelpRequest,
    Rule,
    Waiver,
)
from training.catalog.change_course import CHANGE_PREFIX
from training.learning.models import Completion, Void
from training.renewals.asked import LEARNED_BEFORE
from training.rules.renewal import RenewalPolicy

COURSE = "onboarding"
VERSIONS = ["a" * 64, "b" * 64, "c" * 64]
DAY = timedelta(days=1)


class Chronicle:
    """Adds what happens, an event at a time, at `at`."""

    def __init__(self, session: Session, seed: int, at: datetime = NOW - 400 * DAY) -> None:
        self.session, self.chance, self.at = session, random.Random(seed), at
        self.sites = list(session.scalars(select(Site.id)))
        self.people: list[int] = []
        self.seed = seed
        self.changes = 0

    @property
    def today(self) -> date:
        return self.at.date()

    def back(self, most: int, ahead: int = 0) -> date:
        return self.today - self.chance.randint(-ahead, most) * DAY

    def go_on(self, events: int) -> None:
        """Let so many things happen, a few days apart."""
        kinds: list[Callable[[int], object]] = [
            self.move, self.move, self.leave, self.come_back, self.go_on_leave, self.end_leave,
            self.waive, self.open, self.open, self.begin, self.put_off, self.complete,
            self.complete, self.complete, self.on_paper, self.withdraw, self.ask, self.answer,
            self.second_job, self.second_job, self.end_second,
        ]  # fmt: skip
        for _ in range(events):
            self.at += self.chance.randint(0, 3) * DAY + timedelta(minutes=1)
            if len(self.people) < 8 and self.chance.random() < 0.4:
                self.hire()
            elif self.chance.random() < 0.08:
                self.change_rule()
            elif self.chance.random() < 0.02:
                self.change_content()
            elif self.people:
                self.chance.choice(kinds)(self.chance.choice(self.people))
            self.session.flush()

    # --- people ------------------------------------------------------------------------------

    def hire(self) -> None:
        number = len(self.people)
        user = User(
            source=f"random-{self.seed}",
            external_id=f"R{self.seed}-{number}",
            legal_name=f"Person {number}",
            created_at=self.at,
        )
        self.session.add(user)
        self.session.flush()
        self.people.append(user.id)
        day = self.back(60, ahead=5)
        self.place(user.id, day, hired_on=day, phi_access_on=self.chance.choice([None, day]))

    def place(self, user: int, day: date, **values: object) -> None:
        job = values.get("job", 1)
        same = (Placement.user_id == user, Placement.from_on == day, Placement.job == job)
        self.session.execute(
            update(Placement)
            .where(*same, Placement.superseded_at.is_(None))
            .values(superseded_at=self.at)
        )
        fields: dict[str, object] = {
            "site_id": self.chance.choice(self.sites),
            "department": self.chance.choice(["Ward", "Desk", ""]),
            "worker_type": self.chance.choice(["employee", "employee", "student"]),
        }
        self.session.add(
            Placement(user_id=user, from_on=day, recorded_at=self.at, **(fields | values))
        )

    def last(self, user: int) -> Placement:
        query = select(Placement).where(
            Placement.user_id == user, Placement.superseded_at.is_(None), Placement.is_primary
        )
        return self.session.scalars(query.order_by(Placement.from_on.desc())).first()  # type: ignore[return-value] - everybody here was placed

    def move(self, user: int) -> None:
        before = self.last(user)
        day = max(before.hired_on, self.back(40, ahead=10))
        self.place(
            user, day, hired_on=before.hired_on, phi_access_on=before.phi_access_on,
            kind=before.kind,
        )  # fmt: skip

    def leave(self, user: int) -> None:
        before = self.last(user)
        if self.chance.random() < 0.4:
            day = max(before.from_on + DAY, self.back(20))
            self.place(user, day, hired_on=before.hired_on, kind="left")

    def come_back(self, user: int) -> None:
        if self.last(user).kind == "left":
            day = max(self.last(user).from_on + DAY, self.back(5))
            self.place(user, day, hired_on=day, phi_access_on=day)

    def second_job(self, user: int) -> None:
        """Begin a job beside the primary one, or move to another place in it."""
        before = self.last(user)
        day = max(before.hired_on, self.back(40, ahead=10))
        access = self.chance.choice([None, day, day + self.chance.randint(1, 30) * DAY])
        self.place(user, day, job=self.chance.choice([2, 2, 3]), is_primary=False,
                   hired_on=before.hired_on, phi_access_on=access)  # fmt: skip

    def end_second(self, user: int) -> None:
        query = select(Placement).where(
            Placement.user_id == user, Placement.superseded_at.is_(None), ~Placement.is_primary
        )
        row = self.session.scalars(query.order_by(Placement.from_on.desc())).first()
        if row is not None and row.kind == "placed":
            day = max(row.from_on + DAY, self.back(20))
            self.place(user, day, job=row.job, is_primary=False, hired_on=row.hired_on,
                       kind="left")  # fmt: skip

    # --- leave, waivers, rules ---------------------------------------------------------------

    def go_on_leave(self, user: int) -> None:
        start = self.back(20, ahead=20)
        end = self.chance.choice([None, start + self.chance.randint(0, 60) * DAY])
        self.session.add(Absence(user_id=user, from_on=start, to_on=end, recorded_at=self.at))

    def end_leave(self, user: int) -> None:
        query = select(Absence).where(Absence.user_id == user, Absence.superseded_at.is_(None))
        row = self.session.scalars(query).first()
        if row is None:
            return
        row.superseded_at = self.at
        if self.back(5) >= row.from_on:
            self.session.add(
                Absence(
                    user_id=user,
                    from_on=row.from_on,
                    to_on=max(row.from_on, self.back(5)),
                    recorded_at=self.at,
                )
            )

    def waive(self, user: int) -> None:
        start = self.back(5)
        self.session.add(
            Waiver(
                user_id=user,
                course=COURSE,
                from_on=start,
                to_on=start + self.chance.randint(0, 90) * DAY,
                reason="a test",
                recorded_at=self.at,
            )
        )

    def change_rule(self) -> None:
        """The version until now is superseded, and written anew with its end; another begins."""
        row = self.session.scalars(
            select(Rule).where(
                Rule.course == COURSE, Rule.superseded_at.is_(None), Rule.to_on.is_(None)
            )
        ).one()
        begins = self.back(15, ahead=15)
        if begins <= row.from_on:
            return
        row.superseded_at = self.at
        same = {
            "code": row.code,
            "course": row.course,
            "renewal": row.renewal,
            "recorded_at": self.at,
        }
        audience = self.chance.choice([{}, {"worker_types": ["employee"]}])
        self.session.add_all(
            [
                Rule(
                    days=row.days,
                    audience=row.audience,
                    from_on=row.from_on,
                    to_on=begins - DAY,
                    **same,
                ),
                Rule(
                    days=self.chance.choice([14, 30, 60]),
                    audience=json.dumps(audience),
                    from_on=begins,
                    **same,
                ),
            ]
        )

    def change_content(self) -> None:
        """A course of its own is asked of whoever last learned one of these versions."""
        self.changes += 1
        self.session.add(
            Rule(
                code=f"{CHANGE_PREFIX}{self.changes}",
                course=f"{CHANGE_PREFIX}{self.changes}",
                audience=json.dumps({LEARNED_BEFORE: self.chance.sample(VERSIONS, 2)}),
                days=30,
                renewal=json.dumps(RenewalPolicy(validity_months=None).to_dict()),
                from_on=self.back(5),
                to_on=self.today + 100 * DAY,
                recorded_at=self.at,
            )
        )

    # --- cycles ------------------------------------------------------------------------------

    def cycle(self, user: int) -> Assignment | None:
        query = select(Assignment).where(Assignment.user_id == user, Assignment.closed_at.is_(None))
        return self.session.scalars(query).first()

    def open(self, user: int) -> None:
        if self.cycle(user) is None:
            self.add_cycle(user, self.today)

    def add_cycle(self, user: int, assigned_on: date) -> Assignment:
        row = Assignment(
            user_id=user,
            course=COURSE,
            path=COURSE,
            rule_id=self.session.scalars(select(Rule.id).order_by(Rule.id)).first(),
            reason=self.chance.choice(["new_hire", "renewal", "by_hand"]),
            assigned_on=assigned_on,
            opens_on=assigned_on - self.chance.randint(0, 5) * DAY,
            due_on=assigned_on + self.chance.randint(-5, 60) * DAY,
            recorded_at=self.at,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def begin(self, user: int) -> None:
        row = self.cycle(user)
        if row is not None and row.begun_at is None:
            row.begun_at = self.at

    def put_off(self, user: int) -> None:
        row = self.cycle(user)
        if row is not None:
            due_on = row.due_on + self.chance.randint(-5, 40) * DAY
            self.session.add(
                DueChange(assignment_id=row.id, due_on=due_on, reason="a test", recorded_at=self.at)
            )

    def complete(self, user: int) -> None:
        row = self.cycle(user)
        if row is not None:
            self.finish(row, self.chance.choice([self.today, self.back(30)]))

    def on_paper(self, user: int) -> None:
        if self.cycle(user) is None:
            day = self.back(200)
            self.finish(self.add_cycle(user, day), day)

    def finish(self, row: Assignment, day: date) -> None:
        row.closed_at, row.closed_reason = self.at, "completed"
        self.session.flush()
        expires = self.chance.choice([None, day + self.chance.randint(20, 365) * DAY])
        self.session.add(
            Completion(
                assignment_id=row.id,
                user_id=row.user_id,
                course=COURSE,
                completed_on=day,
                completed_at=self.at,
                zone="America/Chicago",
                expires_on=expires,
                grace_days=self.chance.choice([0, 14]),
                correct=6,
                total=6,
                digests=json.dumps(
                    {"course": "d" * 64, "modules": {"accounts": self.chance.choice(VERSIONS)}}
                ),
                method="password",
                shared_device=False,
                recorded_at=self.at,
            )
        )

    def withdraw(self, user: int) -> None:
        voided = select(Void.subject_id).where(Void.subject_kind == "completion")
        row = self.session.scalars(
            select(Completion).where(Completion.user_id == user, Completion.id.not_in(voided))
        ).first()
        if row is not None:
            self.session.add(
                Void(
                    subject_kind="completion",
                    subject_id=row.id,
                    reason="a test",
                    voided_on=self.today,
                    recorded_at=self.at,
                )
            )

    def ask(self, user: int) -> None:
        row = self.cycle(user)
        if row is None:
            return
        asked = select(HelpRequest.id).where(
            HelpRequest.assignment_id == row.id, HelpRequest.answered_at.is_(None)
        )
        if self.session.scalar(asked) is None:
            self.session.add(
                HelpRequest(
                    assignment_id=row.id,
                    module="accounts",
                    blocks=True,
                    asked_on=self.today,
                    asked_at=self.at,
                )
            )

    def answer(self, user: int) -> None:
        row = self.cycle(user)
        if row is None:
            return
        self.session.execute(
            update(HelpRequest)
            .where(HelpRequest.assignment_id == row.id, HelpRequest.answered_at.is_(None))
            .values(answered_at=self.at)
        )


__all__ = ["CLINIC_RULE", "COURSE", "Chronicle"]
