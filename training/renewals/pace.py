"""How many reminders one run hands to each mail domain: a steady pace, and a rest when it asks.

A domain's server that says "later" several times in a row is left alone until the next run;
the others go on. What waits stays due, so nothing of it needs to be remembered.
"""

from collections import Counter

MOST_A_DOMAIN = 100  # a run; while somebody waits there is a run every five minutes
PATIENCE = 5  # so many "later" in a row, and the domain rests


class Pace:
    """What one run may still send, in all and to each domain."""

    def __init__(self, most: int, most_a_domain: int) -> None:
        self._left = most
        self._most_a_domain = most_a_domain
        self._taken: Counter[str] = Counter()
        self._put_off: Counter[str] = Counter()

    def takes(self, address: str) -> bool:
        """Tell whether a mail to this address may go out in this run."""
        domain = _domain(address)
        return (
            self._left > 0
            and self._taken[domain] < self._most_a_domain
            and self._put_off[domain] < PATIENCE
        )

    def heard(self, address: str, *, put_off: bool) -> None:
        """Count a mail that was handed over, and whether the answer was "later"."""
        domain = _domain(address)
        self._left -= 1
        self._taken[domain] += 1
        self._put_off[domain] = self._put_off[domain] + 1 if put_off else 0


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
