"""A small situation of each kind that has an exercise, and an item whose steps are put in order."""

from pathlib import Path

from tests.catalog.sample import write
from tests.house import TestHouse
from training.catalog import publishing
from training.catalog.catalog import load_catalog

HEAD = """\
id: {id}
kind: {kind}
title: {title}
objective: M9.1
roles: [any]
setting: A small clinic, at noon.
start: work
nodes:
  - id: work
    kind: {kind}
    text: Take your time.
"""
TAIL = """\
    choices:
      - id: done
        text: {done}
        cases:
          - {{if: "{right}", verdict: right, why: You looked twice., happens: Nobody is seen.,
             rule: Look twice., label: policy, fact: A-95, next: good}}
          - {{verdict: wrong, why: It is small., happens: Somebody is seen., rule: Look twice.,
             label: law, fact: A-03, next: again}}
  - id: again
    kind: decision
    fine: {fine}
    text: It went out.
    choices:
{later_and_now}endings:
  - {{id: good, outcome: good, title: Well done, text: All is well.}}
  - {{id: poor, outcome: poor, title: Out, text: It is out.}}
playthroughs:
  - path: [{{choose: done, {best}}}]
    ending: good
  - path: [{{choose: done, {worst}}}, later]
    ending: poor
"""
LATER = """\
      - {id: later, text: Tell later, verdict: wrong, why: Shame., happens: It spreads.,
         rule: Tell., label: policy, fact: A-95, next: poor}
"""
NOW = """\
      - {id: now, text: Tell now, verdict: right, why: Early., happens: It is mended., rule: Tell.,
         label: policy, fact: A-95, next: good}
"""

REPLY = """\
    reply:
      to: {by: ToothFairy88, where: "a review page, one star", text: "I sat there for an hour!"}
      as: "{practice}"
      phrases:
        - {id: thanks, text: Thank you for writing., class: fine,
           feedback: Thanks tell nothing., label: policy, fact: A-95}
        - {id: visit, text: We are sorry that your visit ran late., class: confirms,
           feedback: Your visit says that she came., label: law, fact: A-03}
        - {id: rule, text: We can't discuss anyone's care here., class: needed,
           feedback: It names nobody., label: law, fact: A-03}
        - {id: records, text: Our records show that you came late., class: confirms,
           feedback: Records say that she came., label: law, fact: A-03}
        - {id: call, text: "Please call {privacy_contact}.", class: needed,
           feedback: The talk goes on in private., label: policy, fact: A-95}
"""
DOCUMENT = """\
    document:
      title: Permission to share my story
      from: Birchwood Physical Therapy
      sections:
        - {heading: What may be used, text: My story and pictures of my knee.}
        - {heading: Until, text: "", hand: true}
        - {heading: Signed, text: "D. Okafor, for my mother", hand: true}
      checks:
        - {id: what, name: "What will be used, said exactly", class: there,
           feedback: It names the story and the pictures., label: law, fact: A-03}
        - {id: until, name: A day when it ends, class: defect,
           feedback: The line is empty., label: law, fact: A-03}
        - {id: signed, name: A signature, class: there,
           feedback: There is one., label: law, fact: A-03}
        - {id: authority, name: "If another person signs: by what right", class: defect,
           feedback: Nothing says why she may sign., label: law, fact: A-03}
"""
ORDER = """\
    order:
      ask: Put your first minutes in order
      steps:
        - {id: log, text: Write down who could see it, place: 2,
           feedback: It is asked for later., label: policy, fact: A-95}
        - {id: hush, text: Delete it and say nothing, place: never,
           feedback: Nobody can help then., label: policy, fact: A-95}
        - {id: tell, text: "Call {privacy_contact}", place: 1,
           feedback: The clock runs., label: policy, fact: A-95}
        - {id: hide, text: Take it down, place: 1,
           feedback: Fewer people see it., label: policy, fact: A-95}
        - {id: learn, text: Tell the team what was learnt, place: 3,
           feedback: So that it stays the last time., label: policy, fact: A-95}
"""
METER = """\
    meter:
      crowd: 38000
      of: people in Alder County
      story: "A patient of ours taught me something today."
      details:
        - {id: age, text: She is in her nineties, keeps: 9, start: true,
           feedback: Few people are., label: law, fact: A-03}
        - {id: town, text: She lives in Elm, keeps: 40, start: true,
           feedback: Elm is small., label: law, fact: A-03}
        - {id: kind, text: She is kind, keeps: 900,
           feedback: Most people are., label: policy, fact: A-95}
        - {id: fox, text: She keeps a tame fox, keeps: 1,
           feedback: Everybody knows the fox., label: law, fact: A-03}
"""
RIGHT_ORDER = 'with: {tell: "1", hide: "2", log: "3", learn: "4"}'
SCENARIOS = {
    "reply": (
        *("one-star", "The one-star review", REPLY, "Send it"),
        *("confirming == 0 and lacking == 0", "marks: [rule, call]", "marks: [visit]"),
    ),
    "document": (
        *("her-mothers-knee", "Her mother's knee", DOCUMENT, "Done"),
        *("missed == 0 and false_alarms == 0", "marks: [until, authority]", "marks: [what]"),
    ),
    "order": (
        *("first-minutes", "The first minutes", ORDER, "Done"),
        *("slips == 0 and wrong_steps == 0 and left_out == 0", RIGHT_ORDER, 'with: {hush: "1"}'),
    ),
    "meter": (
        *("tame-fox", "The tame fox", METER, "Post it"),
        *("crowd >= 1000", "marks: [kind]", "marks: [age, town, fox]"),
    ),
}


