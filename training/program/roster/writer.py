"""Writes one plan in bulk: what is new inserted, what was believed superseded."""

from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from training.accounts.hiring import set_up_practice
from training.accounts.models import Placement, Site, User
from training.accounts.people import PRIMARY
from training.assignments.models import Absence
from training.program.roster.difference import GOES_ON, Change
from training.program.roster.known import KnownJob, KnownPerson
from training.program.roster.plans import Plan
from training.program.roster.rows import RosterRow

CHUNK = 1_000
ONE_DAY = timedelta(days=1)
Values = dict[str, Any]
Post = tuple[int, int]  # a person and the number of her job


class Writer:
    """Notes what each change asks for, then writes all of it."""

    def __init__(self, session: Session, plan: Plan, now: datetime) -> None:
        self.session, self.plan, self.now = session, plan, now
        self.today, self.source = plan.options.today, plan.options.source
        self.people = plan.known.people
        self.ids = dict(plan.known.ids)
        self.sites = dict(plan.known.sites)
        self.first: Site | None = None
        self.placements: dict[Post, list[Values]] = {}
        self.gone_from: dict[Post, date] = {}
        self.last_days: dict[str, date] = {}
        self.away: list[Values] = []
        self.back: set[int] = set()
        self.renamed: list[Values] = []

    def write(self) -> None:
        """Write every change of the plan in the caller's transaction."""
        self._release_addresses()
        self._add_people([c.row for c in self.plan.changes if c.kind == "new" and c.row])
        for change in self.plan.changes:
            self._note(change)
        self._jobs_by_hand()
        self._end_beside()
        self._rename_all()
        self._place_all()
        self._end_absences()
        self._insert(_table(Absence), self.away)

    # --- people --------------------------------------------------------------------------

    def _release_addresses(self) -> None:
        """Take away the sign-in addresses that change hands, before anybody gets them."""
        freed = [
            {"who": person.user_id}
            for external_id, address in self.plan.difference.signs_in.items()
            if (person := self.people.get(external_id))
            and person.sign_in_address not in {None, address}
        ]
        users = _table(User)
        query = update(users).where(users.c.id == bindparam("who"))
        self._many(query.values(sign_in_address=None), freed)

    def _add_people(self, rows: list[RosterRow]) -> None:
        self._insert(_table(User), [self._user(row) for row in rows])
        if rows:
            query = select(User.external_id, User.id).where(User.source == self.source)
            self.ids |= {row.external_id: row.id for row in self.session.execute(query)}

    def _user(self, row: RosterRow) -> Values:
        more = {"source": self.source, "external_id": row.external_id, "locale": "en"}
        return self._names(row) | more | {"created_at": self.now}

    def _names(self, row: RosterRow) -> Values:
        return {
            "legal_name": row.legal_name,
            "display_name": row.display_name,
            "romanised_name": row.romanised_name,
            "email": row.email,
            "sign_in_address": self.plan.difference.signs_in.get(row.external_id),
        }

    def _rename_all(self) -> None:
        users = _table(User)
        self._many(update(users).where(users.c.id == bindparam("who")), self.renamed)

    # --- changes -------------------------------------------------------------------------

    def _note(self, change: Change) -> None:
        user_id, row = self.ids[change.external_id], change.row
        match change.kind:
            case "new" | "moved" | "days mended" | "rehired" if row:
                self._place(change, row)
            case "left" | "leaving":
                self._leave(change.external_id, change.last_day or self.today - ONE_DAY)
            case "changed" if row:
                self.renamed.append({"who": user_id} | self._names(row))
            case "on leave" if row:
                self._absent(user_id, row.leave_on or self.today, None)
            case "back":
                self.back.add(user_id)
            case "job added" | "job moved" if row:
                self._place_beside(change, row)
            case "job ended":
                self._end_job(change.external_id, change.job, change.last_day or self.today)

    def _place(self, change: Change, row: RosterRow) -> None:
        person = self.people.get(row.external_id)
        boss = self.plan.difference.manager_of.get(row.external_id)
        manager_id = self.ids[boss] if boss else None
        if person and "manager_id" not in row.told:
            manager_id = person.manager_id
        from_on = change.from_on or self.today
        values = {
            "kind": "placed",
            "from_on": from_on,
            "site_id": self._site_id(row.site),
            "department": row.department,
            "job_title": row.job_title,
            "worker_type": row.worker_type,
            "manager_id": manager_id,
            "hired_on": change.hired_on or from_on,
            "phi_access_on": row.phi_access_on,
        }
        self._add(self.ids[row.external_id], values, self._since(from_on, person))
        if row.ended_on and change.kind in GOES_ON:
            self._leave(row.external_id, row.ended_on)

    def _since(self, from_on: date, person: KnownPerson | None) -> date:
        """Return from when on what is believed gives way to a placement from this day."""
        if person is None or not person.is_here:
            return from_on
        if person.spell_on > self.today:
            from_on = min(from_on, person.spell_on)  # a first day that is put off
        return min(from_on, person.ends_on + ONE_DAY) if person.ends_on else from_on

    def _leave(self, external_id: str, last_day: date) -> None:
        """Note the day after the last one; a last day that was believed before gives way."""
        user_id, person = self.ids[external_id], self.people.get(external_id)
        self.last_days[external_id] = last_day
        pending = self.placements.get((user_id, PRIMARY))
        since = from_on = last_day + ONE_DAY
        if person and person.ends_on and (person.is_here or not pending):
            since = min(from_on, person.ends_on + ONE_DAY)
        values = pending[-1] if pending else self._believed(self.people[external_id])
        self._add(user_id, values | {"kind": "left", "from_on": from_on}, since)

    def _believed(self, person: KnownPerson) -> Values:
        return {
            "site_id": self._site_id(person.site),
            "department": person.department,
            "job_title": person.job_title,
            "worker_type": person.worker_type,
            "manager_id": person.manager_id,
            "hired_on": person.hired_on,
            "phi_access_on": person.phi_access_on,
        }

    def _add(self, user_id: int, values: Values, since: date, job: int = PRIMARY) -> None:
        """Queue a placement; rows of this job that begin on `since` or later give way to it."""
        pending = self._give_way((user_id, job), since)
        common = {"user_id": user_id, "job": job, "is_primary": job == PRIMARY}
        pending.append(values | common | {"recorded_at": self.now})

    def _give_way(self, post: Post, since: date) -> list[Values]:
        self.gone_from[post] = min(since, self.gone_from.get(post, since))
        pending = self.placements.setdefault(post, [])
        pending[:] = [row for row in pending if row["from_on"] < since]
        return pending

    # --- second jobs ---------------------------------------------------------------------

    def _place_beside(self, change: Change, row: RosterRow) -> None:
        person, boss = (
            self.people.get(change.external_id),
            self.plan.difference.manager_beside.get(row.line),
        )
        before = self._known_job(change.external_id, change.job)
        from_on = change.from_on or self.today
        values = {
            "kind": "placed",
            "from_on": from_on,
            "site_id": self._site_id(row.site),
            "department": row.department,
            "job_title": row.job_title,
            "worker_type": row.worker_type,
            "manager_id": self.ids[boss] if boss else None,
            "hired_on": change.hired_on or (person.hired_on if person else from_on),
            "phi_access_on": row.phi_access_on,
        }
        if before and "manager_id" not in row.told:
            values["manager_id"] = before.manager_id
        since = from_on
        if before and before.ends_on:
            since = min(from_on, before.ends_on + ONE_DAY)
        self._add(self.ids[change.external_id], values, since, change.job)
        if before and before.ends_on and row.ended_on == before.ends_on:
            self._end_job(change.external_id, change.job, row.ended_on)

    def _known_job(self, external_id: str, number: int) -> KnownJob | None:
        person = self.people.get(external_id)
        jobs = person.more if person else ()
        return next((job for job in jobs if job.job == number), None)

    def _end_job(self, external_id: str, number: int, last_day: date) -> None:
        """Note the day after a second job's last one; one that never began just goes."""
        post = (self.ids[external_id], number)
        before, pending = self._known_job(external_id, number), self.placements.get(post)
        begun = pending[0]["from_on"] if pending else date.max
        begun = min(begun, before.from_on) if before else begun
        from_on = last_day + ONE_DAY
        since = min(from_on, before.ends_on + ONE_DAY) if before and before.ends_on else from_on
        if begun >= from_on:
            self._give_way(post, min(begun, since))
            return
        values = pending[-1] if pending else self._believed_job(external_id, before)
        self._add(post[0], values | {"kind": "left", "from_on": from_on}, since, number)

    def _believed_job(self, external_id: str, job: KnownJob | None) -> Values:
        if job is None:
            raise LookupError(external_id)  # a list ends what it knows, or has just added
        return {
            "site_id": self._site_id(job.site),
            "department": job.department,
            "job_title": job.job_title,
            "worker_type": job.worker_type,
            "manager_id": job.manager_id,
            "hired_on": self.people[external_id].hired_on,
            "phi_access_on": job.phi_access_on,
        }

    def _jobs_by_hand(self) -> None:
        """Let jobs that an officer noted go on where an announced last day is taken back."""
        for change in self.plan.changes:
            person = self.people.get(change.external_id)
            if change.kind not in GOES_ON or not person or not person.ends_on:
                continue
            for job in person.more:
                if job.by_hand and job.ends_on == person.ends_on:
                    self._give_way((person.user_id, job.job), job.ends_on + ONE_DAY)

    def _end_beside(self) -> None:
        """End every other job of whoever leaves, with her or before."""
        for external_id, last_day in self.last_days.items():
            user_id, person = self.ids[external_id], self.people.get(external_id)
            ends = {job.job: job.ends_on for job in (person.more if person else ())}
            for (who, number), rows in self.placements.items():
                if who == user_id and number != PRIMARY and rows:
                    over = rows[-1]["kind"] == "left"
                    ends[number] = rows[-1]["from_on"] - ONE_DAY if over else None
            for number, ends_on in ends.items():
                follows = person is not None and ends_on == person.ends_on
                if ends_on is None or ends_on > last_day or follows:
                    self._end_job(external_id, number, last_day)

    def _place_all(self) -> None:
        placements = _table(Placement)
        known = {person.user_id for person in self.people.values()}
        gone = [
            {"who": id_, "which": job, "since": day}
            for (id_, job), day in self.gone_from.items()
            if id_ in known
        ]
        query = update(placements).where(
            placements.c.user_id == bindparam("who"),
            placements.c.job == bindparam("which"),
            placements.c.superseded_at.is_(None),
            placements.c.from_on >= bindparam("since"),
        )
        self._many(query.values(superseded_at=self.now), gone)
        self._insert(placements, list(chain.from_iterable(self.placements.values())))

    # --- leave ---------------------------------------------------------------------------

    def _absent(self, user_id: int, from_on: date, to_on: date | None) -> None:
        self.away.append(
            {"user_id": user_id, "from_on": from_on, "to_on": to_on, "recorded_at": self.now}
        )

    def _end_absences(self) -> None:
        """End open absences yesterday: each row is superseded by one that has an end."""
        if not self.back:
            return
        absences = _table(Absence)
        is_open = (absences.c.superseded_at.is_(None), absences.c.to_on.is_(None))
        query = select(absences.c.id, absences.c.user_id, absences.c.from_on).where(*is_open)
        found = [row for row in self.session.execute(query) if row.user_id in self.back]
        for row in found:
            self._absent(row.user_id, row.from_on, max(row.from_on, self.today - ONE_DAY))
        ended = update(absences).where(absences.c.id == bindparam("which"))
        self._many(ended.values(superseded_at=self.now), [{"which": row.id} for row in found])

    # --- sites ---------------------------------------------------------------------------

    def _first_site(self) -> Site:
        if self.first is None:
            query = select(Site).where(*self.plan.options.reach.sites())
            found = self.session.scalar(query.order_by(Site.id).limit(1))
            self.first = found or set_up_practice(self.session, "Our practice", "America/New_York")
            self.sites.setdefault(self.first.name, self.first.id)
        return self.first

    def _site_id(self, name: str) -> int:
        if name in self.sites:
            return self.sites[name]
        first = self._first_site()
        if not name or name == first.name:
            return first.id
        site = Site(entity_id=first.entity_id, name=name, zone=first.zone, state=first.state)
        self.session.add(site)
        self.session.flush()
        self.sites[name] = site.id
        return site.id

    # --- the database --------------------------------------------------------------------

    def _many(self, statement: Any, rows: list[Values]) -> None:
        for start in range(0, len(rows), CHUNK):
            self.session.connection().execute(statement, rows[start : start + CHUNK])

    def _insert(self, table: Table, rows: list[Values]) -> None:
        self._many(insert(table), rows)


def _table(model: type[User | Placement | Absence]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):  # pragma: no cover - a mapped class has a table
        raise TypeError(model)
    return table
