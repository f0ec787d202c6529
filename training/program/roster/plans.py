"""From the bytes of a list to a plan: what it would change, or every fault in it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from training.db import take_turns
from training.program.roster.difference import Change, Difference, compare, too_many_endings
from training.program.roster.faults import Refused, RowFault
from training.program.roster.known import Believed, believed
from training.program.roster.reading import read_records
from training.program.roster.rows import Parsed, RosterRow, parse_rows

MOST_ROUNDS = 20  # a row left out may leave others without a manager, and so on


@dataclass(frozen=True, slots=True)
class Options:
    """How a list is to be taken.

    `source` is whose list it is; `allow_ending` the most people that may end by it; a list
    that is not `full` ends nobody for being missing.
    """

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
    parsed = parse_rows(read_records(data, options.encoding), options.today)
    take_turns(session, "roster")  # two lists at once could close a circle of managers
    known = believed(session, options.source, options.today)
    if options.skip_bad_rows and parsed.rows:
        found = _leaving_out(parsed, known, options)
        faults: list[RowFault] = []
    else:
        found = _compared(parsed, known, options, trusted=_named(parsed), full=options.full)
        faults = parsed.faults + found.faults
    refusal = too_many_endings(found, known, options.today, options.allow_ending)
    if refusal:
        faults.append(refusal)
    if faults:
        raise _refused(faults)
    return Plan(
        options=options,
        digest=hashlib.sha256(data).hexdigest(),
        filename=filename,
        rows=tuple(parsed.rows),
        difference=found,
        known=known,
        warnings=tuple(sorted([*parsed.warnings, *found.warnings])),
        skipped=tuple(sorted(parsed.faults)),
    )


def _refused(faults: Iterable[RowFault]) -> Refused:
    return Refused(tuple(sorted(faults)))


def _named(parsed: Parsed) -> set[str]:
    return {external_id for external_id in parsed.bad.values() if external_id}


def _compared(
    parsed: Parsed, known: Believed, options: Options, *, trusted: set[str], full: bool
) -> Difference:
    return compare(
        parsed.rows,
        known,
        options.today,
        skipped=_named(parsed),
        trusted=trusted,
        full=full,
    )


def _leaving_out(parsed: Parsed, known: Believed, options: Options) -> Difference:
    """Compare a list without its faulty rows, which are left in `parsed.faults`.

    Where a faulty row does not tell whom it is about, nobody ends for being missing.
    """
    for _round in range(MOST_ROUNDS):
        unnamed = sorted(line for line, external_id in parsed.bad.items() if external_id is None)
        full = options.full and not unnamed
        found = _compared(parsed, known, options, trusted=set(), full=full)
        if not found.faults:
            what, mend = "does not tell whom it is about", "so nobody ends for being missing"
            found.warnings += [RowFault(line, what, mend) for line in unnamed if options.full]
            return found
        _leave_out(parsed, found.faults)
        if not parsed.rows:
            break
    raise _refused(parsed.faults)


def _leave_out(parsed: Parsed, faults: list[RowFault]) -> None:
    lines = {fault.line for fault in faults}
    parsed.faults += faults
    out = [row for row in parsed.rows if any(job.line in lines for job in row.jobs)]
    parsed.bad |= {row.line: row.external_id for row in out}
    parsed.rows = [row for row in parsed.rows if row.line not in parsed.bad]
