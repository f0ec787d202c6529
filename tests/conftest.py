"""Fixtures: a fresh house on either database, and clients signed in as one of the cast."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest
from flask.testing import FlaskClient

from tests import stores
from tests.cast import NOW, make_template
from tests.effort import FULL
from tests.house import TestHouse
from tests.post_office import PostOffice, open_post_office
from training.clock import FixedClock
from training.jobs import Works, works_of
from training.settings import Settings

DATABASES = ("sqlite", "postgresql")


stores.keep_in_memory()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each test of what hangs on no database to one of the two: always to the same."""
    if FULL:
        return
    spared = [item for item in items if _is_spared(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if not _is_spared(item)]


def _is_spared(item: pytest.Item) -> bool:
    if not item.get_closest_marker("either_database"):
        return False
    kind = getattr(item, "callspec", None) and item.callspec.params.get("database_url")  # type: ignore[attr-defined]
    if kind not in DATABASES:
        return False
    test = item.nodeid.replace(kind, "")
    return kind != DATABASES[crc32(test.encode()) % len(DATABASES)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A copy of the template on each database in turn."""
    with stores.copy_of(request.param, "cast", make_template, tmp_path) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        env="test", data_dir=tmp_path, database_url=database_url, base_url="http://byp.test"
    )


@pytest.fixture
def house(settings: Settings) -> Iterator[TestHouse]:
    made = TestHouse(settings, FixedClock(NOW))
    yield made
    made.close()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A real mail server, for one test."""
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def works(house: TestHouse, office: PostOffice) -> Works:
    """The work of the jobs process, in a house that mails through this server."""
    house.settings.smtp_url = office.url
    house.settings.mail_from = "training@clinic.example"
    return works_of(house.settings, house.database, house.clock)


@pytest.fixture
def client(house: TestHouse) -> FlaskClient:
    """A browser where nobody is signed in."""
    return house.client()


@pytest.fixture
def as_(house: TestHouse) -> Callable[[str], FlaskClient]:
    """Return a browser where this one of the cast is signed in."""
    return house.signed_in
