"""Who may do what: one reviewed table, and everything that is not in it is refused.

An action is `resource:verb`; routes name actions, never roles. Which *rows* somebody reaches is
a question of scope besides, answered in SQL on every request (DESIGN section 8).
"""

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
    """What a route or a command does: `resource:verb`, in alphabetical order."""

    ACCOUNT_SIGN_IN = "account:sign_in"
    ACCOUNT_SIGN_OUT = "account:sign_out"
    ATTEMPT_TAKE = "attempt:take"
    ATTEMPT_UNLOCK = "attempt:unlock"
    BOOSTER_PLAY = "booster:play"
    CALENDAR_READ = "calendar:read"
    CALENDAR_WRITE = "calendar:write"
    CERTIFICATE_READ = "certificate:read"
    CERTIFICATE_VERIFY = "certificate:verify"
    COMPLETION_RECORD = "completion:record"
    COMPLETION_VOID = "completion:void"
    COURSE_READ = "course:read"
    COURSE_TAKE = "course:take"
    DIGEST_ANSWER = "digest:answer"
    DUE_DAY_MOVE = "due_day:move"
    EXPORT_ASK = "export:ask"
    EXPORT_PEOPLE = "export:people"
    EXPORT_TEAM = "export:team"
    HEALTH_READ = "health:read"
    HOME_READ = "home:read"
    ITEMS_READ = "items:read"
    LOG_READ = "log:read"
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - the name of an action
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    POLICY_SIGN = "policy:sign"
    PRACTICE_WRITE = "practice:write"
    PROGRAM_READ = "program:read"
    REMINDERS_READ = "reminders:read"
    ROLE_GRANT = "role:grant"
    ROSTER_WRITE = "roster:write"
    RULE_WRITE = "rule:write"
    SLIP_PRINT = "slip:print"
    STATIC_READ = "static:read"
    TEAM_LEND = "team:lend"
    TEAM_NUDGE = "team:nudge"
    TEAM_READ = "team:read"
    TEAM_SESSION_LEAD = "team_session:lead"
    TRAINING_OPEN = "training:open"
    WAIVER_WRITE = "waiver:write"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an id, and the roles held at this very request.

    `entity_ids`: the legal entities that an officer is limited to; empty: no limit.
    `active`: False once she has left; she then may do what a stranger may.
    """

    user_id: int | None
    roles: frozenset[Role]
    entity_ids: frozenset[int] = frozenset()
    active: bool = True

    @property
    def signed_in(self) -> bool:
        """Tell whether anybody is signed in."""
        return self.user_id is not None


ANYBODY = frozenset(
    {
        Action.ACCOUNT_SIGN_IN,
        Action.BOOSTER_PLAY,  # by the link in the mail alone: it opens one scene
        Action.CALENDAR_READ,
        Action.CERTIFICATE_VERIFY,
        Action.DIGEST_ANSWER,  # by the link in the mail alone: it is looked up on each request
        Action.HEALTH_READ,
        Action.STATIC_READ,
    }
)

_LEARNER = frozenset(
    {
        Action.ACCOUNT_SIGN_OUT,
        Action.ATTEMPT_TAKE,
        Action.CALENDAR_WRITE,
        Action.CERTIFICATE_READ,
        Action.COURSE_TAKE,
        Action.HOME_READ,
        Action.PASSWORD_CHANGE,
        Action.POLICY_SIGN,
    }
)
_READS_PROGRAM = frozenset(
    {
        Action.EXPORT_ASK,
        Action.EXPORT_PEOPLE,
        Action.ITEMS_READ,
        Action.LOG_READ,
        Action.PEOPLE_READ,
        Action.PROGRAM_READ,
        Action.REMINDERS_READ,
    }
)

# Nobody does these to her own record (DESIGN section 8).
ON_OTHERS_ONLY = frozenset(
    {
        Action.ATTEMPT_UNLOCK,
        Action.COMPLETION_RECORD,
        Action.COMPLETION_VOID,
        Action.DUE_DAY_MOVE,
        Action.ROLE_GRANT,
        Action.TRAINING_OPEN,
        Action.WAIVER_WRITE,
    }
)

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.LEARNER: _LEARNER,
    Role.MANAGER: frozenset(
        {
            Action.EXPORT_ASK,
            Action.EXPORT_TEAM,
            Action.TEAM_LEND,
            Action.TEAM_NUDGE,
            Action.TEAM_READ,
        }
    ),
    Role.PRIVACY_OFFICER: _READS_PROGRAM
    | {
        Action.ATTEMPT_UNLOCK,
        Action.COMPLETION_RECORD,
        Action.COMPLETION_VOID,
        Action.COURSE_READ,
        Action.DUE_DAY_MOVE,
        Action.PEOPLE_WRITE,
        Action.PRACTICE_WRITE,
        Action.ROSTER_WRITE,
        Action.RULE_WRITE,
        Action.SLIP_PRINT,
        Action.TEAM_SESSION_LEAD,
        Action.TRAINING_OPEN,
        Action.WAIVER_WRITE,
    },
    Role.AUDITOR: _READS_PROGRAM,
    Role.ADMIN: frozenset({Action.PEOPLE_READ, Action.ROLE_GRANT, Action.SLIP_PRINT}),
}

# Everybody is a learner; whoever somebody reports to is a manager, or was lent that view.
GRANTABLE = frozenset({Role.MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR, Role.ADMIN})


def may(actor: Actor, action: Action) -> bool:
    """Tell whether the actor may do this at all; rows are a question of scope besides."""
    if action in ANYBODY:
        return True
    if not (actor.signed_in and actor.active):
        return False
    return any(action in ALLOWED.get(role, ()) for role in actor.roles)


def entities_reached(actor: Actor, action: Action) -> frozenset[int] | None:
    """Return the legal entities whose people an action reaches; None: everybody's.

    Only a privacy officer can be limited; where another role lets her do the same, that counts.
    """
    others = actor.roles - {Role.PRIVACY_OFFICER}
    if not actor.entity_ids or any(action in ALLOWED.get(role, ()) for role in others):
        return None
    return actor.entity_ids


def may_touch(actor: Actor, action: Action, subject_user_id: int) -> bool:
    """Tell whether the actor may do this to one person's record.

    An officer can't void, waive, unlock or put off on her own record, nor an admin grant to
    herself (DESIGN section 8); everything else is as `may` says.
    """
    own = actor.user_id == subject_user_id
    return may(actor, action) and not (own and action in ON_OTHERS_ONLY)


def may_grant(actor: Actor, role: Role, to_user_id: int) -> bool:
    """Tell whether the actor may grant this role to somebody: never to herself."""
    return role in GRANTABLE and may_touch(actor, Action.ROLE_GRANT, to_user_id)


def may_take_away(actor: Actor, role: Role, from_user_id: int, admins: int) -> bool:
    """Tell whether a role may be taken from somebody; the last admin keeps hers.

    `admins`: how many active people hold the admin role now. The caller holds the lock under
    which she counted, else two admins could each take away the other.
    """
    is_last = role is Role.ADMIN and admins <= 1
    return may_grant(actor, role, from_user_id) and not is_last


def in_reporting_line(
    manager_of: Mapping[int, int | None], manager: int, person: int, *, depth_limit: int = 64
) -> bool:
    """Tell whether a person reports to a manager, directly or not.

    Nobody is in her own line. A loop in the data, or a line longer than the limit, ends the
    search with what was found until then: the plain oracle that the SQL is tested against.
    """
    at, passed = manager_of.get(person), {person}
    for _ in range(depth_limit):
        if at is None or at in passed:
            return False
        if at == manager:
            return True
        passed.add(at)
        at = manager_of.get(at)
    return False
