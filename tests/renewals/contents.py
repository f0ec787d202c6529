"""What a mail of reminders names, as its reader finds it: which trainings, due on which days."""

import re
from datetime import date, datetime

DUE = re.compile(r" (?:is|was) due [A-Z][a-z]+ (\d+ [A-Z][a-z]+ \d{4})[.,:]")
LINK = re.compile(r"^http://byp\.test/training/(\d+)\s*$", re.MULTILINE)

Piece = tuple[int, date]  # the training that is open, and its due day


def pieces_of(body: str) -> list[Piece]:
    """Return each training that a mail names, by the number in its link, with its due day."""
    days = [datetime.strptime(found, "%d %B %Y").date() for found in DUE.findall(body)]  # noqa: DTZ007
    return list(zip(map(int, LINK.findall(body)), days, strict=True))
