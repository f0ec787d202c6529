"""A sign-in slip as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's printed way in.

    ``url`` is a one-time link, ``ends_on_text`` the last day as people write it ("March 12"),
    ``short_code`` a code to type where no camera is at hand. ``due_title`` and ``due_on_text``
    say what is due by when, ``note`` how the time for it is paid; each may be left out.
    """

    display_name: str
    practice: str
    url: str
    ends_on_text: str
    short_code: str | None = None
    due_title: str | None = None
    due_on_text: str | None = None
    note: str | None = None
