"""The mend of a name that leads nowhere: the nearest that does."""

import difflib
from collections.abc import Iterable

FEW = 8


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "write 'this'" with the nearest known name, or with all if they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1)
    if near:
        return f"write '{near[0]}'"
    if len(names) > FEW:
        return "write one that is there"
    return f"write one of {', '.join(names)}" if names else "add it"
