"""Whose mail address is whose: nobody signs in by a shared one, nobody is taken for another."""

from training.accounts.service import normal_address
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed
from training.program.roster.rows import RosterRow

Listed = dict[str, RosterRow]


class Addresses:
    """Who of a list signs in by which address; what is wrong is in `faults`.

    `signs_in` has everybody in the list who has not left, with her address or None.
    """

    def __init__(self, listed: Listed, known: Believed) -> None:
        self.listed, self.known = listed, known
        self.faults: list[RowFault] = []
        self.warnings: list[RowFault] = []
        here = [row for row in listed.values() if row.status != "left"]
        self.signs_in: dict[str, str | None] = dict.fromkeys(row.external_id for row in here)
        self.own = {row.external_id: normal_address(row.email) for row in here if row.email}
        sharers: dict[str, list[RosterRow]] = {}
        for row in here:
            if row.email:
                sharers.setdefault(self.own[row.external_id], []).append(row)
        for address, rows in sharers.items():
            self._settle(address, rows)

    def _settle(self, address: str, rows: list[RosterRow]) -> None:
        if len(rows) > 1:
            what, mend = f"{address} is a shared mailbox", "nobody signs in by it"
            self.warnings += [RowFault(row.line, what, mend) for row in rows]
            return
        row = rows[0]
        is_new = row.external_id not in self.known.people
        if is_new and self._keeps(self.known.holders.get(address), address, row):
            self.faults.append(self._taken(self.known.holders[address], address, row))
        elif self._keeps(self.known.sign_ins.get(address), address, row):
            what = f"somebody else signs in by {address}"
            self.warnings.append(RowFault(row.line, what, "give each an address of their own"))
        else:
            self.signs_in[row.external_id] = address

    def _taken(self, holder: int, address: str, row: RosterRow) -> RowFault:
        number = self.known.numbers[holder]
        whose = "of another list" if number == row.external_id else "under another staff number"
        mend = "keep the old number, or take the address out of this row"
        if holder in self.known.foreign:
            mend = "say which list this is, or take the row out: somebody may be on two lists"
        mend += (
            f"; or, if it is the same person, say on the page of {number} that this is the number"
        )
        return RowFault(row.line, f"{address} belongs to {number}, {whose}", mend, about=holder)

    def _keeps(self, holder: int | None, address: str, row: RosterRow) -> bool:
        """Tell whether an address is somebody else's, before this list and after it."""
        if holder is None:
            return False
        if holder == self.known.ids.get(row.external_id) and holder not in self.known.foreign:
            return False  # her own; somebody of another source may have the same number
        number = self.known.numbers[holder]
        gives_up = number in self.signs_in and self.own.get(number) != address
        return holder in self.known.foreign or not gives_up
