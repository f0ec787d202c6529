"""Fixtures: a fresh house on either database, and clients signed in as one of the cast."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests import stores
from tests.cast import NOW, make_template
from tests.house import TestHouse
from training.clock import FixedClock
from training.settings import Settings

DATABASES = ("sqlite", "postgresql")


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
def client(house: TestHouse) -> FlaskClient:
    """A browser where nobody is signed in."""
    return house.client()


@pytest.fixture
def as_(house: TestHouse) -> Callable[[str], FlaskClient]:
    """Return a browser where this one of the cast is signed in."""
    return house.signed_in
