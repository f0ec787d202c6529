"""Versions: stored once, in force from a day, rebuilt as they were, whatever the folder is now."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from tests.catalog.sample import broken, write
from training.catalog import publishing
from training.catalog.catalog import Catalog, load_catalog
from training.catalog.digests import canonical, digest_of
from training.catalog.models import ContentRelease, ContentVersion
from training.db import Base
from training.migrations import tables

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)
ABOUT = "modules/hats/module.yaml"


@pytest.fixture
def session() -> Iterator[Session]:
    assert tables.__name__  # imported so that every table is known
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    return write(tmp_path / "content")


def put(session: Session, catalog: Catalog, now: datetime = NOW) -> tuple[str, ...]:
    return publishing.publish(session, catalog, change="clarifying", by=None, now=now)


def count(session: Session, table: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def test_publishing_puts_each_thing_in_force(session: Session, root: Path) -> None:
    assert put(session, load_catalog(root)) == ("module hats", "course onboarding", "policy policy")
    digest = publishing.current(session, "module", "hats", NOW.date())
    assert digest is not None
    assert publishing.module(session, digest).title == "Two hats"
    assert publishing.course_title(session, "onboarding", NOW.date()) == "Patient privacy"
    assert publishing.course_title(session, "other", NOW.date()) == "other"


def test_the_same_again_is_nothing_new(session: Session, root: Path) -> None:
    put(session, load_catalog(root))
    counts = (count(session, ContentVersion), count(session, ContentRelease))
    assert put(session, load_catalog(root), LATER) == ()
    assert (count(session, ContentVersion), count(session, ContentRelease)) == counts


def test_only_what_changed_is_published_and_the_old_stays_as_it_was(
    session: Session, root: Path
) -> None:
    put(session, load_catalog(root))
    before = publishing.current(session, "module", "hats", NOW.date())
    broken(root, ABOUT, "title: Two hats", "title: Three hats")
    assert put(session, load_catalog(root), LATER) == ("module hats",)
    assert publishing.current(session, "module", "hats", NOW.date()) == before
    after = publishing.current(session, "module", "hats", LATER.date())
    assert before is not None
    assert after not in {None, before}
    assert publishing.module(session, before).title == "Two hats"
    assert publishing.module(session, str(after)).title == "Three hats"


def test_going_back_puts_the_old_version_in_force_again(session: Session, root: Path) -> None:
    put(session, load_catalog(root))
    first = publishing.current(session, "module", "hats", NOW.date())
    broken(root, ABOUT, "title: Two hats", "title: Three hats")
    put(session, load_catalog(root))
    broken(root, ABOUT, "title: Three hats", "title: Two hats")
    assert put(session, load_catalog(root)) == ("module hats",)
    assert publishing.current(session, "module", "hats", NOW.date()) == first
    assert count(session, ContentVersion) == 4


@pytest.mark.parametrize("hour", [0, 4, 11, 12, 23])
def test_a_first_course_can_be_taken_at_once_everywhere_on_earth(
    session: Session, root: Path, hour: int
) -> None:
    now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
    put(session, load_catalog(root), now)
    last_today = date(2026, 11, 24) if hour >= 12 else date(2026, 11, 23)
    assert publishing.current(session, "course", "onboarding", last_today) is not None


def test_a_later_version_is_not_in_force_before_its_day(session: Session, root: Path) -> None:
    put(session, load_catalog(root))
    broken(root, ABOUT, "title: Two hats", "title: Three hats")
    put(session, load_catalog(root), datetime(2026, 12, 24, 1, tzinfo=UTC))
    before = publishing.current(session, "module", "hats", date(2026, 12, 23))
    assert publishing.module(session, str(before)).title == "Two hats"


def test_nothing_is_in_force_before_the_first_day(session: Session, root: Path) -> None:
    put(session, load_catalog(root))
    assert publishing.current(session, "module", "hats", date(2026, 11, 23)) is None
    with pytest.raises(LookupError):
        publishing.module(session, "0" * 64)


def test_a_module_is_rebuilt_whole(session: Session, root: Path) -> None:
    catalog = load_catalog(root)
    put(session, catalog)
    digest = publishing.current(session, "module", "hats", NOW.date())
    rebuilt = publishing.module(session, str(digest))
    assert rebuilt == catalog.modules()["hats"]
    assert rebuilt is publishing.module(session, str(digest))
    assert [step.kind for step in rebuilt.steps] == ["lesson", "situation"]
    assert set(rebuilt.facts) == {"A-03", "A-95"}
    assert rebuilt.screens["two-hats"].title_html == "Two hats, one phone"
    assert rebuilt.quiz_minutes == 3.0
    assert all(step.minutes > 0 for step in rebuilt.steps)
    course = publishing.course(
        session, str(publishing.current(session, "course", "onboarding", NOW.date()))
    )
    assert course == catalog.courses["onboarding"]
    policy = publishing.policy(
        session, str(publishing.current(session, "policy", "policy", NOW.date()))
    )
    assert policy == catalog.policy
    assert "<em>This is a sample." in policy.html


def test_a_drawing_is_kept_with_its_version(session: Session, root: Path) -> None:
    put(session, load_catalog(root))
    digest = str(publishing.current(session, "module", "hats", NOW.date()))
    (root / "modules/hats/media/desk.svg").unlink()
    assert "<svg" in str(publishing.drawing(session, digest, "media/desk.svg"))
    for asked, file in ((digest, "media/no.svg"), ("0" * 64, "media/desk.svg"), ("x", "y")):
        assert publishing.drawing(session, asked, file) is None
    policy = str(publishing.current(session, "policy", "policy", NOW.date()))
    assert publishing.drawing(session, policy, "media/desk.svg") is None


def test_a_policy_as_shown_is_stored_once(session: Session) -> None:
    first = publishing.keep_text(session, "<p>a</p>", "I agree", NOW)
    assert publishing.keep_text(session, "<p>a</p>", "I agree", LATER) == first
    assert publishing.keep_text(session, "<p>b</p>", "I agree", LATER) != first
    assert count(session, ContentVersion) == 2


def test_a_bank_that_can_no_longer_be_read_says_which(root: Path) -> None:
    from training.catalog.modules import from_document

    document = dict(load_catalog(root).module_documents["hats"])
    with pytest.raises(ValueError, match="hats"):
        from_document({**document, "bank": {"items": []}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON))
def test_canonical_text_comes_back_and_is_stable(document: dict[str, object]) -> None:
    text = canonical(document)
    assert json.loads(text) == document
    assert canonical(json.loads(text)) == text
    assert canonical(dict(reversed(document.items()))) == text
    assert len(digest_of(text)) == 64


def test_the_digest_of_a_known_document_never_changes() -> None:
    text = canonical({"b": ["é", 1, None, True], "a": {"d": "x y", "c": "“"}})
    assert text == '{"a":{"c":"“","d":"x y"},"b":["é",1,null,true]}'
    assert digest_of(text) == GOLDEN


GOLDEN = "18593e8c681201ce51695ae2e3c5d4f5a5e5aefa4fb21813b32ff8f971c64604"
