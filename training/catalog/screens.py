"""A lesson's file: screens, each with a comment line that names it, a heading and its text."""

import re
from typing import Any

from training.catalog.source import Source

HEAD = re.compile(
    r"^<!-- screen: (?P<id>[a-z0-9-]+) \| objectives: (?P<objectives>[^|]*) \| "
    r"facts: (?P<facts>[^|]*) -->$"
)
MEND = "write <!-- screen: its-id | objectives: M1.1 | facts: A-03 -->"


def parse_screens(text: str, source: Source) -> list[dict[str, Any]]:
    """Return the screens of a lesson as plain values; what is wrong goes into the source."""
    screens: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("<!--"):
            _begin(line, number, screens, source)
        elif screens:
            _take(line, number, screens[-1], source)
        elif line.strip():
            source.at_line(number, "text stands before the first screen", MEND)
    for screen in screens:
        screen["markdown"] = "\n".join(screen.pop("lines")).strip()
        source.lines["screen", screen["id"]] = screen.pop("line")
    return screens


def _begin(line: str, number: int, screens: list[dict[str, Any]], source: Source) -> None:
    found = HEAD.match(line.strip())
    if found is None:
        source.at_line(number, "this is not how a screen begins", MEND)
        return
    if any(screen["id"] == found["id"] for screen in screens):
        source.at_line(number, f"the screen '{found['id']}' stands here twice", "rename one")
    screens.append(
        {
            "id": found["id"],
            "title": "",
            "objectives": _list(found["objectives"]),
            "facts": _list(found["facts"]),
            "lines": [],
            "line": number,
        }
    )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _take(line: str, number: int, screen: dict[str, Any], source: Source) -> None:
    if line.startswith("## ") and not screen["title"]:
        screen["title"] = line.removeprefix("## ").strip()
    elif line.startswith("#") and not line.startswith("### "):
        source.at_line(number, "a screen has one heading", "make it '### ' or a screen of its own")
    elif screen["title"]:
        screen["lines"].append(line)
    elif line.strip():
        source.at_line(number, "the heading is missing", "begin with '## Its title'")
