"""Plan and apply a staff list: all or nothing, and the same list again changes nothing."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.hiring import set_up_practice
from training.accounts.models import Placement, RosterImport, Site, User
from training.accounts.service import normal_address
from training.assignments.models import Absence
from training.program.roster.difference import Change, Difference, compare, too_many_endings
from training.program.roster.faults import Refused, RowFault
from training.program.roster.known import Believed, believed
from training.program.roster.reading import read_records
from training.program.roster.rows import RosterRow, parse_rows
from training.renewals.soon import renew_soon

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Options:
    """How a list is to be taken."""

    source: str
    today: date
    allow_ending: int | None = None
    skip_bad_rows: bool = False
    encoding: str | None = None
    full: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """A list that can be applied: what it changes, and what to know about it."""

    options: Options
    digest: str
    filename: str
    rows: tuple[RosterRow, ...]
    difference: Difference
    known: Believed
    warnings: tuple[RowFault, ...]
    skipped: tuple[RowFault, ...]

    @property
    def changes(self) -> list[Change]:
        """Return every change, in the order of the list."""
        return self.difference.changes

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        more = {"skipped": len({f.line for f in self.skipped})} if self.skipped else {}
        return self.difference.counts | more

    def lines(self) -> list[str]:
        """Return the difference as printable lines, each with its row's number."""
        told = [
            f"{c.line or '-'}: {c.kind}: {c.external_id} {c.name} ({c.details})"
            for c in self.changes
        ]
        told += [f"{w.line}: warning: {w.what}; {w.mend}" for w in self.warnings]
        return told + [f"{f.line}: left out: {f.what}" for f in self.skipped]

    def words(self) -> str:
        """Return the difference in one line."""
        return ", ".join(f"{count} {kind}" for kind, count in self.counts.items())


def plan(session: Session, data: bytes, filename: str, options: Options) -> Plan:
    """Return what a list would change. Raises Refused with every fault; nothing changes."""
    records = read_records(data, options.encoding)
    parsed = parse_rows(records, options.today)
    skipped: tuple[RowFault, ...] = ()
    if parsed.faults:
        if not options.skip_bad_rows or not parsed.rows:
            raise Refused(tuple(sorted(parsed.faults)))
        skipped = tuple(sorted(parsed.faults))
    known = believed(session, options.source, options.today)
    kept_as_is = _ids_on(parsed.bad_lines, records) if skipped else set[str]()
    found = compare(parsed.rows, known, options.today, skipped=kept_as_is, full=options.full)
    faults = list(found.faults)
    refusal = too_many_endings(found, known, options.allow_ending)
    if refusal:
        faults.append(refusal)
    if faults:
        raise Refused(tuple(sorted(faults)))
    return Plan(
        options=options,
        digest=hashlib.sha256(data).hexdigest(),
        filename=filename,
        rows=tuple(parsed.rows),
        difference=found,
        known=known,
        warnings=tuple(sorted([*parsed.warnings, *found.warnings])),
        skipped=skipped,
    )


def _ids_on(lines: set[int], records: list[Any]) -> set[str]:
    """Return every cell of the skipped rows: whoever is named there stays as she is."""
    return {cell.strip() for record in records if record.line in lines for cell in record.cells}


def apply(session: Session, plan: Plan, *, by: int | None, now: datetime) -> RosterImport | None:
    """Apply a plan in the caller's transaction; None where it changes nothing."""
    if not plan.changes:
        return None
    writer = _Writer(session, plan, now)
    writer.add_new()
    for change in plan.changes:
        writer.apply(change)
    writer.flush()
    renew_soon(session)
    row = RosterImport(
        source=plan.options.source,
        digest=plan.digest,
        counts=json.dumps(plan.counts, sort_keys=True),
        skipped=json.dumps([str(fault) for fault in plan.skipped]),
        imported_by_id=by,
        imported_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "roster.imported",
        at=now,
        actor_id=by,
        subject=f"roster_import:{row.id}",
        detail={"source": row.source, "digest": row.digest, "counts": plan.counts},
    )
    return row


