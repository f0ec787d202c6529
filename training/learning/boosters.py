"""The use cases of boosters: the switch, the scene behind a link, her choice, and her wish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts import links
from training.accounts.people import Place, place_of
from training.catalog import publishing
from training.catalog import scenario as engine
from training.catalog.modules import Module
from training.catalog.parts import Scenario
from training.db import changed
from training.learning.booster_models import Booster, BoosterCount, BoosterSwitch, BoosterWish
from training.rules.small_groups import SMALLEST

PURPOSE = "booster"
BEST = "right"  # the verdict of the best choice


@dataclass(frozen=True, slots=True)
class Opened:
    """The one scene that a link opens, and whose it is."""

    booster: Booster
    place: Place
    module: Module
    scenario: Scenario

    @property
    def user_id(self) -> int:
        """Return whose mail it was."""
        return self.booster.user_id

    @property
    def played(self) -> bool:
        """Tell whether its choice was taken."""
        return self.booster.opened_at is not None


def make_link(session: Session, booster: Booster, now: datetime) -> str:
    """Return the token of a new link that opens this scene and nothing else."""
    return links.make_link(
        session,
        booster.user_id,
        purpose=PURPOSE,
        method="mailed_link",
        now=now,
        next_path=_path(booster.id),
    )


def _path(booster_id: int) -> str:
    return f"/boosters/{booster_id}"


def find(session: Session, token: str, now: datetime) -> Opened | None:
    """Return the scene of a link that works; looking at it changes nothing."""
    link = links.find_open(session, token, PURPOSE, now)
    if link is None:
        return None
    number = link.next_path.removeprefix(_path(0)[:-1])
    booster = session.get(Booster, int(number)) if number.isdecimal() else None
    if booster is None or booster.user_id != link.user.id:
        return None
    module = publishing.module(session, booster.digest)
    place = place_of(session, booster.user_id, now)
    return Opened(booster, place, module, module.scenarios[booster.scenario])


def play(session: Session, opened: Opened, move: engine.Move, now: datetime) -> engine.Step:
    """Take the choice of the scene: noted as opened, and counted for her role without her name.

    Raises IllegalMove, and nothing is kept. The second time nothing is counted.
    """
    step = engine.advance(opened.scenario, engine.begin(opened.scenario), move)
    booster = opened.booster
    first = (
        update(Booster)
        .where(Booster.id == booster.id, Booster.opened_at.is_(None))
        .values(opened_at=now)
    )
    if changed(session, first) == 1 and not _counted_before(session, booster):
        _count(session, booster, best=step.feedback.verdict == BEST)
    return step


def _counted_before(session: Session, booster: Booster) -> bool:
    """Tell whether she is in this count already, from an earlier training: people count once."""
    same = exists().where(
        Booster.user_id == booster.user_id,
        Booster.entity_id == booster.entity_id,
        Booster.module == booster.module,
        Booster.objective == booster.objective,
        Booster.week == booster.week,
        Booster.role == booster.role,
        Booster.opened_at.is_not(None),
        Booster.id != booster.id,
    )
    return bool(session.scalar(select(same)))


def _count(session: Session, booster: Booster, *, best: bool) -> None:
    group = {
        "entity_id": booster.entity_id,
        "module": booster.module,
        "objective": booster.objective,
        "week": booster.week,
        "role": booster.role,
    }
    more = (
        update(BoosterCount)
        .filter_by(**group)
        .values(answered=BoosterCount.answered + 1, best=BoosterCount.best + int(best))
    )
    if changed(session, more) == 0:
        session.add(BoosterCount(**group, answered=1, best=int(best)))
        session.flush()


def kept_by(session: Session, entity_id: int, role: str) -> Mapping[tuple[str, str], float]:
    """Return what share of a role still makes the best choice, by module and objective.

    Of the latest week that five people or more of the role answered; nothing of smaller groups.
    """
    query = (
        select(BoosterCount)
        .where(
            BoosterCount.entity_id == entity_id,
            BoosterCount.role == role,
            BoosterCount.answered >= SMALLEST,
        )
        .order_by(BoosterCount.week)
    )
    return {(c.module, c.objective): c.best / c.answered for c in session.scalars(query)}


def wants_none(session: Session, user_id: int) -> bool:
    """Tell whether somebody said that she wants no boosters; the last word counts."""
    query = (
        select(BoosterWish.wanted)
        .where(BoosterWish.user_id == user_id)
        .order_by(BoosterWish.id.desc())
        .limit(1)
    )
    return session.scalar(query) is False


def wish(session: Session, user_id: int, now: datetime, *, wanted: bool) -> None:
    """Keep that somebody wants no boosters, or wants them again. Twice is once."""
    if wants_none(session, user_id) is not wanted:
        return
    session.add(BoosterWish(user_id=user_id, wanted=wanted, asked_at=now))
    name = "boosters.wanted" if wanted else "boosters.declined"
    audit.record(session, name, at=now, actor_id=user_id, subject=f"user:{user_id}")


def is_on(session: Session, entity_id: int) -> bool:
    """Tell whether boosters are on for an entity; nobody has to turn them off."""
    return entity_id in switched_on(session)


def switched_on(session: Session) -> frozenset[int]:
    """Return the entities that boosters are on for."""
    query = select(BoosterSwitch.entity_id).where(
        BoosterSwitch.superseded_at.is_(None), BoosterSwitch.is_on
    )
    return frozenset(session.scalars(query))


def switch(session: Session, entity_id: int, *, on: bool, by: int, now: datetime) -> bool:
    """Turn boosters on or off; False where they were so already."""
    if is_on(session, entity_id) is on:
        return False
    session.execute(
        update(BoosterSwitch)
        .where(BoosterSwitch.entity_id == entity_id, BoosterSwitch.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    session.add(BoosterSwitch(entity_id=entity_id, is_on=on, recorded_by_id=by, recorded_at=now))
    session.flush()
    name = "boosters.turned_on" if on else "boosters.turned_off"
    audit.record(session, name, at=now, actor_id=by, subject=f"entity:{entity_id}")
    return True
