"""What a status is called on a page, in one sentence, and what each word means."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from training.renewals.nudges import Nudged
from training.reports.queries import Line
from training.reports.teams import Filters
from training.rules.days import short
from training.rules.standing import Complete, Status

MOST_SHORT = 5
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "do", "rn", "lpn", "np", "pa", "phd"})

DEFINITIONS = (
    ("Complete", "The training was completed and its refresher is not overdue."),
    ("Not due yet", "New here: the first training is not done, and its day has not passed."),
    ("Open", "The training was due and is not done."),
    ("Late", "A due day has passed, with the days of grace that the practice gives."),
    ("Due soon", "Due within 30 days."),
    ("Up to date", "Complete, and nothing is due within 30 days."),
    ("Begun", "The training is open and begun, and due in more than 30 days."),
    ("Not begun", "The training is open and not begun, and due in more than 30 days."),
    ("Away", "On leave, or let off until a day: shown beside the rate, not in it."),
    (
        "Two jobs",
        "Whoever has two counts once in the whole, and once in each unit where they work.",
    ),
)

# What only officers and auditors read of: a manager hears of no wish for help (DESIGN section 8).
MORE_DEFINITIONS = (
    ("Waiting for help", "Asked for help with a quiz; the due day stands still until it is given."),
    ("Nothing asked", "No rule asks this training; counted nowhere."),
    ("No longer here", "Has left: kept and found by a search, and counted nowhere."),
)

STATUS_WORDS = {
    Status.LEFT: "No longer here",
    Status.NOT_REQUIRED: "Nothing asked",
    Status.AWAY: "Away",
    Status.WAITING_FOR_HELP: "Waiting for help",
    Status.OVERDUE: "Late",
    Status.DUE_SOON: "Due soon",
    Status.CURRENT: "Up to date",
    Status.IN_PROGRESS: "Begun",
    Status.ASSIGNED: "Not begun",
}

COMPLETE_WORDS = {
    Complete.YES: "Complete",
    Complete.NO: "Open",
    Complete.NOT_YET_DUE: "Not due yet",
    Complete.NOT_REQUIRED: "Nothing asked",
}


def in_words(day: date | None) -> str:
    """Return "12 Dec 2025", or nothing."""
    return short(day.year, day.month, day.day) if day else ""


def sentence(line: Line) -> str:
    """Return the one sentence that a manager reads about somebody."""
    return sentence_of(line.status, line.due_on, line.expires_on, line.away_until)


def sentence_of(
    status: Status, due_on: date | None, expires_on: date | None, away_until: date | None
) -> str:
    """Return the sentence of a status with these days."""
    due = in_words(due_on)
    match status:
        case Status.OVERDUE:
            return f"Late: was due {due}" if due else "Late"
        case Status.WAITING_FOR_HELP:
            return "Waiting for help; the due day stands still meanwhile"
        case Status.DUE_SOON:
            return f"Due {due}"
        case Status.AWAY:
            return f"Away until {in_words(away_until)}" if away_until else "Away"
        case Status.CURRENT:
            next_ = in_words(expires_on)
            return f"Up to date, next refresher due {next_}" if next_ else "Up to date"
        case Status.IN_PROGRESS:
            return f"Begun, due {due}" if due else "Begun"
        case _:
            return f"Due {due}" if due else STATUS_WORDS[status]


def team_headline(lines: list[Line], filters: Filters) -> str:
    """Return the one line that a manager came for."""
    people = {line.user_id for line in lines}
    late = {line.user_id for line in lines if line.status is Status.OVERDUE}
    needing = {line.user_id for line in lines if line.needs_nudge}
    soon = len(needing - late)
    if filters.narrows:
        return _narrowed(len(people), len(late), soon)
    if not people:
        return "Nobody reports to you who has training to do"
    if not needing:
        return (
            f"All {len(people)} of your people are up to date"
            if len(people) > 1
            else ("Your one report is up to date")
        )
    if not late:
        return f"Nobody is late; {soon} of your {len(people)} {_are(soon)} due soon"
    told = f"{len(late)} of your {len(people)} {_need(len(late))} a nudge"
    return f"{told}, {soon} {_are(soon)} due soon" if soon else told


def _narrowed(people: int, late: int, soon: int) -> str:
    if not people:
        return "Nobody on your team matches"
    told = f"{count(people, 'match', 'matches')}, {late or 'none'} {_need(late)} a nudge"
    return f"{told}, {soon} {_are(soon)} due soon" if soon else told


def _need(people: int) -> str:
    return "needs" if people == 1 else "need"


def _are(people: int) -> str:
    return "is" if people == 1 else "are"


def rate(yes: int, no: int, away: int) -> str:
    """Return a rate in words, with those who are away always beside it."""
    counted = yes + no
    told = f"{yes} of {counted} complete" if counted else "nobody to count yet"
    return f"{told}; {away} away" if away else told


def count(n: int, one: str, many: str) -> str:
    """Return "1 person" or "3 people"."""
    return f"{n} {one if n == 1 else many}"


def nudge_told(done: Nudged, today: date) -> str:
    """Return what a tap did, in one line."""
    told = [f"{done.nudged} nudged"] if done.nudged else []
    if done.waiting:
        first = min(done.waiting)
        mails = "mail goes" if len(done.waiting) == 1 else "mails go"
        when = f"{_when(first.date(), today)}, from {first:%H:%M}"
        told.append(f"{len(done.waiting)} {mails} out in their site's hours: {when}")
    for day, n in sorted(Counter(done.earlier).items(), reverse=True):
        was = "will be" if day > today else "was" if n == 1 else "were"
        told.append(f"{n} {was} nudged {_when(day, today)}{' already' if day <= today else ''}")
    if done.no_mail:
        told.append(f"{count(done.no_mail, 'has', 'have')} no work mail that works: tell them")
    if done.not_open:
        told.append(f"{count(done.not_open, 'is', 'are')} not open yet: try again in an hour")
    return "; ".join(told)


def _when(day: date, today: date) -> str:
    return "today" if day == today else f"on {day:%A}"


def late_subject(lines: Sequence[Line], late: Iterable[Line]) -> str:
    """Return the answer that a weekly mail has for its subject: how many, of how many, who."""
    names = [line.name for line in late]
    people = len({line.user_id for line in lines})
    shown = short_names(names)
    more = f" and {len(shown) - MOST_SHORT} more" if len(shown) > MOST_SHORT else ""
    return f"{len(names)} of {people} late: {', '.join(shown[:MOST_SHORT])}{more}"


def short_names(names: Sequence[str]) -> list[str]:
    """Return last names where they are plain and tell people apart, whole names otherwise."""
    whole = [" ".join(name.split()) for name in names]
    last = [_last_name(name) for name in whole]
    return [
        short if last.count(short) == 1 else name for short, name in zip(last, whole, strict=True)
    ]


def _last_name(name: str) -> str:
    """Return the last word of a name in Latin letters; other scripts order names their own way."""
    word = name.rsplit(maxsplit=1)[-1] if name else ""
    plain = all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())
    return word if plain and word.casefold().strip(".,") not in SUFFIXES else name
