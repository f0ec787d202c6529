"""What every part of a situation is made of: frozen, and strict about every key."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Label = Literal["law", "policy", "conduct"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class Part(BaseModel):
    """What every part is: frozen, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Entry(Part):
    """One thing of an exercise that the learner judges, with why it is what it is."""

    id: Slug
    feedback: str = Field(min_length=1)
    label: Label
    fact: str


class Exercise(Part):
    """What the learner works on in a scene before she takes one of its choices."""

    KEY: ClassVar[str]
    """The key of its entries in the file."""
    NAMES: ClassVar[frozenset[str]]
    """The variables that it sets before the cases are looked at."""

    @property
    def entries(self) -> Sequence[Entry]:
        """Return its entries, in the order of the file."""
        found: Sequence[Entry] = getattr(self, self.KEY)
        return found

    @property
    def words(self) -> tuple[str, ...]:
        """Return what is read before the move."""
        return ()
