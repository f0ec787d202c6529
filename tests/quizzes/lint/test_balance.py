"""What only shows over the whole bank is found there, at its threshold and not below."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from quizzes import Finding, Item, ItemBank, Severity, lint_bank
from tests.quizzes.samples import BLUEPRINT, FACTS, SITUATIONS, TODAY, bank, hotspot, item, options

SINGLES = [item(number) for number in range(15)]


def found(
    rule: str, changed: Iterable[Item], blueprint: Mapping[str, int] = BLUEPRINT
) -> list[Finding]:
    whole = lint_bank(bank(*changed), facts=FACTS, blueprint=blueprint, today=TODAY)
    return [finding for finding in whole if finding.rule == rule]


def with_texts(one: Item, key: str, wrong: str) -> Item:
    """Return the item with this key; its distractors differ in their last letter."""
    return replace(
        one,
        options=tuple(
            replace(option, text=key if option.correct else f"{wrong} {option.id}")
            for option in one.options
        ),
    )


def key_at(one: Item, place: int) -> Item:
    """Return the item with its key moved to this place."""
    rest = [option for option in one.options if not option.correct]
    rest.insert(place, one.keys[0])
    ordered = tuple(replace(option, id="abcd"[n]) for n, option in enumerate(rest))
    return replace(one, options=ordered)


def fourth(one: Item, place: int) -> Item:
    extra = replace(one.distractors[0], text="Read it out at lunch today", feedback="w " * 12)
    return key_at(replace(one, options=(*one.options, extra)), place)


@pytest.mark.parametrize(("key", "name"), [("Wait for Ruth today", "longest"), ("Go", "shortest")])
def test_L03_keys_that_are_mostly_longest_or_shortest(key: str, name: str) -> None:
    # of 15 items with three options, 5 + 2 x 1.83 are allowed: 8, and not 9
    clean = [with_texts(one, "Wait for him", "Send it on to") for one in SINGLES]
    tied = [replace_key(one, "Send it on to x") for one in clean]
    some = [*(with_texts(one, key, "Send it on") for one in tied[:8]), *tied[8:]]
    more = [*(with_texts(one, key, "Send it on") for one in tied[:9]), *tied[9:]]
    assert found("L03", some) == []
    (finding,) = found("L03", more)
    assert f"the {name} in 9 of 15" in finding.what
    assert "at most 8" in finding.mend
    assert finding.severity is Severity.ERROR


def replace_key(one: Item, text: str) -> Item:
    return replace(
        one, options=tuple(replace(o, text=text) if o.correct else o for o in one.options)
    )


def test_L04_keys_that_mostly_stand_in_one_place() -> None:
    leaning = [key_at(one, 1 if n % 2 or n > 12 else n % 3) for n, one in enumerate(SINGLES)]
    (finding,) = [f for f in found("L04", leaning) if f.item_id is None]
    assert "option 2 of 3" in finding.what
    assert finding.severity is Severity.ERROR


def test_L04_a_place_that_is_too_common_though_chance_allows_it() -> None:
    places = [0, 1, 2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 2, 0, 0]
    leaning = [key_at(one, place) for one, place in zip(SINGLES, places, strict=True)]
    (finding,) = found("L04", leaning)
    assert "option 1 of 3 in 7 of 15" in finding.what


def test_L04_six_of_fifteen_are_let_be() -> None:
    places = [0, 1, 2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 2, 0, 2]
    assert found("L04", [key_at(one, p) for one, p in zip(SINGLES, places, strict=True)]) == []


def test_L04_items_of_four_options_are_judged_among_themselves() -> None:
    places = [0, 1, 2, 3, 0, 1, 2, 0, 3, 0, 1, 2, 0, 3, 0]
    leaning = [fourth(one, place) for one, place in zip(SINGLES, places, strict=True)]
    (finding,) = found("L04", leaning)
    assert "option 1 of 4 in 6 of 15" in finding.what


def test_L04_four_keys_in_a_row() -> None:
    places = [0, 1, 1, 1, 1, 2, 0, 2, 0, 2, 0, 1, 2, 0, 2]
    running = [key_at(one, place) for one, place in zip(SINGLES, places, strict=True)]
    (finding,) = found("L04", running)
    assert (finding.item_id, finding.severity) == ("M1-105", Severity.ERROR)
    assert "option 2 in 4 items in a row" in finding.what


@pytest.mark.parametrize(("count", "rules"), [(11, set()), (12, {"L03", "L04", "L06"})])
def test_L03_L04_L06_a_bank_is_judged_from_twelve_items_on(count: int, rules: set[str]) -> None:
    first = (key_at(item(number), 0) for number in range(count))
    leaning = tuple(with_texts(one, "Go only", "Send it on") for one in first)
    findings = lint_bank(ItemBank("m", leaning), facts=FACTS, blueprint={}, today=TODAY)
    over_the_bank = {f.rule for f in findings if f.item_id is None and f.rule != "L24"}
    assert over_the_bank == rules


def absolute(one: Item, *, in_key: bool, in_distractors: int) -> Item:
    left = iter([True] * in_distractors + [False] * 5)
    return replace(
        one,
        options=tuple(
            replace(o, text=f"{o.text} only" if (in_key if o.correct else next(left)) else o.text)
            for o in one.options
        ),
    )


def test_L06_absolute_words_that_pile_up_among_the_distractors() -> None:
    strict = [absolute(one, in_key=False, in_distractors=1) for one in SINGLES]
    (finding,) = [f for f in found("L06", strict) if f.item_id is None]
    assert "out of the distractors" in finding.mend
    assert finding.severity is Severity.ERROR


def test_L06_absolute_words_that_pile_up_among_the_keys() -> None:
    strict = [absolute(one, in_key=True, in_distractors=0) for one in SINGLES]
    (finding,) = [f for f in found("L06", strict) if f.item_id is None]
    assert "out of the keys" in finding.mend


def test_L06_absolute_words_on_all_sides_are_even() -> None:
    assert found("L06", [absolute(one, in_key=True, in_distractors=2) for one in SINGLES]) == []


def test_L06_a_handful_says_nothing() -> None:
    few = [absolute(one, in_key=False, in_distractors=1) for one in SINGLES[:5]]
    assert [f for f in found("L06", few) if f.item_id is None] == []


def test_L08_more_than_a_twentieth_of_negative_questions() -> None:
    stem = "Which step does **NOT** fit the rule?"
    (finding,) = found("L08", [item(4, stem=f"{SITUATIONS[4]} {stem}")])
    assert "1 of 17" in finding.what
    assert (finding.item_id, finding.severity) == (None, Severity.ERROR)


def test_L12_a_stem_that_stands_twice_is_named_at_the_second() -> None:
    (finding,) = found("L12", [item(7, stem=item(2).stem)])
    assert (finding.item_id, finding.severity) == ("M1-108", Severity.WARNING)
    assert "M1-103" in finding.what


def test_L12_a_stem_that_stands_twice_may_have_its_reason() -> None:
    (finding,) = found("L12", [item(7, stem=item(2).stem, lint_reasons={"L12": "a pair"})])
    assert finding.severity is Severity.NOTE


def test_L12_pictures_may_be_asked_the_same() -> None:
    assert found("L12", [replace(hotspot(), id="M1-203")]) == []


@pytest.mark.parametrize(
    ("role", "said", "name"),
    [("The nurse", "She", "nurses"), ("The doctor", "He", "doctors")],
)
def test_L22_a_job_that_is_always_one_gender(role: str, said: str, name: str) -> None:
    def told(number: int, pronoun: str) -> Item:
        stem = f"{role} {SITUATIONS[number].split(' ', 1)[1]} {pronoun} asks. What is best here?"
        return item(
            number, stem=stem.replace("She wants", "Lou wants").replace("He tags", "Jo tags")
        )

    numbers = [0, 1, 2, 3, 4, 6, 7, 10]
    (finding,) = found("L22", [told(n, said) for n in numbers])
    assert finding.what.startswith(name)
    assert f"{said.lower()} in 8 items of 8" in finding.what
    other = "He" if said == "She" else "She"
    assert found("L22", [told(n, said if n else other) for n in numbers[:7]]) == []
    mixed = [told(n, said if n > 1 else other) for n in numbers]
    assert found("L22", mixed) == []


def test_L24_too_few_active_items_of_a_must_pass_objective() -> None:
    assert found("L24", [item(4, active=False)]) == []
    (finding,) = found("L24", [item(4, active=False), item(5, active=False)])
    assert "M1.1 has 7 of 8" in finding.what
    assert finding.mend == "write 1 more"


def test_L24_too_few_active_items_of_another_objective() -> None:
    retired = [item(n, active=False) for n in (9, 10, 12)]
    (finding,) = found("L24", retired)
    assert "M1.2 has 5 of 6" in finding.what


def test_L24_a_blueprint_that_asks_for_more_than_there_is() -> None:
    assert found("L24", [], {"M1.1": 9}) == []
    (finding,) = found("L24", [], {"M1.1": 10})
    assert "M1.1 has 9 of 10" in finding.what


def test_L24_an_objective_of_the_blueprint_without_items() -> None:
    findings = found("L24", [], {"M1.7": 2})
    assert all("M1.7" in finding.what for finding in findings)
    assert len(findings) == 2


def test_L24_an_objective_that_asks_for_no_decision() -> None:
    understood = [item(n, bloom="understand") for n in range(9)]
    (finding,) = found("L24", understood)
    assert "M1.1 has 0 items above recall" in finding.what
    assert found("L24", understood[:7]) == []


def test_L24_a_bank_that_mostly_asks_to_remember() -> None:
    remembered = [item(n, bloom="remember") for n in (0, 1, 2, 3, 9, 10)]
    retired = [item(n, active=False) for n in (4, 13)]
    (finding,) = found("L24", [*remembered, *retired])
    assert "6 of 15" in finding.what
    assert finding.severity is Severity.WARNING
    assert found("L24", [*remembered[1:], *retired]) == []


def deciding(count: int, key: str = "Do not show it to the team") -> list[Item]:
    """Return 15 decisions, so many of which have this key."""
    items = [replace(one, bloom="apply") for one in SINGLES]
    return [replace_key(one, key) if n < count else one for n, one in enumerate(items)]


@pytest.mark.parametrize("key", ["Do not show it yet", "Report it to Ruth", "No, leave it there"])
def test_L25_decisions_that_are_nearly_all_a_no(key: str) -> None:
    assert found("L25", deciding(12, key)) == []
    (finding,) = found("L25", deciding(13, key))
    assert "13 of 15" in finding.what
    assert finding.severity is Severity.ERROR


def test_L25_eleven_decisions_say_nothing() -> None:
    few = [replace(one, bloom="understand") for one in deciding(15)[:4]] + deciding(15)[4:]
    assert found("L25", few) == []


def test_a_bank_with_a_broken_item_is_not_judged_as_a_whole() -> None:
    broken = item(4, options=item(4).distractors)
    assert found("L24", [broken, item(5, active=False), item(6, active=False)]) == []


def test_an_empty_bank_only_lacks_coverage() -> None:
    findings = lint_bank(ItemBank("m", ()), facts={}, blueprint={"M1.1": 2}, today=TODAY)
    assert {finding.rule for finding in findings} == {"L24"}


def test_the_sample_moves_its_keys() -> None:
    assert [options(n)[n % 3].correct for n in range(15)] == [True] * 15
