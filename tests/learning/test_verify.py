"""What anybody reads who has a certificate in hand: it is genuine, or was, or is not."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from tests.evidence import void_completion
from tests.house import TestHouse
from training.learning.models import CertificateRow
from training.migrations.guards import remove_guards

pytestmark = pytest.mark.either_database


def read(house: TestHouse, serial: str) -> str:
    reply = house.client().get(f"/verify/{serial}")
    assert reply.status_code == 200
    return " ".join(reply.get_data(as_text=True).split())


def serial_of(house: TestHouse) -> str:
    with house.database.read() as session:
        return session.execute(text("SELECT min(serial) FROM certificate")).scalar_one()


def test_C11_genuine_then_past_then_replaced_then_withdrawn(house: TestHouse) -> None:
    cycle = house.train("alice")
    serial = serial_of(house)
    page = read(house, serial.lower().replace("-", " "))
    assert "Genuine" in page
    assert "Alice Adams" in page
    assert "A newer one exists" not in page
    assert "has passed" not in page

    house.clock.at += timedelta(days=400)
    assert "The refresher day on it has passed" in read(house, serial)

    with house.database.write() as session:
        (row,) = session.execute(select(CertificateRow.__table__)).mappings()
        newer = dict(row) | {"serial": "newer", "replaces": serial}
        session.execute(insert(CertificateRow), [newer])
    assert "A newer one exists" in read(house, serial)

    void_completion(house, cycle)
    page = read(house, serial)
    assert "Not valid" in page
    assert "Alice Adams" not in page
    assert "Genuine" not in page


def test_C02_a_row_that_somebody_touched_is_not_genuine(house: TestHouse) -> None:
    house.train("alice")
    serial = serial_of(house)
    with house.database.writer.begin() as connection:
        remove_guards(connection)
        connection.execute(
            text("UPDATE certificate SET facts = replace(facts, 'Alice Adams', 'Eve Evil')")
        )
    page = read(house, serial)
    assert "does not match its signature" in page
    assert "Genuine" not in page


def test_C12_a_certificate_outlives_the_key_that_signed_it(house: TestHouse) -> None:
    house.train("alice")
    serial = serial_of(house)
    folder = house.settings.data_dir / "moved"
    other = TestHouse(house.settings.model_copy(update={"data_dir": folder}), house.clock)
    other.train("bob")
    assert other.count("public_key") == 2
    assert "Genuine" in read(other, serial)
    other.close()
