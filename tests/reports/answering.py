"""People of several departments who took papers, written into the tables as they stand."""

import json
from collections.abc import Mapping
from random import Random

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizzes import Item, Paper, draw_paper, grade
from tests.cast import HIRED, LONG_AGO, NOW, TODAY
from tests.house import TestHouse
from training.accounts.models import Placement, User
from training.assignments.models import Assignment
from training.catalog import publishing
from training.learning.models import Answer, Attempt

SLUG = "accounts"
DEPARTMENTS = {"Night shift": 40, "Imaging": 25, "Front desk": 12, "Billing": 6, "Chapel": 3}


def add_people(house: TestHouse, departments: Mapping[str, int] = DEPARTMENTS) -> list[int]:
    """Add so many people to each department; return their ids."""
    with house.database.write() as session:
        before = len(session.scalars(select(User.id).where(User.source == "crowd")).all())
        where = [name for name, count in departments.items() for _ in range(count)]
        session.execute(
            insert(User),
            [
                {
                    "source": "crowd",
                    "external_id": f"C{before + n}",
                    "legal_name": f"Person {before + n:03}",
                    "locale": "en",
                    "created_at": LONG_AGO,
                }
                for n in range(len(where))
            ],
        )
        ids = session.scalars(
            select(User.id).where(User.source == "crowd").order_by(User.id)
        ).all()[before:]
        session.execute(
            insert(Placement),
            [
                {
                    "user_id": user,
                    "job": 1,
                    "kind": "placed",
                    "from_on": HIRED,
                    "site_id": 1,
                    "department": name,
                    "hired_on": HIRED,
                    "is_primary": True,
                    "recorded_at": LONG_AGO,
                }
                for user, name in zip(ids, where, strict=True)
            ],
        )
    return list(ids)


def take_papers(
    house: TestHouse,
    people: list[int],
    *,
    slug: str = SLUG,
    right: float = 0.7,
    kind: str = "paper",
    number: int = 1,
    seed: int = 3,
    wrong: Mapping[str, str] | None = None,
    papers: Mapping[int, Paper] | None = None,
) -> None:
    """Let each person take a paper; `wrong` names the option that everybody takes at an item."""
    with house.database.write() as session:
        digest = publishing.current(session, "module", slug, TODAY)
        assert digest
        module = publishing.module(session, digest)
        for place, user in enumerate(people):
            dice = Random(f"{seed}/{place}/{slug}")
            paper = (papers or {}).get(user) or draw_paper(
                module.bank, module.blueprint, seed=dice.randrange(2**40), seen={}
            )
            chosen = {
                q.item_id: _answer(module.bank.item(q.item_id), dice, right, wrong or {})
                for q in paper.questions
            }
            score = grade(paper, module.bank, chosen, 80)
            _write(session, user, slug, digest, paper, chosen, score.correct, kind, number)


def _answer(item: Item, dice: Random, right: float, wrong: Mapping[str, str]) -> frozenset[str]:
    if item.id in wrong:
        return frozenset({wrong[item.id]})
    if dice.random() < right:
        return item.key
    return frozenset({dice.choice(item.distractors).id})


def _write(
    session: Session,
    user: int,
    slug: str,
    digest: str,
    paper: Paper,
    chosen: Mapping[str, frozenset[str]],
    correct: int,
    kind: str,
    number: int,
) -> None:
    cycle = session.scalar(select(Assignment.id).where(Assignment.user_id == user))
    if cycle is None:
        row = Assignment(
            user_id=user,
            course="onboarding",
            path="onboarding",
            rule_id=1,
            reason="new_hire",
            assigned_on=HIRED,
            opens_on=HIRED,
            due_on=TODAY,
        )
        session.add(row)
        session.flush()
        cycle = row.id
    attempt = Attempt(
        assignment_id=cycle,
        user_id=user,
        module=slug,
        number=number,
        kind=kind,
        digest=digest,
        paper=paper.to_json(),
        cut_per_cent=80,
        total=len(paper.questions),
        started_at=NOW,
    )
    session.add(attempt)
    session.flush()
    session.execute(
        insert(Answer),
        [
            {
                "attempt_id": attempt.id,
                "item": item,
                "options": json.dumps(sorted(options)),
                "saved_at": NOW,
            }
            for item, options in chosen.items()
        ],
    )
    session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id)
        .values(submitted_at=NOW, correct=correct, outcome="{}")
    )
