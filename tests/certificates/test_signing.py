"""Anyone with the public key can tell a true certificate from a changed one, for ever."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import Certificate, SigningKey, WrongKey, canonical_bytes, new_serial, verify
from certificates.signing import UNSIGNED
from tests.certificates.samples import KEY, SAMPLE, certificate

GOLDEN = Path(__file__).parent / "golden"
OTHER: dict[str, Any] = {
    "serial": new_serial(bytes(17)),
    "legal_name": "Dana Nguyen-Rodríguez",
    "title": "Patient privacy",
    "practice": "Maple Street Dental ",
    "completed_on": date(2027, 3, 5),
    "zone": "America/New_York",
    "next_refresher_on": None,
    "base_url": "http://training.maplestreetdental.example",
    "course_digest": "5e" * 32,
    "issued_at": SAMPLE.issued_at + timedelta(microseconds=1),
    "key_id": "0" * 16,
    "signatory": "Privacy officer: Pat Morena",
    "romanised_name": "Dana",
}


def golden_certificate() -> Certificate:
    raw = json.loads((GOLDEN / "certificate.json").read_text("utf-8"))
    raw["completed_on"] = date.fromisoformat(raw["completed_on"])
    raw["next_refresher_on"] = date.fromisoformat(raw["next_refresher_on"])
    raw["issued_at"] = datetime.fromisoformat(raw["issued_at"])
    return Certificate(**raw)


def test_the_golden_certificate_has_the_same_bytes_for_ever() -> None:
    assert canonical_bytes(golden_certificate()) == (GOLDEN / "canonical.bin").read_bytes()


def test_the_golden_signature_verifies_for_ever() -> None:
    signature = (GOLDEN / "signature.txt").read_text("ascii").strip()
    public = bytes.fromhex((GOLDEN / "public-key.hex").read_text("ascii"))
    assert verify(golden_certificate(), signature, public)
    assert not verify(replace(golden_certificate(), legal_name="Eve"), signature, public)


def test_signing_the_golden_certificate_gives_the_golden_signature() -> None:
    signature = (GOLDEN / "signature.txt").read_text("ascii").strip()
    assert KEY.sign(golden_certificate()) == signature


def test_the_table_of_changes_names_every_signed_field() -> None:
    assert set(OTHER) == {field.name for field in fields(Certificate)} - UNSIGNED


@pytest.mark.parametrize("name", sorted(OTHER))
def test_C02_a_change_of_any_field_fails(name: str) -> None:
    signature = KEY.sign(SAMPLE)
    assert verify(SAMPLE, signature, KEY.public_bytes)
    assert not verify(replace(SAMPLE, **{name: OTHER[name]}), signature, KEY.public_bytes)


def test_how_the_address_reads_is_not_signed() -> None:
    assert verify(certificate(local_only=True), KEY.sign(SAMPLE), KEY.public_bytes)


@given(st.text(max_size=100), st.binary(max_size=40))
def test_a_malformed_signature_or_key_is_false_not_an_error(signature: str, key: bytes) -> None:
    assert not verify(SAMPLE, signature, KEY.public_bytes)
    assert not verify(SAMPLE, KEY.sign(SAMPLE), key)


def test_each_changed_character_of_the_signature_fails() -> None:
    signature = KEY.sign(SAMPLE)
    for at, char in enumerate(signature):
        other = "A" if char != "A" else "B"
        assert not verify(SAMPLE, signature[:at] + other + signature[at + 1 :], KEY.public_bytes)


@pytest.mark.parametrize("tail", ["=", "==", "\n", " ", "!"])
def test_a_signature_has_one_spelling(tail: str) -> None:
    assert not verify(SAMPLE, KEY.sign(SAMPLE) + tail, KEY.public_bytes)


def test_spare_bits_do_not_make_a_second_signature() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    signature = KEY.sign(SAMPLE)
    neighbour = alphabet[alphabet.index(signature[-1]) + 1]
    assert not verify(SAMPLE, signature[:-1] + neighbour, KEY.public_bytes)


def test_a_key_signs_only_certificates_that_name_it() -> None:
    with pytest.raises(WrongKey):
        SigningKey.generate().sign(SAMPLE)


def test_another_key_does_not_verify() -> None:
    assert not verify(SAMPLE, KEY.sign(SAMPLE), SigningKey.generate().public_bytes)


def test_a_certificate_that_names_another_key_fails_under_a_true_signature() -> None:
    """Guards the name itself: the signature below is good, only the name is a lie."""
    liar = certificate(key_id="0" * 16)
    key = SigningKey.from_bytes(KEY.to_bytes())
    key.key_id = liar.key_id
    assert not verify(liar, key.sign(liar), KEY.public_bytes)


def test_a_key_survives_its_bytes_and_hides_them() -> None:
    again = SigningKey.from_bytes(KEY.to_bytes())
    assert again.sign(SAMPLE) == KEY.sign(SAMPLE)
    assert KEY.to_bytes().hex() not in repr(KEY)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        SigningKey.from_bytes(bytes(31))


def test_names_are_signed_as_they_are_written() -> None:
    composed, decomposed = certificate(legal_name="é"), certificate(legal_name="e\u0301")
    assert canonical_bytes(composed) != canonical_bytes(decomposed)


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u00a0", "\n"])
def test_a_certificate_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="legal name"):
        certificate(legal_name=name)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2027, 3, 4, 12),  # noqa: DTZ001 - the naive instant is what is refused
        datetime(2027, 3, 4, 12, tzinfo=timezone(timedelta(hours=-6))),
    ],
)
def test_an_instant_that_is_not_in_utc_is_refused(instant: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        certificate(issued_at=instant)


def test_an_instant_in_utc_is_signed_with_six_decimals() -> None:
    whole = certificate(issued_at=datetime(2027, 3, 4, 12, tzinfo=UTC))
    assert b'"issued_at":"2027-03-04T12:00:00.000000Z"' in canonical_bytes(whole)


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "ftp://x.example", "https://"])
def test_an_address_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        certificate(base_url=address)


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        certificate(legal_name="Ann \ud800")
