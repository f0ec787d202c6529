"""Everybody's first try at a paper: what the figures of the questions rest on. Reads only.

Of each person, module and published version the first final paper counts. A page reads the latest
`MOST` of a module, so that its cost does not grow with the organisation.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import Session

from quizzes import Paper, Sitting, grade
from training.accounts.days import Today
from training.accounts.models import Placement
from training.accounts.people import placed
from training.accounts.reach import EVERYWHERE, Reach, Where
from training.catalog import publishing
from training.catalog.models import ContentVersion
from training.learning.models import Answer, Attempt
from training.rules.course_way import AttemptKind

MOST = 4000
NO_DEPARTMENT = "no department"
NOT_HERE = "no longer here"


@dataclass(frozen=True, slots=True)
class FirstTry:
    """One person's first paper of one version of a module, and where she works today."""

    slug: str
    department: str
    score: tuple[int, int]
    sitting: Sitting


def first_tries(
    session: Session,
    today: Today,
    *,
    slug: str | None = None,
    most: int = MOST,
    reach: Reach = EVERYWHERE,
) -> list[FirstTry]:
    """Return the latest first tries of one module, or of each, oldest first.

    Two statements, however many there are; a module's version is read once a process.
    """
    latest = _latest(slug, most, reach.users(Attempt.user_id, today))
    chosen = _answers(session, latest)
    query = (
        select(
            *(latest.c.id, latest.c.user_id, latest.c.module, latest.c.digest, latest.c.paper),
            *(latest.c.cut_per_cent, ContentVersion.locale, Placement.department),
        )
        .join(ContentVersion, ContentVersion.digest == latest.c.digest)
        .outerjoin(
            Placement,
            and_(
                Placement.user_id == latest.c.user_id,
                placed(today.latest),
                Placement.is_primary,
            ),
        )
        .order_by(latest.c.id)
    )
    return [
        _first_try(session, row, chosen.get(row[0], {})) for row in session.execute(query).all()
    ]


def counts(session: Session, today: Today, *, reach: Reach = EVERYWHERE) -> dict[str, int]:
    """Return how many first tries each module has."""
    firsts = _firsts(None, reach.users(Attempt.user_id, today))
    query = (
        select(Attempt.module, func.count())
        .join(firsts, firsts.c.id == Attempt.id)
        .group_by(Attempt.module)
    )
    return {module: count for module, count in session.execute(query)}  # noqa: C416 - rows


def _firsts(slug: str | None, where: Where) -> Subquery:
    query = select(func.min(Attempt.id).label("id")).where(
        Attempt.submitted_at.is_not(None), Attempt.kind == AttemptKind.PAPER.value, *where
    )
    if slug is not None:
        query = query.where(Attempt.module == slug)
    return query.group_by(Attempt.user_id, Attempt.module, Attempt.digest).subquery()


def _latest(slug: str | None, most: int, where: Where) -> Subquery:
    firsts = _firsts(slug, where)
    place = func.row_number().over(partition_by=Attempt.module, order_by=Attempt.id.desc())
    ranked = (
        select(
            *(Attempt.id, Attempt.user_id, Attempt.module, Attempt.digest, Attempt.paper),
            Attempt.cut_per_cent,
            place.label("place"),
        )
        .join(firsts, firsts.c.id == Attempt.id)
        .subquery()
    )
    return select(ranked).where(ranked.c.place <= most).subquery()


def _answers(session: Session, latest: Subquery) -> Mapping[int, dict[str, frozenset[str]]]:
    rows = session.execute(
        select(Answer.attempt_id, Answer.item, Answer.options).join(
            latest, latest.c.id == Answer.attempt_id
        )
    )
    chosen: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for attempt, item, options in rows:
        chosen[attempt][item] = frozenset(json.loads(options))
    return chosen


def _first_try(
    session: Session,
    row: "tuple[int, int, str, str, str, int, str, str | None]",
    chosen: Mapping[str, frozenset[str]],
) -> FirstTry:
    _id, user_id, slug, digest, text, cut_per_cent, locale, department = row
    bank = publishing.module(session, digest).bank
    paper = Paper.from_json(text)
    result = grade(paper, bank, chosen, cut_per_cent)
    sitting = Sitting(
        person=user_id,
        locale=locale,
        items=tuple(bank.item(question.item_id) for question in paper.questions),
        chosen={item: options for item, options in chosen.items() if options},
        right=frozenset(outcome.item_id for outcome in result.outcomes if outcome.correct),
    )
    where = NOT_HERE if department is None else department or NO_DEPARTMENT
    return FirstTry(slug, where, (result.correct, result.total), sitting)
