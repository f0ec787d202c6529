"""Who may do what: one reviewed table, and everything that is not in it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the programme; everybody who signs in is a learner."""

    LEARNER = "learner"
    MANAGER = "manager"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Action(StrEnum):
    """What a route is: `resource:verb`, in alphabetical order."""

    ACCOUNT_SIGN_IN = "account:sign_in"
    ACCOUNT_SIGN_OUT = "account:sign_out"
    ATTEMPT_TAKE = "attempt:take"
    CERTIFICATE_READ = "certificate:read"
    CERTIFICATE_VERIFY = "certificate:verify"
    COURSE_TAKE = "course:take"
    EXPORT_TEAM = "export:team"
    HEALTH_READ = "health:read"
    HOME_READ = "home:read"
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - the name of an action
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    POLICY_SIGN = "policy:sign"
    PRACTICE_WRITE = "practice:write"
    PROGRAM_READ = "program:read"
    REMINDERS_READ = "reminders:read"
    ROSTER_WRITE = "roster:write"
    SLIP_PRINT = "slip:print"
    STATIC_READ = "static:read"
    TEAM_READ = "team:read"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an id, and the roles held at this very request."""

    user_id: int | None
    roles: frozenset[Role]
    entity_ids: frozenset[int] = frozenset()

    @property
    def signed_in(self) -> bool:
        """Tell whether anybody is signed in."""
        return self.user_id is not None


ANYBODY = frozenset(
    {
        Action.ACCOUNT_SIGN_IN,
        Action.CERTIFICATE_VERIFY,
        Action.HEALTH_READ,
        Action.STATIC_READ,
    }
)

_LEARNER = frozenset(
    {
        Action.ACCOUNT_SIGN_OUT,
        Action.ATTEMPT_TAKE,
        Action.CERTIFICATE_READ,
        Action.COURSE_TAKE,
        Action.HOME_READ,
        Action.PASSWORD_CHANGE,
        Action.POLICY_SIGN,
    }
)
_READS_PROGRAM = frozenset({Action.PEOPLE_READ, Action.PROGRAM_READ, Action.REMINDERS_READ})

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.LEARNER: _LEARNER,
    Role.MANAGER: frozenset({Action.EXPORT_TEAM, Action.TEAM_READ}),
    Role.PRIVACY_OFFICER: _READS_PROGRAM
    | {Action.PEOPLE_WRITE, Action.PRACTICE_WRITE, Action.ROSTER_WRITE, Action.SLIP_PRINT},
    Role.AUDITOR: _READS_PROGRAM,
    Role.ADMIN: frozenset({Action.PEOPLE_READ, Action.SLIP_PRINT}),
}


def may(actor: Actor, action: Action) -> bool:
    """Tell whether the actor may do this at all; rows are a question of scope besides."""
    if action in ANYBODY:
        return True
    return actor.signed_in and any(action in ALLOWED[role] for role in actor.roles)


def may_touch(actor: Actor, action: Action, subject_user_id: int) -> bool:
    """Tell whether the actor may do this to somebody's record: never to one's own.

    An officer can't void, waive or unlock her own record (DESIGN section 8).
    """
    return may(actor, action) and actor.user_id != subject_user_id


def may_grant(actor: Actor, to_user_id: int) -> bool:
    """Tell whether the actor may grant or take a role: an admin, and never on herself."""
    return Role.ADMIN in actor.roles and actor.user_id != to_user_id


def may_take_away(actor: Actor, role: Role, from_user_id: int, admins: int) -> bool:
    """Tell whether a role may be taken from somebody: the last admin keeps hers."""
    last = role is Role.ADMIN and admins <= 1
    return may_grant(actor, from_user_id) and not last


def in_reporting_line(
    manager_of: Mapping[int, int | None], manager: int, person: int, *, deepest: int = 32
) -> bool:
    """Tell whether a person reports to a manager, directly or not; a loop ends the search."""
    at = manager_of.get(person)
    for _ in range(deepest):
        if at is None or at == person:
            return False
        if at == manager:
            return True
        at = manager_of.get(at)
    return False
