"""On people of known parameters the analysis finds the parameters, and flags what was planted."""

from dataclasses import replace

import pytest

from quizzes import ItemFigures, Sitting, analyse, fingerprint, flags_of
from tests.quizzes.analysis.people import PAPER, against, coin, sittings
from tests.quizzes.samples import item, multiple, order

FIRST = PAPER[0]


def figures(made: list[Sitting], item_id: str = FIRST.id) -> ItemFigures:
    (found,) = [one for one in analyse(made) if one.version.item_id == item_id]
    return found


def texts(made: list[Sitting], item_id: str = FIRST.id) -> str:
    return " ".join(flag.text for flag in flags_of(figures(made, item_id)))


def test_nothing_is_said_under_thirty_first_tries() -> None:
    few, enough = figures(sittings(29, [0.7])), figures(sittings(30, [0.7]))
    assert (few.tries, few.facility, few.item_rest, few.options) == (29, None, None, ())
    assert flags_of(few) == ()
    assert enough.facility is not None
    assert enough.options


def test_the_facility_is_found_within_its_interval() -> None:
    for one in analyse(sittings(3000, [0.9, 0.5])):
        assert one.facility is not None
        assert one.facility.value == pytest.approx(0.7, abs=0.03)
        assert one.facility.low < 0.7 < one.facility.high


def test_pick_rates_are_found_and_add_up() -> None:
    found = figures(sittings(4000, [0.6], lean=0.75))
    rates = {option.option_id: option.rate for option in found.options}
    key, (one, other) = FIRST.keys[0].id, (o.id for o in FIRST.distractors)
    assert rates[key] == pytest.approx(0.6, abs=0.03)
    assert rates[one] == pytest.approx(0.3, abs=0.03)
    assert rates[other] == pytest.approx(0.1, abs=0.03)
    assert sum(rates.values()) == pytest.approx(1)
    assert found.idle == ()


def test_a_distractor_that_nobody_chooses_is_named() -> None:
    made = sittings(400, [0.6], lean=1.0)
    (idle,) = figures(made).idle
    assert idle.option_id == FIRST.distractors[1].id
    assert f"“{FIRST.distractors[1].text}” tempts next to nobody" in texts(made)


def test_five_per_cent_is_enough_to_work() -> None:
    made = sittings(100, [1.0])
    wrong, other = (frozenset({o.id}) for o in FIRST.distractors)
    answers = [wrong] * 5 + [other] * 4 + [FIRST.key] * 91
    made = [replace(s, chosen=dict(s.chosen) | {FIRST.id: answers[n]}) for n, s in enumerate(made)]
    assert [option.option_id for option in figures(made).idle] == [*other]


def test_the_rest_leaves_the_item_itself_out() -> None:
    # a coin is half of its own two-item total, and nothing of the rest
    found = figures(sittings(4000, [0.9, 0.5], odd=coin, paper=PAPER[:2]))
    assert found.item_rest is not None
    assert found.item_rest.low < 0 < found.item_rest.high


def test_a_question_that_asks_for_luck_is_flagged_and_a_good_one_is_not() -> None:
    made = sittings(800, [0.95, 0.45], odd=coin)
    assert "does no better here" in texts(made)
    assert texts(made, PAPER[1].id) == ""


def test_a_few_unlucky_people_raise_no_flag() -> None:
    assert "does no better" not in texts(sittings(40, [0.9, 0.5], odd=coin))


def test_a_wrong_key_is_flagged_first() -> None:
    made = sittings(800, [0.95, 0.6], odd=against, lean=0.9)
    flags = flags_of(figures(made))
    assert [flag.weight for flag in flags] == sorted(flag.weight for flag in flags)
    assert "Is the key right" in flags[0].text
    assert "does worse here" in texts(made)


def test_a_distractor_that_beats_the_key_is_flagged() -> None:
    made = sittings(200, [0.35], lean=1.0)
    assert f"More people choose “{FIRST.distractors[0].text}”" in texts(made)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.1, "Only"), (0.99, "tells you little"), (0.7, "")],
)
def test_too_hard_and_too_easy_are_said(share: float, said: str) -> None:
    told = texts(sittings(300, [share]))
    assert said in told
    assert ("at the first try" in told) is bool(said)


def test_what_is_left_open_is_wrong_and_is_said() -> None:
    made = [
        replace(s, chosen={k: v for k, v in s.chosen.items() if k != FIRST.id}, right=frozenset())
        if s.person % 5 == 0
        else s
        for s in sittings(300, [1.0])
    ]
    found = figures(made)
    assert found.left_open == pytest.approx(0.2)
    assert sum(option.rate for option in found.options) == pytest.approx(0.8)
    assert "20% leave it open" in texts(made)


def test_wordings_and_languages_are_never_mixed() -> None:
    reworded = replace(FIRST, stem=f"{FIRST.stem} ")
    made = [
        *sittings(40, [0.9]),
        *sittings(40, [0.2], paper=(reworded, *PAPER[1:])),
        *sittings(40, [0.5], locale="es"),
    ]
    found = [f for f in analyse(made) if f.version.item_id == FIRST.id]
    assert [(f.version.locale, f.tries) for f in found] == [("en", 40), ("en", 40), ("es", 40)]
    others = [f for f in analyse(made) if f.version.item_id == PAPER[1].id]
    assert [(f.version.locale, f.tries) for f in others] == [("en", 40), ("es", 40)]


def test_only_the_first_try_of_a_person_at_a_wording_counts() -> None:
    again = [replace(s, right=frozenset(), chosen={}) for s in sittings(35, [1.0])]
    found = figures([*sittings(35, [1.0]), *again])
    assert found.tries == 35
    assert found.facility is not None
    assert found.facility.value == 1


def test_a_wording_is_what_is_seen_and_the_key() -> None:
    same = [replace(FIRST, facts=("A-95",)), replace(FIRST, must_pass=False)]
    options = FIRST.options
    swapped = tuple(
        replace(o, correct=not o.correct) if n < 2 else o for n, o in enumerate(options)
    )
    told = tuple(replace(o, feedback="Other words.") for o in options)
    same.append(replace(FIRST, options=told))
    assert {fingerprint(one) for one in same} == {fingerprint(FIRST)}
    others = [
        replace(FIRST, stem="Other"),
        replace(FIRST, options=options[::-1]),
        replace(FIRST, options=swapped),
        replace(FIRST, options=(replace(options[0], place=2), *options[1:])),
        item(1),
    ]
    assert len({fingerprint(one) for one in (FIRST, *others)}) == len(others) + 1


def test_several_keys_are_counted_each() -> None:
    two = multiple()
    made = [Sitting(n, "en", (two,), {two.id: two.key}, frozenset({two.id})) for n in range(30)]
    found = figures(made, two.id)
    assert {o.option_id for o in found.options if o.rate == 1} == two.key
    assert found.item_rest is None
    assert len(found.idle) == 2


def test_an_order_has_a_facility_and_no_picks() -> None:
    steps = order()
    wrong = frozenset({"a:2"})
    made = [
        Sitting(n, "en", (steps,), {steps.id: steps.key if n % 2 else wrong},
                frozenset({steps.id} if n % 2 else ()))
        for n in range(60)
    ]  # fmt: skip
    found = figures(made, steps.id)
    assert found.facility is not None
    assert found.facility.value == 0.5
    assert found.options == ()
    assert flags_of(found) == ()
