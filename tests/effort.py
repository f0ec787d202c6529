"""How hard the tests try: `make test` is quick, `make test-all` sets BYP_TESTS=full."""

import os

FULL = os.environ.get("BYP_TESTS") == "full"


def times(quick: int, full: int) -> int:
    return full if FULL else quick
