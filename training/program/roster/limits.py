"""A staff list of an officer of some legal entities: it touches people of hers alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force
from training.accounts.reach import Reach
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed
from training.program.roster.rows import RosterRow

NOT_HERS = "is of another legal entity"
MEND = "take the row out: its own officer, or one of all of them, imports it"


@dataclass(slots=True)
class Elsewhere:
    """What is out of reach: people of this source by staff number, and sites as compared."""

    people: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    no_place: bool = False

    def faults(self, rows: Iterable[RosterRow]) -> list[RowFault]:
        """Return the refusal of each row that would touch anybody, or any site, out of reach."""
        found = []
        for row in rows:
            if self.no_place:
                what, mend = "there is no site of yours yet", "ask the admin to add one"
                found.append(RowFault(row.line, what, mend))
                continue
            if row.external_id in self.people:
                found.append(RowFault(row.line, f"{row.external_id} {NOT_HERS}", MEND))
            elif row.site and row.site.casefold() in self.sites:
                found.append(RowFault(row.line, f"the site '{row.site}' {NOT_HERS}", MEND))
        return found


def keep_within(
    session: Session, known: Believed, source: str, today: date, reach: Reach
) -> Elsewhere:
    """Take out of what a list may change whatever is out of reach, and return that.

    Out of reach is whoever works elsewhere today, or will: those people count as managers only.
    """
    if not reach.is_limited:
        return Elsewhere()
    hers = {row.name: row.id for row in session.execute(_sites().where(*reach.sites()))}
    folded = {name.casefold() for name in hers}
    others = {name.casefold() for name in known.sites} - folded
    away = set(session.execute(_placed_elsewhere(source, today, hers.values())).scalars())
    known.sites = hers
    known.foreign |= {known.people[id_].user_id for id_ in away & known.people.keys()}
    known.people = {id_: who for id_, who in known.people.items() if id_ not in away}
    return Elsewhere(away, others, no_place=not hers)


def _sites() -> Select[str, int]:
    return select(Site.name, Site.id).order_by(Site.id)


def _placed_elsewhere(source: str, today: date, hers: Iterable[int]) -> Select[str]:
    return (
        select(User.external_id)
        .join(Placement, Placement.user_id == User.id)
        .where(
            User.source == source,
            Placement.superseded_at.is_(None),
            Placement.is_primary,
            Placement.site_id.not_in(list(hers)),
            or_(Placement.from_on > today, in_force(today)),
        )
    )
