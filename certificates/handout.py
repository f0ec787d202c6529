"""A training on paper as a value: what somebody reads, is asked and signs, block by block."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of one look within a text."""

    text: str
    bold: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level, 1 to 3; it may begin a page."""

    text: str
    level: int = 2
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: `mark` stands before it (a bullet, a number), `quoted` sets it in."""

    spans: tuple[Span, ...]
    mark: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a box before each option, to tick or, larger, to number."""

    number: int
    stem: tuple[Passage, ...]
    how: str
    options: tuple[str, ...]
    to_number: bool = False


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to be filled in by hand, each with its label; `boxes` are to be ticked instead."""

    labels: tuple[str, ...]
    boxes: tuple[str, ...] = ()


Block = Heading | Passage | Asked | Blanks


@dataclass(frozen=True, slots=True)
class Handout:
    """One person's sheets: her name and where she works on the first, `foot` on each."""

    title: str
    practice: str
    name: str
    told: tuple[str, ...]
    foot: str
    blocks: tuple[Block, ...] = field(default=())
