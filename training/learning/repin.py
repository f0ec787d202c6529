"""After a release: whoever has begun a course gets the new version of what she has not begun."""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training.assignments.models import Assignment
from training.catalog import publishing
from training.catalog.roles import ANY
from training.catalog.taking import taken
from training.learning.models import Attempt, Choice, StepDone


def repin(session: Session, today: date) -> int:
    """Pin the versions in force for every module that is not begun; return how many cycles.

    A module with a step done, a decision made or a try begun stays as it was pinned, and so
    does one whose new version has nothing left of what the course takes of it.
    """
    moved = 0
    cycles = session.execute(
        select(Assignment.id, Assignment.pinned, Assignment.role).where(
            Assignment.closed_at.is_(None), Assignment.pinned.is_not(None)
        )
    ).all()
    now_in_force: dict[str, str | None] = {}
    for cycle_id, text, role in cycles:
        pinned = json.loads(text or "{}")
        for slug in pinned["modules"]:
            if slug not in now_in_force:
                now_in_force[slug] = publishing.current(session, "module", slug, today)
        newer = _newer(session, cycle_id, pinned, role or ANY, now_in_force)
        if newer:
            pinned["modules"] |= newer
            body = json.dumps(pinned, sort_keys=True, separators=(",", ":"))
            session.execute(update(Assignment).where(Assignment.id == cycle_id).values(pinned=body))
            moved += 1
    return moved


def _newer(
    session: Session,
    cycle_id: int,
    pinned: Mapping[str, Mapping[str, str]],
    role: str,
    now_in_force: Mapping[str, str | None],
) -> dict[str, str]:
    stale = {
        slug: digest
        for slug, old in pinned["modules"].items()
        if (digest := now_in_force[slug]) and digest != old
    }
    if not stale:
        return {}
    begun = _begun(session, cycle_id)
    course = publishing.course(session, str(pinned["course"]))
    parts = {part.slug: part for part in course.modules}
    found = {}
    for slug, digest in stale.items():
        mine = taken(publishing.module(session, digest), parts[slug], role)
        if slug not in begun and mine and mine.steps and mine.blueprint:
            found[slug] = digest
    return found


def _begun(session: Session, cycle_id: int) -> set[str]:
    """Return the modules in which something was done in a cycle."""
    return {
        slug
        for table in (StepDone, Choice, Attempt)
        for slug in session.scalars(
            select(table.module).where(table.assignment_id == cycle_id).distinct()
        )
    }
