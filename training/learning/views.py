"""Pages of learning: home, the course, lessons and situations."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_place
from training.assignments import service as assignments
from training.assignments.service import Cycle
from training.catalog.scenario import IllegalMove
from training.catalog.taking import stand_ins
from training.learning import completions, lessons, minutes, policies, shown
from training.learning.completions import Issuer
from training.learning.material import Material, material_for
from training.learning.progress import progress_of
from training.rules.access import Action
from training.rules.completion import next_step
from training.rules.course_way import Done, Progress
from training.web import app, missing, requires, see, session, told

bp = Blueprint("learning", __name__)


@dataclass(frozen=True)
class Desk:
    """One learner's cycle with all that its pages need."""

    cycle: Cycle
    material: Material

    @cached_property
    def progress(self) -> Progress:
        """Return how far she is: read when first asked, as not every answer needs it."""
        return progress_of(session(), self.cycle.id)


def desk(assignment_id: int) -> Desk:
    """Return the viewer's own cycle, or a 404 that looks like a missing row."""
    today = my_place().today(app().clock.now())
    cycle = assignments.find_cycle_for(session(), current_user.user_id, assignment_id, today)
    if cycle is None:
        raise missing()
    material = material_for(session(), cycle, today)
    return Desk(cycle, material)


def facts() -> dict[str, str]:
    """Return today's local facts of the viewer's practice."""
    place = my_place()
    return {"practice": place.practice, **place.facts}


def complete_if_done(at: Desk) -> bool:
    """Complete the viewer's cycle if nothing is left to do in it."""
    how = completions.How(current_user.method, current_user.shared_device)
    now = app().clock.now()
    serial = completions.complete_if_done(
        session(), at.cycle, at.material, my_place(), how, issuer(), now
    )
    return serial is not None


def issuer() -> Issuer:
    """Return what signs certificates here; the factory hung it on the app."""
    return cast("Issuer", app().extensions["issuer"])


@bp.get("/")
@requires(Action.HOME_READ)
def home() -> ResponseReturnValue:
    today = my_place().today(app().clock.now())
    user_id = current_user.user_id
    duties = []
    for found in assignments.open_for(session(), user_id, today):
        material = material_for(session(), found, today)
        progress = progress_of(session(), found.id)
        cycle = minutes.measured(session(), found, material)
        duties.append(shown.duty(cycle, material, progress, today))
    records = completions.records_of(session(), user_id)
    return render_template(
        "learning/home.html",
        duties=duties,
        records=[shown.record(record) for record in records if not record.withdrawn],
        signatures_open=[] if any(duty["signs"] for duty in duties) else _signatures_open(records),
    )


def _signatures_open(records: tuple[completions.Record, ...]) -> list[dict[str, str]]:
    if not records:
        return []
    place = my_place()
    policy = policies.policy_in_force(session(), place, facts(), place.today(app().clock.now()))
    if policy is None or policies.answer_to(session(), current_user.user_id, policy):
        return []
    url = url_for("learning.policy", assignment_id=records[0].assignment_id)
    return [{"title": policy.title, "url": url}]


@bp.get("/training/<int:assignment_id>")
@requires(Action.COURSE_TAKE)
def course(assignment_id: int) -> ResponseReturnValue:
    at = desk(assignment_id)
    if at.material.course.signs:
        return see("learning.policy", assignment_id=assignment_id)
    if at.cycle.closed_reason == "completed":
        return see("learning.done", assignment_id=assignment_id)
    if at.cycle.closed_reason:
        raise told(410, "This training is no longer open for you.")
    place = my_place()
    policy = policies.policy_in_force(session(), place, facts(), place.today(app().clock.now()))
    answer = policies.answer_to(session(), current_user.user_id, policy)
    return render_template(
        "learning/course.html",
        **shown.course(
            minutes.measured(session(), at.cycle, at.material), at.material, at.progress
        ),
        policy=shown.policy_state(policy, answer, assignment_id),
    )


@bp.post("/training/<int:assignment_id>/start")
@requires(Action.COURSE_TAKE)
def start_course(assignment_id: int) -> ResponseReturnValue:
    at = desk(assignment_id)
    if at.material.course.signs:
        return see("learning.policy", assignment_id=assignment_id)
    _still_open(at)
    lessons.start_course(session(), at.cycle, at.material, app().clock.now())
    return see_next(at)


