"""Searching people: each word must be found, and `%` or `_` mean themselves."""

from sqlalchemy import ColumnElement, or_

from training.accounts.models import Placement, User

MOST_WORDS = 5


def matching(text: str) -> tuple[ColumnElement[bool], ...]:
    """Return one condition for each word of a search; none for an empty one."""
    return tuple(_has(word) for word in text.split()[:MOST_WORDS])


def _has(word: str) -> ColumnElement[bool]:
    columns = (
        User.legal_name,
        User.display_name,
        User.external_id,
        Placement.department,
        Placement.job_title,
    )
    return or_(*(column.icontains(word, autoescape=True) for column in columns))
