"""One person's record as the officer reads it: what is noted of her, and why each day is what
it is.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.assignments.models import Absence, Assignment, DueChange, Rule, Waiver
from training.assignments.service import BACK
from training.learning import policies, together
from training.learning.models import Completion
from training.learning.past import past_of
from training.renewals.asked import policy_of
from training.renewals.duties import Duty, last_ended
from training.reports.words import in_words
from training.rules.days import add_months
from training.rules.renewal import DAYS_BACK, FirstAnchor, RenewalPolicy, due_after_return
from training.rules.sentence import BASIS_WORDS

OPENED_WORDS = {
    "renewal": "the refresher opens by itself before the last training runs out",
    "by_hand": "the officer opened it by hand",
    "extra": "the officer asked for extra training",
    "policy_change": "the policy changed",
    "role_change": "the work changed",
}


def of(session: Session, user_id: int, entity_id: int, duties: Sequence[Duty]) -> dict[str, Any]:
    """Return leaves, waivers, moved due days and completions, and the reasons of every day."""
    completed = past_of(session, user_id)
    answers = policies.answers_of(session, user_id, entity_id)
    return {
        "leaves": session.scalars(
            select(Absence)
            .where(Absence.user_id == user_id, Absence.superseded_at.is_(None))
            .order_by(Absence.from_on.desc())
        ).all(),
        "waivers": session.scalars(
            select(Waiver)
            .where(Waiver.user_id == user_id, Waiver.superseded_at.is_(None))
            .order_by(Waiver.from_on.desc())
        ).all(),
        "completions": completed,
        "has_sheets": any(one.sheet for one in completed) or any(one["sheet"] for one in answers),
        "answers": answers,
        "together": together.parts_of(session, user_id),
        "because": [
            (duty.rule.course, because(duty, _moves(session, duty), held_under(session, duty)))
            for duty in duties
        ],
    }


def _moves(session: Session, duty: Duty) -> list[DueChange]:
    if duty.cycle is None:
        return []
    query = select(DueChange).where(DueChange.assignment_id == duty.cycle.id).order_by(DueChange.id)
    return list(session.scalars(query))


def held_under(session: Session, duty: Duty) -> RenewalPolicy | None:
    """Return the policy of the rule version under which she completed: its period decided."""
    if duty.held is None:
        return None
    query = (
        select(Rule.renewal)
        .join(Assignment, Assignment.rule_id == Rule.id)
        .join(Completion, Completion.assignment_id == Assignment.id)
        .where(
            Completion.user_id == duty.person.user_id,
            Completion.course == duty.rule.course,
            Completion.completed_on == duty.held.completed_on,
        )
        .order_by(Completion.id.desc())
        .limit(1)
    )
    stored = session.scalar(query)
    return policy_of(stored) if stored else None


def because(
    duty: Duty, moves: Sequence[DueChange] = (), under: RenewalPolicy | None = None
) -> list[str]:
    """Return why each day of a duty is what it is, one sentence a day.

    `under`: the policy under which she completed, where that is not the one in force.
    """
    return [*_due(duty, moves), *_holds(duty, under or duty.rule.renewal)]


def _due(duty: Duty, moves: Sequence[DueChange]) -> list[str]:
    facts, version = duty.facts, duty.cycle or duty.first_by or duty.rule
    basis = BASIS_WORDS[version.renewal.basis]
    if facts.due_on is None:
        return []
    if duty.cycle is not None and duty.cycle.noted_due_on is not None:
        back_on = last_ended(duty.cycle, duty.spans, duty.person.today) or date.min
        note = f"{BACK}{back_on + timedelta(days=1)}"
        return [f"Due {in_words(facts.due_on)} because the day was moved: {note}"]
    if moves:
        last = moves[-1]
        return [f"Due {in_words(last.due_on)} because the day was moved: {last.reason}"]
    due = f"Due {in_words(facts.due_on)}"
    if _hired_again(duty):
        again = f"hired again on {in_words(duty.person.hired_on)}"
        return [f"{due} because {again}, and {DAYS_BACK} days are given from then"]
    if duty.cycle is not None and duty.cycle.reason != "new_hire":
        told = [f"{due} because {OPENED_WORDS[duty.cycle.reason]}"]
        if facts.expires_on and duty.cycle.reason == "renewal":
            told = [f"{due}: the last day that the training before counts ({basis})"]
        return told
    if facts.held and facts.expires_on:
        return [f"{due}: the last day that the training before counts ({basis})"]
    return [f"{due} because {_first(duty)}, and {version.days} days are given ({basis})"]


def _hired_again(duty: Duty) -> bool:
    """Tell whether a rehire alone moved the due day of a refresher past the expiry."""
    facts, held = duty.facts, duty.held
    if held is None or facts.held_due_on is None or facts.expires_on is None:
        return False
    moved = facts.held_due_on == due_after_return(facts.expires_on, duty.person.hired_on)
    return (
        moved and facts.held_due_on > facts.expires_on and duty.person.hired_on > held.completed_on
    )


def _first(duty: Duty) -> str:
    person = duty.person
    # a cycle keeps the version that it opened with
    version = duty.cycle or duty.first_by or duty.rule
    begins, access_on = person.hired_on, (duty.by or person).phi_access_on
    what = f"the hire day is {in_words(begins)}"
    if version.anchor == FirstAnchor.ACCESS and access_on:
        begins = max(begins, access_on)
        what = f"access began on {in_words(access_on)}"
    if duty.asked_on > begins:
        begins = duty.asked_on
        what = f"this was first asked on {in_words(begins)}"
    if duty.by:
        what += f" in the second job ({duty.by.department or duty.by.site})"
    due_on: date | None = duty.cycle.due_on if duty.cycle else duty.facts.first_due_on
    if due_on and (due_on - begins).days > version.days:
        what = f"the {'second job' if duty.by else 'place of work'} was first recorded here later"
        what += " than that"
    return what


def _holds(duty: Duty, renewal: RenewalPolicy) -> list[str]:
    held = duty.held
    if held is None:
        return []
    done = f"Completed {in_words(held.completed_on)}"
    if held.expires_on is None:
        return [f"{done}; no refresher is asked for ({BASIS_WORDS[renewal.basis]})"]
    months = renewal.validity_months
    period = f"every {months} months" if months else "on a fixed day of the year"
    told = f"{done}; a refresher is asked for {period} ({BASIS_WORDS[renewal.basis]})"
    if _hired_again(duty):
        return [f"{told}, which was {in_words(held.expires_on)}"]
    if months and held.expires_on > add_months(held.completed_on, months):
        told += "; the days that were left of the one before are kept"
    return [f"{told}, so the next is due {in_words(held.expires_on)}"]
