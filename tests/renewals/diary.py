"""The diary of a simulated year: who ought to hear what on which day, by calendar alone.

It knows nothing of the app. Told who was hired, finished on paper, went on leave or left, it
works out by itself which training is open, when it is due and which reminder that makes due.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
FIRST_DUTY = {"onboarding": 30 * DAY, "long": 37 * DAY}  # from hire, or the day on record
WINDOW = 60 * DAY  # before the end of a year, the refresher opens
AFTER_LEAVE = 30 * DAY  # nobody who comes back has less
OFFSETS = {"due_30": -30, "due_7": -7, "due_1": -1, "due_today": 0,
           "late_1": 1, "late_7": 7, "late_14": 14}  # fmt: skip

Key = tuple[str, str, str, date]  # address, course, kind, due day: one reminder


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
    trainings: dict[str, Training] = field(default_factory=dict)
    trained_until: dict[str, date] = field(default_factory=dict)
    away: tuple[date, date] | None = None
    was_away: bool = False
    gone: bool = False

    def is_away(self, today: date) -> bool:
        return self.away is not None and self.away[0] <= today <= self.away[1]

    def may_hear(self, today: date) -> frozenset[str]:
        """Return of which courses a mail may reach her: none once she is done, away or gone."""
        return frozenset(() if self.gone or self.is_away(today) else self.trainings)


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
            for course in FIRST_DUTY:
                self._open(life, course)
            if life.away and life.away[1] < today:
                self._come_back(life)

    def _open(self, life: Life, course: str) -> None:
        if course in life.trainings or life.hired_on > self.today:
            return
        until = life.trained_until.get(course)
        if until is None:
            start = max(life.hired_on, self.first_day)
            life.trainings[course] = Training(self.today, start + FIRST_DUTY[course])
        elif self.today >= until - WINDOW:
            life.trainings[course] = Training(self.today, until, until)

    def _come_back(self, life: Life) -> None:
        back_on = life.away[1] + DAY if life.away else self.today
        life.away = None
        for course, training in life.trainings.items():
            moved = max(training.due_on, back_on + AFTER_LEAVE)
            if moved != training.due_on:
                self._forget(life, course)
            training.due_on = moved

    def finish(self, address: str, course: str) -> None:
        life = self.lives[address]
        self._forget(life, course)
        training = life.trainings.pop(course)
        before = training.expiry_before
        on_time = before is not None and self.today <= max(before, training.due_on)
        start = before if before is not None and on_time else self.today
        life.trained_until[course] = start.replace(year=start.year + 1)

    def send_away(self, address: str, last_day: date) -> None:
        life = self.lives[address]
        self._forget(life, *FIRST_DUTY)
        life.away, life.was_away = (self.today, last_day), True

    def end(self, address: str) -> None:
        self._forget(self.lives[address], *FIRST_DUTY)
        self.lives[address].gone = True

    def _forget(self, life: Life, *courses: str) -> None:
        """What she was still to hear of these open trainings is not true any more."""
        for key in self.due:
            if key[0] == life.address and key[1] in courses:
                self.let_off.setdefault(key, self.today)

    def write(self) -> list[Key]:
        """Note and return the reminders that today makes due."""
        found = []
        for life in self.lives.values():
            for course in sorted(life.may_hear(self.today)):
                training = life.trainings[course]
                if kind := training.reminder(self.today):
                    found.append((life.address, course, kind, training.due_on))
        self.due.update(dict.fromkeys(found, self.today))
        return found

    def told_in(self, address: str, course: str, due_on: date) -> list[Key]:
        """Return the reminders that a mail of today tells that names this training and day."""
        keys = [(address, course, kind, due_on) for kind in ("assigned", *OFFSETS)]
        return [key for key in keys if key in self.due]
