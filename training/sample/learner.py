"""A scripted learner: she takes a course through the real use cases, at a moment in the past."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from quizzes import Item, ItemType, Paper, Question
from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.service import Cycle
from training.learning import attempts, completions, help_wanted, lessons
from training.learning.attempts import Draft, question_name
from training.learning.completions import How, Issuer
from training.learning.material import Material, material_for
from training.learning.models import Attempt
from training.learning.progress import progress_of
from training.rules.completion import next_step
from training.rules.course_way import Done, Reread, TakePaper, TakeStep, WalkThrough, step_of

Knows = Callable[[Item], bool]
MOST_STEPS = 200
HOW = How("password", shared_device=False)


@dataclass
class Learner:
    """One person at work in one cycle; every thing that she does takes two minutes."""

    session: Session
    cycle: Cycle
    issuer: Issuer
    at: datetime

    @property
    def material(self) -> Material:
        """Return what her course is made of."""
        place = place_of(self.session, self.cycle.user_id, self.at)
        return material_for(self.session, self.cycle, place.today(self.at))

    def study(self, knows: Knows, *, papers: int = MOST_STEPS) -> bool:
        """Work until the course is complete, or that many papers were handed in."""
        lessons.start_course(self.session, self.cycle, self.material, self.at)
        self._look_again()
        for _ in range(MOST_STEPS):
            step = next_step(self.material.plan, progress_of(self.session, self.cycle.id))
            if isinstance(step, Done):
                break
            if isinstance(step, TakeStep | Reread | WalkThrough):
                self._read(step)
                continue
            if isinstance(step, TakePaper):
                if papers == 0:
                    return False
                papers -= 1
            self._answer(step.module, knows)
        place = place_of(self.session, self.cycle.user_id, self.at)
        serial = completions.complete_if_done(
            self.session, self.cycle, self.material, place, HOW, self.issuer, self.at
        )
        return serial is not None

    def _look_again(self) -> None:
        found = assignments.find_cycle_for(self.session, self.cycle.user_id, self.cycle.id)
        if found is not None:
            self.cycle = found

    def _read(self, step: TakeStep | Reread | WalkThrough) -> None:
        name, after = step_of(step)
        self.at += timedelta(minutes=2)
        lessons.leave_step(
            self.session,
            self.cycle,
            step.module,
            name,
            after=after,
            digest=self.material.digests[step.module],
            now=self.at,
        )

    def _answer(self, slug: str, knows: Knows) -> None:
        """Hand one quiz in."""
        module = self.material.modules[slug]
        attempt = attempts.start(self.session, self.cycle, self.material, slug, self.at)
        self.at += timedelta(minutes=2)
        draft = Draft(dict(self._chosen(attempt, knows)))
        attempts.save_answer(self.session, attempt, draft, self.at)
        attempts.make_final(self.session, attempt, module, self.at)
        progress = progress_of(self.session, self.cycle.id)
        place = place_of(self.session, self.cycle.user_id, self.at)
        help_wanted.note(self.session, self.cycle, self.material.plan, progress, place, self.at)

    def _chosen(self, attempt: Attempt, knows: Knows) -> list[tuple[str, tuple[str, ...]]]:
        bank = self.material.modules[attempt.module].bank
        found = []
        for number, asked in enumerate(Paper.from_json(attempt.paper).questions, start=1):
            item = bank.item(asked.item_id)
            right, wrong = _right_and_wrong(item, asked)
            found.append((question_name(number), right if knows(item) else wrong))
        return found


def _right_and_wrong(item: Item, asked: Question) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the right answer as a form says it, and a wrong one."""
    if item.type is ItemType.ORDER:
        rank = {id_: number for number, id_ in enumerate(item.right_order, start=1)}
        right = tuple(f"{n}:{rank[id_]}" for n, id_ in enumerate(asked.option_ids))
        # steps are never shown in their right order
        return right, tuple(f"{n}:{n + 1}" for n in range(len(asked.option_ids)))
    keys = {option.id for option in item.options if option.correct}
    right = tuple(str(n) for n, id_ in enumerate(asked.option_ids) if id_ in keys)
    return right, tuple(str(n) for n, id_ in enumerate(asked.option_ids) if id_ not in keys)[:1]
