"""A release with all that follows from it: new versions, re-pinned cycles, a change's course."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from training import audit
from training.assignments.models import Rule
from training.catalog import publishing
from training.catalog.catalog import Catalog
from training.catalog.change_course import CHANGE_PREFIX, change_course
from training.catalog.digests import canonical
from training.catalog.publishing import Pending
from training.catalog.roles import RoleWords
from training.learning.repin import repin
from training.renewals.asked import LEARNED_BEFORE
from training.renewals.soon import renew_soon
from training.rules.renewal import RenewalPolicy

DAYS = 30
ASKED_FOR = timedelta(days=400)
TITLE = "What changed in your training"


@dataclass(frozen=True, slots=True)
class Released:
    """What a release put in force, and what it set going."""

    versions: tuple[str, ...]
    repinned: int
    course: str | None


def put_in_force(
    session: Session,
    catalog: Catalog,
    *,
    change: str,
    by: int | None,
    now: datetime,
    days: int = DAYS,
) -> Released:
    """Publish what is new. Whoever has not begun a part gets its new version; a material change
    opens its short course for whoever learned an older one.
    """
    new = publishing.pending(session, catalog)
    before = {
        one.slug: json.loads(publishing.body_of(session, one.before))
        for one in new
        if one.kind == "module" and one.before
    }
    versions = publishing.publish(session, catalog, change=change, by=by, now=now)
    if not versions:
        return Released((), 0, None)
    repinned = repin(session, now.date())
    changed = [one for one in new if one.slug in before and one.kind == "module"]
    course = None
    if change == "material" and changed:
        tables = (other.role_words for other in catalog.courses.values())
        words = next((table for table in tables if table), ())
        course = _open_change(session, changed, before, words, by=by, now=now, days=days)
    return Released(versions, repinned, course)


def _open_change(
    session: Session,
    changed: list[Pending],
    before: dict[str, dict[str, object]],
    role_words: tuple[RoleWords, ...],
    *,
    by: int | None,
    now: datetime,
    days: int,
) -> str | None:
    """Put the change's course in force, and a rule that asks it of whom it concerns."""
    code = f"{CHANGE_PREFIX}{publishing.newest_release(session)}"
    pairs = [(before[one.slug], json.loads(one.body)) for one in changed]
    course = change_course(code, TITLE, pairs, role_words)
    if course is None:
        return None
    version = Pending("course", code, None, canonical(course.document()))
    first_day = (now - publishing.LAST_DAY_BEGINS).date()
    publishing.release(session, version, change="material", in_force_from=first_day, by=by, now=now)
    taught = {part.slug for part in course.modules}
    older: set[str] = set()
    for one in changed:
        if one.slug in taught:
            older |= publishing.versions_of(session, "module", one.slug) - {one.digest}
    session.add(_rule(code, older, days, by, now))
    audit.record(
        session,
        "change.opened",
        at=now,
        actor_id=by,
        subject=f"course:{code}",
        detail={"modules": sorted(taught), "days": days},
    )
    renew_soon(session)
    return code


def _rule(code: str, older: set[str], days: int, by: int | None, now: datetime) -> Rule:
    """Return the rule that asks the course, once, of whoever last learned an older version.

    It asks for a year: by then a refresher has taught the new one.
    """
    return Rule(
        code=code,
        course=code,
        audience=json.dumps({LEARNED_BEFORE: sorted(older)}),
        days=days,
        renewal=json.dumps(RenewalPolicy(validity_months=None).to_dict()),
        from_on=now.date(),
        to_on=now.date() + ASKED_FOR,
        recorded_by_id=by,
        recorded_at=now,
    )
