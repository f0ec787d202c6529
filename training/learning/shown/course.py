"""The start page's cards and the course's table of parts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for

from training.assignments.service import Cycle
from training.catalog.modules import Module, ModuleStep
from training.catalog.taking import minutes_of, steps_for_all
from training.learning.completions import Record
from training.learning.lessons import minutes_left, pace
from training.learning.material import Material
from training.learning.policies import PolicyInForce
from training.learning.shown.links import link_to
from training.rules.completion import module_passed, next_step
from training.rules.course_way import Done, Progress

MINUTES_TO_SIGN = 3


def duty(cycle: Cycle, material: Material, progress: Progress, today: date) -> dict[str, Any]:
    """Return the card of one training that is due."""
    signs = bool(material.course.signs)
    return {
        "title": material.course.title,
        "course_title": material.course.title,
        "due_on": cycle.due_on,
        "days_left": (cycle.due_on - today).days,
        "minutes_left": MINUTES_TO_SIGN
        if signs
        else minutes_left(material, progress, cycle.measured_seconds),
        "parts_left": 1 if signs else len(_parts_left(material, progress)),
        "signs": signs,
        "status": "overdue" if cycle.due_on < today else "open",
        "begun": cycle.begun,
        "is_refresher": cycle.is_refresher,
        "url": url_for("learning.course", assignment_id=cycle.id),
        "start_url": url_for("learning.start_course", assignment_id=cycle.id),
        "waiting": False,
    }


def record(found: Record) -> dict[str, Any]:
    """Return one line of a learner's own record."""
    certificate = found.certificate
    return {
        "title": certificate.title,
        "completed_on": certificate.completed_on,
        "next_refresher_on": None if found.replaced else found.expires_on,  # a newer one says it
        "serial": certificate.serial,
        "pdf_url": url_for("learning.certificate_pdf", serial=certificate.serial),
        "verify_url": url_for("learning.verify", serial=certificate.serial),
        "replaced": found.replaced,
    }


def course(cycle: Cycle, material: Material, progress: Progress) -> dict[str, Any]:
    """Return the course's page: its parts, where she stands, and the one next button."""
    step = next_step(material.plan, progress)
    link = link_to(step, cycle.id)
    now = getattr(step, "module", None) if cycle.begun else None
    return {
        "course": {
            "title": material.course.title,
            "due_on": cycle.due_on,
            "minutes_left": minutes_left(material, progress, cycle.measured_seconds),
            "cut_per_cent": material.course.cut_per_cent
            if material.course.cut == "policy"
            else None,
            "begun": cycle.begun,
            "quiz_first": material.course.test_out,
        },
        "first_time": not any(result.submitted for result in progress.results),
        "start_url": url_for("learning.start_course", assignment_id=cycle.id),
        "parts": [
            _part(cycle, material, progress, module, now) for module in material.modules.values()
        ],
        "next_url": link.url,
        "next_label": link.label,
        "next_method": link.method,
        "finished": isinstance(step, Done),
    }


def _parts_left(material: Material, progress: Progress) -> Sequence[str]:
    return [
        plan.slug for plan in material.plan.modules if not _is_done(material, progress, plan.slug)
    ]


def _is_done(material: Material, progress: Progress, slug: str) -> bool:
    return module_passed(material.plan, progress, slug)


def _part(
    cycle: Cycle, material: Material, progress: Progress, module: Module, now: str | None
) -> dict[str, Any]:
    done = _is_done(material, progress, module.slug)
    minutes = minutes_of(material.course, module)
    return {
        "title": module.title,
        "summary": module.summary,
        "minutes": max(1, round(minutes * pace(material, cycle.measured_seconds))),
        "state": "now" if module.slug == now else "done" if done else "later",
        "steps": _in_turn(cycle, material, progress, module, _quiz_step(module, done=done)),
    }


def _in_turn(
    cycle: Cycle, material: Material, progress: Progress, module: Module, quiz: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the steps and the quiz in the order that she takes them: a new case comes last.

    Where the quiz comes first, they are what nobody is spared and what she read after it.
    """
    if not material.course.test_out:
        steps = _steps(cycle, progress, module, module.steps)
        return [*steps[:-1], quiz, steps[-1]] if module.case else [*steps, quiz]
    wanted = {step.name for step in steps_for_all(material.course, module)}
    wanted |= _read(progress, module)
    listed = [step for step in module.steps if step.name in wanted]
    return [quiz, *_steps(cycle, progress, module, listed)]


def _read(progress: Progress, module: Module) -> set[str]:
    """Return the steps of a module that she has done, or read again after a quiz."""
    again = {step for slug, _number, step in progress.reread if slug == module.slug}
    return again | progress.done.get(module.slug, frozenset())


def _steps(
    cycle: Cycle, progress: Progress, module: Module, steps: Sequence[ModuleStep]
) -> list[dict[str, Any]]:
    finished = _read(progress, module)
    return [
        {
            "title": step.title,
            "kind": step.kind,
            "state": "done" if step.name in finished else "later",
            "url": url_for(
                "learning.step", assignment_id=cycle.id, module=module.slug, step=step.name
            )
            if step.name in finished
            else None,
        }
        for step in steps
    ]


def _quiz_step(module: Module, *, done: bool) -> dict[str, Any]:
    size = sum(module.blueprint.values())
    return {
        "title": f"Quiz: {size} questions",
        "kind": "quiz",
        "state": "done" if done else "later",
        "url": None,
    }


def policy_state(
    policy: PolicyInForce | None, answer: str | None, assignment_id: int
) -> dict[str, Any] | None:
    """Return where she stands with the practice's policy; None while none is adopted."""
    if policy is None:
        return None
    return {
        "title": policy.title,
        "state": answer or "open",
        "url": url_for("learning.policy", assignment_id=assignment_id),
    }
