"""Every fault that content can have, each by one change to good content."""

from typing import NamedTuple

from tests.catalog.sample import POLICY_LINE

ABOUT = "modules/hats/module.yaml"
LESSON = "modules/hats/lesson.md"
BANK = "modules/hats/bank.yaml"
SCENE = "modules/hats/scenarios/wrong-hat.yaml"
DESK = "modules/hats/media/desk.svg"


class Case(NamedTuple):
    """Change `old` to `new` in a file; the fault must stand where `at` (else `new`) stands."""

    file: str
    old: str
    new: str
    what: str
    mend: str
    at: str = ""


CASES = {
    # form
    "a key misspelt": Case(ABOUT, "title: Two", "titel: Two", "unknown key 'titel'", "'title'"),
    "a key missing": Case(ABOUT, "title: Two hats\n", "", "'title' is missing", "add", "id: M9"),
    "a key in a choice": Case(
        SCENE, "rule: Ask before", "rulle: Ask before", "unknown key 'rulle'", "'rule'"
    ),
    "no feedback": Case(SCENE, "why: It takes a minute.", "why: ''", "'why' is empty", "write it"),
    "a verdict of another kind": Case(
        SCENE, "verdict: tempting", "verdict: maybe", "'verdict' can't be 'maybe'", "tempting"
    ),
    "a wide word for an id": Case(SCENE, "id: board\n", "id: My_Board\n", "is no id", "hyphens"),
    "an event of another kind": Case(SCENE, "what: screenshot", "what: telegram", "what", "one of"),
    "another slug": Case(ABOUT, "slug: hats", "slug: caps", "folder's name", "'hats'"),
    "another file name": Case(SCENE, "id: wrong-hat", "id: right-hat", "file's name", "wrong-hat"),
    # references
    "a step that is not there": Case(
        ABOUT, "scenario: wrong-hat", "scenario: wrong-cat", "'wrong-cat' is not there", "wrong-hat"
    ),
    "a step twice": Case(
        ABOUT, "  - scenario", "  - lesson: two-hats\n  - scenario", "twice", "delete", "@15"
    ),
    "a screen in no step": Case(
        ABOUT, "  - lesson: two-hats\n", "", "'two-hats' is in no step", "add it", "steps:"
    ),
    "an objective without its screen": Case(
        ABOUT, "screen: two-hats", "screen: too-hats", "no screen 'too-hats'", "'two-hats'"
    ),
    "an objective in no situation": Case(
        ABOUT,
        "misconceptions:",
        "  - {id: M9.2, text: More, screen: two-hats}\nmisconceptions:",
        "no situation is about M9.2",
        "write one",
        "M9.2",
    ),
    "a situation about nothing": Case(
        SCENE, "objective: M9.1", "objective: M9.7", "no objective 'M9.7'", "M9.1"
    ),
    "a screen about nothing": Case(
        LESSON, "objectives: M9.1", "objectives: M9.7", "no objective 'M9.7'", "M9.1"
    ),
    "a paper of seven": Case(ABOUT, "M9.1: 6", "M9.1: 7", "6 questions", "sum 6", "paper:"),
    "a paper about nothing": Case(ABOUT, "  M9.1: 6", "  M9.8: 6", "no objective 'M9.8'", "M9.1"),
    "a course of no module": Case(
        "courses/onboarding.yaml", "slug: hats", "slug: cats", "no module 'cats'", "hats"
    ),
    "a course of no such step": Case(
        "courses/onboarding.yaml",
        "slug: hats",
        "slug: hats\n    steps: [two-cats]",
        "no step 'two-cats'",
        "two-hats",
        "steps:",
    ),
    # facts
    "an unknown fact": Case(SCENE, "fact: A-95", "fact: A-59", "no fact A-59", "A-95"),
    "a contested fact": Case(SCENE, "fact: A-95", "fact: A-63", "contested", "policy"),
    "an unverified fact": Case(SCENE, "fact: A-95", "fact: C-25", "not verified", "check with"),
    "a policy called law": Case(
        SCENE, "label: law, fact: A-03", "label: law, fact: A-95", "is policy", "write 'policy'"
    ),
    "a basis not named above": Case(
        LESSON, "facts: A-03, A-95", "facts: A-03", "is not among", "top"
    ),
    "a basis misspelt": Case(LESSON, "[law: A-03]", "[law A-03]", "is no basis", "law", "screen:"),
    "a fact twice": Case("facts.yaml", "id: C-25", "id: A-63", "twice", "delete", "@23"),
    "a fact past its review": Case(
        "facts.yaml", "review_by: 2027", "review_by: 2025", "was to be reviewed", "review", "A-03"
    ),
    # the machine
    "a choice that leads nowhere": Case(SCENE, "next: tell", "next: sell", "'sell'", "'tell'"),
    "no such start": Case(SCENE, "start: compose", "start: compost", "'compost'", "'compose'"),
    "a node that nothing leads to": Case(
        SCENE, "next: tell", "next: good", "nothing leads to 'tell'", "link", "- id: tell"
    ),
    "the last case has an if": Case(
        SCENE,
        "- verdict: tempting",
        "- if: missed == 1\n            verdict: tempting",
        "has an 'if'",
        "delete",
    ),
    "a case before the last has none": Case(
        SCENE,
        '- if: "account == business"\n            verdict',
        "- verdict",
        "no 'if'",
        "add",
        "- verdict: right",
    ),
    "a condition that is none": Case(
        SCENE, '"reach >= 2"', '"reach is big"', "is no condition", "name >= 2", "what: screenshot"
    ),
    "a name that is never set": Case(
        SCENE, '"reach >= 2"', '"rich >= 2"', "'rich' is never set", "'reach'", "what: screenshot"
    ),
    "a switch that can't be so": Case(
        SCENE, '"account == business"', '"account == both"', "never 'both'", "business"
    ),
    "a number compared with a word": Case(
        SCENE, '"missed == 0 and', '"missed == none and', "is a number", "whole number"
    ),
    "a change of no variable": Case(SCENE, '{reach: "+3"}', '{rich: "+3"}', "'rich'", "'reach'"),
    "a change that is none": Case(SCENE, '"+3"', '"much"', "no change", '"+1"'),
    "a bare sign": Case(SCENE, '"+3"', "+3", "bare", "quote"),
    "a path that ends elsewhere": Case(
        SCENE,
        "path: [post]\n    ending: poor",
        "path: [post]\n    ending: good",
        "ends at 'poor'",
        "ending: poor",
        "path: [post]",
    ),
    "a path that breaks off": Case(
        SCENE, "path: [post]", "path: [boast]", "breaks off", "mend the path"
    ),
    "an ending on no path": Case(
        SCENE,
        "  - path: [post]\n    ending: poor\n",
        "",
        "no path goes through 'poor'",
        "add",
        "playthroughs:",
    ),
    "one ending": Case(
        SCENE,
        "  - {id: poor, outcome: poor, title: Out, text: It is out.}\n",
        "",
        "1 endings",
        "2 to 4",
        "endings:",
    ),
    "an id twice": Case(SCENE, "- id: tell", "- id: board", "twice", "rename", "@107"),
    "a feed without its feed": Case(
        SCENE,
        "  - id: tell\n    kind: decision",
        "  - id: tell\n    kind: feed",
        "'feed:' is missing",
        "add",
        "- id: tell",
    ),
    # pictures
    "a drawing that is not there": Case(
        SCENE, "media/desk.svg", "media/disk.svg", "no drawing media/disk.svg", "desk.svg"
    ),
    "a picture without alt": Case(
        SCENE, ', alt: "A desk with a cup and a plant."', "", "'alt' is missing", "add", "picture:"
    ),
    "an alt that gives it away": Case(
        SCENE, "A desk with", "Patient information on a desk with", "the alt text says", "what is"
    ),
    "a thing outside": Case(SCENE, "[700, 0, 100", "[1150, 0, 100", "outside", "1200 x 800"),
    "a thing too small": Case(SCENE, "[700, 0, 100, 100]", "[700, 0, 20, 100]", "thumb", "44"),
    "another size": Case(SCENE, "width: 1200", "width: 1300", "another size", "1200"),
    "nothing shows it": Case(
        SCENE,
        '    picture: {file: media/desk.svg, alt: "A desk with a cup and a plant."}\n',
        "",
        "no scene shows",
        "delete",
        "@1 modules/hats/media/desk.svg",
    ),
    "a script in a drawing": Case(
        DESK, "<rect", "<script>1</script><rect", "<script> has no place", "shapes"
    ),
    "a handler in a drawing": Case(DESK, "<rect", '<rect onload="x()"', "can run", "delete"),
    "a link out of a drawing": Case(DESK, "<rect", '<use href="http://a/b"/><rect', "load", "del"),
    "no view box": Case(DESK, ' viewBox="0 0 1200 800"', "", "view box", "viewBox", "<svg"),
    "a drawing that breaks off": Case(DESK, "</svg>", "", "well-formed", "mend", "@2"),
    "an entity": Case(DESK, "<svg", '<!DOCTYPE a [<!ENTITY b "c">]><svg', "DOCTYPE", "delete"),
    # words
    "a telephone number": Case(SCENE, "A small clinic", "Call 212-555-0142", "telephone", "invent"),
    "a social security number": Case(LESSON, "Look at", "078-05-1120", "social", "inv", "screen:"),
    "a mail address": Case(BANK, "Dana has", "dana@clinic.org has", "mail address", "invent"),
    "a record number": Case(BANK, "Dana has", "MRN 0044812 has", "record number", "invent"),
    "a promise": Case(LESSON, "Look at", "HIPAA certified", "promises", "trained", "screen:"),
    "a false rule": Case(BANK, "Dana has", "HIPAA asks for annual training.", "sets no", "whose"),
    "an unknown local fact": Case(
        LESSON,
        "{privacy_contact}",
        "{privacy_contract}",
        "no local fact",
        "privacy_contact",
        "screen:",
    ),
    "a template's braces": Case(LESSON, "Look at", "{{7*7}}", "no local fact", "write", "screen:"),
    "HTML": Case(LESSON, "Look at", "<b>Look</b> at", "is HTML", "Markdown", "screen:"),
    "a link": Case(LESSON, "Look at", "[Look](http://a) at", "is a link", "words", "screen:"),
    "long words": Case(
        SCENE,
        "text: The draft is open.",
        "text: " + "Considerable organisational complications necessitate deliberation " * 6,
        "reads at grade",
        "shorter",
    ),
    # the policy
    "a gag": Case("policy.md", "Tell {", "Guard our reputation. Tell {", "gag", "name"),
    "no word that it is a sample": Case("policy.md", "sample", "rule", "is a sample", "counsel"),
    "no statement": Case(
        "policy.md",
        "statement: I have read this policy.\n",
        "",
        "'statement' is missing",
        "add",
        "---",
    ),
    # what stands twice, or is too few
    "a thing twice": Case(SCENE, "{id: t8,", "{id: t7,", "'t7' stands here twice", "rename", "@84"),
    "few things": Case(
        SCENE,
        "        - {id: t8, name: coat, look: Blue, rect: [700, 0, 100, 100],\n"
        "           class: fine, feedback: A coat., label: policy, fact: A-95}\n",
        "",
        "there are 7 things",
        "8 to 12",
        "things:",
    ),
    "a long policy": Case("policy.md", POLICY_LINE, POLICY_LINE * 20, "words", "350", "@5"),
    "an objective twice": Case(
        ABOUT,
        "misconceptions:",
        "  - {id: M9.1, text: More, screen: two-hats}\nmisconceptions:",
        "M9.1 stands here twice",
        "rename",
        "@10",
    ),
    "a step that is two": Case(
        ABOUT, "- scenario:", "- lesson: two-hats\n    scenario:", "a lesson or a", "lesson:", "@15"
    ),
    "asked no times": Case(ABOUT, "M9.1: 6", "M9.1: 0", "asked 0 times", "1 or more"),
    "a choice twice": Case(
        SCENE, "id: later,", "id: now,", "'now' is here twice", "re", "- id: tell"
    ),
    "one choice": Case(
        SCENE,
        "      - {id: later, text: Tell later, verdict: wrong, why: Shame., happens: It spreads.,\n"
        "         rule: Tell., label: policy, fact: A-95, set: {}, next: poor}\n",
        "",
        "there are 1 choices",
        "2 to 4",
        "@111",
    ),
    "no right choice": Case(
        SCENE,
        "text: Tell now, verdict: right",
        "text: Tell now, verdict: wrong",
        "no choice is right",
        "add",
        "@111",
    ),
    "an ending that nothing leads to": Case(
        SCENE,
        "playthroughs:",
        "  - {id: odd, outcome: mixed, title: Odd, text: Odd.}\nplaythroughs:",
        "nothing leads to 'odd'",
        "link",
        "id: odd",
    ),
    "a variable and a switch": Case(
        SCENE,
        "vars: {reach: 0}",
        "vars: {reach: 0, account: 1}",
        "'account' is a variable",
        "rename",
    ),
    "a course's other name": Case(
        "courses/onboarding.yaml",
        "code: onboarding",
        "code: boarding",
        "file's name",
        "'onboarding'",
    ),
    "a course's module twice": Case(
        "courses/onboarding.yaml",
        "- slug: hats",
        "- slug: hats\n  - slug: hats",
        "twice",
        "delete",
        "@8",
    ),
    "a broken course": Case(
        "courses/onboarding.yaml", "cut_per_cent: 80", "cut_per_cent: 8", "50", "m"
    ),
    "no list of facts": Case("facts.yaml", "facts:", "fact:", "no list of facts", "'facts:'", "@1"),
    "no front matter": Case("policy.md", "---\n", "", "front matter is missing", "---", "@1"),
    "an unknown front key": Case("policy.md", "title:", "titel:", "unknown key 'titel'", "title:"),
    "text before a screen": Case(
        LESSON, "<!-- screen", "Hi\n<!-- screen", "first screen", "write", "Hi"
    ),
    "a screen that begins otherwise": Case(
        LESSON, "| facts", "; facts", "not how a screen begins", "facts", "<!--"
    ),
    "a screen twice": Case(
        LESSON,
        "Tell {privacy_contact} at once. [policy: A-95]",
        "<!-- screen: two-hats | objectives: M9.1 | facts: A-03 -->\n## Again\n[policy: A-95]",
        "stands here twice",
        "rename",
    ),
    "a second heading": Case(LESSON, "Tell {", "# Tell {", "one heading", "###"),
    "no heading": Case(LESSON, "## Two hats", "Two hats", "heading is missing", "##"),
    "a fact far from any": Case(SCENE, "fact: A-95", "fact: Q", "no fact Q", "A-95"),
    # questions
    "an item's photo of another size": Case(
        BANK,
        "    facts: [A-03]",
        "    photo: {file: media/desk.svg, alt: abc, width: 10, height: 10}\n    facts: [A-03]",
        "another size",
        "1200",
        "photo:",
    ),
    "an item's key misspelt": Case(BANK, "stem:", "stemm:", "unknown key 'stemm'", "stem"),
    "an item about nothing": Case(BANK, "objective: M9.1", "objective: M9.7", "M9.7", "M9.1"),
}
