"""The mail server that tests of mail share: started once a file, emptied for each test."""

from collections.abc import Iterator

import pytest

from tests.post_office import PostOffice, open_post_office


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[PostOffice, str]]:
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def office(server: tuple[PostOffice, str]) -> PostOffice:
    found, _url = server
    found.letters.clear()
    found.answer = lambda _to, _n: None
    return found
