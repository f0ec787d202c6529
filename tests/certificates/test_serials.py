"""Certificate numbers survive telephones, handwriting and typing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import InvalidSerial, new_serial, parse_serial
from certificates.serials import ALPHABET, ENTROPY_BYTES
from tests.effort import times

EXAMPLES = times(200, 5000)
entropy = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)
places = st.integers(0, 26)


def plain(serial: str) -> list[str]:
    return list(serial.replace("-", ""))


def test_a_number_is_five_fives_and_two() -> None:
    assert [len(group) for group in new_serial().split("-")] == [5, 5, 5, 5, 5, 2]


def test_the_same_entropy_gives_the_same_number_for_ever() -> None:
    assert new_serial(bytes(17)) == "00000-00000-00000-00000-00000-00"
    assert new_serial(bytes(range(17))) == "000G4-0R40M-30E20-9185G-R38E1-W8"


def test_two_numbers_differ() -> None:
    assert len({new_serial() for _ in range(times(500, 20_000))}) == times(500, 20_000)


def test_short_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="17 bytes"):
        new_serial(bytes(16))


def test_every_one_of_the_130_bits_counts() -> None:
    zero = new_serial(bytes(17))
    seen = {new_serial((1 << bit).to_bytes(17, "big")) for bit in range(6, 136)}
    assert len(seen | {zero}) == 131


@settings(max_examples=EXAMPLES)
@given(entropy)
def test_a_number_is_read_back_as_it_was(raw: bytes) -> None:
    serial = new_serial(raw)
    assert parse_serial(serial) == serial


@settings(max_examples=EXAMPLES)
@given(entropy)
def test_reading_forgives_what_people_write(raw: bytes) -> None:
    serial = new_serial(raw)
    sloppy = serial.lower().replace("-", " \u2013 ").replace("0", "o").replace("1", "l")
    assert parse_serial(f"  {sloppy}\n") == serial
    assert parse_serial(serial.replace("1", "i").replace("-", "")) == serial


@settings(max_examples=EXAMPLES)
@given(entropy, places, st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(raw: bytes, at: int, other: str) -> None:
    symbols = plain(new_serial(raw))
    if symbols[at] == other:
        return
    symbols[at] = other
    with pytest.raises(InvalidSerial, match="mistyped"):
        parse_serial("".join(symbols))


@settings(max_examples=EXAMPLES)
@given(entropy, places, places)
def test_two_symbols_swapped_are_always_noticed(raw: bytes, one: int, two: int) -> None:
    symbols = plain(new_serial(raw))
    if symbols[one] == symbols[two]:
        return
    symbols[one], symbols[two] = symbols[two], symbols[one]
    with pytest.raises(InvalidSerial, match="mistyped"):
        parse_serial("".join(symbols))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00000-00000-00000-00000-00000-0",
        "00000-00000-00000-00000-00000-000",
        "U0000-00000-00000-00000-00000-00",
        "é0000-00000-00000-00000-00000-00",
        "ı0000-00000-00000-00000-00000-00",
        "0" * 10_000,
        "https://x.example/verify/00000",
        "\x00" * 27,
    ],
)
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidSerial) as refusal:
        parse_serial(text)
    assert "certificate number" in str(refusal.value)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    try:
        serial = parse_serial(text)
    except InvalidSerial:
        return
    assert parse_serial(serial) == serial
