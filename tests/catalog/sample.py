"""A small content folder that is good, for tests to break in one place at a time."""

from pathlib import Path

FACTS = """\
facts:
  - id: A-03
    statement: The bare fact that somebody is a patient is protected.
    citation: 45 CFR 160.103
    source: a page that was read
    state: verified
    jurisdiction: federal
    review_by: 2027-11-24
  - id: A-95
    statement: After a wrong post, tell the privacy contact at once.
    citation: our policy
    source: course policy
    state: policy
    jurisdiction: policy
    review_by: 2027-11-24
  - id: A-63
    statement: Whether leaving it up is a violation is disputed.
    citation: none
    source: course policy
    state: contested
    jurisdiction: policy
    review_by: 2027-11-24
  - id: C-25
    statement: A changed story fails if a coworker knows who it is.
    citation: professional judgement
    source: from knowledge
    state: unverified
    jurisdiction: professional
    review_by: 2027-11-24
"""

POLICY_LINE = "Tell {privacy_contact} at once. Leave patients out of what you post. "
POLICY = (
    "---\ntitle: Our policy\nstatement: I have read this policy.\n---\n"
    "*This is a sample. Have employment counsel read it.*\n\n"
    + "\n\n".join([POLICY_LINE * 5] * 7)
    + "\n"
)

COURSE = """\
code: onboarding
title: Patient privacy
kind: onboarding
test_out: false
cut_per_cent: 80
modules:
  - slug: hats
"""

MODULE = """\
id: M9
slug: hats
title: Two hats
summary: You will send each post to the right account.
objectives:
  - id: M9.1
    text: Send each post to the right account
    must_pass: false
    screen: two-hats
misconceptions:
  own-phone: My own phone, my own rules
  good-news: A kind post can do no harm
steps:
  - lesson: two-hats
  - scenario: wrong-hat
paper:
  M9.1: 6
"""

WORDS = "Look at the name beside the draft, and then at the words. "
LESSON = (
    "<!-- screen: two-hats | objectives: M9.1 | facts: A-03, A-95 -->\n"
    "## Two hats, one phone\n\n"
    "That someone is a patient is protected. [law: A-03]\n\n" + WORDS * 9 + "\n\n"
    "Tell {privacy_contact} at once. [policy: A-95]\n"
)

