"""Pages of a team session on the one screen: start it, show its parts, see who confirmed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import or_

from certificates import qr_lines
from training.accounts.days import todays
from training.accounts.here import my_office, my_reach, offices
from training.assignments.service import Cycle
from training.catalog import scenario as engine
from training.catalog.modules import Module
from training.catalog.publishing import course_title
from training.catalog.scenario import IllegalMove
from training.learning import lessons, shown, together
from training.learning.lessons import Play
from training.learning.material import Material
from training.learning.models import TeamConfirmation, TeamSession
from training.learning.views import Desk, facts
from training.program import acts
from training.program.views import bp
from training.rules.access import Action
from training.web import absolute, app, missing, requires, see, session, told

LONGEST_STORY = 6_000  # of the group's decisions, which only the address of the page keeps
BROKEN = "That page of the situation does not exist: begin it again from the session's page."


@dataclass(frozen=True, slots=True)
class Screen:
    """One step on the shared screen."""

    row: TeamSession
    desk: Desk
    module: Module
    step: str

    def url(self, **more: Any) -> str:
        """Return the address of this step."""
        here = {"session_id": str(self.row.id), "module": self.module.slug, "step": self.step}
        return url_for("program.together_step", **{**here, **more})


def _key() -> bytes:
    key = app().config["SECRET_KEY"]
    return key if isinstance(key, bytes) else str(key).encode()


def _list_page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    now = app().clock.now()
    today = my_office().today(now)
    page = render_template(
        "program/together.html",
        offices=offices("program.together_list"),
        errors=errors,
        courses=acts.paths_for(session(), today),
        held=[
            {"row": row, "title": course_title(session(), row.course, row.held_on)}
            for row in together.held(session(), now, sessions_within(now))
        ],
    )
    return page, status


@bp.get("/together")
@requires(Action.TEAM_SESSION_LEAD)
def together_list() -> ResponseReturnValue:
    return _list_page({})


@bp.post("/together")
@requires(Action.TEAM_SESSION_LEAD)
def start_together() -> ResponseReturnValue:
    now, place = app().clock.now(), my_office()
    course = request.form.get("course", "")
    if course not in dict(acts.paths_for(session(), place.today(now))):
        return _list_page({"course": "Choose one of the courses."}, 422)
    row = together.start(
        session(), course, by=current_user.user_id, key=_key(), place=place, now=now
    )
    return see("program.together_session", session_id=row.id)


def found(session_id: int) -> TeamSession:
    """Return a session within reach; what is out of it looks like what is not there."""
    row = together.find(session(), session_id, sessions_within(app().clock.now()))
    if row is None:
        raise missing()
    return row


def sessions_within(now: datetime) -> together.Whose:
    """Return which sessions, and which names in them, this request reaches."""
    reach = my_reach()
    if not reach.is_limited:
        return together.EVERYBODYS
    today = todays(session(), now)
    leads = or_(
        TeamSession.leader_id == current_user.user_id, *reach.users(TeamSession.leader_id, today)
    )
    return together.Whose((leads,), reach.users(TeamConfirmation.user_id, today))


@bp.get("/together/<int:session_id>")
@requires(Action.TEAM_SESSION_LEAD)
def together_session(session_id: int) -> ResponseReturnValue:
    return session_page(found(session_id), {})


def session_page(
    row: TeamSession, faults: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    """Return the page of a session, with what is wrong with its form, by field."""
    now, code = app().clock.now(), together.code_of(_key(), row)
    address = absolute(url_for("learning.team_session", code=code))
    side, lines = qr_lines(address)
    confirmed = together.confirmed_by(session(), row, sessions_within(now))
    page = render_template(
        "program/together_session.html",
        session_id=row.id,
        title=course_title(session(), row.course, row.held_on),
        held_on=row.held_on,
        leader=together.leader_of(session(), row),
        is_open=together.is_open(row, now),
        code=f"{code[:4]}-{code[4:]}",
        address=absolute(url_for("learning.team_code")),
        qr={"side": side, "lines": lines},
        parts=list(together.screens_of(session(), row).modules.values()),
        names=[user.name for user in confirmed],
        sheets=together.sheets_of(session(), row),
        came={"act": "keep_sheet" if faults else "", "errors": faults, "given": {}},
    )
    return page, status


@bp.post("/together/<int:session_id>/end")
@requires(Action.TEAM_SESSION_LEAD)
def end_together(session_id: int) -> ResponseReturnValue:
    now = app().clock.now()
    together.end(session(), found(session_id), by=current_user.user_id, now=now)
    return see("program.together_session", session_id=session_id)


# --- one step on the screen ------------------------------------------------------------------


def _screen(session_id: int, slug: str, step: str) -> Screen:
    row = found(session_id)
    if not together.is_open(row, app().clock.now()):
        raise told(410, "This team session is over.")
    material = together.screens_of(session(), row)
    module = material.module(slug)
    if module is None or step not in {s.name for s in module.steps}:
        raise missing()
    return Screen(row, Desk(_nobody(row), material), module, step)


def _nobody(row: TeamSession) -> Cycle:
    """Return a cycle that is nobody's, so that the learner's own pages can be shown."""
    return Cycle(
        id=0,
        user_id=0,
        course=row.course,
        path=row.course,
        rule_id=0,
        reason="by_hand",
        assigned_on=row.held_on,
        opens_on=row.held_on,
        due_on=row.held_on,
        previous_expiry=None,
        pinned=row.pinned,
        role=None,
        begun=True,
        closed_reason=None,
    )


@bp.get("/together/<int:session_id>/<module>/<step>")
@requires(Action.TEAM_SESSION_LEAD)
def together_step(session_id: int, module: str, step: str) -> ResponseReturnValue:
    at = _screen(session_id, module, step)
    if step in at.module.screens:
        page = shown.lesson(at.desk, at.module, step, 0, facts())
        return render_template("learning/lesson.html", **(page | _around(at)))
    story = request.args.get("story", "")
    page = shown.scene(
        at.desk, at.module, _play(at, story), facts(), draft=shown.draft_from(request.args)
    )
    more = {"action": at.url(story=story or None), "again_url": at.url(again=1)}
    following, label = _following(at)
    more |= {"next_url": following, "next_label": label, "next_method": "get"}
    return render_template("learning/scene.html", **(page | _around(at) | more))


def _around(at: Screen) -> dict[str, Any]:
    """Return what differs from a learner's page: where its buttons lead, and what they say."""
    return {
        "part_title": f"Together: {at.module.title}",
        "back_url": url_for("program.together_session", session_id=at.row.id),
        "action": at.url(),
        "next_label": _following(at)[1],
        "minutes_left": max(1, round(_minutes_from(at))),
    }


