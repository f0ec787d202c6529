"""Server-side sessions: the cookie holds a random token, the row says who and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Insert,
    Row,
    Select,
    String,
    Update,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from training.accounts.loans import lent_now
from training.accounts.models import Placement, RoleGrant, User, ViewLoan
from training.accounts.people import in_force, placed
from training.accounts.session_models import SignIn
from training.accounts.tokens import new_token, token_hash
from training.db import UtcDateTime, core
from training.rules.access import Actor, Role

ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=15)
MOST_SESSIONS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may stand idle, by what its owner may see."""

    learner: timedelta = timedelta(minutes=30)
    privileged: timedelta = timedelta(minutes=15)

    def idle_of(self, actor: Actor) -> timedelta:
        """Return the idle limit of somebody with these roles."""
        plain = actor.roles <= {Role.LEARNER}
        return self.learner if plain else self.privileged


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page: what Flask-Login calls the current user."""

    user_id: int
    display_name: str
    legal_name: str
    sign_in_id: int
    method: str
    shared_device: bool
    last_seen_at: datetime
    confirmed_at: datetime
    has_password: bool
    actor: Actor

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it."""
        return str(self.user_id)

    @property
    def is_manager(self) -> bool:
        """Tell whether somebody reports to her today, or a view was lent to her."""
        return Role.MANAGER in self.actor.roles

    @property
    def is_officer(self) -> bool:
        """Tell whether she answers for the programme."""
        return Role.PRIVACY_OFFICER in self.actor.roles

    @property
    def is_auditor(self) -> bool:
        """Tell whether she reads for the record."""
        return Role.AUDITOR in self.actor.roles

    @property
    def is_admin(self) -> bool:
        """Tell whether she keeps the settings and the roles."""
        return Role.ADMIN in self.actor.roles

    def freshly_confirmed(self, now: datetime) -> bool:
        """Tell whether she proved who she is within the last quarter of an hour."""
        return now - self.confirmed_at <= FRESH


class Nobody:
    """Who looks at a page without having signed in."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    actor = Actor(user_id=None, roles=frozenset())

    def get_id(self) -> None:
        """Return no id."""


def start_session(
    session: Session, user_id: int, *, method: str, shared_device: bool, now: datetime
) -> str:
    """Open a session and return its token: always a new one, and the oldest beyond five ends."""
    token = new_token()
    row = {
        "token_hash": token_hash(token),
        "user_id": user_id,
        "method": method,
        "shared_device": shared_device,
        "started_at": now,
        "last_seen_at": now,
        "confirmed_at": now,
    }
    core(session).execute(_new_sign_in(), row)
    core(session).execute(_end_beyond_five(), {"user": user_id, "now": now})
    return token


@cache
def _new_sign_in() -> Insert:
    return insert(SignIn)


@cache
def _end_beyond_five() -> Update:
    live = select(SignIn.id).where(SignIn.user_id == bindparam("user"), SignIn.ended_at.is_(None))
    oldest = live.order_by(SignIn.id.desc()).offset(MOST_SESSIONS)
    return update(SignIn).where(SignIn.id.in_(oldest)).values(ended_at=bindparam("now"))


def end_session(session: Session, sign_in_id: int, now: datetime) -> None:
    """End one session for good."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(ended_at=now))


def end_all_sessions(
    session: Session, user_id: int, now: datetime, *, but: int | None = None
) -> None:
    """End every session of a person, perhaps but the one she is in (a changed password)."""
    query = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but)
    session.execute(query.values(ended_at=now))


def end_sessions_by(session: Session, user_id: int, method: str, now: datetime) -> None:
    """End the sessions that were opened in one way: whoever held a slip may be in one of them."""
    mine = (SignIn.user_id == user_id, SignIn.method == method, SignIn.ended_at.is_(None))
    session.execute(update(SignIn).where(*mine).values(ended_at=now))


def first_by_slip(session: Session, user_id: int) -> datetime | None:
    """Return when a slip first opened a session of hers; None if none ever did."""
    mine = (SignIn.user_id == user_id, SignIn.method == "slip")
    return session.scalar(select(func.min(SignIn.started_at)).where(*mine))


