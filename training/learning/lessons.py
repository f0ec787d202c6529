"""The use cases of reading and deciding: begin a course, take a step, choose in a situation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from training import audit
from training.assignments import service as assignments
from training.assignments.service import Cycle
from training.catalog import scenario as engine
from training.catalog.parts import Scenario
from training.catalog.taking import minutes_of, steps_for_all
from training.db import core
from training.learning.material import Material
from training.learning.models import Choice, StepDone
from training.rules.course_way import Progress


@dataclass(frozen=True, slots=True)
class Play:
    """A situation as far as it was played: every step, and where it stands."""

    scenario: Scenario
    steps: tuple[engine.Step, ...]
    state: engine.State
    run: int

    @property
    def moves(self) -> int:
        """Return how many decisions were made."""
        return len(self.steps)


def start_course(session: Session, cycle: Cycle, material: Material, now: datetime) -> None:
    """Pin what she will see, for her role, and note the start.

    A second tab that starts changes nothing, nor does a new job title from now on.
    """
    if cycle.begun:
        return
    if not assignments.pin(session, cycle.id, material.pinned(), material.role, now):
        return
    audit.record(
        session,
        "course.started",
        at=now,
        actor_id=cycle.user_id,
        subject=f"assignment:{cycle.id}",
        detail={"course": cycle.path, "digest": material.course_digest, "role": material.role},
    )


def leave_step(
    session: Session,
    cycle: Cycle,
    module: str,
    step: str,
    *,
    after: int,
    digest: str,
    now: datetime,
) -> None:
    """Note that a step is done; `after` names the try that reopened it. Twice is once."""
    known = select(StepDone.id).where(
        StepDone.assignment_id == cycle.id,
        StepDone.module == module,
        StepDone.step == step,
        StepDone.after == after,
    )
    if session.scalar(known) is None:
        session.add(
            StepDone(
                assignment_id=cycle.id,
                module=module,
                step=step,
                after=after,
                digest=digest,
                done_at=now,
            )
        )
        session.flush()


def play_of(session: Session, cycle: Cycle, module: str, scenario: Scenario) -> Play:
    """Return a situation exactly where she left it, on whatever device."""
    values = {"assignment": cycle.id, "module": module, "scenario": scenario.id}
    rows = core(session).execute(_moves(), values).all()
    run = max((row.run for row in rows), default=1)
    moves = [move_again(json.loads(row.move)) for row in rows if row.run == run and row.move]
    steps = tuple(engine.replay(scenario, moves))
    return Play(scenario, steps, steps[-1].state if steps else engine.begin(scenario), run)


@cache
def _moves() -> Select[int, str]:
    return (
        select(Choice.run, Choice.move)
        .where(
            Choice.assignment_id == bindparam("assignment"),
            Choice.module == bindparam("module"),
            Choice.scenario == bindparam("scenario"),
        )
        .order_by(Choice.run, Choice.number)
    )


def choose(
    session: Session, cycle: Cycle, module: str, play: Play, move: engine.Move, now: datetime
) -> engine.Step:
    """Take one decision and keep it. Raises IllegalMove, and nothing is kept."""
    step = engine.advance(play.scenario, play.state, move)
    session.add(
        Choice(
            assignment_id=cycle.id,
            module=module,
            scenario=play.scenario.id,
            run=play.run,
            number=play.moves + 1,
            move=kept_move(move),
            chosen_at=now,
        )
    )
    session.flush()
    return step


def play_again(session: Session, cycle: Cycle, module: str, play: Play, now: datetime) -> None:
    """Open a fresh run of a situation: practice may be repeated as often as she likes."""
    if play.moves == 0:
        return
    session.add(
        Choice(
            assignment_id=cycle.id,
            module=module,
            scenario=play.scenario.id,
            run=play.run + 1,
            number=0,
            move="",
            chosen_at=now,
        )
    )
    session.flush()


def moves_made(session: Session, cycle: Cycle) -> Mapping[tuple[str, str], int]:
    """Return how many decisions were made in each situation begun in this cycle."""
    rows = session.execute(
        select(Choice.module, Choice.scenario, func.max(Choice.number))
        .where(Choice.assignment_id == cycle.id)
        .group_by(Choice.module, Choice.scenario)
    )
    return {(module, scenario): count for module, scenario, count in rows}


def minutes_left(material: Material, progress: Progress, measured_seconds: int | None) -> int:
    """Return the minutes of the steps not yet done and of the quizzes not yet passed.

    By words and scenes; where enough people finished here, at the pace that they took.
    """
    left = 0.0
    passed = {result.module for result in progress.results if result.submitted}
    for slug, module in material.modules.items():
        done = progress.done.get(slug, frozenset())
        steps = steps_for_all(material.course, module)
        left += sum(step.minutes for step in steps if step.name not in done)
        if slug not in passed:
            left += module.quiz_minutes
    return max(1, round(left * pace(material, measured_seconds))) if left else 0


def pace(material: Material, measured_seconds: int | None) -> float:
    """Return what a computed minute of this course takes here; 1 while nobody knows better."""
    computed = sum(minutes_of(material.course, m) for m in material.modules.values())
    return measured_seconds / 60 / computed if measured_seconds and computed else 1.0


def move_again(kept: Mapping[str, object]) -> engine.Move:
    """Return a decision from what was kept of it."""
    return engine.Move(
        choice=str(kept["choice"]),
        picks=dict(kept["picks"]),  # type: ignore[call-overload]  # written by `kept_move`
        marks=tuple(kept["marks"]),  # type: ignore[arg-type]  # the same
    )


def kept_move(move: engine.Move) -> str:
    """Return what is kept of a decision."""
    return json.dumps(
        {"choice": move.choice, "picks": dict(move.picks), "marks": list(move.marks)},
        sort_keys=True,
        separators=(",", ":"),
    )
