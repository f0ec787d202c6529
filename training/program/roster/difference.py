"""The difference between a list and what is believed: pure, and before anything changes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from training.accounts.service import normal_address
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed, KnownPerson
from training.program.roster.rows import RosterRow

FREE_ENDINGS = 5
SHARE = 10  # per cent of a source's people that one list may end without being asked
KINDS = ("new", "changed", "moved", "left", "rehired", "on leave", "back")


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one person."""

    line: int
    kind: str
    external_id: str
    name: str
    details: str
    row: RosterRow | None = None
    last_day: date | None = None


@dataclass
class Difference:
    """All changes, what is the same, and what to know about the list."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    manager_of: dict[str, str] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS if found[kind]} | {"same": self.same}


def compare(
    rows: list[RosterRow], known: Believed, today: date, *, skipped: set[str], full: bool
) -> Difference:
    """Compare the primary rows of a list with what is believed."""
    found = Difference()
    primary = {row.external_id: row for row in rows if row.primary is not False}
    _managers(primary, known, found)
    _addresses(primary, known, found)
    for row in primary.values():
        found.changes += _changes(row, known, found, today)
    if full:
        listed = set(primary) | skipped
        for person in known.people.values():
            if person.external_id not in listed and person.kind == "placed":
                last = today - timedelta(days=1)
                details = f"not in the list, last day {last}"
                found.changes.append(
                    Change(0, "left", person.external_id, person.legal_name, details, None, last)
                )
    touched = {change.external_id for change in found.changes}
    found.same = len([id_ for id_ in primary if id_ not in touched])
    return found


def too_many_endings(found: Difference, known: Believed, allowed: int | None) -> RowFault | None:
    """Return the refusal of a list that would end too many, with the share named."""
    ending = sum(change.kind == "left" for change in found.changes)
    here = sum(person.kind == "placed" for person in known.people.values())
    limit = max(FREE_ENDINGS, here * SHARE // 100) if allowed is None else allowed
    if ending <= limit:
        return None
    share = f"{ending} of {here} people ({ending * 100 // max(1, here)} %)"
    mend = f"if that is right, allow {ending} endings (--allow-ending {ending} at the command line)"
    return RowFault(1, f"this list would end {share}", mend)


def _managers(primary: dict[str, RosterRow], known: Believed, found: Difference) -> None:
    by_name: dict[str, list[str]] = {}
    for row in primary.values():
        by_name.setdefault(row.legal_name.casefold(), []).append(row.external_id)
    for row in primary.values():
        manager = _manager(row, primary, by_name, known, found)
        if manager:
            found.manager_of[row.external_id] = manager
    _loops(primary, found)


def _manager(
    row: RosterRow,
    primary: dict[str, RosterRow],
    by_name: dict[str, list[str]],
    known: Believed,
    found: Difference,
) -> str | None:
    told = row.manager
    if not told:
        return None
    if told == row.external_id or told.casefold() == row.legal_name.casefold():
        found.warnings.append(RowFault(row.line, "is her own manager", "taken as the top"))
        return None
    if told in primary or told in known.ids:
        boss = primary.get(told)
        if row.status != "left" and boss is not None and boss.status == "left":
            found.warnings.append(RowFault(row.line, f"manager {told} has left", "name another"))
        return told
    named = by_name.get(told.casefold(), [])
    if len(named) == 1:
        found.warnings.append(RowFault(row.line, f"manager '{told}' by name", "better by id"))
        return named[0]
    what = f"there is no manager '{told}'" if not named else f"two people are called '{told}'"
    if row.status == "left":
        return None
    found.faults.append(RowFault(row.line, what, "write the manager's staff number"))
    return None


def _loops(primary: dict[str, RosterRow], found: Difference) -> None:
    """Name every loop of managers once; the graph has one way out of each person."""
    done: set[str] = set()
    for start in found.manager_of:
        path: list[str] = []
        at: str | None = start
        while at is not None and at not in done and at not in path:
            path.append(at)
            at = found.manager_of.get(at)
        if at is not None and at in path:
            loop = path[path.index(at) :]
            line = min(primary[id_].line for id_ in loop if id_ in primary)
            ring = " > ".join([*loop, loop[0]])
            found.faults.append(
                RowFault(line, f"managers in a circle: {ring}", "break it at the top")
            )
        done |= set(path)


def _addresses(primary: dict[str, RosterRow], known: Believed, found: Difference) -> None:
    """Refuse a known address under a new id, unless both are active in the list."""
    shared: dict[str, list[RosterRow]] = {}
    for row in primary.values():
        if row.email and row.status != "left":
            shared.setdefault(normal_address(row.email), []).append(row)
    by_user = {user_id: id_ for id_, user_id in known.ids.items()}
    for address, rows in shared.items():
        if len(rows) > 1:
            found.warnings += [
                RowFault(r.line, f"{address} is a shared mailbox", "nobody signs in by it")
                for r in rows
            ]
            continue
        owner = by_user.get(known.addresses.get(address, -1))
        row = rows[0]
        if owner and owner != row.external_id and row.external_id not in known.people:
            boss = primary.get(owner)
            if boss is None or boss.status == "left":
                what = f"{address} belongs to {owner}, under another staff number"
                found.faults.append(RowFault(row.line, what, "keep the old number, or merge them"))


def _change(row: RosterRow, kind: str, details: str, last_day: date | None = None) -> Change:
    return Change(row.line, kind, row.external_id, row.legal_name, details, row, last_day)


def _changes(row: RosterRow, known: Believed, found: Difference, today: date) -> Iterator[Change]:
    person = known.people.get(row.external_id)
    if person is None:
        yield from _arrival(row, today)
    elif row.status == "left":
        if person.kind == "placed":
            last = row.ended_on or today - timedelta(days=1)
            yield _change(row, "left", f"last day {last}", last)
    else:
        yield from _stay(row, person, known, found, today)


def _arrival(row: RosterRow, today: date) -> Iterator[Change]:
    turned = ", name turned round" if row.turned else ""
    yield _change(row, "new", f"{row.site or 'first site'}, {row.department or '-'}{turned}")
    if row.status == "left":
        yield _change(row, "left", "already gone", row.ended_on or today - timedelta(days=1))
    elif row.ended_on:
        yield _change(row, "left", f"last day {row.ended_on}", row.ended_on)
    if row.status == "leave":
        yield _change(row, "on leave", f"since {row.leave_on or today}")


def _stay(
    row: RosterRow, person: KnownPerson, known: Believed, found: Difference, today: date
) -> Iterator[Change]:
    if person.kind == "left":
        yield _change(row, "rehired", f"from {row.hired_on or today}")
    elif details := _moves(row, person, known, found):
        yield _change(row, "moved", "; ".join(details))
    if row.ended_on and row.ended_on != person.ends_on:
        yield _change(row, "left", f"last day {row.ended_on}", row.ended_on)
    if names := _renames(row, person):
        yield _change(row, "changed", "; ".join(names))
    if (row.status == "leave") != person.away:
        kind = "on leave" if row.status == "leave" else "back"
        yield _change(row, kind, f"since {row.leave_on or today}")


def _moves(row: RosterRow, person: KnownPerson, known: Believed, found: Difference) -> list[str]:
    manager = known.ids.get(found.manager_of.get(row.external_id, ""))
    new_boss = found.manager_of.get(row.external_id)
    boss_same = manager == person.manager_id and not (manager is None and new_boss)
    pairs = [
        ("site", row.site or person.site, person.site),
        ("department", row.department, person.department),
        ("title", row.job_title, person.job_title),
        ("kind of work", row.worker_type, person.worker_type),
        ("access", row.phi_access_on, person.phi_access_on),
    ]
    told = [f"{name}: {old or '-'} > {new or '-'}" for name, new, old in pairs if new != old]
    if not boss_same:
        told.append(f"manager: > {new_boss or 'none'}")
    if person.ends_on and not row.ended_on:
        told.append(f"stays after {person.ends_on}")
    return told


def _renames(row: RosterRow, person: KnownPerson) -> list[str]:
    pairs = [
        ("name", row.legal_name, person.legal_name),
        ("mail", row.email, person.email),
        ("name in Latin letters", row.romanised_name, person.romanised_name),
    ]
    return [f"{name}: {old or '-'} > {new or '-'}" for name, new, old in pairs if new != old]
