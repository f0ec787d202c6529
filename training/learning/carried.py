"""What somebody completed and signed under another record counts for the one that goes on.

The rows there stay as they are. Each gets a row here that names it, with its own dates; no try, no
answer and no score comes along, and no certificate is issued anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.models import Assignment
from training.catalog.change_course import CHANGE_PREFIX
from training.learning import policies
from training.learning.completions import How
from training.learning.models import (
    CarriedCompletion,
    CarriedSignature,
    Completion,
    Signature,
)
from training.learning.withdrawn import is_withdrawn

CARRIED = "carried"  # how she was signed in: as the other record says
FIRST_OR_NEXT = ("new_hire", "renewal")


@dataclass
class Carrying:
    """One record's facts, as they are carried to another."""

    session: Session
    was_id: int
    user_id: int
    hired_on: date
    now: datetime
    completions: int = 0
    signatures: int = 0
    cycles: dict[int, int] = field(default_factory=dict)  # of the one record and of the other

    def carry(self) -> None:
        """Add the rows of the record that goes on; what they answer of what is open is closed."""
        by_course: dict[str, list[Completion]] = {}
        for row in held_by(self.session, self.was_id):
            by_course.setdefault(row.course, []).append(row)
        for course, rows in by_course.items():
            cycle = self._answered(course, rows[-1])
            for row in rows:
                self._completion(row, cycle if row is rows[-1] else None)
        self._sign()

    # --- completions -------------------------------------------------------------------------

    def _answered(self, course: str, newest: Completion) -> Assignment | None:
        """Return the open cycle that the newest completion answers.

        It is the one that would never have been opened, had it been hers all along; or that was
        opened before she completed.
        """
        mine = (Assignment.user_id == self.user_id, Assignment.course == course)
        cycle = self.session.scalar(select(Assignment).where(*mine, Assignment.closed_at.is_(None)))
        if cycle is None:
            return None
        own = [row for row in held_by(self.session, self.user_id) if row.course == course]
        if own and own[-1].completed_on > newest.completed_on:
            return None
        expires, done = newest.expires_on, newest.completed_on
        if expires is not None and self.hired_on > max(expires, done):
            return None  # it ran out before she was hired: she starts as new
        asked = cycle.reason in FIRST_OR_NEXT or course.startswith(CHANGE_PREFIX)
        return cycle if asked or done >= cycle.assigned_on else None

    def _completion(self, row: Completion, cycle: Assignment | None) -> None:
        if cycle is None:
            cycle_id = self._cycle(row.assignment_id, "completed")
        else:
            cycle_id = self.cycles[row.assignment_id] = cycle.id
            assignments.close(self.session, cycle_id, "completed", self.now)
        carried = Completion(
            assignment_id=cycle_id,
            user_id=self.user_id,
            course=row.course,
            completed_on=row.completed_on,
            completed_at=row.completed_at,
            zone=row.zone,
            expires_on=row.expires_on,
            grace_days=row.grace_days,
            correct=0,
            total=0,
            digests=row.digests,
            method=CARRIED,
            shared_device=False,
            recorded_at=self.now,
        )
        self.session.add(carried)
        self.session.flush()
        self.session.add(CarriedCompletion(completion_id=carried.id, original_id=row.id))
        self.completions += 1

    def _cycle(self, original_id: int, reason: str) -> int:
        """Return the closed cycle of what is carried, made like the one that it was done in."""
        if original_id not in self.cycles:
            like = self.session.get_one(Assignment, original_id)
            cycle = Assignment(
                user_id=self.user_id,
                course=like.course,
                path=like.path,
                rule_id=like.rule_id,
                reason=like.reason,
                assigned_on=like.assigned_on,
                opens_on=like.opens_on,
                due_on=like.due_on,
                previous_expiry=like.previous_expiry,
                role=like.role,
                closed_at=self.now,
                closed_reason=reason,
                recorded_at=self.now,
            )
            self.session.add(cycle)
            self.session.flush()
            self.cycles[original_id] = cycle.id
        return self.cycles[original_id]

    # --- signatures --------------------------------------------------------------------------

    def _sign(self) -> None:
        """Carry what she answered after the last answer of the record that goes on.

        An older one counts for nothing here, as it would had both been given to one record. Nor
        does one to a text that was given up and adopted anew since.
        """
        place = place_of(self.session, self.user_id, self.now)
        policy = policies.policy_in_force(self.session, place, place.facts, place.today(self.now))
        own = [row for row in _answers(self.session, self.user_id) if row.answer != "question"]
        for row in _answers(self.session, self.was_id):
            if own and row.recorded_at <= own[-1].recorded_at:
                continue
            counts = policy is not None and row.policy_digest in policy.same
            if counts and policy is not None and row.recorded_at < policy.asked_since:
                continue
            self._signature(row)
            if counts and row.answer != "question":
                how = How(CARRIED, shared_device=False)
                policies.close_changes(self.session, self.user_id, place, how, self.now)

    def _signature(self, row: Signature) -> None:
        carried = Signature(
            user_id=self.user_id,
            assignment_id=self._cycle(row.assignment_id, "superseded"),
            policy_digest=row.policy_digest,
            shown_digest=row.shown_digest,
            statement=row.statement,
            answer=row.answer,
            typed_name=row.typed_name,
            method=CARRIED,
            shared_device=False,
            signed_on=row.signed_on,
            zone=row.zone,
            recorded_at=self.now,
        )
        self.session.add(carried)
        self.session.flush()
        self.session.add(CarriedSignature(signature_id=carried.id, original_id=row.id))
        self.signatures += 1


def held_by(session: Session, user_id: int) -> Sequence[Completion]:
    """Return the completions of a record that were not withdrawn, the oldest first."""
    query = select(Completion).where(Completion.user_id == user_id, ~is_withdrawn(Completion))
    return session.scalars(query.order_by(Completion.completed_on, Completion.id)).all()


def _answers(session: Session, user_id: int) -> Sequence[Signature]:
    query = select(Signature).where(Signature.user_id == user_id, ~is_withdrawn(Signature))
    return session.scalars(query.order_by(Signature.id)).all()


F = TypeVar("F", Completion, Signature)


def carried_from(session: Session, fact: F) -> list[F]:
    """Return the rows that a fact was carried to, and those that these were carried to."""
    kind, found = type(fact), [fact]
    carried, own = _LINKS[kind.__tablename__]
    for one in found:  # it grows
        query = select(kind).join(carried, own == kind.id)
        found += session.scalars(query.where(carried.original_id == one.id)).all()
    return found[1:]


_LINKS: dict[str, tuple[type[CarriedCompletion] | type[CarriedSignature], Any]] = {
    "completion": (CarriedCompletion, CarriedCompletion.completion_id),
    "signature": (CarriedSignature, CarriedSignature.signature_id),
}
