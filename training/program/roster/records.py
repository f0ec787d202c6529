"""One row of a list, with the line where it begins."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """The line where a row begins, and its cells as text."""

    line: int
    cells: tuple[str, ...]
