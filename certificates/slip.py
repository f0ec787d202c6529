"""A sign-in slip as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's printed way in.

    ``url`` is a one-time link, ``ends_on_text`` the last day as people write it ("March 12"),
    ``short_code`` a code to type where no camera is at hand.
    """

    display_name: str
    practice: str
    url: str
    ends_on_text: str
    short_code: str | None = None