def scenario_text(kind: str) -> str:
    """Return the YAML of the situation of this kind."""
    id_, title, payload, done, right, best, worst = SCENARIOS[kind]
    choices = NOW + LATER if kind in {"reply", "order"} else LATER + NOW
    fine = "true" if kind == "meter" else "false"
    tail = TAIL.format(
        done=done, right=right, best=best, worst=worst, fine=fine, later_and_now=choices
    )
    return HEAD.format(id=id_, kind=kind, title=title) + payload + tail


TEXTS = {kind: scenario_text(kind) for kind in SCENARIOS}
IDS = {kind: told[0] for kind, told in SCENARIOS.items()}

ORDER_ITEM = """\
  - id: M9-10{number}
    type: order
    objective: M9.1
    bloom: apply
    status: active
    stem: Dana sees at noon that her post shows a name. Put these steps in order, first step first.
    options:
      - id: a
        text: Write down who may have seen it
        place: 2
        feedback: The list is made while memory is fresh, and it is asked for later on.
      - id: b
        text: Call the privacy contact
        place: 1
        feedback: The call comes first, since whoever helps can only begin from there.
      - id: c
        text: Tell the team what was learnt
        place: 3
        feedback: The lesson comes last, when it is known what has happened and why.
    facts: [A-95]
"""


def write_kinds(root: Path) -> Path:
    """Write the good folder with a situation of each kind, and with orders to be put right."""
    write(root)
    module = root / "modules/hats"
    for kind, text in TEXTS.items():
        (module / f"scenarios/{IDS[kind]}.yaml").write_text(text, encoding="utf-8")
    about = (module / "module.yaml").read_text(encoding="utf-8")
    steps = "".join(f"  - scenario: {id_}\n" for id_ in IDS.values())
    (module / "module.yaml").write_text(about.replace("paper:", f"{steps}paper:"), encoding="utf-8")
    with (module / "bank.yaml").open("a", encoding="utf-8") as bank:
        bank.write("".join(ORDER_ITEM.format(number=number) for number in (7, 8, 9)))
    return root


def publish_kinds(house: TestHouse, root: Path) -> None:
    """Put the folder in force as the onboarding course; each paper asks three orders."""
    write_kinds(root)
    bank = root / "modules/hats/bank.yaml"
    text = bank.read_text(encoding="utf-8")
    bank.write_text(text.replace("status: active", "status: retired", 3), encoding="utf-8")
    now = house.clock.now()
    with house.database.write() as session:
        publishing.publish(session, load_catalog(root), change="material", by=None, now=now)
