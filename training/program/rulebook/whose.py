"""Which rules an officer of some legal entities reads, and which she may write.

She writes only rules that are for people of hers alone. The others that ask something of them
she reads and can't change.
"""

import json
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import Site
from training.accounts.reach import Reach
from training.assignments.models import Rule
from training.program.rulebook.changes import Change
from training.renewals.asked import Audience

ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class Whose:
    """The legal entities, and the names of the sites, that somebody reaches."""

    reach: Reach
    sites: frozenset[str]
    states: frozenset[str]

    def concerns(self, rule: Rule) -> bool:
        """Tell whether a rule can ask anything of people within reach."""
        if not self.reach.is_limited:
            return True
        audience: Audience = json.loads(rule.audience)
        lists = ((ENTITIES, self._ids), ("sites", self.sites), ("states", self.states))
        return all(not audience.get(key) or mine & {*audience[key]} for key, mine in lists)

    def may_write(self, rule: Rule) -> bool:
        """Tell whether a rule is for people within reach alone."""
        if not self.reach.is_limited:
            return True
        named = {*json.loads(rule.audience).get(ENTITIES, ())}
        return bool(named) and named <= self._ids

    def kept(self, change: Change) -> Change:
        """Return a change whose rule is for people within reach alone, whatever was ticked."""
        terms = change.terms
        if terms is None or not self.reach.is_limited or terms.audience.get(ENTITIES):
            return change
        audience = {**terms.audience, ENTITIES: sorted(self._ids)}
        return replace(change, terms=replace(terms, audience=audience))

    @property
    def _ids(self) -> frozenset[str]:
        return frozenset(map(str, self.reach.entity_ids or ()))


def whose(session: Session, reach: Reach) -> Whose:
    """Return what somebody reaches, for the pages of the rules."""
    rows = session.execute(select(Site.name, Site.state).where(*reach.sites())).all()
    return Whose(reach, frozenset(name for name, _ in rows), frozenset(state for _, state in rows))
