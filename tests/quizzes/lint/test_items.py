"""Each rule that looks at one item finds its broken example, and leaves the clean bank alone."""

from dataclasses import replace

import pytest

from quizzes import Finding, Item, ItemType, Option, Severity, lint_bank
from tests.quizzes.samples import (
    BLUEPRINT,
    FACTS,
    RULE,
    SITUATIONS,
    TODAY,
    bank,
    hotspot,
    item,
    multiple,
    options,
    order,
    texts,
)

E, W = Severity.ERROR, Severity.WARNING


def lint(*changed: Item) -> tuple[Finding, ...]:
    return lint_bank(bank(*changed), facts=FACTS, blueprint=BLUEPRINT, today=TODAY)


def asks(question: str, number: int = 4, **changes: object) -> Item:
    return item(number, stem=f"{SITUATIONS[number]} {question}", **changes)


def feedback(number: int, *, correct: bool, text: str) -> Item:
    changed = tuple(
        replace(option, feedback=text) if option.correct is correct else option
        for option in item(number).options
    )
    return item(number, options=changed)


def more(one: Item, count: int) -> Item:
    wrong = one.distractors[0]
    spare = (
        replace(wrong, id=f"x{n}", text=f"Wait {n} on {word}", feedback=f"{wrong.feedback} {n}")
        for n, word in enumerate(("paint", "lunch", "music", "trains", "rivers", "stamps")[:count])
    )
    return replace(one, options=(*one.options, *spare))


def keys_only(number: int) -> Item:
    return item(number, options=tuple(replace(o, correct=True) for o in item(number).options))


LONG = "Keep it back until the owner has looked at"
BROKEN: dict[str, tuple[str, Severity, Item]] = {
    "two options": ("L01", E, item(4, options=item(4).options[:2])),
    "five options for one key": ("L01", W, more(item(4), 2)),
    "six options for one key": ("L01", E, more(item(4), 3)),
    "no key": ("L01", E, item(4, options=item(4).distractors * 2)),
    "nothing but keys": ("L01", E, keys_only(4)),
    "a key 1.4 times as long": ("L02", W, texts(4, "Wait " * 7, "Call " * 5, "Post " * 5)),
    "a key twice as long": ("L02", E, texts(4, "Wait " * 10, "Call " * 5, "Post " * 5)),
    "a key of twice the words": (
        *("L02", E, texts(4, "Go to it as we do", "Photograph everybody", "Telephone somebody")),
    ),
    "a key longest by a fifth": ("L02", W, texts(4, "Wait " * 6, "Call " * 5, "Post " * 5)),
    "all of the above": ("L05", E, texts(4, "Show it to him", "Send it", "All of the above")),
    "both of these": ("L05", E, texts(4, "Show it to him", "Send it to her", "Both of these")),
    "A and B": ("L05", E, texts(4, "Show it to him", "Send it to her", "Do A and B")),
    "always in a distractor": (
        *("L06", W, texts(4, "Show it to the team", "Always send it to her", "Keep it for a week")),
    ),
    "never in the key": (
        *("L06", W, texts(4, "Never show it to him", "Send it on to Ruth", "Keep it for a week")),
    ),
    "usually in the key": (
        *("L07", W, texts(4, "Show it as you usually do", "Send it on to Ruth", "Keep it a week")),
    ),
    "a quiet not": ("L08", E, asks("Which step does not fit the rule here?")),
    "a quiet don't": ("L08", E, asks("Which step doesn’t fit the rule here?")),
    "except": ("L08", E, asks("Each step fits the rule here except which?")),
    "a key that echoes the stem": (
        *("L09", W, texts(4, "Wait for the summer fair", "Send it on to Ruth", "Keep it a week")),
    ),
    "a stem that asks for three": ("L10", W, asks("Which three steps fit the rule here?")),
    "a stem that ends in an": ("L10", W, asks("The next step of Jo is to ask for an?")),
    "one full stop": (
        *("L10", W, texts(4, "Show it to the team.", "Send it on to Ruth", "Keep it for a week")),
    ),
    "a key in the middle of the others": (
        "L11", W,
        texts(4, "Show it to Ruth today by mail", "Show it to Ruth after lunch",
              "Leave a note today by mail"),
    ),
    "two options alike": (
        *("L12", E, texts(4, "Show it to him", "Send it on to her now", "Send it on now, to her")),
    ),
    "a distractor without misconception": (
        "L13", E,
        item(4, options=tuple(replace(o, misconception=None) for o in item(4).options)),
    ),
    "feedback of eleven words": ("L13", E, feedback(4, correct=False, text="word " * 11)),
    "distractors that share feedback": ("L13", E, feedback(4, correct=False, text="word " * 12)),
    "a joke": (
        *("L14", W, texts(4, "Show it to the team", "Sell it to the paper", "Keep it for a week")),
    ),
    "options that begin in two ways": (
        *("L15", W, texts(4, "Show it to the team", "Because Ruth knows him", "Keep it a week")),
    ),
    "an -ing among verbs": (
        *("L15", W, texts(4, "Show it to the team", "Sending it to Ruth", "Keep it for a week")),
    ),
    "no question": ("L16", W, item(4, stem=f"{SITUATIONS[4]} Name the best next step.")),
    "a short situation": ("L16", W, item(4, stem="Jo was tagged. What now?")),
    "a situation of nineteen words": (
        *("L16", W, item(4, stem=f"{'Jo waits. ' * 8}What is best?")),
    ),
    "a hard stem": (
        "L16", W,
        item(4, stem="Considering confidentiality obligations regarding identifiable individuals, "
             "administrative representatives occasionally communicate inappropriately informal "
             "acknowledgements; which organisational intervention represents professionalism?"),
    ),
    "two questions": ("L17", W, asks("Is it fine? What is the best next step?")),
    "and/or": ("L17", W, asks("What is the best step for Jo and/or Kim?")),
    "a key that joins two actions": (
        *("L17", W, texts(4, "Stop and show it", "Send it on to Ruth", "Keep it a week")),
    ),
    "no fact": ("L18", E, item(4, facts=())),
    "an unknown fact": ("L18", E, item(4, facts=("A-03", "Z-99"))),
    "a contested fact": ("L18", E, item(4, facts=("A-03", "A-63"))),
    "an unverified fact": ("L18", E, item(4, facts=("C-25",))),
    "a rule of the house": ("L18", E, item(4, facts=("A-03", "H-01"))),
    "a stale fact": ("L19", E, item(4, facts=("A-03", "A-70"))),
    "dollars in the key": (
        *("L19", W, texts(4, "Pay a fine of $500 now", "Send it on to Ruth now", "Keep it a week")),
    ),
    "a date in the key": (
        *("L19", W, texts(4, "Wait until 11 May", "Send it to Ruth now", "Keep it a week")),
    ),
    "a social security number": ("L20", E, asks("Does 123-45-6789 matter to Jo here?")),
    "a telephone number": ("L20", E, asks("Who would call (212) 867-5309 in this case?")),
    "a short telephone number": ("L20", E, asks("Who would call 867-5309 in this case?")),
    "a record number": ("L20", E, asks("Does MRN: 00412345 matter to Jo here?")),
    "a mail address": ("L20", E, asks("Who writes to jo@fairclinic.org in this case?")),
    "a street address": ("L20", E, asks("Who lives at 12 Old Mill Road in this case?")),
    "a real platform in feedback": (
        *("L20", E, feedback(4, correct=True, text=f"{RULE} So it is on Facebook too.")),
    ),
    "a stem that leans on another": ("L21", E, asks("As in question 3, what is best?")),
    "a stem that leans on the last": ("L21", E, asks("After the previous question, what is best?")),
    "an idiom": ("L22", W, asks("Who would let the cat out of the bag here?")),
    "policy told as HIPAA": (
        *("L23", E, asks("What does HIPAA ask of Jo in this case?", facts=("A-95",))),
    ),
    "praise for feedback": ("L26", W, feedback(4, correct=True, text="Correct! Well done, Jo.")),
}  # fmt: skip


