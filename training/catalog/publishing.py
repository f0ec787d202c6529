"""Versions in the database: put in force, found by day, and rebuilt by digest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training import audit
from training.catalog.courses import Course, Policy
from training.catalog.difference import words_of
from training.catalog.digests import canonical, digest_of
from training.catalog.models import ContentRelease, ContentVersion
from training.catalog.modules import Module, from_document

if TYPE_CHECKING:
    from training.catalog.catalog import Catalog

CACHED = 512
LAST_DAY_BEGINS = timedelta(hours=12)  # after UTC's midnight, at UTC-12


@dataclass(frozen=True, slots=True)
class Pending:
    """A version that is not in force yet, and the one that it would follow."""

    kind: str
    slug: str
    before: str | None
    body: str

    @property
    def name(self) -> str:
        """Return the version's name in a sentence."""
        return f"{self.kind} {self.slug}"

    @property
    def digest(self) -> str:
        """Return the digest of the new version."""
        return digest_of(self.body)


def pending(session: Session, catalog: "Catalog") -> tuple[Pending, ...]:
    """Return every version of the folder that is not the newest in the database."""
    found = []
    for kind, slug, document in catalog.documents():
        body, before = canonical(document), _newest(session, kind, slug)
        if before != digest_of(body):
            found.append(Pending(kind, slug, before, body))
    return tuple(found)


def difference(session: Session, one: Pending) -> tuple[str, ...]:
    """Return in words what a version would change; nothing of one that is there for the first
    time.
    """
    if one.before is None:
        return ()
    before = json.loads(body_of(session, one.before))
    return words_of(one.kind, before, json.loads(one.body))


def publish(
    session: Session, catalog: "Catalog", *, change: str, by: int | None, now: datetime
) -> tuple[str, ...]:
    """Put every new version in force from today; return their names. The same again: none.

    Today is UTC's. What was never in force before is so from the day that begins last on
    Earth, so that nobody west of Greenwich waits for the course on the evening of a set-up.
    """
    new = pending(session, catalog)
    for one in new:
        first_day = now.date() if one.before else (now - LAST_DAY_BEGINS).date()
        release(session, one, change=change, in_force_from=first_day, by=by, now=now)
    names = tuple(one.name for one in new)
    if new:
        audit.record(
            session,
            "content.published",
            at=now,
            actor_id=by,
            detail={"change": change, "versions": list(names)},
        )
    return names


def release(
    session: Session,
    one: Pending,
    *,
    change: str,
    in_force_from: date,
    by: int | None,
    now: datetime,
) -> int:
    """Keep a version and put it in force from a day; return the release's number."""
    digest = keep(session, one.kind, one.slug, one.body, now)
    row = ContentRelease(
        kind=one.kind,
        slug=one.slug,
        digest=digest,
        in_force_from=in_force_from,
        change=change,
        released_by_id=by,
        released_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def _newest(session: Session, kind: str, slug: str) -> str | None:
    newest = (
        select(ContentRelease.digest)
        .where(ContentRelease.kind == kind, ContentRelease.slug == slug)
        .order_by(ContentRelease.in_force_from.desc(), ContentRelease.id.desc())
        .limit(1)
    )
    return session.scalar(newest)


def keep(session: Session, kind: str, slug: str, body: str, now: datetime) -> str:
    """Store a version if it is new; return its digest."""
    digest = digest_of(body)
    if session.get(ContentVersion, digest) is None:
        session.add(ContentVersion(digest=digest, kind=kind, slug=slug, body=body, created_at=now))
        session.flush()
    return digest


def keep_text(session: Session, html: str, statement: str, now: datetime) -> str:
    """Store a policy as it was shown, once; return its digest."""
    return keep(session, "shown", "policy", f"{html}\n{statement}", now)


def current(session: Session, kind: str, slug: str, on: date) -> str | None:
    """Return the digest that is in force on a day, or None."""
    query = (
        select(ContentRelease.digest)
        .where(
            ContentRelease.kind == kind,
            ContentRelease.slug == slug,
            ContentRelease.in_force_from <= on,
        )
        .order_by(ContentRelease.in_force_from.desc(), ContentRelease.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def versions_of(session: Session, kind: str, slug: str) -> frozenset[str]:
    """Return the digests of every version of a thing that was ever put in force."""
    query = select(ContentRelease.digest).where(
        ContentRelease.kind == kind, ContentRelease.slug == slug
    )
    return frozenset(session.scalars(query))


def newest_release(session: Session) -> int:
    """Return the number of the newest release; 0: there is none."""
    return session.scalar(select(func.max(ContentRelease.id))) or 0


def all_in_force(session: Session, kind: str, on: date) -> tuple[str, ...]:
    """Return the digests of everything of a kind that is in force on a day, by slug."""
    return tuple(in_force(session, kind, on).values())


def in_force(session: Session, kind: str, on: date) -> dict[str, str]:
    """Return the digest in force on a day of everything of one kind, by slug, in one statement."""
    rows = session.execute(
        select(ContentRelease.slug, ContentRelease.digest)
        .where(ContentRelease.kind == kind, ContentRelease.in_force_from <= on)
        .order_by(ContentRelease.slug, ContentRelease.in_force_from, ContentRelease.id)
    )
    return {slug: digest for slug, digest in rows}  # noqa: C416 - a row is no pair to the types


# What a digest names never changes, so what is made of it is kept as long as the process.
_texts: dict[str, str] = {}


def slugs(session: Session, kind: str) -> list[str]:
    """Return the slugs of everything of a kind that was ever published."""
    query = select(ContentVersion.slug).where(ContentVersion.kind == kind).distinct()
    return sorted(session.scalars(query))


def body_of(session: Session, digest: str) -> str:
    """Return a version's text. Raises LookupError for a digest that was never published."""
    if digest not in _texts:
        found = session.scalar(select(ContentVersion.body).where(ContentVersion.digest == digest))
        if found is None:
            raise LookupError(digest)
        _texts[digest] = found
    return _texts[digest]


@lru_cache(maxsize=CACHED)
def _module_of(body: str) -> Module:
    return from_document(json.loads(body))


@lru_cache(maxsize=CACHED)
def _course_of(body: str) -> Course:
    return Course.model_validate_json(body)


@lru_cache(maxsize=CACHED)
def _policy_of(body: str) -> Policy:
    return Policy.model_validate_json(body)


def module(session: Session, digest: str) -> Module:
    """Return the module of this digest."""
    return _module_of(body_of(session, digest))


def course(session: Session, digest: str) -> Course:
    """Return the course of this digest."""
    return _course_of(body_of(session, digest))


def policy(session: Session, digest: str) -> Policy:
    """Return the policy of this digest."""
    return _policy_of(body_of(session, digest))


def course_title(session: Session, code: str, on: date) -> str:
    """Return a course's title as it is in force, or its code."""
    digest = current(session, "course", code, on)
    return course(session, digest).title if digest else code


def course_titles(session: Session, codes: Iterable[str], on: date) -> dict[str, str]:
    """Return the titles of courses as they are in force, or their codes, in one statement.

    Beside one for each version that this process has not read yet.
    """
    found, in_force_on = {*codes}, in_force(session, "course", on)
    return {
        code: course(session, in_force_on[code]).title if code in in_force_on else code
        for code in found
    }


def drawing(session: Session, digest: str, file: str) -> str | None:
    """Return a drawing of a module's version, or None."""
    if len(digest) != 64:
        return None
    try:
        found: Any = module(session, digest).drawings.get(file)
    except (LookupError, ValueError, KeyError):
        return None
    return str(found) if found else None
