"""The diary of a simulated year: who ought to hear what on which day, by calendar alone.

It knows nothing of the app. Told who was hired, finished on paper, went on leave or left, it
works out by itself which training is open, when it is due and which reminder that makes due.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
FIRST_DUTY = 30 * DAY  # from hire, or from the day she came on record
WINDOW = 60 * DAY  # before the end of a year, the refresher opens
AFTER_LEAVE = 30 * DAY  # nobody who comes back has less
OFFSETS = {"due_30": -30, "due_7": -7, "due_1": -1, "due_today": 0,
           "late_1": 1, "late_7": 7, "late_14": 14}  # fmt: skip

Key = tuple[str, str, date]  # address, kind, due day: one letter


@dataclass
class Training:
    """One training that is due, and what was told of it."""

    assigned_on: date
    due_on: date
    expiry_before: date | None = None
    told: dict[date, date] = field(default_factory=dict)  # due day -> day of the last reminder
    announced: bool = False

    def reminder(self, today: date) -> str | None:
        """Return the reminder of today: the newest that has come, unless it was told already."""
        days = {kind: self.due_on + n * DAY for kind, n in OFFSETS.items()}
        come = {kind: day for kind, day in days.items() if self.assigned_on < day <= today}
        come["assigned"] = self.assigned_on
        newest = max(come, key=come.__getitem__)
        heard = self.told.get(self.due_on, date.min)
        if self.announced:
            heard = max(heard, self.assigned_on)
        if come[newest] <= heard:
            return None
        self.told[self.due_on] = come[newest]
        self.announced |= newest == "assigned"
        return newest


@dataclass
class Life:
    """One member of staff."""

    address: str
    hired_on: date
    training: Training | None = None
    trained_until: date | None = None
    away: tuple[date, date] | None = None
    was_away: bool = False
    gone: bool = False

    def is_away(self, today: date) -> bool:
        return self.away is not None and self.away[0] <= today <= self.away[1]

    def may_hear(self, today: date) -> bool:
        """Tell whether any mail may reach her: never once she is done, away or gone."""
        return self.training is not None and not self.gone and not self.is_away(today)


class Diary:
    """All lives day by day, and every letter that is due: when, and until when it stays true."""

    def __init__(self, first_day: date) -> None:
        self.first_day = first_day
        self.today = first_day
        self.lives: dict[str, Life] = {}
        self.due: dict[Key, date] = {}
        self.let_off: dict[Key, date] = {}  # what was not true any more, and from which day

    def hire(self, address: str, hired_on: date) -> None:
        self.lives[address] = Life(address, hired_on)

    def wake(self, today: date) -> None:
        """Begin a day: what opens opens, and who is back has time again."""
        self.today = today
        for life in self.lives.values():
            if life.gone:
                continue
            self._open(life)
            if life.away and life.away[1] < today:
                self._come_back(life)

    def _open(self, life: Life) -> None:
        if life.training is not None or life.hired_on > self.today:
            return
        if life.trained_until is None:
            start = max(life.hired_on, self.first_day)
            life.training = Training(self.today, start + FIRST_DUTY)
        elif self.today >= life.trained_until - WINDOW:
            life.training = Training(self.today, life.trained_until, life.trained_until)

    def _come_back(self, life: Life) -> None:
        back_on = life.away[1] + DAY if life.away else self.today
        life.away = None
        if life.training is not None:
            moved = max(life.training.due_on, back_on + AFTER_LEAVE)
            if moved != life.training.due_on:
                self._forget(life)
            life.training.due_on = moved

    def finish(self, address: str) -> None:
        life = self.lives[address]
        self._forget(life)
        before = life.training.expiry_before if life.training else None
        on_time = before is not None and self.today <= max(before, life.training.due_on)  # type: ignore[union-attr]
        start = before if before is not None and on_time else self.today
        life.trained_until = start.replace(year=start.year + 1)
        life.training = None

    def send_away(self, address: str, last_day: date) -> None:
        life = self.lives[address]
        self._forget(life)
        life.away, life.was_away = (self.today, last_day), True

    def end(self, address: str) -> None:
        self._forget(self.lives[address])
        self.lives[address].gone = True

    def _forget(self, life: Life) -> None:
        """What she was still to hear of an open training is not true any more."""
        for key in self.due:
            if key[0] == life.address:
                self.let_off.setdefault(key, self.today)

    def write(self) -> list[Key]:
        """Note and return the letters that today makes due."""
        found = []
        for life in self.lives.values():
            if life.training is None or not life.may_hear(self.today):
                continue
            kind = life.training.reminder(self.today)
            if kind:
                key = (life.address, kind, life.training.due_on)
                self.due[key] = self.today
                found.append(key)
        return found
