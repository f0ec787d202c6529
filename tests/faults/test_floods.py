"""Much at once: nobody makes us read, compute or wait more than what she may send is worth."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.house import TestHouse
from training import audit
from training.factory import BODY_LIMIT

LARGE = b"csrf_token=none&text=" + b"a" * (BODY_LIMIT + 1)
FORM = "application/x-www-form-urlencoded"
UPLOADS = ("/program/roster", "/program/roster/prior")


class Body(io.BytesIO):
    """A body that tells when it is asked for."""

    def __init__(self, sent: bytes, told: Callable[[], object]) -> None:
        super().__init__(sent)
        self.told = told

    def read(self, size: int | None = -1) -> bytes:
        self.told()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self.told()
        return super().readinto(buffer)


@pytest.mark.either_database
@pytest.mark.parametrize("path", UPLOADS)
def test_B12_only_who_may_send_a_long_list_has_it_read(house: TestHouse, path: str) -> None:
    """Fifty megabytes of a stranger's were read and looked through before she was turned away."""
    for name in ("", "alice", "audrey"):
        client = house.signed_in(name) if name else house.client()
        asked: list[bool] = []
        body = Body(LARGE, lambda: asked.append(True))  # noqa: B023 - asked for within this round
        reply = client.post(path, input_stream=body, content_length=len(LARGE), content_type=FORM)
        assert reply.status_code == 413, name
        assert asked == [], name
    olga = house.signed_in("olga")
    body = Body(LARGE, lambda: asked.append(True))
    reply = olga.post(path, input_stream=body, content_length=len(LARGE), content_type=FORM)
    assert reply.status_code == 400  # read, and then without its token refused
    assert asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_waits_for_a_list_that_is_long_in_coming(house: TestHouse) -> None:
    """While it comes in, no lock is held: others save meanwhile."""
    saved: list[bool] = []

    def save_meanwhile() -> None:
        if not saved:
            with house.database.write() as session:
                audit.record(session, "test.happened", at=house.clock.now())
            saved.append(True)

    olga = house.signed_in("olga")
    token = house.csrf(olga)
    body = f"csrf_token={token}&text=x&source=hr".encode()
    reply = olga.post(
        "/program/roster",
        input_stream=Body(body, save_meanwhile),
        content_length=len(body),
        content_type=FORM,
    )
    assert reply.status_code in {200, 422}
    assert saved
    assert house.count("audit_event", "name = 'test.happened'") == 1


@pytest.mark.either_database
@pytest.mark.parametrize("path", ["/sign-in//x", "//evil.example", "/certificates//"])
def test_S07_no_address_is_mended_towards_the_host_that_was_asked_for(
    house: TestHouse, path: str
) -> None:
    reply = house.client().get("/", headers={"Host": "evil.example"})
    assert "evil" not in reply.headers["Location"]
    reply = house.client().open(path="/", environ_overrides={"PATH_INFO": path}, method="GET")
    assert reply.status_code == 404, reply.headers.get("Location")


@pytest.mark.either_database
def test_a_form_of_endless_fields_is_neither_looked_through_nor_shown_again(
    house: TestHouse,
) -> None:
    body = b"&".join(b"f%d=1" % n for n in range(1_001))
    reply = house.client().post("/sign-in", data=body, content_type=FORM)
    assert reply.status_code == 413
    assert b"f1000" not in reply.data
