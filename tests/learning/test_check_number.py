"""The form that checks a certificate by its number, for whoever holds one."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.either_database


def test_a_blank_form_says_nothing_of_a_number(client: FlaskClient) -> None:
    reply = client.get("/verify")
    page = reply.get_data(as_text=True)
    assert reply.status_code == 200
    assert "<h1>Check a certificate</h1>" in page
    assert "No certificate has this number" not in page


def test_a_number_that_none_has_is_said_and_kept_to_be_corrected(client: FlaskClient) -> None:
    reply = client.get("/verify/7K2QF-0000")
    page = reply.get_data(as_text=True)
    assert reply.status_code == 404
    assert "<h1>No certificate has this number</h1>" in page
    assert 'value="7K2QF-0000"' in page
