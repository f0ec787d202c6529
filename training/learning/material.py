"""What one learner's course is made of: the versions pinned for her cycle, or today's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.courses import Course, YearCase
from training.catalog.modules import Module
from training.catalog.roles import ANY, roles_in
from training.catalog.taking import taken, with_case
from training.learning.roles import role_for
from training.rules.course_way import CoursePlan, ModulePlan

NO_YEAR = 0


@dataclass(frozen=True, slots=True)
class Material:
    """A course with its modules, each as pinned, and as much of each as one role takes."""

    course: Course
    course_digest: str
    role: str
    modules: Mapping[str, Module]
    digests: Mapping[str, str]
    plan: CoursePlan
    case: YearCase | None = None

    def pinned(self) -> str:
        """Return what an assignment keeps of it."""
        case = {"case": self.case.year} if self.case else {}
        return json.dumps(
            {"course": self.course_digest, "modules": dict(self.digests), **case},
            sort_keys=True,
            separators=(",", ":"),
        )

    def module(self, slug: str) -> Module | None:
        """Return the module of this slug, if the course has it."""
        return self.modules.get(slug)


class NothingPublished(Exception):
    """No content is in force yet: `byp content publish` was never run."""


def material_for(session: Session, cycle: Cycle, today: date) -> Material:
    """Return what this cycle is made of: pinned once begun, else what is in force today."""
    if cycle.pinned:
        return material_of(session, cycle.pinned, cycle.role or ANY)
    return material_for_role(session, cycle.user_id, cycle.path, today)


def material_for_role(session: Session, user_id: int, course: str, today: date) -> Material:
    """Return what a course in force today asks of somebody in her role. Raises NothingPublished."""
    digest = _in_force(session, course, today)
    role = role_for(session, user_id, publishing.course(session, digest), today)
    return _of_today(session, digest, today, role)


def material_today(session: Session, course_code: str, today: date, role: str) -> Material:
    """Return what a course is made of today for a role. Raises NothingPublished."""
    return _of_today(session, _in_force(session, course_code, today), today, role)


def material_of(session: Session, pinned: str, role: str) -> Material:
    """Return what was pinned, as a role takes it."""
    kept = json.loads(pinned)
    return _material(session, kept["course"], kept["modules"], role, kept.get("case", NO_YEAR))


def _of_today(session: Session, course_digest: str, today: date, role: str) -> Material:
    course = publishing.course(session, course_digest)
    found = {
        part.slug: publishing.current(session, "module", part.slug, today)
        for part in course.modules
        if not part.roles or roles_in(role) & set(part.roles)
    }
    digests = {slug: d for slug, d in found.items() if d}
    return _material(session, course_digest, digests, role, today.year)


def _in_force(session: Session, course_code: str, today: date) -> str:
    digest = publishing.current(session, "course", course_code, today)
    if digest is None:
        raise NothingPublished(course_code)
    return digest


_made: dict[tuple[str, ...], Material] = {}


def _material(
    session: Session, course_digest: str, digests: Mapping[str, str], role: str, year: int
) -> Material:
    """Return the material of these digests, put together once a process: it can't change.

    `year`: when she began, for its new case.
    """
    found = (f"{slug}={digest}" for slug, digest in sorted(digests.items()))
    key = (role, str(year), course_digest, *found)
    if key not in _made:
        course = publishing.course(session, course_digest)
        modules = {
            part.slug: mine
            for part in course.modules
            if part.slug in digests
            and (mine := taken(publishing.module(session, digests[part.slug]), part, role))
        }
        case = course.case_of(year)
        if case and case.module in modules:
            modules[case.module] = with_case(modules[case.module], case.scenario)
        plan = _plan(course, modules)
        _made[key] = Material(course, course_digest, role, modules, digests, plan, case)
    return _made[key]


def _plan(course: Course, modules: Mapping[str, Module]) -> CoursePlan:
    plans = tuple(
        ModulePlan(
            slug=slug,
            steps=tuple(step.name for step in module.steps),
            screens={o.id: o.screen for o in module.objectives},
            must_pass=frozenset(o.id for o in module.objectives if o.must_pass),
            case=module.case,
        )
        for slug, module in modules.items()
    )
    return CoursePlan(modules=plans, cut_per_cent=course.cut_per_cent, test_out=course.test_out)
