"""The parts that people play at work, and how a job title tells which of them somebody plays."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from training.catalog.part import Part

LearnerRole = Literal["any", "clinical", "front-desk", "marketing", "manager"]
ANY, MANAGER = "any", "manager"
ROLES: tuple[LearnerRole, ...] = ("any", "clinical", "front-desk", "marketing", "manager")
ROLE_WORDS: Mapping[str, str] = {
    "any": "Everybody else",
    "clinical": "Clinical",
    "front-desk": "Front desk and calls",
    "marketing": "Marketing and social media",
    "manager": "Manager",
}
AND = "+"  # between the roles of somebody with two jobs
NOT_A_WORD = re.compile(r"[^\w]+")


class RoleWords(Part):
    """One row of the table: the words of job titles and departments that stand for a role."""

    role: LearnerRole
    titles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


def together(roles: Iterable[str]) -> str:
    """Return several roles as one word, which takes the parts of each; `any` stands last."""
    found = {*roles}
    return AND.join(role for role in (*ROLES[1:], ANY) if role in found) or ANY


def roles_in(role: str) -> frozenset[str]:
    """Return the roles of a word that may stand for several."""
    return frozenset(role.split(AND))


def first_of(role: str) -> str:
    """Return the role by which somebody is counted: one, though she has two."""
    return role.partition(AND)[0]


def plain_title(text: str) -> str:
    """Return a title as it is compared: its words in small letters, a blank between them."""
    return " ".join(NOT_A_WORD.sub(" ", text.casefold()).split())


def role_of(
    table: Iterable[RoleWords],
    *,
    job_title: str,
    department: str,
    manages: bool,
    told: Mapping[str, str] | None = None,
) -> str:
    """Return the role of somebody in this place, `any` when nothing tells.

    What the officer said of the title comes first (`told`, by plain title); then whoever
    somebody reports to is a manager; then the words of the title, then of the department, the
    first row of the table that holds one.
    """
    title = plain_title(job_title)
    if told and title in told:
        return told[title]
    if manages:
        return MANAGER
    rows = tuple(table)
    by_title = ((row.role, row.titles) for row in rows)
    by_department = ((row.role, row.departments) for row in rows)
    return _first(by_title, title) or _first(by_department, plain_title(department)) or ANY


def _first(rows: Iterable[tuple[str, tuple[str, ...]]], text: str) -> str | None:
    within = f" {text} "
    return next(
        (role for role, words in rows if any(f" {plain_title(w)} " in within for w in words)), None
    )
