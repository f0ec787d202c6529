"""What is wrong with a staff list: the line where the record begins, what, and the mend."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """One fault, or one warning, of one record; `about`: on whose page it is mended."""

    line: int
    what: str
    mend: str
    about: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return `line: what; mend`."""
        return f"{self.line}: {self.what}; {self.mend}"


class Refused(Exception):
    """The list is not taken, and nothing has changed; every fault is in it."""

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
