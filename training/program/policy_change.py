"""A new policy text takes the place of one that people signed: what it means for them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.people import Place
from training.assignments.models import Rule
from training.catalog import publishing
from training.catalog.change_course import CHANGE_PREFIX
from training.catalog.courses import Course
from training.catalog.digests import canonical
from training.catalog.publishing import Pending
from training.learning import policies
from training.program.changes import ASKED_FOR, DAYS
from training.renewals.asked import SIGNED_BEFORE
from training.renewals.soon import renew_soon
from training.rules.renewal import RenewalPolicy

TITLE = "The policy changed: read it and answer"
ONE_DAY = timedelta(days=1)
CHANGES = {
    "cosmetic": "Only its looks: a typo, a heading, a name. Nobody is asked again.",
    "clarifying": "It says the same more clearly. Nobody is asked again.",
    "material": f"What staff may or must do changed. Whoever signed or declined reads what is "
    f"new and answers again, within {DAYS} days.",
}
NOT_SAID = "Say what the change means for staff: choose one of the three."


def changes_something(session: Session, place: Place, digest: str) -> bool:
    """Tell whether adopting this text takes the place of another, so that it must be said how."""
    before = policies.adopted_before(session, place.entity_id)
    return bool(before) and before[0] != digest


def adopt(
    session: Session,
    place: Place,
    digest: str,
    *,
    change: str,
    by: int,
    now: datetime,
    noted: Mapping[str, object] | None = None,
) -> None:
    """Adopt a text from today on. A material change asks everybody who answered an older one.

    The first text, and the same text again, change nothing for anybody. Raises ValueError for
    another text whose change is not said.
    """
    before = policies.adopted_before(session, place.entity_id)
    changes = changes_something(session, place, digest)
    if changes and change not in CHANGES:
        raise ValueError(NOT_SAID)
    policies.adopt(
        session,
        place.entity_id,
        digest,
        by=by,
        adopted_on=place.today(now),
        effective_from=place.today(now),
        now=now,
        change=change if changes else None,
        noted=noted,
    )
    if changes and change == "material":
        _ask_again(session, place, digest, set(before) - {digest}, by=by, now=now)


def _ask_again(
    session: Session, place: Place, digest: str, older: set[str], *, by: int, now: datetime
) -> None:
    """Open, for whoever last answered an older text, the duty to read and answer this one."""
    code = f"{CHANGE_PREFIX}{publishing.newest_release(session)}"
    course = Course(code=code, title=TITLE, kind="change", signs=digest, modules=())
    version = Pending("course", code, None, canonical(course.document()))
    first_day = (now - publishing.LAST_DAY_BEGINS).date()
    publishing.release(session, version, change="material", in_force_from=first_day, by=by, now=now)
    _end_earlier(session, place, by, now)
    session.add(
        Rule(
            code=code,
            course=code,
            audience=json.dumps(
                {SIGNED_BEFORE: sorted(older), "entities": [str(place.entity_id)]}, sort_keys=True
            ),
            days=DAYS,
            renewal=json.dumps(RenewalPolicy(validity_months=None).to_dict()),
            from_on=place.today(now),
            to_on=place.today(now) + ASKED_FOR,
            recorded_by_id=by,
            recorded_at=now,
        )
    )
    audit.record(
        session,
        "change.opened",
        at=now,
        actor_id=by,
        subject=f"course:{code}",
        detail={"policy": digest, "days": DAYS},
    )
    renew_soon(session)


def _end_earlier(session: Session, place: Place, by: int, now: datetime) -> None:
    """End what an earlier change asked: whoever has not answered it answers the newest alone."""
    today, mine = place.today(now), str(place.entity_id)
    for row in session.scalars(select(Rule).where(Rule.superseded_at.is_(None))).all():
        audience = json.loads(row.audience)
        if SIGNED_BEFORE not in audience or audience["entities"] != [mine]:
            continue
        if row.to_on is not None and row.to_on < today:
            continue
        kept = {c.name: getattr(row, c.name) for c in Rule.__table__.columns if c.name != "id"}
        ended = {
            "to_on": max(row.from_on, today - ONE_DAY),
            "recorded_by_id": by,
            "recorded_at": now,
        }
        session.execute(update(Rule).where(Rule.id == row.id).values(superseded_at=now))
        session.add(Rule(**(kept | ended)))
