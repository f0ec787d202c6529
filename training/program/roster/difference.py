"""The difference between a list and what is believed: pure, and before anything changes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

from training.accounts.people import PRIMARY
from training.program.roster.addresses import Addresses
from training.program.roster.faults import RowFault
from training.program.roster.jobs import filled, left_alone, matched, tells_of_second_jobs
from training.program.roster.known import Believed, KnownJob, KnownPerson
from training.program.roster.managers import Managers
from training.program.roster.rows import RosterRow

PUT_OFF = timedelta(days=90)  # the most that a first day is taken to have been put off
KINDS = ("new", "changed", "moved", "days mended", "left", "leaving", "rehired", "on leave", "back",
         "job added", "job moved", "job ended")  # fmt: skip
ENDS = frozenset({"left", "leaving"})  # over, or with a last day that is still to come
GOES_ON = frozenset({"moved", "days mended"})  # the same spell of work, told otherwise
DAYS = ("access", "hired")  # of a place of work: another one is no move
# what a list may have no column for, and then leaves as it is
KEPT = ("email", "romanised_name", "display_name", "department", "job_title", "worker_type",
        "phi_access_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one person.

    `row` is what the list says, filled up with what is believed where it has no such column;
    `from_on` is the day it holds from, `hired_on` the first day of the spell of work. `job` is
    the number of a second job; of one that is added, which of them it is.
    """

    line: int
    kind: str
    external_id: str
    name: str
    details: str
    row: RosterRow | None = None
    last_day: date | None = None
    from_on: date | None = None
    hired_on: date | None = None
    job: int = PRIMARY


