"""What the pages of the rules read: the rules as sentences, and what a form can choose from."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from training.accounts.models import Placement, Site
from training.accounts.reach import EVERYWHERE, Reach, entities
from training.assignments.models import Rule
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.whose import whose
from training.renewals.asked import Audience, policy_of
from training.renewals.outside import is_outside
from training.rules.renewal import FirstAnchor
from training.rules.sentence import KINDS_OF_WORK, STATES, rule_sentence

Options = Sequence[tuple[str, str]]


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
    may_write: bool = True
    rank: int = 0
    now: Told | None = None
    planned: list[Told] = field(default_factory=list)
    earlier: list[Told] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Tell whether it asks nobody any more."""
        return self.now is None and not self.planned


def sentence_of(course: str, terms: Terms, entities: Options = ()) -> str:
    """Return what a version says; `entities`: the legal entities by id and name."""
    return rule_sentence(
        audience=in_names(terms.audience, entities),
        course=course,
        days=terms.days,
        anchor=terms.anchor,
        renewal=terms.renewal,
        human_unlock=terms.human_unlock,
    )


def in_names(audience: Audience, entities: Options) -> Audience:
    """Return an audience with the names of its legal entities; a name alone says nothing."""
    names = dict(entities)
    if len(names) < 2 or not audience.get("entities"):
        return {key: told for key, told in audience.items() if key != "entities"}
    told = sorted(names.get(id_, id_) for id_ in audience["entities"])
    return {**audience, "entities": told}


def entities_of(session: Session) -> Options:
    """Return every legal entity, id and name, as an audience names it."""
    return [(str(id_), name) for id_, name in entities(session, EVERYWHERE)]


def terms_of(row: Rule) -> Terms:
    """Return the terms of a stored version."""
    return Terms(
        audience=json.loads(row.audience),
        days=row.days,
        anchor=FirstAnchor(row.anchor),
        renewal=policy_of(row.renewal),
        human_unlock=row.human_unlock,
        rank=row.rank,
    )


def shelves(session: Session, today: date, reach: Reach = EVERYWHERE) -> list[Shelf]:
    """Return every rule in the order in which they go first, those that ended last.

    Of those alone that ask something within reach; `may_write` tells which are hers to change.
    """
    mine, names = whose(session, reach), entities_of(session)
    first = dict(session.execute(select(Rule.code, func.min(Rule.id)).group_by(Rule.code)).all())
    rows = session.scalars(
        select(Rule).where(Rule.superseded_at.is_(None)).order_by(Rule.from_on, Rule.id)
    )
    found: dict[str, Shelf] = {}
    for row in filter(mine.concerns, _ours(rows)):
        shelf = found.setdefault(row.code, Shelf(row.code, row.course, mine.may_write(row)))
        told = Told(sentence_of(row.course, terms_of(row), names), row.from_on, row.to_on)
        if row.from_on > today:
            shelf.planned.append(told)
        elif row.to_on is not None and row.to_on < today:
            shelf.earlier.append(told)
        else:
            shelf.now = told
        if shelf.now is None or shelf.now is told:
            shelf.rank = row.rank
    return sorted(found.values(), key=lambda shelf: (shelf.ended, -shelf.rank, first[shelf.code]))


def _ours(rows: Iterable[Rule]) -> Iterator[Rule]:
    """Leave out the rules that another system's assignments hang on: nobody writes those."""
    return (row for row in rows if not is_outside(json.loads(row.audience)))


def find_rule(session: Session, code: str, today: date, reach: Reach = EVERYWHERE) -> Rule | None:
    """Return the last version of a rule that has not ended: the one that a change follows.

    None also for a rule that is not hers to change.
    """
    query = (
        select(Rule)
        .where(Rule.code == code, Rule.superseded_at.is_(None))
        .order_by(Rule.from_on.desc(), Rule.id.desc())
        .limit(1)
    )
    row = next(filter(whose(session, reach).may_write, _ours(session.scalars(query))), None)
    return None if row is None or (row.to_on and row.to_on < today) else row


def says_the_same(row: Rule, change: Change, entities: Options = ()) -> bool:
    """Tell whether a change would leave a rule as it is; `entities`: by id and name."""
    if change.terms is None or row.to_on is not None:
        return False
    before = sentence_of(row.course, terms_of(row), entities)
    same_place = row.rank == change.terms.rank
    return same_place and before == sentence_of(row.course, change.terms, entities)


def audiences(session: Session, *more: Terms, reach: Reach = EVERYWHERE) -> dict[str, Options]:
    """Return what each list of an audience can name: what there is within reach, and what a
    rule names.
    """
    kinds = session.scalars(_placed(Placement.worker_type, reach))
    departments = session.scalars(_placed(Placement.department, reach))
    sites = session.scalars(select(Site.name).where(*reach.sites()).distinct())
    states = set(session.scalars(select(Site.state).where(*reach.sites()).distinct()))
    named = {
        "worker_types": {*kinds, *_named(more, "worker_types")},
        "departments": {*departments, *_named(more, "departments")},
        "sites": {*sites, *_named(more, "sites")},
        "states": {*states, *_named(more, "states")},
    }
    options: dict[str, Options] = {
        name: sorted((value, _word(name, value)) for value in values if value)
        for name, values in named.items()
    }
    mine = [(str(id_), name) for id_, name in entities(session, reach)]
    return options | {"entities": mine}


def _placed(column: InstrumentedAttribute[str], reach: Reach) -> Select[str]:
    """Return the values of a column of the placements within reach, each once."""
    query = select(column).where(Placement.superseded_at.is_(None)).distinct()
    if not reach.is_limited:
        return query
    return query.join(Site, Site.id == Placement.site_id).where(*reach.sites())


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