def leave_session(session: Session, token: str, now: datetime) -> None:
    """End the session that a browser was in before it is given another one."""
    mine = (SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
    session.execute(update(SignIn).where(*mine).values(ended_at=now))


def touch(session: Session, sign_in_id: int, now: datetime) -> None:
    """Note that the session was used."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def find_viewer(session: Session, token: str, now: datetime, limits: Limits) -> Viewer | None:
    """Return whose session this token is, her roles as of now; None if it is over or she left.

    One statement: every right is read again on every request.
    """
    values = {"hash": token_hash(token), "today": now.date(), "now": now}
    row = core(session).execute(_viewer_query(), values).first()
    if row is None or row.left or now - row.started_at > ABSOLUTE:
        return None
    actor = _actor(row.user_id, row)
    if now - row.last_seen_at > limits.idle_of(actor):
        return None
    return Viewer(
        user_id=row.user_id,
        display_name=row.display_name or row.legal_name,
        legal_name=row.legal_name,
        sign_in_id=row.id,
        method=row.method,
        shared_device=row.shared_device,
        last_seen_at=row.last_seen_at,
        confirmed_at=row.confirmed_at,
        has_password=bool(row.has_password),
        actor=actor,
    )


def _actor(user_id: int, row: Row[Any]) -> Actor:
    """Return who somebody is by the columns of `_rights`; a grant without an entity is the widest.

    A grant reads "auditor:" or, of one entity, "privacy_officer:7".
    """
    grants = [grant.partition(":") for grant in (row.roles or "").split(",") if grant]
    roles = {Role(name) for name, _colon, _entity in grants} | {Role.LEARNER}
    if row.manages:
        roles.add(Role.MANAGER)
    limits = [entity for name, _colon, entity in grants if name == Role.PRIVACY_OFFICER]
    limited = frozenset(map(int, limits)) if all(limits) else frozenset()
    return Actor(user_id, frozenset(roles), entity_ids=limited, active=not row.left)


@cache
def _viewer_query() -> Select[*tuple[Any, ...]]:
    today, now = bindparam("today", type_=Date), bindparam("now", type_=UtcDateTime)
    return (
        select(
            SignIn.id,
            SignIn.user_id,
            SignIn.method,
            SignIn.shared_device,
            SignIn.started_at,
            SignIn.last_seen_at,
            SignIn.confirmed_at,
            User.display_name,
            User.legal_name,
            User.password_hash.is_not(None).label("has_password"),
            *_rights(SignIn.user_id, today, now),
        )
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.token_hash == bindparam("hash"), SignIn.ended_at.is_(None))
    )


def actor_of(session: Session, user_id: int, now: datetime) -> Actor:
    """Return what somebody is at this moment, for work that is done while she is away."""
    values = {"user": user_id, "today": now.date(), "now": now}
    row = core(session).execute(_actor_query(), values).first()
    if row is None:
        return Nobody.actor
    return _actor(user_id, row)


@cache
def _actor_query() -> Select[*tuple[Any, ...]]:
    today, now = bindparam("today", type_=Date), bindparam("now", type_=UtcDateTime)
    return select(*_rights(User.id, today, now)).where(User.id == bindparam("user"))


def _rights(
    user_id: InstrumentedAttribute[int],
    today: BindParameter[date],
    now: BindParameter[datetime],
) -> tuple[ColumnElement[Any], ...]:
    """Return the columns `left`, `manages` and `roles` of a query about this person."""
    mine, theirs, behind = aliased(Placement), aliased(Placement), aliased(Placement)
    left = exists().where(mine.user_id == user_id, in_force(today, mine), mine.kind == "left")
    here = exists().where(mine.user_id == user_id, placed(today, mine))
    manages = exists().where(
        theirs.manager_id == user_id,
        in_force(today, theirs),
        or_(theirs.kind == "placed", exists().where(behind.manager_id == theirs.user_id)),
    )
    lent = exists().where(ViewLoan.borrower_id == user_id, lent_now(now, today))
    entity = func.coalesce(cast(RoleGrant.entity_id, String), "")
    roles = (
        select(func.aggregate_strings(RoleGrant.role + ":" + entity, ","))
        .where(
            RoleGrant.user_id == user_id,
            RoleGrant.superseded_at.is_(None),
            RoleGrant.from_on <= today,
            or_(RoleGrant.to_on.is_(None), RoleGrant.to_on >= today),
        )
        .scalar_subquery()
    )
    return (
        and_(left, ~here).label("left"),
        or_(manages, lent).label("manages"),
        roles.label("roles"),
    )