def _still_open(at: Desk) -> None:
    if at.cycle.closed_reason:
        raise told(409, "This training is closed: there is nothing left to do in it.")


def see_next(at: Desk) -> ResponseReturnValue:
    """Send the learner to the next thing: a page, or the course where a quiz is started."""
    step = next_step(at.material.plan, at.progress)
    if isinstance(step, Done):
        return see("learning.done", assignment_id=at.cycle.id)
    link = shown.link_to(step, at.cycle.id)
    if link.method == "post":
        return see("learning.course", assignment_id=at.cycle.id)
    return app().make_response(("", 303, {"Location": link.url}))


@bp.get("/training/<int:assignment_id>/<module>/<step>")
@requires(Action.COURSE_TAKE)
def step(assignment_id: int, module: str, step: str) -> ResponseReturnValue:
    at = desk(assignment_id)
    if not at.cycle.begun:
        return see("learning.course", assignment_id=assignment_id)
    return _step_page(at, module, step)


def _step_page(at: Desk, slug: str, name: str) -> ResponseReturnValue:
    module = at.material.module(slug)
    if module is None:
        raise missing()
    after = shown.after_of(request.values.get("after"))
    if name == shown.WALK_THROUGH:
        return render_template(
            "learning/lesson.html", **shown.walk_through(at, module, after, facts())
        )
    if name in module.screens:
        return render_template(
            "learning/lesson.html", **shown.lesson(at, module, name, after, facts())
        )
    if name not in module.scenarios:
        raise missing()
    if "instead" in request.args and module.scenarios[name].warning:
        page = shown.in_place_of(at, module, name, facts())
        return render_template("learning/lesson.html", **page)
    play = lessons.play_of(session(), at.cycle, slug, module.scenarios[name])
    draft = shown.draft_from(request.args)
    page = shown.scene(at, module, play, facts(), draft=draft)
    return render_template("learning/scene.html", **page)


@bp.post("/training/<int:assignment_id>/<module>/<step>")
@requires(Action.COURSE_TAKE)
def take_step(assignment_id: int, module: str, step: str) -> ResponseReturnValue:
    at = desk(assignment_id)
    _still_open(at)
    if not at.cycle.begun:
        raise told(409, "Begin the training first: open it from your start page.")
    part = at.material.module(module)
    if part is None:
        raise missing()
    if "leave" in request.values:
        return _leave(at, module, step)
    if step not in part.scenarios:
        raise missing()
    return _decide(at, module, step)


def _leave(at: Desk, slug: str, name: str) -> ResponseReturnValue:
    module = at.material.modules[slug]
    known = name in module.screens or name in module.scenarios or name == shown.WALK_THROUGH
    if not known:
        raise missing()
    scenario = module.scenarios.get(name)
    if scenario and not (scenario.warning and "instead" in request.form):
        play = lessons.play_of(session(), at.cycle, slug, scenario)
        if not shown.is_over(play):
            raise told(409, "This situation is not over yet: decide how it ends.")
    taken_for = [old for old, new in stand_ins(module, at.material.role).items() if new == name]
    for step in (name, *taken_for):
        lessons.leave_step(
            session(),
            at.cycle,
            slug,
            step,
            after=shown.after_of(request.form.get("after")),
            digest=at.material.digests[slug],
            now=app().clock.now(),
        )
    complete_if_done(at)
    return see_next(Desk(at.cycle, at.material))


def _decide(at: Desk, slug: str, name: str) -> ResponseReturnValue:
    module = at.material.modules[slug]
    play = lessons.play_of(session(), at.cycle, slug, module.scenarios[name])
    here = {"assignment_id": at.cycle.id, "module": slug, "step": name}
    now, move = app().clock.now(), shown.move_from(request.form)
    if "again" in request.values:
        lessons.play_again(session(), at.cycle, slug, play, now)
    elif "count" in request.form:  # looks and changes nothing, so it leads to a page of its own
        return see("learning.step", **here, **shown.counting(move), _anchor="count")
    elif request.form.get("at", "") == str(play.moves):
        # A form of an earlier move (double tap, back button) just shows where things stand.
        try:
            lessons.choose(session(), at.cycle, slug, play, move, now)
        except IllegalMove as fault:
            page = shown.scene(at, module, play, facts(), draft=move, refused=str(fault))
            return render_template("learning/scene.html", **page), 422
    return see("learning.step", **here, _anchor="now")
