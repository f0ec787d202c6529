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
            number = self.known.numbers[self.known.holders[address]]
            what = f"{address} belongs to {number}, under another staff number"
            self.faults.append(RowFault(row.line, what, "keep the old number, or merge them"))
        elif self._keeps(self.known.sign_ins.get(address), address, row):
            what = f"somebody else signs in by {address}"
            self.warnings.append(RowFault(row.line, what, "give her an address of her own"))
        else:
            self.signs_in[row.external_id] = address

    def _keeps(self, holder: int | None, address: str, row: RosterRow) -> bool:
        """Tell whether an address is somebody else's, before this list and after it."""
        if holder is None:
            return False
        if holder == self.known.ids.get(row.external_id) and holder not in self.known.foreign:
            return False  # her own; somebody of another source may have the same number
        number = self.known.numbers[holder]
        gives_up = number in self.signs_in and self.own.get(number) != address
        return holder in self.known.foreign or not gives_up
