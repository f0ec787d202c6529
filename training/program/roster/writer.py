"""Writes one plan in bulk: what is new inserted, what was believed superseded."""

from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from training.accounts.hiring import set_up_practice
from training.accounts.models import Placement, Site, User
from training.assignments.models import Absence
from training.program.roster.difference import Change
from training.program.roster.known import KnownPerson
from training.program.roster.plans import Plan
from training.program.roster.rows import RosterRow

CHUNK = 1_000
ONE_DAY = timedelta(days=1)
Values = dict[str, Any]


class Writer:
    """Notes what each change asks for, then writes all of it."""

    def __init__(self, session: Session, plan: Plan, now: datetime) -> None:
        self.session, self.plan, self.now = session, plan, now
        self.today, self.source = plan.options.today, plan.options.source
        self.people = plan.known.people
        self.ids = dict(plan.known.ids)
        self.sites = dict(plan.known.sites)
        self.first: Site | None = None
        self.placements: dict[int, list[Values]] = {}
        self.gone_from: dict[int, date] = {}
        self.away: list[Values] = []
        self.back: set[int] = set()
        self.renamed: list[Values] = []

    def write(self) -> None:
        """Write every change of the plan in the caller's transaction."""
        self._release_addresses()
        self._add_people([c.row for c in self.plan.changes if c.kind == "new" and c.row])
        for change in self.plan.changes:
            self._note(change)
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
            case "new" | "moved" | "rehired" if row:
                self._place(change, row)
            case "left":
                self._leave(change.external_id, change.last_day or self.today - ONE_DAY)
            case "changed" if row:
                self.renamed.append({"who": user_id} | self._names(row))
            case "on leave" if row:
                self._absent(user_id, row.leave_on or self.today, None)
            case "back":
                self.back.add(user_id)

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
        if row.ended_on and change.kind == "moved":
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
        pending = self.placements.get(user_id)
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

    def _add(self, user_id: int, values: Values, since: date) -> None:
        """Queue a placement; rows that begin on `since` or later give way to it."""
        self.gone_from[user_id] = min(since, self.gone_from.get(user_id, since))
        pending = self.placements.setdefault(user_id, [])
        pending[:] = [row for row in pending if row["from_on"] < since]
        common = {"user_id": user_id, "job": 1, "is_primary": True, "recorded_at": self.now}
        pending.append(values | common)

    def _place_all(self) -> None:
        placements = _table(Placement)
        known = {person.user_id for person in self.people.values()}
        gone = [{"who": id_, "since": day} for id_, day in self.gone_from.items() if id_ in known]
        query = update(placements).where(
            placements.c.user_id == bindparam("who"),
            placements.c.is_primary,
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
