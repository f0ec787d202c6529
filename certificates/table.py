"""A report as a value: a title, what it shows, and rows under one line of headings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and the share of the page's width that its column takes."""

    heading: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """What a report prints.

    ``told`` says which rows these are, of when and in which zone: it stands below the title, at
    the foot of every page and in the file's properties. Each row has a text for each column.
    """

    title: str
    practice: str
    told: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