def _minutes_from(at: Screen) -> float:
    """Return the minutes of this step and of all that follow, quizzes left out."""
    steps = [
        (m.slug, step.name, step.minutes)
        for m in at.desk.material.modules.values()
        for step in m.steps
    ]
    here = [(slug, name) for slug, name, _minutes in steps].index((at.module.slug, at.step))
    return sum(minutes for _slug, _name, minutes in steps[here:])


def _following(at: Screen) -> tuple[str, str]:
    """Return where the next step is and what its button says: after the last, the session."""
    modules = _in_order(at.desk.material)
    here = modules.index((at.module.slug, at.step))
    if here + 1 == len(modules):
        return url_for("program.together_session", session_id=at.row.id), "Now each confirms"
    slug, name = modules[here + 1]
    url = url_for("program.together_step", session_id=at.row.id, module=slug, step=name)
    return url, "Continue" if slug == at.module.slug else "On to the next part"


def _in_order(material: Material) -> list[tuple[str, str]]:
    return [(slug, step.name) for slug, m in material.modules.items() for step in m.steps]


@bp.post("/together/<int:session_id>/<module>/<step>")
@requires(Action.TEAM_SESSION_LEAD, writes=False)
def take_together_step(session_id: int, module: str, step: str) -> ResponseReturnValue:
    """Go on, or decide as a group. The decision goes into the next address and nowhere else."""
    at = _screen(session_id, module, step)
    if step in at.module.screens:
        return redirect(_following(at)[0], code=303)
    story = request.args.get("story", "")
    if "again" in request.values:
        return redirect(at.url(), code=303)
    move = shown.move_from(request.form)
    if "count" in request.form:
        return redirect(at.url(story=story or None, **shown.counting(move), _anchor="count"), 303)
    play = _play(at, story)
    try:
        engine.advance(play.scenario, play.state, move)
    except IllegalMove as fault:
        page = shown.scene(at.desk, at.module, play, facts(), draft=move, refused=str(fault))
        more = _around(at) | {"action": at.url(story=story or None)}
        return render_template("learning/scene.html", **(page | more)), 422
    moves = [*json.loads(story or "[]"), json.loads(lessons.kept_move(move))]
    told_on = json.dumps(moves, separators=(",", ":"))
    return redirect(f"{at.url()}?{urlencode({'story': told_on})}#now", code=303)


def _play(at: Screen, story: str) -> Play:
    """Return a situation as far as the address tells it."""
    scenario = at.module.scenarios[at.step]
    if len(story) > LONGEST_STORY:
        raise told(422, BROKEN)
    try:
        moves = [lessons.move_again(kept) for kept in json.loads(story or "[]")]
        steps = tuple(engine.replay(scenario, moves))
    except (ValueError, LookupError, TypeError, AttributeError, IllegalMove, RecursionError):
        raise told(422, BROKEN) from None
    return Play(scenario, steps, steps[-1].state if steps else engine.begin(scenario), 1)
