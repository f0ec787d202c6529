"""Courses and the policy: which modules for whom, and the text that people sign."""

from typing import Literal

from pydantic import Field

from training.catalog.lessons import render_text
from training.catalog.part import Part, Slug


class CoursePart(Part):
    """One module of a course, perhaps only some of its steps; its quiz is always whole."""

    slug: Slug
    steps: tuple[Slug, ...] = ()


class Course(Part):
    """A course: its modules in order, its cut score, and whether the paper comes first."""

    code: Slug
    title: str
    kind: Literal["onboarding", "refresher", "change", "extra"]
    test_out: bool = False
    cut_per_cent: int = Field(ge=50, le=100)
    modules: tuple[CoursePart, ...] = Field(min_length=1)


class Policy(Part):
    """A social-media policy: its text and the sentence that is signed."""

    title: str
    statement: str
    body: str

    @property
    def html(self) -> str:
        """Return the policy's HTML, its local facts still to be filled in."""
        return render_text(self.body)
