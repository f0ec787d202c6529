"""Facts that lessons cite, and the practice's own facts that are filled into their text."""

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Literal

from pydantic import BaseModel, ConfigDict

LOCAL_FACTS = (
    "privacy_contact",
    "privacy_phone",
    "privacy_phone_night",
    "messaging_tool",
    "who_may_post",
    "where_the_form_is",
    "mistake_first_step",
)
PLACEHOLDERS = ("practice", *LOCAL_FACTS)
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# What a page says while the practice has not filled a fact in.
UNSAID = {
    "practice": "your practice",
    "privacy_contact": "your privacy contact",
    "privacy_phone": "the privacy number",
    "privacy_phone_night": "the night number",
    "messaging_tool": "the approved messaging tool",
    "who_may_post": "whoever your practice named",
    "where_the_form_is": "where your practice keeps it",
    "mistake_first_step": "call your privacy contact",
}


class Fact(BaseModel):
    """One checked statement with its citation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    statement: str
    citation: str
    source: str
    state: Literal["verified", "unverified", "policy", "contested", "house"]
    jurisdiction: Literal["federal", "state", "policy", "professional"]
    review_by: date

    @property
    def tag(self) -> str:
        """Return law, policy or conduct: what kind of rule this is."""
        if self.jurisdiction in {"federal", "state"}:
            return "law"
        return "policy" if self.jurisdiction == "policy" else "conduct"


def _said(name: str, facts: Mapping[str, str]) -> str | None:
    if name not in PLACEHOLDERS:
        return None
    return facts.get(name) or UNSAID[name]


def fill(html: str, facts: Mapping[str, str]) -> str:
    """Return HTML with the practice's facts in it, escaped; anything else in braces stays text."""

    def value(found: re.Match[str]) -> str:
        said = _said(found[1], facts)
        return found[0] if said is None else escape(said)

    return PLACEHOLDER.sub(value, html)


def fill_plain(text: str, facts: Mapping[str, str]) -> str:
    """Return plain text with the practice's facts in it; whoever prints it escapes it."""

    def value(found: re.Match[str]) -> str:
        said = _said(found[1], facts)
        return found[0] if said is None else said

    return PLACEHOLDER.sub(value, text)
