"""Courses and the policy: which modules for whom, and the text that people sign."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from training.catalog.lessons import render_text
from training.catalog.part import Part, Slug
from training.catalog.roles import ROLES, LearnerRole, RoleWords, roles_in

LATER_KEYS = ("roles", "objectives", "also", "questions", "minutes", "role_words", "signs", "cases")


class RolePart(Part):
    """What some roles take of a module beside what everybody takes of it."""

    roles: tuple[LearnerRole, ...] = Field(min_length=1)
    steps: tuple[Slug, ...] = ()
    objectives: tuple[str, ...] = ()


class CoursePart(Part):
    """One module of a course: all of it, or some steps, or some objectives; perhaps by role.

    `roles`: the module is for these alone; none named: for everybody. `also`: more for some.
    `questions`: how many the quiz has where it is not the module's own number.
    """

    slug: Slug
    roles: tuple[LearnerRole, ...] = ()
    steps: tuple[Slug, ...] = ()
    objectives: tuple[str, ...] = ()
    also: tuple[RolePart, ...] = ()
    questions: int | None = Field(default=None, ge=3, le=6)

    def pieces(self, role: str) -> Iterator["CoursePart | RolePart"]:
        """Yield what this role takes: the part itself, then what it takes besides."""
        mine = roles_in(role)
        if self.roles and mine.isdisjoint(self.roles):
            return
        yield self
        yield from (more for more in self.also if not mine.isdisjoint(more.roles))


class YearCase(Part):
    """The new situation of a year: in a refresher of that year, and in no course before."""

    year: int = Field(ge=2020, le=2100)
    module: Slug
    scenario: Slug


class Course(Part):
    """A course: its modules in order, its cut score, and whether the paper comes first.

    The cut score is a policy choice, unless `cut: angoff` lets the ratings of the items drawn set
    it paper by paper. `signs`: the policy text that is read and signed in place of any module.
    """

    code: Slug
    title: str
    kind: Literal["onboarding", "refresher", "change", "extra"]
    test_out: bool = False
    cut: Literal["policy", "angoff"] = "policy"
    cut_per_cent: int = Field(default=80, ge=50, le=100)
    minutes: tuple[int, int] | None = None
    signs: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    modules: tuple[CoursePart, ...]
    role_words: tuple[RoleWords, ...] = ()
    cases: tuple[YearCase, ...] = ()

    @field_validator("modules")
    @classmethod
    def _takes_something(
        cls, modules: tuple[CoursePart, ...], info: ValidationInfo
    ) -> tuple[CoursePart, ...]:
        if not modules and not info.data.get("signs"):
            raise ValueError("a course has one module at least")
        return modules

    @property
    def by_role(self) -> bool:
        """Tell whether some role takes something that another does not."""
        return any(part.roles or part.also for part in self.modules)

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles that the course tells apart: all of them, or `any` alone."""
        return ROLES if self.by_role else ROLES[:1]

    def case_of(self, year: int) -> YearCase | None:
        """Return the new case that whoever begins in a year takes; None: that year has none."""
        return next((case for case in self.cases if case.year == year), None)

    def document(self) -> dict[str, Any]:
        """Return what is stored; a key that says nothing is left out, so that a course which
        was published before the key existed keeps its version.
        """
        whole = self.model_dump(mode="json")
        if self.cut == "policy":
            del whole["cut"]
        for holder in (whole, *whole["modules"]):
            for key in LATER_KEYS:
                if key in holder and not holder[key]:
                    del holder[key]
        return whole


class Policy(Part):
    """A social-media policy: its text and the sentence that is signed."""

    title: str
    statement: str
    body: str

    @property
    def html(self) -> str:
        """Return the policy's HTML, its local facts still to be filled in."""
        return render_text(self.body)
