"""A training that is opened by hand for many at once, those left out who did it lately."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import Today, todays
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments.models import Assignment
from training.db import take_turns
from training.program.acts import By
from training.renewals.asked import Audience
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.persons import people

CHUNK = 500
LATELY, OPEN, LET_OFF, NOT_ASKED = (
    "completed lately",
    "something is open already",
    "let off for now",
    "no rule asks it",
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """For whom a training is opened, until when, and how lately done is lately."""

    audience: Audience
    course: str
    path: str
    due_on: date
    skip_days: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a digest and for the log."""
        return {
            "audience": {key: list(names) for key, names in self.audience.items() if names},
            "course": self.course,
            "path": self.path,
            "due_on": self.due_on.isoformat(),
            "skip_days": self.skip_days,
        }


@dataclass
class CampaignPlan:
    """For whom it would be opened, and how many are left out, and why."""

    campaign: Campaign
    opens: list[Duty] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    digest: str = ""


class CampaignChanged(Exception):
    """What was shown is no longer what would happen; `found` is what would happen now."""

    def __init__(self, found: CampaignPlan) -> None:
        super().__init__("the world changed since this was shown")
        self.found = found


def plan(
    session: Session, campaign: Campaign, today: Today, reach: Reach = EVERYWHERE
) -> CampaignPlan:
    """Return what a campaign would open within reach; it writes nothing."""
    found = CampaignPlan(campaign)
    for duty in _duties(session, campaign, today, reach):
        reason = _left_out(duty, campaign)
        if reason:
            found.skipped[reason] += 1
        else:
            found.opens.append(duty)
    body = campaign.to_dict() | {"users": [duty.person.user_id for duty in found.opens]}
    found.digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return found


def _duties(session: Session, campaign: Campaign, today: Today, reach: Reach) -> Iterator[Duty]:
    rules = [r for r in rules_in_force(session, today.latest) if r.course == campaign.course]
    last = 0
    while chunk := people(session, today, *reach.sites(), after=last, most=CHUNK):
        asked = [p for p in chunk if p.kind == "placed" and p.is_in(campaign.audience)]
        yield from duties_of(session, asked, rules)
        last = chunk[-1].user_id


def _left_out(duty: Duty, campaign: Campaign) -> str | None:
    if not duty.facts.required:
        return NOT_ASKED
    if duty.cycle is not None:
        return OPEN
    if duty.facts.waived_until is not None:
        return LET_OFF
    lately = duty.person.today - timedelta(days=campaign.skip_days)
    if duty.held is not None and duty.held.completed_on > lately:
        return LATELY
    return None


def open_all(
    session: Session, campaign: Campaign, shown: str, *, by: By, reach: Reach = EVERYWHERE
) -> int:
    """Open what the plan of this digest showed; return how many, none the second time.

    The officer is asked like everybody else. Raises CampaignChanged where the plan would now be
    another one.
    """
    take_turns(session, "rules")
    found = plan(session, campaign, todays(session, by.now), reach)
    if not found.opens:
        return 0
    if found.digest != shown:
        raise CampaignChanged(found)
    session.execute(insert(Assignment), [_cycle(duty, campaign, by) for duty in found.opens])
    audit.record(
        session,
        "campaign.opened",
        at=by.now,
        actor_id=by.user_id,
        detail=campaign.to_dict()
        | {"opened": len(found.opens), "skipped": dict(found.skipped), "rows": found.digest},
    )
    return len(found.opens)


def _cycle(duty: Duty, campaign: Campaign, by: By) -> dict[str, Any]:
    """Return the row of one cycle: all of them go in by one statement."""
    today = duty.person.today
    return {
        "user_id": duty.person.user_id,
        "course": campaign.course,
        "path": campaign.path,
        "rule_id": duty.rule.id,
        "reason": "by_hand",
        "assigned_on": today,
        "opens_on": today,
        "due_on": campaign.due_on,
        "previous_expiry": duty.held.expires_on if duty.held else None,
        "recorded_at": by.now,
    }