def test_the_clean_bank_has_no_finding() -> None:
    assert lint() == ()


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_finds_its_broken_example(name: str) -> None:
    rule, severity, broken = BROKEN[name]
    wanted = (rule, severity, broken.id)
    found = [f for f in lint(broken) if (f.rule, f.severity, f.item_id) == wanted]
    assert found, [str(finding) for finding in lint(broken)]
    assert all(finding.what and finding.mend for finding in found)


@pytest.mark.parametrize("name", BROKEN)
def test_a_retired_item_is_left_alone(name: str) -> None:
    broken = replace(BROKEN[name][2], id="M1-999", active=False)
    assert lint(broken) == ()


FINE: dict[str, Item] = {
    "an emphasised NOT is no quiet one": asks("Which step does **NOT** fit the rule here?"),
    "at least is no negative": asks("What should Jo do at least in this case?"),
    "not in the situation is no negative": item(
        4, stem=f"{SITUATIONS[4]} Jo does not like it. What is the best next step?"
    ),
    "not in what somebody says is no negative": asks('What answers "Why not?" best here?'),
    "a number kept for fiction": asks("Who would call 212-555-0142 in this case?"),
    "a short number kept for fiction": asks("Who would call 555-0142 in this case?"),
    "an example mail address": asks("Who writes to jo@fair.example in this case?"),
    "HIPAA with a law behind it": asks("What does HIPAA ask of Jo in this case?"),
    "absolute words on both sides": texts(
        4, "Never show it to the team", "Always send it on to her", "Keep it until next week"
    ),
    "hedges on both sides": texts(
        4, "Show it to them as usually", "Send it as you often do", "Keep it until next week"
    ),
    "two joined keys of two": texts(
        4, "Stop and show it to them", "Stop and send it to them", "Keep it until next week"
    ),
    "four options": item(4, options=options(4, count=4)),
    "a situation of twenty words": item(4, stem=f"{'Jo waits. ' * 8}What is best now?"),
    "a call to mark after the question": asks("What is the best next step? Pick one."),
    "one echo is no clang": texts(4, "Wait for summer", "Send it to Ruth", "Keep it a week"),
}


