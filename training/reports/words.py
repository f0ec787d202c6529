"""What a status is called on a page, in one sentence, and what each word means."""

from datetime import date

from training.reports.queries import Line
from training.rules.standing import Complete, Status

DEFINITIONS = (
    ("Complete", "The training was completed and its refresher is not overdue."),
    ("Not due yet", "New here: the first training is not done, and its day has not passed."),
    ("Open", "The training was due and is not done."),
    ("Late", "A due day has passed, with the days of grace that the practice gives."),
    ("Due soon", "Due within 30 days."),
    ("Up to date", "Complete, and nothing is due within 30 days."),
    ("Away", "On leave, or let off until a day: shown beside the rate, not in it."),
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
    return f"{day.day} {day:%b %Y}" if day else ""


def sentence(line: Line) -> str:
    """Return the one sentence that a manager reads about somebody."""
    match line.status:
        case Status.OVERDUE:
            return f"Late: was due {in_words(line.due_on)}" if line.due_on else "Late"
        case Status.WAITING_FOR_HELP:
            return "Waiting for help; the due day stands still meanwhile"
        case Status.DUE_SOON:
            return f"Due {in_words(line.due_on)}"
        case Status.AWAY:
            return f"Away until {in_words(line.away_until)}" if line.away_until else "Away"
        case Status.CURRENT:
            return f"Up to date{_next(line)}"
        case Status.IN_PROGRESS:
            return f"Begun, due {in_words(line.due_on)}" if line.due_on else "Begun"
        case _:
            return f"Due {in_words(line.due_on)}" if line.due_on else STATUS_WORDS[line.status]


def _next(line: Line) -> str:
    return f", next refresher due {in_words(line.expires_on)}" if line.expires_on else ""


def team_headline(lines: list[Line]) -> str:
    """Return the one line that a manager came for."""
    people = {line.user_id for line in lines}
    needing = {line.user_id for line in lines if line.needs_nudge}
    if not people:
        return "Nobody reports to you who has training to do"
    if not needing:
        return (
            f"All {len(people)} of your people are up to date"
            if len(people) > 1
            else ("Your one report is up to date")
        )
    verb = "needs" if len(needing) == 1 else "need"
    return f"{len(needing)} of your {len(people)} {verb} a nudge"


def rate(yes: int, no: int, away: int) -> str:
    """Return a rate in words, with those who are away always beside it."""
    counted = yes + no
    told = f"{yes} of {counted} complete" if counted else "nobody to count yet"
    return f"{told}; {away} away" if away else told
