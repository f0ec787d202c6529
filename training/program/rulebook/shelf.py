"""What the pages of the rules read: the rules as sentences, and what a form can choose from."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site
from training.assignments.models import Rule
from training.program.rulebook.changes import Change, Terms
from training.renewals.asked import policy_of
from training.renewals.outside import is_outside
from training.rules.renewal import FirstAnchor
from training.rules.sentence import KINDS_OF_WORK, STATES, rule_sentence

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """One version of a rule in words."""

    sentence: str
    from_on: date
    to_on: date | None


@dataclass
class Shelf:
    """One rule: what it says today, what it will say, what it said."""

    code: str
    course: str
    now: Told | None = None
    planned: list[Told] = field(default_factory=list)
    earlier: list[Told] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Tell whether it asks nobody any more."""
        return self.now is None and not self.planned


def sentence_of(course: str, terms: Terms) -> str:
    """Return what a version says."""
    return rule_sentence(
        audience=terms.audience,
        course=course,
        days=terms.days,
        anchor=terms.anchor,
        renewal=terms.renewal,
        human_unlock=terms.human_unlock,
    )


def terms_of(row: Rule) -> Terms:
    """Return the terms of a stored version."""
    return Terms(
        audience=json.loads(row.audience),
        days=row.days,
        anchor=FirstAnchor(row.anchor),
        renewal=policy_of(row.renewal),
        human_unlock=row.human_unlock,
    )


def shelves(session: Session, today: date) -> list[Shelf]:
    """Return every rule in the order in which they go first, those that ended last."""
    first = dict(session.execute(select(Rule.code, func.min(Rule.id)).group_by(Rule.code)).all())
    rows = session.scalars(
        select(Rule).where(Rule.superseded_at.is_(None)).order_by(Rule.from_on, Rule.id)
    )
    found: dict[str, Shelf] = {}
    for row in _ours(rows):
        shelf = found.setdefault(row.code, Shelf(row.code, row.course))
        told = Told(sentence_of(row.course, terms_of(row)), row.from_on, row.to_on)
        if row.from_on > today:
            shelf.planned.append(told)
        elif row.to_on is not None and row.to_on < today:
            shelf.earlier.append(told)
        else:
            shelf.now = told
    return sorted(found.values(), key=lambda shelf: (shelf.ended, first[shelf.code]))


def _ours(rows: Iterable[Rule]) -> Iterator[Rule]:
    """Leave out the rules that another system's assignments hang on: nobody writes those."""
    return (row for row in rows if not is_outside(json.loads(row.audience)))


def find_rule(session: Session, code: str, today: date) -> Rule | None:
    """Return the last version of a rule that has not ended: the one that a change follows."""
    query = (
        select(Rule)
        .where(Rule.code == code, Rule.superseded_at.is_(None))
        .order_by(Rule.from_on.desc(), Rule.id.desc())
        .limit(1)
    )
    row = next(_ours(session.scalars(query)), None)
    return None if row is None or (row.to_on and row.to_on < today) else row


def says_the_same(row: Rule, change: Change) -> bool:
    """Tell whether a change would leave a rule as it is."""
    if change.terms is None or row.to_on is not None:
        return False
    return sentence_of(row.course, terms_of(row)) == sentence_of(row.course, change.terms)


def audiences(session: Session, *more: Terms) -> dict[str, Options]:
    """Return what each list of an audience can name: what there is, and what a rule names."""
    believed = Placement.superseded_at.is_(None)
    kinds = session.scalars(select(Placement.worker_type).where(believed).distinct())
    departments = session.scalars(select(Placement.department).where(believed).distinct())
    states = set(session.scalars(select(Site.state).distinct()))
    named = {
        "worker_types": {*kinds, *_named(more, "worker_types")},
        "departments": {*departments, *_named(more, "departments")},
        "sites": {*session.scalars(select(Site.name).distinct()), *_named(more, "sites")},
        "states": {*states, *_named(more, "states")},
    }
    return {
        name: sorted((value, _word(name, value)) for value in values if value)
        for name, values in named.items()
    }


def _named(terms: Iterable[Terms], key: str) -> list[str]:
    return [name for each in terms for name in each.audience.get(key, ())]


def _word(name: str, value: str) -> str:
    if name == "worker_types":
        word = KINDS_OF_WORK.get(value, value)
        return word[0].upper() + word[1:]
    if name == "states":
        word = STATES.get(value, value)
        return word[0].upper() + word[1:]
    return value


def courses_asked(session: Session) -> list[str]:
    """Return the trainings that some rule asks for."""
    rows = session.scalars(select(Rule).where(Rule.superseded_at.is_(None)))
    return sorted({row.course for row in _ours(rows)})
