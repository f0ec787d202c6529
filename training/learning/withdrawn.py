"""What was taken back: the row stays as it is, and a row of `void` says so."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from training.learning.models import Completion, Signature, Void

Facts = type[Completion] | type[Signature]


def void_of(fact: Facts, id_: Any = None) -> ColumnElement[bool]:
    """Return the condition that a row of `void` is about this fact, by default its own id."""
    kind = Void.subject_kind == fact.__tablename__
    return kind & (Void.subject_id == (fact.id if id_ is None else id_))


def is_withdrawn(fact: Facts, id_: Any = None) -> ColumnElement[bool]:
    """Return the condition that this fact was taken back."""
    return exists().where(void_of(fact, id_))
