"""Plays one row of the table of dates through the real services, and asks what it asks.

What happens to her is told in words ("2026-11-20 10:00 completes"); each phrase below is one
thing that an officer, a staff list, a learner or the hourly job does. The job runs whenever a
day comes on which it has something to do, as it would within the hour.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from certificates import SigningKey
from tests.cast import LONG_AGO
from training.accounts.days import everywhere, todays
from training.accounts.models import Entity, Placement, Site, User
from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Rule, Waiver
from training.assignments.service import Cycle, find_cycle_for
from training.catalog.change_course import CHANGE_PREFIX
from training.learning import completions, help_wanted
from training.learning.completions import How, Issuer
from training.learning.models import Completion
from training.program import acts, record, withdrawing
from training.program.acts import By
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.preview import preview
from training.program.rulebook.service import save
from training.renewals import history
from training.renewals.asked import LEARNED_BEFORE
from training.renewals.duties import Duty, duties_of, renewal_of
from training.renewals.history import ALWAYS, Moment
from training.renewals.known import rules_in_force
from training.renewals.persons import people
from training.renewals.reconcile import reconcile
from training.renewals.rule_book import RuleBook
from training.rules.renewal import Anchor, FirstAnchor, RenewalPolicy
from training.rules.standing import in_rate

FOLDER = Path(__file__).parent / "dates"
COURSE = "onboarding"
OLD_VERSION = "a" * 64
DAY = timedelta(days=1)
ISSUER = Issuer(SigningKey.generate(), "http://byp.test", local_only=False)
NO_PAPERS: Any = SimpleNamespace(plan=SimpleNamespace(modules=()), pinned=lambda: "{}")
AT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)( again)?(?: in ([A-Z][A-Za-z ]+?))? (?=[a-z])")
DATE = r"(\d{4}-\d\d-\d\d)"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)


SETTINGS = read(FOLDER / "rules.yaml")
PLACES: dict[str, dict[str, str]] = SETTINGS["places"]

Row = dict[str, Any]


def rows() -> list[Row]:
    """Return every row of the table."""
    found: list[Row] = []
    for path in sorted(FOLDER.glob("[a-z]_*.yaml")):
        found += read(path)
    return found


def policy(name: str) -> RenewalPolicy:
    told = SETTINGS["rules"][name]
    return RenewalPolicy(
        validity_months=told.get("months"),
        anchor=Anchor(told["anchor"]),
        window_days=told["window"],
        grace_days=told["grace"],
        minimum_gap_days=told.get("gap", 0),
        fixed_day=tuple(told["day"]) if "day" in told else None,
    )


def terms(name: str) -> Terms:
    told = SETTINGS["rules"][name]
    return Terms(
        audience={"sites": list(PLACES)} | told.get("for", {}),  # nobody of the cast
        days=told["days"],
        anchor=FirstAnchor(told.get("from", "hire")),
        renewal=policy(name),
        human_unlock=told.get("human_unlock", False),
    )


@dataclass(frozen=True)
class Happening:
    """One thing that happens, at an instant."""

    at: datetime
    words: str


def happening(text: str, site: str) -> Happening:
    """Return what a phrase tells, at its instant by the clock of the site."""
    found = AT.match(text)
    assert found, text
    day, minute, again, place = found.groups()
    zone = ZoneInfo(PLACES[place or site]["zone"])
    local = datetime.fromisoformat(f"{day}T{minute}").replace(tzinfo=zone, fold=bool(again))
    return Happening(local.astimezone(UTC), text[found.end() :])


@dataclass
class Answer:
    """What is found for a row, in the words of the table."""

    status: str
    complete: str
    counts: bool
    due: date | None
    opens: date | None
    expires: date | None


NOTHING = Answer("not_required", "not_required", False, None, None, None)


class Teller:
    """One row, in a transaction of its own that is never committed."""

    def __init__(
        self, session: Session, row: Row, officer_id: int, *, every: int | None = None
    ) -> None:
        self.every = every  # days between the job's runs; None: within the hour
        self.session, self.row, self.officer_id = session, row, officer_id
        self.site = row.get("site", "Chicago")
        self.now = LONG_AGO
        self.next_run: datetime | None = None
        self.course = row.get("course", COURSE)
        self.sites = self._places()
        self._rules()
        self.user = self._user()

    # --- before anything happens -------------------------------------------------------------

    def _places(self) -> dict[str, int]:
        entity = self.session.scalars(select(Entity.id)).first()
        found = {name: Site(entity_id=entity, name=name, **told) for name, told in PLACES.items()}
        self.session.add_all(found.values())
        self.session.flush()
        return {name: site.id for name, site in found.items()}

    def _rules(self) -> None:
        self.session.execute(update(Rule).values(superseded_at=LONG_AGO))
        names = self.row["rule"]
        since = self.row.get("since", SETTINGS["since"])
        for name in names if isinstance(names, list) else [names]:
            self._add_rule(name, terms(name), since)

    def _add_rule(self, code: str, said: Terms, since: date) -> None:
        self.session.add(
            Rule(
                code=code,
                course=COURSE,
                audience=json.dumps(said.audience),
                days=said.days,
                anchor=said.anchor.value,
                renewal=json.dumps(said.renewal.to_dict()),
                human_unlock=said.human_unlock,
                from_on=since,
                recorded_at=max(self.now, LONG_AGO),
            )
        )
        self.session.flush()

    def _user(self) -> int:
        user = User(
            source="table",
            external_id=self.row["row"],
            legal_name=self.row["row"],
            created_at=LONG_AGO,
        )
        self.session.add(user)
        self.session.flush()
        return user.id

    # --- the story -----------------------------------------------------------------------------

    def play(self) -> None:
        """Let everything happen in its order, the job's runs between."""
        told = [happening(text, self.site) for text in self.row.get("happens", ())]
        hired = self.row["hired"]
        recorded = self.row.get("recorded", f"{hired} 08:00")
        first = happening(f"{recorded} is on the list", self.site)
        for one in sorted([first, *told], key=lambda h: h.at):
            self._wake_until(one.at)
            self.now = one.at
            self._do(one.words)
            self.session.flush()
            if self.every is None:
                self._run_job()
        self.end = datetime.combine(
            self.row["asked"], time(23, 58), ZoneInfo(PLACES[self.site]["zone"])
        )
        self._wake_until(self.end.astimezone(UTC))

    def cycles(self) -> list[tuple[object, ...]]:
        """Run the job once more; return what is open, and what was completed and holds."""
        self.now = self.end.astimezone(UTC)
        self._run_job()
        self.session.flush()
        moved = (
            select(DueChange.due_on)
            .where(DueChange.assignment_id == Assignment.id)
            .order_by(DueChange.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        opened = select(
            Assignment.reason,
            Assignment.opens_on,
            func.coalesce(moved, Assignment.due_on),
            Assignment.previous_expiry,
            Assignment.path,
            Rule.renewal,  # of the version that it keeps
        ).join(Rule, Rule.id == Assignment.rule_id)
        opened = opened.where(Assignment.user_id == self.user, Assignment.closed_at.is_(None))
        done = select(Completion.completed_on, Completion.expires_on)
        done = done.where(Completion.user_id == self.user).order_by(Completion.id)
        return [tuple(row) for row in (*self.session.execute(opened), *self.session.execute(done))]

    def _wake_until(self, until: datetime) -> None:
        """Run the job on each day before an instant on which it has something to do."""
        if self.every is not None:
            self._run_every(timedelta(days=self.every), until)
            return
        query = select(Placement, Site.zone).join(Site).where(Placement.user_id == self.user)
        mine = self.session.execute(query.order_by(Placement.from_on)).all()
        days = {row.from_on for row, _zone in mine}
        days |= {row.phi_access_on for row, _zone in mine if row.phi_access_on}
        days |= {*self._ends(), *self._rules_and_openings()}
        zones = [(row.from_on, zone) for row, zone in mine if row.is_primary]
        for day in sorted(days):
            morning = self._morning(day, zones)
            if self.now < morning <= until:
                self.now = morning
                self._run_job()

    def _run_every(self, span: timedelta, until: datetime) -> None:
        if not self.next_run:
            first = self.row.get("runs_from", self.row["hired"])
            self.next_run = happening(f"{first} 03:00 is asked", self.site).at
        while self.next_run <= until:
            self.now = max(self.now, self.next_run)
            self._run_job()
            self.next_run += span

    def _ends(self) -> Iterator[date]:
        """Yield the days after leave and waivers."""
        for table in (Absence, Waiver):
            mine = (table.user_id == self.user, table.superseded_at.is_(None))
            for day in self.session.scalars(select(table.to_on).where(*mine)):
                if day:
                    yield day + DAY

    def _rules_and_openings(self) -> Iterator[date]:
        """Yield the days on which rules begin, and windows by any of them open."""
        rows = self.session.execute(select(Rule.from_on, Rule.to_on, Rule.renewal)).all()
        yield from (row.from_on for row in rows)
        yield from (row.to_on + DAY for row in rows if row.to_on)
        windows = {json.loads(row.renewal)["window_days"] for row in rows}
        query = select(Completion.expires_on).where(Completion.user_id == self.user)
        for expiry in self.session.scalars(query):
            yield from (expiry - timedelta(days=window) for window in windows if expiry)

    def _morning(self, day: date, zones: list[tuple[date, str]]) -> datetime:
        """Return five past midnight, where she works on that day."""
        here = [zone for from_on, zone in zones if from_on <= day]
        zone = here[-1] if here else PLACES[self.site]["zone"]
        return datetime.combine(day, time(0, 5), ZoneInfo(zone)).astimezone(UTC)

    def _run_job(self) -> None:
        reconcile(
            self.session, todays(self.session, self.now), self.now, after=self.user - 1, most=1
        )

    def _do(self, words: str) -> None:
        for pattern, act in PHRASES:
            found = re.fullmatch(pattern, words)
            if found:
                act(self, *found.groups())
                return
        raise AssertionError(f"{self.row['row']}: no such phrase: {words}")

    @property
    def by(self) -> By:
        return By(self.officer_id, self.now)

    # --- the list ------------------------------------------------------------------------------

    def hire(self) -> None:
        hired = self.row["hired"]
        self._place(
            hired,
            site_id=self.sites[self.site],
            worker_type=self.row.get("worker", "employee"),
            hired_on=hired,
            phi_access_on=self.row.get("access"),
        )

    def _place(self, day: date, **values: object) -> None:
        job = values.get("job", 1)
        same = (Placement.user_id == self.user, Placement.job == job, Placement.from_on == day)
        self.session.execute(
            update(Placement)
            .where(*same, Placement.superseded_at.is_(None))
            .values(superseded_at=self.now)
        )
        self.session.add(Placement(user_id=self.user, from_on=day, recorded_at=self.now, **values))

    def _copy(self, day: date, *, job: int = 1, **changes: object) -> None:
        query = select(Placement).where(
            Placement.user_id == self.user,
            Placement.job == job,
            Placement.superseded_at.is_(None),
        )
        last = self.session.scalars(query.order_by(Placement.from_on.desc())).first()
        assert last is not None
        kept = ("site_id", "worker_type", "hired_on", "phi_access_on", "kind", "job", "is_primary")
        self._place(day, **{name: getattr(last, name) for name in kept} | changes)

    def move(self, place: str, day: str) -> None:
        self._copy(date.fromisoformat(day), site_id=self.sites[place])

    def become(self, worker_type: str, day: str) -> None:
        self._copy(date.fromisoformat(day), worker_type=worker_type)

    def have_access(self, day: str) -> None:
        self._copy(self.row["hired"], phi_access_on=date.fromisoformat(day))

    def leave(self, day: str) -> None:
        self._copy(date.fromisoformat(day) + DAY, kind="left")

    def come_back(self, day: str, worker_type: str | None) -> None:
        on = date.fromisoformat(day)
        changes = {"worker_type": worker_type} if worker_type else {}
        self._copy(on, kind="placed", hired_on=on, **changes)

    def second_job(self, place: str, day: str, worker: str | None, access: str | None) -> None:
        self._place(
            date.fromisoformat(day),
            site_id=self.sites[place],
            job=2,
            is_primary=False,
            hired_on=self.row["hired"],
            worker_type=worker or "employee",
            phi_access_on=date.fromisoformat(access) if access else None,
        )

    def move_second(self, place: str, day: str) -> None:
        self._copy(date.fromisoformat(day), job=2, site_id=self.sites[place])

    def leave_second(self, day: str) -> None:
        self._copy(date.fromisoformat(day) + DAY, job=2, kind="left")

    # --- the learner ---------------------------------------------------------------------------

    def _cycle(self, course: str = COURSE) -> Cycle:
        query = select(Assignment.id).where(
            Assignment.user_id == self.user,
            Assignment.course == course,
            Assignment.closed_at.is_(None),
        )
        found = find_cycle_for(self.session, self.user, self.session.scalars(query).one())
        assert found is not None
        return found

    def begin(self) -> None:
        pinned = json.dumps({"course": "d" * 64, "modules": {"accounts": OLD_VERSION}})
        assignments.pin(self.session, self._cycle().id, pinned, "everyone", self.now)

    def complete(self, course: str | None = None) -> None:
        if self.every is not None:
            self._run_job()  # she can begin once it has opened what is due by its dates
        cycle = self._cycle(course or COURSE)
        pinned = json.dumps({"course": "d" * 64, "modules": {"accounts": OLD_VERSION}})
        assignments.pin(self.session, cycle.id, pinned, "everyone", self.now)
        place = place_of(self.session, self.user, self.now)
        how = How("password", shared_device=False)
        assert completions.complete(
            self.session, self._cycle(course or COURSE), NO_PAPERS, (), place, how, ISSUER, self.now
        )

    def ask_for_help(self) -> None:
        place, cycle = place_of(self.session, self.user, self.now), self._cycle()
        self.session.add(
            HelpRequest(
                assignment_id=cycle.id,
                module="accounts",
                blocks=self.session.get_one(Rule, cycle.rule_id).human_unlock,
                asked_on=place.today(self.now),
                asked_at=self.now,
            )
        )

    def get_help(self) -> None:
        request = self.session.scalars(select(HelpRequest)).one()
        place = place_of(self.session, self.user, self.now)
        help_wanted.answer(
            self.session, request, self._cycle(), by=self.officer_id, place=place, now=self.now
        )

    # --- the officer ---------------------------------------------------------------------------

    def go_on_leave(self, first: str, last: str | None) -> None:
        to_on = date.fromisoformat(last) if last else None
        acts.put_on_leave(self.session, self.user, date.fromisoformat(first), to_on, by=self.by)

    def return_from_leave(self, last: str) -> None:
        query = select(Absence.id).where(Absence.user_id == self.user)
        row = self.session.scalars(query.where(Absence.superseded_at.is_(None))).one()
        assert acts.end_leave(self.session, self.user, row, date.fromisoformat(last), by=self.by)

    def waive(self, last: str) -> None:
        acts.waive(
            self.session, self.user, COURSE, date.fromisoformat(last), "a reason", by=self.by
        )

    def end_waiver(self) -> None:
        query = select(Waiver.id).where(Waiver.user_id == self.user)
        row = self.session.scalars(query.where(Waiver.superseded_at.is_(None))).one()
        assert acts.end_waiver(self.session, self.user, row, by=self.by)

    def extend(self, day: str) -> None:
        acts.move_due_day(
            self.session, self.user, COURSE, date.fromisoformat(day), "a reason", by=self.by
        )

    def open_early(self, due: str | None, *, extra: bool = False) -> None:
        due_on = date.fromisoformat(due) if due else None
        acts.open_by_hand(self.session, self.user, COURSE, COURSE, due_on, extra=extra, by=self.by)

    def open_extra(self, due: str) -> None:
        self.open_early(due, extra=True)

    def on_paper(self, day: str) -> None:
        acts.record_on_paper(
            self.session, self.user, COURSE, date.fromisoformat(day), "paper", by=self.by
        )

    def elsewhere(self, day: str) -> None:
        acts.record_on_paper(
            self.session, self.user, COURSE, date.fromisoformat(day), "elsewhere", by=self.by
        )

    def withdraw(self) -> None:
        query = select(Completion.id).where(Completion.user_id == self.user)
        last = self.session.scalars(query.order_by(Completion.id.desc())).first()
        assert last is not None
        assert withdrawing.withdraw(self.session, self.user, last, "a reason", by=self.by)

    def change_rule(self, name: str, day: str, applied: str | None) -> None:
        self._save(date.fromisoformat(day), terms(name), applied=bool(applied))

    def end_rule(self, day: str) -> None:
        self._save(date.fromisoformat(day), None, applied=False)

    def new_rule(self, name: str, day: str) -> None:
        self._add_rule(f"{name}-again", terms(name), date.fromisoformat(day))

    def _save(self, day: date, said: Terms | None, *, applied: bool) -> None:
        code = self.row["rule"]
        change = Change(code, COURSE, day, said, apply_open=applied)
        today = todays(self.session, self.now)
        here = today.at(PLACES[self.site]["zone"])
        shown = preview(self.session, change, here, today).digest
        save(self.session, change, shown, here, by=self.by)

    def release_change(self) -> None:
        day = self.now.astimezone(ZoneInfo(PLACES[self.site]["zone"])).date()
        self.session.add(
            Rule(
                code=f"{CHANGE_PREFIX}1",
                course=f"{CHANGE_PREFIX}1",
                audience=json.dumps({LEARNED_BEFORE: [OLD_VERSION]}),
                days=30,
                renewal=json.dumps(RenewalPolicy(validity_months=None).to_dict()),
                from_on=day,
                recorded_at=self.now,
            )
        )

    # --- the question --------------------------------------------------------------------------

    def ask(self) -> Answer:
        """Ask the record about the day, as it is known now or was known then."""
        on, known = self.row["asked"], self.row.get("known")
        known_at = happening(f"{known} is asked", self.site).at if known else ALWAYS
        (one,) = history.lives(self.session, User.id == self.user, after=0, most=1)
        moment = Moment(everywhere(on), known_at)
        duties = history.duties_at(one, RuleBook(self.session), moment)
        return self._answer(duties)

    def ask_today(self) -> Answer | None:
        """Ask as every page of today does; None where more happened after that day."""
        on = self.row["asked"]
        later = [h.at for h in map(self._told, self.row.get("happens", ()))]
        end = datetime.combine(on + DAY, time(), ZoneInfo(PLACES[self.site]["zone"]))
        if self.row.get("known") or any(at >= end for at in later):
            return None
        today = everywhere(on)
        found = people(self.session, today, Placement.user_id == self.user)
        rules = rules_in_force(self.session, today.latest)
        return self._answer(list(duties_of(self.session, found, rules)))

    def because(self) -> str:
        """Return why her days are what they are, as the officer's page of her says it today."""
        today = everywhere(self.row["asked"])
        found = people(self.session, today, Placement.user_id == self.user)
        duties = duties_of(self.session, found, rules_in_force(self.session, today.latest))
        duty = next(d for d in duties if d.rule.course == self.course)
        cycle = duty.cycle.id if duty.cycle else 0
        moves = select(DueChange).where(DueChange.assignment_id == cycle).order_by(DueChange.id)
        under = record.held_under(self.session, duty)
        return " ".join(record.because(duty, list(self.session.scalars(moves)), under))

    def _told(self, text: str) -> Happening:
        return happening(text, self.site)

    def _answer(self, duties: list[Duty]) -> Answer:
        duty = next((d for d in duties if d.rule.course == self.course), None)
        if duty is None:
            return NOTHING
        asked = duty.facts.required and not duty.facts.left
        opens = renewal_of(duty)
        return Answer(
            status=duty.status.value,
            complete=duty.complete.value,
            counts=in_rate(duty.facts, self.row["asked"]),
            due=duty.facts.due_on if asked else None,
            opens=opens[0] if opens else None,
            expires=duty.facts.expires_on,
        )


AS_WHAT = rf"(?: as (employee|contractor))?(?: with access since {DATE})?"
PHRASES: list[tuple[str, Callable[..., None]]] = [
    ("is on the list", Teller.hire),
    (rf"moves to ([A-Z][A-Za-z ]+) from {DATE}", Teller.move),
    (rf"becomes (employee|student|contractor) from {DATE}", Teller.become),
    (rf"has access since {DATE}", Teller.have_access),
    (rf"leaves, last day {DATE}", Teller.leave),
    (rf"is hired again {DATE}(?: as (employee|student|contractor))?", Teller.come_back),
    (
        rf"has a second job at ([A-Z][A-Za-z ]+) from {DATE}{AS_WHAT}",
        Teller.second_job,
    ),
    (rf"moves the second job to ([A-Z][A-Za-z ]+) from {DATE}", Teller.move_second),
    (rf"leaves the second job, last day {DATE}", Teller.leave_second),
    ("begins", Teller.begin),
    (r"completes(?: (change-1))?", Teller.complete),
    ("asks for help", Teller.ask_for_help),
    ("is helped", Teller.get_help),
    (rf"is on leave {DATE}(?: to {DATE})?", Teller.go_on_leave),
    (rf"is back, last day of leave {DATE}", Teller.return_from_leave),
    (rf"is let off to {DATE}", Teller.waive),
    ("is no longer let off", Teller.end_waiver),
    (rf"is extended to {DATE}", Teller.extend),
    (rf"is opened early(?: due {DATE})?", Teller.open_early),
    (rf"gets extra training due {DATE}", Teller.open_extra),
    (rf"completed on paper on {DATE}", Teller.on_paper),
    (rf"completed elsewhere on {DATE}", Teller.elsewhere),
    ("is withdrawn", Teller.withdraw),
    (rf"the rule becomes ([a-z]+) from {DATE}( for open trainings too)?", Teller.change_rule),
    (rf"the rule ends before {DATE}", Teller.end_rule),
    (rf"a rule ([a-z]+) begins {DATE}", Teller.new_rule),
    ("a change is released", Teller.release_change),
]
