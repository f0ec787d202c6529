"""Who reports to whom: managers by number or by name, and no circle among them."""

from itertools import chain

from training.program.roster.faults import RowFault
from training.program.roster.known import Believed
from training.program.roster.rows import RosterRow
from training.program.roster.values import BadValue, name_of

Listed = dict[str, RosterRow]


class Managers:
    """The managers that a list names; what is wrong with them is in `faults`.

    `missing` are those who end because the list does not name them; `trusted` are numbers of
    faulty rows, who would be managers if their rows were mended.
    """

    def __init__(
        self, listed: Listed, known: Believed, missing: set[str], trusted: set[str]
    ) -> None:
        self.listed, self.known = listed, known
        self.missing, self.trusted = missing, trusted
        self.of: dict[str, str] = {}
        self.beside: dict[int, str] = {}  # of second jobs, by the line of each
        self.faults: list[RowFault] = []
        self.warnings: list[RowFault] = []
        self.names: dict[str, set[str]] = {}
        for row in listed.values():
            self.names.setdefault(row.legal_name.casefold(), set()).add(row.external_id)
        for row in chain.from_iterable(row.jobs for row in listed.values()):
            if row.manager and row.status != "left":
                self._find(row, row.manager)
        self._circles()

    def _find(self, row: RosterRow, told: str) -> None:
        if told in self.listed or told in self.known.ids or told in self.trusted:
            self._take(row, told)
            return
        found = self._by_name(told)
        if len(found) == 1:
            boss = next(iter(found))
            what = f"manager '{told}' by name, taken as {boss}"
            self.warnings.append(RowFault(row.line, what, "better by staff number"))
            self._take(row, boss)
            return
        what = f"there is no manager '{told}'"
        if found:
            what = f"{len(found)} people are called '{told}'"
        self.faults.append(RowFault(row.line, what, "write the manager's staff number"))

    def _by_name(self, told: str) -> set[str]:
        """Return the numbers of those with this name: in the list, or else in the house."""
        try:
            name = name_of(told)[0].casefold()
        except BadValue:
            return set()
        return self.names.get(name) or self.known.names.get(name, set())

    def _take(self, row: RosterRow, boss: str) -> None:
        if boss == row.external_id:
            self.warnings.append(RowFault(row.line, "is their own manager", "taken as the top"))
            return
        if self._has_left(boss):
            self.warnings.append(RowFault(row.line, f"manager {boss} has left", "name another"))
        if row.line == self.listed[row.external_id].line:
            self.of[row.external_id] = boss
        else:
            self.beside[row.line] = boss  # across a second job two may lead each other

    def _has_left(self, boss: str) -> bool:
        if boss in self.listed:
            return self.listed[boss].status == "left"
        person = self.known.people.get(boss)
        return boss in self.missing or (person is not None and not person.is_here)

    def _boss_of(self, external_id: str) -> str | None:
        row = self.listed.get(external_id)
        if row is not None and ("manager_id" in row.told or row.status == "left"):
            return self.of.get(external_id)
        return None if external_id in self.missing else self.known.bosses.get(external_id)

    def _circles(self) -> None:
        """Name every circle once; the graph has one way out of each person."""
        done: set[str] = set()
        for start in self.of:
            path: dict[str, None] = {}  # in order, and asked in no time
            at: str | None = start
            while at is not None and at not in done and at not in path:
                path[at] = None
                at = self._boss_of(at)
            if at is not None and at in path:
                ids = list(path)
                self._circle(ids[ids.index(at) :])
            done.update(path)

    def _circle(self, ring: list[str]) -> None:
        lines = [self.listed[id_].line for id_ in ring if id_ in self.listed]
        if not lines:
            return  # it was there before, and this list has no part in it
        what = f"managers in a circle: {' > '.join([*ring, ring[0]])}"
        self.faults.append(RowFault(min(lines), what, "break it at the top"))