@dataclass
class Difference:
    """All changes, what is the same, and what to know about the list."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    manager_of: dict[str, str] = field(default_factory=dict)
    manager_beside: dict[int, str] = field(default_factory=dict)
    signs_in: dict[str, str | None] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS if found[kind]} | {"same": self.same}


def compare(
    rows: list[RosterRow],
    known: Believed,
    today: date,
    *,
    skipped: set[str],
    trusted: set[str],
    full: bool,
) -> Difference:
    """Compare a list, one row a person, with what is believed.

    `skipped` are people of faulty rows: they stay as they are. `trusted` are those of them
    who still count as managers. A `full` list ends whoever it does not name.
    """
    sites = {name.casefold(): name for name in known.sites}
    listed = {r.external_id: _filled(r, known.people.get(r.external_id), sites) for r in rows}
    here = {id_ for id_, person in known.people.items() if person.is_here}
    missing = here - listed.keys() - skipped if full else set[str]()
    managers = Managers(listed, known, missing, trusted)
    addresses = Addresses(listed, known)
    found = Difference(
        manager_of=managers.of,
        manager_beside=managers.beside,
        signs_in=addresses.signs_in,
        faults=managers.faults + addresses.faults,
        warnings=managers.warnings + addresses.warnings + _new_sites(listed, known),
    )
    ends_jobs = full and tells_of_second_jobs(rows)
    for row in listed.values():
        found.changes += _changes(row, known, found, today)
        found.changes += _second_jobs(row, known, found, today, full=ends_jobs)
    if full and not ends_jobs:
        found.warnings += left_alone(listed, known)
    found.changes += [_missing(p, today) for id_, p in known.people.items() if id_ in missing]
    found.same = len(listed.keys() - {change.external_id for change in found.changes})
    return found


def _filled(row: RosterRow, person: KnownPerson | None, sites: dict[str, str]) -> RosterRow:
    """Fill up what the list has no column for; a site is spelt as it is known already."""
    kept: dict[str, Any] = {}
    if row.site:
        kept["site"] = sites.setdefault(row.site.casefold(), row.site)
    if person is None:
        return _with_more(replace(row, **kept), sites)
    if not row.site:
        kept["site"] = person.site
    kept |= {name: getattr(person, name) for name in KEPT if name not in row.told}
    if "end_date" not in row.told and row.status != "left" and person.is_here:
        kept["ended_on"] = person.ends_on
    if "status" not in row.told and person.away and person.is_here and row.status == "active":
        kept["status"] = "leave"
    return _with_more(replace(row, **kept), sites)


def _with_more(row: RosterRow, sites: dict[str, str]) -> RosterRow:
    if not row.more:
        return row
    return replace(row, more=tuple(filled(job, row, sites) for job in row.more))


def _new_sites(listed: dict[str, RosterRow], known: Believed) -> list[RowFault]:
    first: dict[str, int] = {}
    for row in chain.from_iterable(row.jobs for row in listed.values()):
        if row.site and row.site not in known.sites:
            first.setdefault(row.site, row.line)
    mend = "it takes the practice's time zone until it is set"
    return [RowFault(line, f"the site '{name}' is new", mend) for name, line in first.items()]


def _missing(person: KnownPerson, today: date) -> Change:
    last = today - timedelta(days=1)
    told = f"not in the list, last day {last}"
    return Change(0, "left", person.external_id, person.legal_name, told, last_day=last)


def _change(row: RosterRow, kind: str, details: str, **days: Any) -> Change:
    return Change(row.line, kind, row.external_id, row.legal_name, details, row, **days)


def _changes(row: RosterRow, known: Believed, found: Difference, today: date) -> Iterator[Change]:
    person = known.people.get(row.external_id)
    if person is None:
        yield from _arrival(row, today)
    elif row.status == "left":
        yield from _departure(row, person, today)
    else:
        yield from _stay(row, person, known, found, today)


def _arrival(row: RosterRow, today: date) -> Iterator[Change]:
    turned = ", name turned round" if row.turned else ""
    begins = row.hired_on or min(today, row.ended_on or today)
    told = f"{row.site or 'first site'}, {row.department or '-'}{turned}"
    yield _change(row, "new", told, from_on=begins, hired_on=begins)
    if row.status == "left":
        last = row.ended_on or today - timedelta(days=1)
        yield _change(row, "left", "already gone", last_day=last)
    elif row.ended_on:
        yield _end(row, row.ended_on, today)
    if row.status == "leave":
        yield _change(row, "on leave", f"since {row.leave_on or today}")


def _departure(row: RosterRow, person: KnownPerson, today: date) -> Iterator[Change]:
    """Yield the end of a spell; a last day that is told later mends the one we took."""
    told = row.ended_on
    if told and person.left_on and told < person.spell_on:
        told = None  # the last day of an earlier spell
    last = told or (today - timedelta(days=1) if person.is_here else person.ends_on)
    if last and last != person.ends_on:
        yield _end(row, last, today)


def _end(row: RosterRow, last: date, today: date) -> Change:
    kind = "leaving" if last >= today else "left"
    return _change(row, kind, f"last day {last}", last_day=last)


def _stay(
    row: RosterRow, person: KnownPerson, known: Believed, found: Difference, today: date
) -> Iterator[Change]:
    if not person.is_here:
        yield _return(row, person, today)
    elif details := _moves(row, person, known, found):
        yield _move(row, person, details, today)
    if row.ended_on and row.ended_on != person.ends_on:
        yield _end(row, row.ended_on, today)
    if names := _renames(row, person, found):
        yield _change(row, "changed", "; ".join(names))
    if (row.status == "leave") != person.away:
        kind = "on leave" if row.status == "leave" else "back"
        yield _change(row, kind, f"since {row.leave_on or today}")


def _return(row: RosterRow, person: KnownPerson, today: date) -> Change:
    """Begin a new spell: on its own hire date, or today where the list tells the old one.

    Without a day between the two it is the old spell that goes on.
    """
    gone_on = (person.ends_on or today) + timedelta(days=1)
    if row.hired_on and row.hired_on >= gone_on:
        begins = hired = row.hired_on
    else:
        begins = max(today, gone_on)
        goes_on = _new_hire_date(row, person) or person.hired_on
        hired = goes_on if begins == gone_on else begins
    return _change(row, "rehired", f"from {begins}", from_on=begins, hired_on=hired)


def _move(row: RosterRow, person: KnownPerson, details: list[str], today: date) -> Change:
    hired = _new_hire_date(row, person)
    begins = max(row.effective_on or today, person.spell_on)
    if hired and (hired > begins or person.spell_on > today):
        begins = hired  # she has not begun: her first day was put off, or brought forward
    elif hired and _is_new_spell(row, person, hired):
        begins = hired
    only_days = all(told.partition(":")[0] in DAYS for told in details)
    kind, hired = "days mended" if only_days else "moved", hired or person.hired_on
    return _change(row, kind, "; ".join(details), from_on=begins, hired_on=hired)


def _is_new_spell(row: RosterRow, person: KnownPerson, hired: date) -> bool:
    return hired > person.hired_on and (row.hired_again or hired - person.hired_on > PUT_OFF)


def _new_hire_date(row: RosterRow, person: KnownPerson) -> date | None:
    """Return another first day of this spell; the first day of an earlier one is none."""
    hired = row.hired_on
    if hired is None or hired == person.hired_on:
        return None
    return None if person.left_on and hired < person.left_on else hired


def _moves(row: RosterRow, person: KnownPerson, known: Believed, found: Difference) -> list[str]:
    boss = found.manager_of.get(row.external_id)
    old_boss = known.numbers.get(person.manager_id or 0)
    pairs: list[tuple[str, object, object]] = [
        ("site", row.site, person.site),
        ("department", row.department, person.department),
        ("title", row.job_title, person.job_title),
        ("kind of work", row.worker_type, person.worker_type),
        ("access", row.phi_access_on, person.phi_access_on),
        ("manager", boss if "manager_id" in row.told else old_boss, old_boss),
        ("hired", _new_hire_date(row, person) or person.hired_on, person.hired_on),
    ]
    told = [f"{name}: {old or '-'} > {new or '-'}" for name, new, old in pairs if new != old]
    if person.ends_on and not row.ended_on:
        told.append(f"stays after {person.ends_on}")
    return told


def _renames(row: RosterRow, person: KnownPerson, found: Difference) -> list[str]:
    pairs = [
        ("name", row.legal_name, person.legal_name),
        ("known as", row.display_name, person.display_name),
        ("mail", row.email, person.email),
        ("name in Latin letters", row.romanised_name, person.romanised_name),
        ("signs in by", found.signs_in.get(row.external_id), person.sign_in_address),
    ]
    return [f"{name}: {old or '-'} > {new or '-'}" for name, new, old in pairs if new != old]


# --- second jobs ------------------------------------------------------------------------------


def _second_jobs(
    row: RosterRow, known: Believed, found: Difference, today: date, *, full: bool
) -> Iterator[Change]:
    """Yield what happens to somebody's jobs beside her primary one.

    A full list that tells of such jobs ends those that it does not name, but for what an
    officer noted by hand.
    """
    person = known.people.get(row.external_id)
    if row.status == "left" or (person is None and not row.more):
        return
    here = person.more if person and person.is_here else ()
    pairs, new, gone = matched([job for job in row.more if job.status != "left"], here)
    for job, before in pairs:
        yield from _second_stay(row, job, before, known, found, today)
    begun = person.next_job if person else PRIMARY + 1
    for number, job in enumerate(new, start=begun):
        yield from _second_begins(row, job, number, person, found, today)
    over, _unknown, gone = matched([job for job in row.more if job.status == "left"], gone)
    for job, before in over:
        last = min(job.ended_on or date.max, today - timedelta(days=1))
        yield _second(row, job, before.job, "job ended", _where(before, known), last_day=last)
    for before in gone:
        if full and not before.by_hand:
            last = today - timedelta(days=1)
            details = f"{_where(before, known)}; not in the list, last day {last}"
            yield _second(row, None, before.job, "job ended", details, last_day=last)


def _second(
    row: RosterRow,
    job: RosterRow | None,
    number: int,
    kind: str,
    where: str,
    *,
    last_day: date | None = None,
    from_on: date | None = None,
    hired_on: date | None = None,
) -> Change:
    line, told = job.line if job else row.line, f"second job: {where}"
    days = (last_day, from_on, hired_on)
    return Change(line, kind, row.external_id, row.legal_name, told, job, *days, job=number)


def _second_begins(
    row: RosterRow,
    job: RosterRow,
    number: int,
    person: KnownPerson | None,
    found: Difference,
    today: date,
) -> Iterator[Change]:
    first = next(
        (c for c in found.changes if c.external_id == row.external_id and c.hired_on), None
    )
    hired = first.hired_on if first else person.hired_on if person else today
    begun = first.from_on if first and first.kind in {"new", "rehired"} else None
    own = job.hired_on if job.hired_on and hired and job.hired_on > hired else None
    begins = max(job.effective_on or own or begun or today, begun or hired or today)
    boss = found.manager_beside.get(job.line)
    where = _told(job.department or job.site, boss)
    told = f"{where}, from {begins}"
    yield _second(row, job, number, "job added", told, from_on=begins, hired_on=hired)
    if job.ended_on and job.ended_on >= begins:
        yield _second(row, job, number, "job ended", where, last_day=job.ended_on)


def _second_stay(
    row: RosterRow,
    job: RosterRow,
    before: KnownJob,
    known: Believed,
    found: Difference,
    today: date,
) -> Iterator[Change]:
    if "phi_access_on" not in job.told:
        job = replace(job, phi_access_on=before.phi_access_on)
    ends_on = job.ended_on if "end_date" in job.told else before.ends_on
    old_boss = known.numbers.get(before.manager_id or 0)
    boss = found.manager_beside.get(job.line) if "manager_id" in job.told else old_boss
    pairs: list[tuple[str, object, object]] = [
        ("site", job.site, before.site),
        ("department", job.department, before.department),
        ("title", job.job_title, before.job_title),
        ("kind of work", job.worker_type, before.worker_type),
        ("access", job.phi_access_on, before.phi_access_on),
        ("manager", boss, old_boss),
    ]
    told = [f"{name}: {old or '-'} > {new or '-'}" for name, new, old in pairs if new != old]
    if before.ends_on and not ends_on:
        told.append(f"stays after {before.ends_on}")
    where = _told(job.department or job.site, boss)
    if told:
        begins = max(job.effective_on or today, before.from_on)
        details = f"{where} ({'; '.join(told)})"
        yield _second(row, job, before.job, "job moved", details, from_on=begins)
    if ends_on and ends_on != before.ends_on:
        details = f"{where}; last day {ends_on}"
        yield _second(row, job, before.job, "job ended", details, last_day=ends_on)


def _where(job: KnownJob, known: Believed) -> str:
    return _told(job.department or job.site, known.numbers.get(job.manager_id or 0))


def _told(unit: str, boss: str | None) -> str:
    return f"{unit or 'first site'}, reports to {boss or 'nobody'}"
