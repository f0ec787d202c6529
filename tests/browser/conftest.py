"""A real Chromium against the real app on a port of this machine."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests import stores
from tests.cast import NOW, make_template
from tests.house import TestHouse
from training.clock import FixedClock
from training.settings import Settings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session; each test opens its own context in it."""
    path = os.environ.get("BYP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        stores.skip_or_fail("Chromium is not installed (set BYP_CHROMIUM)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[TestHouse]:
    """A house on SQLite that answers at `house.address`."""
    with stores.copy_of("sqlite", "cast", make_template, tmp_path) as url:
        settings = Settings(env="test", data_dir=tmp_path, database_url=url)
        house = TestHouse(settings, FixedClock(NOW))
        server = make_server("127.0.0.1", 0, house.app, threaded=True)
        settings.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        house.address = f"http://127.0.0.1:{server.server_port}"
        yield house
        server.shutdown()
        thread.join()
        house.close()
