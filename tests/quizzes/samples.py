"""A clean bank of two objectives, for tests to break in one place at a time."""

from dataclasses import replace
from datetime import date

from quizzes import FactState, Item, ItemBank, ItemType, Option, Photo

TODAY = date(2026, 11, 24)
BLUEPRINT = {"M1.1": 4, "M1.2": 2}
OBJECTIVES = {"M1.1": True, "M1.2": False}
FACTS = {
    "A-03": FactState("verified", "federal", date(2027, 11, 24)),
    "A-95": FactState("policy", "policy", date(2027, 11, 24)),
    "A-63": FactState("contested", "policy", date(2027, 11, 24)),
    "C-25": FactState("unverified", "professional", date(2027, 11, 24)),
    "H-01": FactState("house", "policy", date(2027, 11, 24)),
    "A-70": FactState("verified", "federal", date(2026, 1, 1)),
}
TEXTS = (
    "Show it to the whole team first",
    "Send it on as the owner asked",
    "Keep it back until next week",
    "Ask the person at the desk now",
    "Put it in the folder by the door",
)
RULE = "The name of a patient is protected, so the owner has to see the text first."
WHY = "It is tempting because the shift is busy and the text looks quite harmless at first."
SITUATIONS = (
    "Ana drafts a note on the new coffee machine. It shows two coworkers with a mug each.",
    "A bakery thanks the clinic for its big order. Lou wants to thank the bakers in return.",
    "The gym next door films a warm-up. Three people in scrubs walk by in the back row.",
    "Kim finds a kind letter in the mail. It praises the quick help after a bad fall.",
    "At the summer fair a visitor takes a selfie with Jo. He tags the practice at once.",
    "Ben repairs the blinds on a Sunday. He snaps the empty room to show his good work.",
    "A choir sings in the hall before lunch. Pat records one song from the second floor.",
    "The town paper asks for a quote about flu shots. Max has a spare hour before noon.",
    "Rae wins a prize for her poem about night work. One verse tells of a lost ring.",
    "A supplier sends samples of new gloves. Sam films himself as he tears one by mistake.",
    "Two students wait for a bus near the gate. They laugh over a list from the printer.",
    "Eve plans a quiz for the staff party. She wants old stories from the busiest nights.",
    "The roof leaks over the bike shed. Ty needs a picture for the claim form by Friday.",
    "Gus paints a mural by the lift. A passer-by asks which child gave him the idea.",
    "A radio host calls about long queues. Mia picks up since the phone rang six times.",
)


def options(number: int, *, keys: int = 1, count: int = 3) -> tuple[Option, ...]:
    """Return options whose key moves in place and in length from item to item."""
    texts = TEXTS[:3] if count == 3 else TEXTS[:count]
    shift = number // 3
    made = []
    for place in range(count):
        correct = (place - number) % count < keys
        made.append(
            Option(
                id="abcde"[place],
                text=texts[(place - number + shift) % count],
                correct=correct,
                misconception=None if correct else "own-phone",
                feedback=RULE if correct else f"{WHY} Reason {place}.",
            )
        )
    return tuple(made)


def item(number: int, **changes: object) -> Item:
    """Return the clean single item of this number (0 to 14)."""
    must_pass = number < 9
    clean = Item(
        id=f"M1-{101 + number}",
        type=ItemType.SINGLE,
        objective="M1.1" if must_pass else "M1.2",
        bloom="apply" if number % 3 else "understand",
        stem=f"{SITUATIONS[number]} What is the best next step?",
        options=options(number),
        facts=("A-03", "A-95"),
        must_pass=must_pass,
    )
    return replace(clean, **changes)  # type: ignore[arg-type]  # the tests name real fields


def multiple() -> Item:
    return replace(
        item(13),
        id="M1-201",
        type=ItemType.MULTIPLE,
        stem=f"{SITUATIONS[13]} Which two steps fit the rule best? Choose two.",
        options=options(0, keys=2, count=4),
        select_all=True,
    )


def hotspot() -> Item:
    names = ("tray on the left", "plant on the sill", "sheet on the door")
    things = tuple(
        replace(option, text=name, rect=(100 * place, 0, 60, 60))
        for place, (option, name) in enumerate(zip(options(0), names, strict=True))
    )
    return replace(
        item(12),
        id="M1-202",
        type=ItemType.HOTSPOT,
        stem="Which things in this picture show patient information? Mark every one.",
        options=things,
        photo=Photo("media/desk.svg", "A desk by a window.", 1200, 800),
        select_all=True,
    )


def order() -> Item:
    """Return a clean item whose steps are put in order; it stands beside the bank."""
    steps = tuple(
        Option(
            "abcd"[n], text, correct=True, misconception=None, feedback=f"{RULE} So {n}.", place=p
        )
        for n, (text, p) in enumerate(zip(TEXTS[:4], (3, 1, 4, 2), strict=True))
    )
    stem = f"{SITUATIONS[14]} Put these steps in order, first step first."
    return replace(item(14), id="M1-203", type=ItemType.ORDER, stem=stem, options=steps)


def bank(*changed: Item) -> ItemBank:
    """Return the clean bank, with some items changed (by id) or added."""
    items = {one.id: one for one in (*map(item, range(15)), multiple(), hotspot(), *changed)}
    return ItemBank("sample", tuple(items.values()))


def texts(number: int, key: str, *wrong: str) -> Item:
    """Return an item whose options read so, wherever its key stands."""
    left = list(wrong)
    changed = tuple(
        replace(option, text=key if option.correct else left.pop(0))
        for option in item(number).options
    )
    return item(number, options=changed)