@pytest.mark.parametrize("name", FINE)
def test_what_only_looks_broken_is_let_be(name: str) -> None:
    quiet = {"L08"} if "NOT" in name else set()
    assert [f for f in lint(FINE[name]) if f.item_id and f.rule not in quiet] == []


def test_a_review_day_counts_to_its_end() -> None:
    day = FACTS["A-70"].review_by
    found = lint_bank(bank(item(4, facts=("A-70",))), facts=FACTS, blueprint={}, today=day)
    assert found == ()


def test_a_hotspot_may_have_twelve_things_and_not_thirteen() -> None:
    things = [
        Option(
            f"t{n}", f"thing number {n} {word}", False, "own-phone", f"{RULE} {n}", (0, 0, 50, 50)
        )
        for n, word in enumerate(["cup", "pen", "hat", "bag", "key", "mug", "jar", "tin"])
    ]
    photo = hotspot()
    assert lint(replace(photo, options=(*photo.options, *things))) == ()
    thirteen = replace(photo, options=(*photo.options, *things, *things[:2]))
    assert "L01" in {finding.rule for finding in lint(thirteen)}


def test_several_keys_are_measured_together() -> None:
    stretched = tuple(
        replace(option, text=option.text * 2) if option.correct else option
        for option in multiple().options
    )
    assert [f.rule for f in lint(replace(multiple(), options=stretched))] == ["L02"]


def test_a_warning_with_a_reason_becomes_a_note() -> None:
    broken = replace(BROKEN["an idiom"][2], lint_reasons={"L22": "she really has a cat"})
    (finding,) = lint(broken)
    assert (finding.severity, finding.mend) == (Severity.NOTE, "she really has a cat")


def test_a_reason_excuses_no_other_rule() -> None:
    broken = replace(BROKEN["an idiom"][2], lint_reasons={"L21": "another"})
    assert [finding.severity for finding in lint(broken)] == [W]


def test_an_error_cannot_be_excused() -> None:
    broken = replace(BROKEN["a contested fact"][2], lint_reasons={"L18": "we like it"})
    assert [finding.severity for finding in lint(broken)] == [E]


def test_an_item_without_a_key_keeps_no_other_item_from_being_judged() -> None:
    rules = {f.rule for f in lint(item(3, options=item(3).distractors * 2), BROKEN["an idiom"][2])}
    assert rules == {"L01", "L22"}


def test_every_rule_has_a_broken_example_here_or_over_the_bank() -> None:
    from quizzes.lint import BANK_RULES, ITEM_RULES

    assert {rule for rule, _ in ITEM_RULES} | {"L01"} == {rule for rule, _, _ in BROKEN.values()}
    everything = {rule for rule, _ in (*ITEM_RULES, *BANK_RULES)} | {"L01"}
    assert everything == {f"L{number:02}" for number in range(1, 27)}


def test_a_single_item_type_is_what_the_sample_says() -> None:
    assert {one.type for one in bank(order()).items} == set(ItemType)


def stepped(number: int, **changes: object) -> Item:
    """Return the clean order with one step changed."""
    steps = [*order().options]
    steps[number] = replace(steps[number], **changes)  # type: ignore[arg-type]  # real fields
    return replace(order(), options=tuple(steps))


BROKEN_ORDERS: dict[str, tuple[str, Severity, Item]] = {
    "two steps": ("L01", E, replace(order(), options=order().options[:2])),
    "six steps": ("L01", E, replace(order(), options=order().options[:3] * 2)),
    "a step that points at others": ("L05", E, stepped(0, text="Do all of the above")),
    "two like steps": ("L12", E, stepped(0, text=order().options[1].text)),
    "a step that begins otherwise": ("L15", W, stepped(0, text="The team is shown it first")),
    "no call to order": ("L16", W, replace(order(), stem=f"{SITUATIONS[14]} What follows?")),
    "no situation": ("L16", W, replace(order(), stem="Put these steps in order.")),
    "no fact": ("L18", E, replace(order(), facts=())),
    "only praise": ("L26", W, stepped(0, feedback="Yes, exactly, well done.")),
}


@pytest.mark.parametrize("name", BROKEN_ORDERS)
def test_a_rule_that_fits_an_order_finds_its_broken_one(name: str) -> None:
    rule, severity, broken = BROKEN_ORDERS[name]
    found = {(finding.rule, finding.severity) for finding in lint(broken)}
    assert (rule, severity) in found


@pytest.mark.parametrize(
    "text",
    ["Show it only to the team, and always with the same words, so that all know of it", "Ask"],
)
def test_no_step_is_held_against_others_as_a_key_would_be(text: str) -> None:
    rules = {finding.rule for finding in lint(stepped(0, text=text))}
    assert not rules & {"L02", "L06", "L07", "L09", "L11", "L13", "L14"}
