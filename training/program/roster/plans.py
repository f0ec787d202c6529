"""From the bytes of a list to a plan: what it would change, or every fault in it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from training.accounts.reach import EVERYWHERE, Reach
from training.db import take_turns
from training.program.roster import memory
from training.program.roster.difference import Change, Difference, compare
from training.program.roster.endings import too_many_endings
from training.program.roster.faults import Refused, RowFault
from training.program.roster.guarded import keep_addresses
from training.program.roster.known import Believed, believed
from training.program.roster.limits import keep_within
from training.program.roster.moved import leave_alone, note_moved
from training.program.roster.reading import read_records
from training.program.roster.rows import Parsed, RosterRow, parse_rows
from training.program.roster.sources import as_spelt_before
from training.rules.access import Actor

MOST_ROUNDS = 20  # a row left out may leave others without a manager, and so on


@dataclass(frozen=True, slots=True)
class Options:
    """How a list is to be taken.

    `source` is whose list it is; `allow_ending` the most people, and the most
    second jobs, that may end by it; a list
    that is not `full` ends nobody for being missing. `reach`: whose people it may touch; `by`:
    who gives it in the browser, and may not change the address of whoever may do more.
    """

    source: str
    today: date
    allow_ending: int | None = None
    skip_bad_rows: bool = False
    encoding: str | None = None
    full: bool = True
    reach: Reach = EVERYWHERE
    by: Actor | None = None


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
    read_warnings: tuple[RowFault, ...] = ()  # those of `warnings` that the file alone gives
    state: str = ""  # of the house, before anything was read; see `memory`
    is_recalled: bool = False
    is_for_her_alone: bool = False  # who else gave it would be told otherwise

    @property
    def changes(self) -> list[Change]:
        """Return every change, in the order of the list."""
        return self.difference.changes

    @property
    def counts(self) -> dict[str, int]:
        """Return how many of each kind."""
        more = {"skipped": len({f.line for f in self.skipped})} if self.skipped else {}
        return self.difference.counts | more

    @property
    def asked(self) -> str:
        """Return the digest of the file and of what was asked, as it is remembered."""
        return _asked(self.digest, self.options)

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
    take_turns(session, "roster")  # two lists at once could close a circle of managers
    options = replace(options, source=as_spelt_before(session, options.source))
    digest, state = hashlib.sha256(data).hexdigest(), memory.state_of(session)
    if (same := _recalled(session, digest, state, filename, options)) is not None:
        return same
    parsed = parse_rows(read_records(data, options.encoding), options.today)
    known = believed(session, options.source, options.today)
    elsewhere = keep_within(session, known, options.source, options.today, options.reach)
    note_moved(session, known, options.source)
    _leave_out(parsed, leave_alone(parsed, known))
    _leave_out(parsed, elsewhere.faults(parsed.rows))
    kept = _addresses_kept(session, parsed, known, options)
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
        digest=digest,
        filename=filename,
        rows=tuple(parsed.rows),
        difference=found,
        known=known,
        warnings=tuple(sorted([*parsed.warnings, *found.warnings])),
        skipped=tuple(sorted(parsed.faults)),
        read_warnings=tuple(parsed.warnings),
        state=state,
        is_for_her_alone=kept,
    )


def _addresses_kept(session: Session, parsed: Parsed, known: Believed, options: Options) -> bool:
    if options.by is None:
        return False
    return keep_addresses(
        session, parsed, known, by=options.by, reach=options.reach, today=options.today
    )


def _asked(digest: str, options: Options) -> str:
    """Return what tells one question from another; how many may end decides on no change."""
    entities = options.reach.entity_ids
    within = "everybody" if entities is None else sorted(entities)
    asked = (options.source, options.skip_bad_rows, options.encoding, options.full, within)
    return memory.asked_digest(digest, *asked)


def _recalled(
    session: Session, digest: str, state: str, filename: str, options: Options
) -> Plan | None:
    if options.allow_ending is not None and options.allow_ending < 0:
        return None
    found = memory.recalled(session, options.source, _asked(digest, options), state, options.today)
    if found is None:
        return None
    return Plan(
        options=options,
        digest=digest,
        filename=filename,
        rows=(),
        difference=Difference(same=found.same),
        known=Believed(),
        warnings=found.warnings,
        skipped=(),
        state=state,
        is_recalled=True,
    )


def remember(session: Session, plan: Plan) -> None:
    """Keep that a list changes nothing (any more), for when it comes again.

    One that was applied is compared once more: only what is seen to change nothing is kept.
    """
    options = plan.options
    if plan.is_recalled or plan.skipped or plan.is_for_her_alone:
        return
    state, found, warnings = plan.state, plan.difference, plan.warnings
    if plan.changes:
        state, rows = memory.state_of(session), list(plan.rows)
        known = believed(session, options.source, options.today)
        found = compare(rows, known, options.today, skipped=set(), trusted=set(), full=options.full)
        warnings = tuple(sorted([*plan.read_warnings, *found.warnings]))
    if found.changes or found.faults:
        return
    came_to = memory.Outcome(found.same, warnings)
    memory.remember(session, options.source, plan.asked, state, options.today, plan.rows, came_to)


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