class _Writer:
    """Writes one plan, new people and placements in bulk."""

    def __init__(self, session: Session, plan: Plan, now: datetime) -> None:
        self.session, self.plan, self.now = session, plan, now
        self.today, self.source = plan.options.today, plan.options.source
        self.ids = dict(plan.known.ids)
        self.sites = dict(plan.known.sites)
        self.first: Site | None = None
        self.known_ids = {person.user_id for person in plan.known.people.values()}
        self.placements: dict[int, list[dict[str, Any]]] = {}
        self.absences: list[dict[str, Any]] = []
        self.shared = self._shared_addresses()

    def _shared_addresses(self) -> set[str]:
        seen: set[str] = set()
        shared: set[str] = set()
        for row in self.plan.rows:
            address = normal_address(row.email) if row.email else ""
            if address and address in seen and row.primary is not False:
                shared.add(address)
            seen.add(address)
        return shared

    def add_new(self) -> None:
        new = [c.row for c in self.plan.changes if c.kind == "new" and c.row]
        for start in range(0, len(new), CHUNK):
            rows = new[start : start + CHUNK]
            self.session.execute(insert(User), [self._user(row) for row in rows])
        if new:
            found = self.session.execute(
                select(User.external_id, User.id).where(User.source == self.source)
            )
            self.ids |= {external_id: id_ for external_id, id_ in found}  # noqa: C416 - a Result

    def _user(self, row: RosterRow) -> dict[str, Any]:
        address = normal_address(row.email) if row.email else None
        signs_in = (
            address and address not in self.shared and address not in self.plan.known.addresses
        )
        return {
            "source": self.source,
            "external_id": row.external_id,
            "legal_name": row.legal_name,
            "display_name": row.display_name,
            "romanised_name": row.romanised_name,
            "email": row.email,
            "sign_in_address": address if signs_in else None,
            "locale": "en",
            "created_at": self.now,
        }

    def apply(self, change: Change) -> None:
        """Note what one change asks for."""
        row = change.row
        match change.kind:
            case "new" if row:
                self._place(row, from_on=row.hired_on or self.today)
            case "moved" if row:
                self._place(row, from_on=row.effective_on or self.today)
            case "rehired" if row:
                self._place(row, from_on=row.hired_on or self.today)
            case "left":
                self._leave(change)
            case "changed" if row:
                self._rename(row)
            case "on leave" if row:
                self._away(row)
            case "back" if row:
                self._back(row)

    def _first_site(self) -> Site:
        if self.first is None:
            found = self.session.scalar(select(Site).order_by(Site.id).limit(1))
            self.first = found or set_up_practice(self.session, "Our practice", "America/New_York")
        return self.first

    def _site_id(self, name: str) -> int:
        if name in self.sites:
            return self.sites[name]
        first = self._first_site()
        if not name:
            return first.id
        site = Site(entity_id=first.entity_id, name=name, zone=first.zone, state=first.state)
        self.session.add(site)
        self.session.flush()
        self.sites[name] = site.id
        return site.id

    def _place(self, row: RosterRow, *, from_on: date) -> None:
        person = self.plan.known.people.get(row.external_id)
        hired = row.hired_on or (person.hired_on if person else from_on)
        boss = self.plan.difference.manager_of.get(row.external_id)
        self._add(
            self.ids[row.external_id],
            kind="placed",
            from_on=from_on,
            site_id=self._site_id(row.site or (person.site if person else "")),
            department=row.department,
            job_title=row.job_title,
            worker_type=row.worker_type,
            manager_id=self.ids.get(boss) if boss else None,
            hired_on=hired,
            phi_access_on=row.phi_access_on,
        )

    def _leave(self, change: Change) -> None:
        user_id = self.ids[change.external_id]
        last = self._last_placement(user_id)
        ends = (change.last_day or self.today - timedelta(days=1)) + timedelta(days=1)
        self._add(user_id, **(last | {"kind": "left", "from_on": max(ends, last["from_on"])}))

    def _last_placement(self, user_id: int) -> dict[str, Any]:
        if pending := self.placements.get(user_id):
            return {k: pending[-1][k] for k in _CARRIED}
        query = (
            select(Placement)
            .where(Placement.user_id == user_id, Placement.superseded_at.is_(None))
            .order_by(Placement.from_on.desc())
            .limit(1)
        )
        row = self.session.scalars(query).one()
        return {name: getattr(row, name) for name in _CARRIED}

    def _add(self, user_id: int, **values: Any) -> None:
        """Queue a placement; a row that begins the same day, or later, gives way to it."""
        pending = self.placements.setdefault(user_id, [])
        pending[:] = [p for p in pending if p["from_on"] < values["from_on"]]
        if user_id in self.known_ids:
            self.session.execute(
                update(Placement)
                .where(
                    Placement.user_id == user_id,
                    Placement.superseded_at.is_(None),
                    Placement.from_on >= values["from_on"],
                )
                .values(superseded_at=self.now)
            )
        common = {"job": 1, "is_primary": True, "recorded_at": self.now}
        pending.append({"user_id": user_id, **common, **values})

    def _rename(self, row: RosterRow) -> None:
        address = normal_address(row.email) if row.email else None
        owner = self.plan.known.addresses.get(address or "")
        user_id = self.ids[row.external_id]
        signs_in = address not in self.shared and owner in {None, user_id}
        self.session.execute(
            update(User)
            .where(User.id == user_id)
            .values(
                legal_name=row.legal_name,
                romanised_name=row.romanised_name,
                email=row.email,
                sign_in_address=address if signs_in else None,
            )
        )

    def _away(self, row: RosterRow) -> None:
        self.absences.append(
            {
                "user_id": self.ids[row.external_id],
                "from_on": row.leave_on or self.today,
                "to_on": None,
                "recorded_at": self.now,
            }
        )

    def _back(self, row: RosterRow) -> None:
        """End the open absence yesterday: its row is superseded by one that has an end."""
        user_id = self.ids[row.external_id]
        query = select(Absence).where(
            Absence.user_id == user_id, Absence.superseded_at.is_(None), Absence.to_on.is_(None)
        )
        for absence in self.session.scalars(query).all():
            absence.superseded_at = self.now
            last = max(absence.from_on, self.today - timedelta(days=1))
            self.absences.append(
                {
                    "user_id": user_id,
                    "from_on": absence.from_on,
                    "to_on": last,
                    "recorded_at": self.now,
                }
            )

    def flush(self) -> None:
        """Insert what was queued, in chunks."""
        self.session.flush()
        placements = list(chain.from_iterable(self.placements.values()))
        for table, rows in ((Placement, placements), (Absence, self.absences)):
            for start in range(0, len(rows), CHUNK):
                self.session.execute(insert(table), rows[start : start + CHUNK])


_CARRIED = (
    "from_on",
    "site_id",
    "department",
    "job_title",
    "worker_type",
    "manager_id",
    "hired_on",
    "phi_access_on",
)
