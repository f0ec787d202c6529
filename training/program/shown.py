"""What the overview's template shows, as plain values."""

from collections.abc import Callable, Iterable
from typing import Any

from training.reports import words
from training.reports.overview import BANDS, LONGER, HasAccess, Month, Programme
from training.reports.queries import Figures
from training.rules.standing import Complete, Status

GROUPS = (
    ("site", "By site"),
    ("department", "By department"),
    ("role", "By kind of work"),
    ("course", "By training"),
)


def overview(found: Programme, title_of: Callable[[str], str]) -> dict[str, Any]:
    """Return the figures of the overview; legal entities only where there are several."""
    whole = found.whole
    yes, counted = whole.complete[Complete.YES], whole.counted
    by = found.by | {"course": {title_of(code): f for code, f in found.by["course"].items()}}
    several = (("entity", "By legal entity"),) if len(by["entity"]) > 1 else ()
    return {
        "headline": f"{yes} of {counted} have completed what is required of them"
        if counted
        else "Nothing is due yet",
        "figures": figures(whole),
        "open": [
            {"status": s.value, "word": words.STATUS_WORDS[s], "count": whole.open[s]}
            for s in Status
            if s not in {Status.LEFT, Status.NOT_REQUIRED}
        ],
        "groups_of": [(caption, group_rows(by[kind])) for kind, caption in (*several, *GROUPS)],
        "late": [
            {"band": name, "count": found.late[name]}
            for name in (*(name for _most, name in BANDS), LONGER)
        ],
        "trend": trend(found.trend) if any(m.figures.counted for m in found.trend) else [],
        "access": [access_row(entry) for entry in found.access],
        "with_access": found.with_access,
    }


def figures(counted: Figures) -> dict[str, Any]:
    """Return the first answer's figures, who is away beside them."""
    return {
        "complete_yes": counted.complete[Complete.YES],
        "complete_no": counted.complete[Complete.NO],
        "not_yet_due": counted.complete[Complete.NOT_YET_DUE],
        "away": counted.away,
        "rate_text": rate(counted),
    }


def group_rows(groups: dict[str, Figures]) -> list[dict[str, Any]]:
    """Return one row a group."""
    return [
        {
            "name": name,
            "yes": found.complete[Complete.YES],
            "no": found.complete[Complete.NO],
            "not_yet_due": found.complete[Complete.NOT_YET_DUE],
            "away": found.away,
            "rate_text": rate(found),
        }
        for name, found in sorted(groups.items())
    ]


def rate(found: Figures) -> str:
    """Return a rate in words, with who is away beside it."""
    return words.rate(found.complete[Complete.YES], found.complete[Complete.NO], found.away)


def trend(months: Iterable[Month]) -> list[dict[str, Any]]:
    """Return one row a month end, the oldest first."""
    return [
        {
            "on": month.on,
            "yes": month.figures.complete[Complete.YES],
            "counted": month.figures.counted,
            "away": month.figures.away,
            "per_cent": month.per_cent,
        }
        for month in months
    ]


def access_row(entry: HasAccess) -> dict[str, Any]:
    """Return one row of those who have access and have not completed."""
    return {
        "user_id": entry.user_id,
        "name": entry.name,
        "where": ", ".join(part for part in (entry.department, entry.site) if part),
        "access_on": entry.access_on,
        "days": entry.days,
        "status": entry.status.value,
    }
