"""Faults of content: file, line, what is wrong, and the mend."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in one place."""

    file: str
    line: int
    what: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """Return `file:line: what; the mend`."""
        mark = "" if self.severity == "error" else "warning: "
        return f"{self.file}:{self.line}: {mark}{self.what}; {self.mend}"


class ContentFaults(Exception):
    """The content can't be used; every fault is in it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