SCENARIO = """\
id: wrong-hat
kind: feed
title: The wrong hat
objective: M9.1
roles: [any]
warning: null
setting: A small clinic, at noon.
start: compose
vars: {reach: 0}
nodes:
  - id: compose
    kind: feed
    fine: false
    text: The draft is open.
    picture: {file: media/desk.svg, alt: "A desk with a cup and a plant."}
    feed:
      accounts:
        - {id: own, name: Dana R., handle: "@dana", note: ""}
      posts:
        - {id: p1, by: Dana, when: now, text: Hello, comments: [{by: Tess, text: Hi}]}
      compose:
        draft: Best crew ever
        controls:
          - id: account
            label: Post as
            options: [{id: own, text: Your own}, {id: business, text: The practice}]
      events:
        - {when: later, what: screenshot, who: A cousin, text: Saved, if: "reach >= 2"}
    choices:
      - id: post
        text: Post it now
        cases:
          - if: "account == business"
            verdict: right
            why: It was asked for.
            happens: People smile.
            rule: The yes was for the page.
            label: policy
            fact: A-95
            set: {reach: "+3"}
            next: board
          - verdict: wrong
            why: The thumb was faster.
            happens: A patient is named.
            rule: That someone is a patient is protected.
            label: law
            fact: A-03
            set: {}
            next: poor
      - id: ask
        text: Ask first
        verdict: right
        why: It takes a minute.
        happens: Nobody is hurt.
        rule: Ask before you post.
        label: policy
        fact: A-95
        set: {reach: 1}
        next: board
  - id: board
    kind: photo
    fine: true
    text: Look behind you.
    photo:
      file: media/board.svg
      alt: A hall with a board and a plant.
      width: 1200
      height: 800
      things:
        - {id: t1, name: board on the left, look: Names in chalk, rect: [0, 0, 100, 100],
           class: patient, feedback: Surnames., label: law, fact: A-03}
        - {id: t2, name: door on the left, look: A name, rect: [100, 0, 100, 100],
           class: patient, feedback: A surname., label: law, fact: A-03}
        - {id: t3, name: plant, look: Green, rect: [200, 0, 100, 100],
           class: fine, feedback: A plant., label: policy, fact: A-95}
        - {id: t4, name: cup, look: Coffee, rect: [300, 0, 100, 100],
           class: fine, feedback: A cup., label: policy, fact: A-95}
        - {id: t5, name: badge, look: A first name, rect: [400, 0, 100, 100],
           class: policy, feedback: A coworker., label: policy, fact: A-95}
        - {id: t6, name: clock, look: Ten past ten, rect: [500, 0, 100, 100],
           class: arguable, feedback: A time., label: policy, fact: A-95}
        - {id: t7, name: lamp, look: Bright, rect: [600, 0, 100, 100],
           class: fine, feedback: A lamp., label: policy, fact: A-95}
        - {id: t8, name: coat, look: Blue, rect: [700, 0, 100, 100],
           class: fine, feedback: A coat., label: policy, fact: A-95}
    choices:
      - id: done
        text: Done looking
        cases:
          - if: "missed == 0 and false_alarms == 0"
            verdict: right
            why: You looked twice.
            happens: Nobody is seen.
            rule: Look behind you.
            label: policy
            fact: A-95
            set: {}
            next: good
          - verdict: tempting
            why: It is small.
            happens: Somebody enlarges it.
            rule: Look behind you.
            label: policy
            fact: A-95
            set: {}
            next: tell
  - id: tell
    kind: decision
    fine: false
    text: It went out with a name in it.
    choices:
      - {id: now, text: Tell now, verdict: right, why: Early., happens: It is mended., rule: Tell.,
         label: policy, fact: A-95, set: {}, next: good}
      - {id: later, text: Tell later, verdict: wrong, why: Shame., happens: It spreads.,
         rule: Tell., label: policy, fact: A-95, set: {}, next: poor}
endings:
  - {id: good, outcome: good, title: Told, text: All is well.}
  - {id: poor, outcome: poor, title: Out, text: It is out.}
playthroughs:
  - path: [{choose: post, with: {account: business}}, {choose: done, marks: [t1, t2]}]
    ending: good
  - path: [post]
    ending: poor
  - path: [ask, {choose: done, marks: [t3]}, now]
    ending: good
"""

QUESTION = """\
  - id: M9-101
    type: single
    objective: M9.1
    bloom: apply
    status: active
    stem: Dana has a cake on her own desk and nobody else in the picture. Where does it go?
    options:
      - id: a
        text: On her own account
        correct: true
        feedback: Right. The rule guards patients, and a cake is not one of them at all.
      - id: b
        text: On the practice page
        misconception: good-news
        feedback: It speaks for the practice, and the practice has not said yes to it so far.
      - id: c
        text: On no account at all
        misconception: own-phone
        feedback: It feels safe, and it protects nobody, since there is no patient in the picture.
    facts: [A-03]
"""
BANK = "items:\n" + "".join(QUESTION.replace("M9-101", f"M9-10{number}") for number in range(1, 7))

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 800">'
    '<rect width="9" height="9"/></svg>\n'
)

GOOD = {
    "facts.yaml": FACTS,
    "policy.md": POLICY,
    "courses/onboarding.yaml": COURSE,
    "modules/hats/module.yaml": MODULE,
    "modules/hats/lesson.md": LESSON,
    "modules/hats/bank.yaml": BANK,
    "modules/hats/scenarios/wrong-hat.yaml": SCENARIO,
    "modules/hats/media/desk.svg": DRAWING,
    "modules/hats/media/board.svg": DRAWING,
}


def write(root: Path) -> Path:
    """Write the good folder."""
    for name, text in GOOD.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def broken(root: Path, name: str, old: str, new: str) -> Path:
    """Change one place of one file, which has to be there."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return root


def line_of(root: Path, name: str, text: str) -> int:
    """Return the first line of a file that holds a text."""
    lines = (root / name).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if text in line)
