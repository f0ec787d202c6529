"""The exercises of a scene: search a picture, answer a review, check a paper, put in order, hide.

Each has entries that the learner judges; `class`, `place` and `feedback` stay on the server
until she has.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from training.catalog.part import Entry, Exercise, Part

Rect = tuple[int, int, int, int]
MOST_PLACES = 7
THOUSAND = 1000


class Thing(Entry):
    """One thing in a picture, and what it is."""

    name: str
    look: str
    rect: Rect
    class_: Literal["patient", "policy", "fine", "arguable"] = Field(alias="class")


class Photo(Exercise):
    """A drawn scene to search."""

    KEY: ClassVar[str] = "things"
    NAMES: ClassVar[frozenset[str]] = frozenset({"found", "missed", "false_alarms"})

    file: str
    alt: str = Field(min_length=3)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    things: tuple[Thing, ...] = Field(min_length=2)


class Review(Part):
    """What somebody wrote, and where: the thing that is answered."""

    by: str
    where: str
    text: str = Field(min_length=1)


class Phrase(Entry):
    """One ready-made phrase of an answer."""

    text: str = Field(min_length=1)
    class_: Literal["needed", "fine", "confirms"] = Field(alias="class")


class Reply(Exercise):
    """A review to answer from ready-made phrases, put together in the order of the file."""

    KEY: ClassVar[str] = "phrases"
    NAMES: ClassVar[frozenset[str]] = frozenset({"confirming", "needed", "lacking"})

    to: Review
    as_: str = Field(alias="as", min_length=1)
    phrases: tuple[Phrase, ...] = Field(min_length=2)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the review and the phrases."""
        return (self.to.text, *(phrase.text for phrase in self.phrases))


class Section(Part):
    """One field of a form; `hand` where it was filled in by hand."""

    heading: str
    text: str
    hand: bool = False


class Check(Entry):
    """One point of the list that a paper is held against."""

    name: str = Field(min_length=1)
    class_: Literal["there", "defect"] = Field(alias="class")


class Document(Exercise):
    """A paper to hold against its list: the learner marks what is missing or wrong."""

    KEY: ClassVar[str] = "checks"
    NAMES: ClassVar[frozenset[str]] = frozenset({"found", "missed", "false_alarms"})

    title: str
    from_: str = Field(alias="from")
    sections: tuple[Section, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = Field(min_length=2)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the paper and the list."""
        paper = (f"{section.heading} {section.text}" for section in self.sections)
        return (self.title, *paper, *(check.name for check in self.checks))


class OrderStep(Entry):
    """One step, and its place; equal places may stand either way round, `never` belongs nowhere."""

    text: str = Field(min_length=1)
    place: int | Literal["never"]

    @field_validator("place", mode="before")
    @classmethod
    def _place(cls, value: Any) -> Any:
        if value == "never" or (type(value) is int and 1 <= value <= MOST_PLACES):
            return value
        raise PydanticCustomError("place", "a place is 1, 2, 3 ... or never")


class Order(Exercise):
    """Steps to put in order; those that belong nowhere are left out."""

    KEY: ClassVar[str] = "steps"
    NAMES: ClassVar[frozenset[str]] = frozenset({"slips", "wrong_steps", "left_out"})

    ask: str = Field(min_length=1)
    steps: tuple[OrderStep, ...] = Field(min_length=2)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the task and the steps."""
        return (self.ask, *(step.text for step in self.steps))


class Detail(Entry):
    """One detail of a story; of 1,000 people who match so far, `keeps` still match with it."""

    text: str = Field(min_length=1)
    keeps: int = Field(ge=1, le=THOUSAND)
    start: bool = False


class Meter(Exercise):
    """A story without a name, and the crowd of people who match it."""

    KEY: ClassVar[str] = "details"
    NAMES: ClassVar[frozenset[str]] = frozenset({"crowd", "details"})

    crowd: int = Field(gt=1)
    of: str = Field(min_length=1)
    story: str = Field(min_length=1)
    details: tuple[Detail, ...] = Field(min_length=2)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the story and its details."""
        return (self.story, *(detail.text for detail in self.details))
