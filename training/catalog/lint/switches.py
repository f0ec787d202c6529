"""Variables and switches: every name that a condition asks is set, and to what it can be."""

import re
from collections.abc import Iterator, Mapping

from training.catalog.conditions import BadCondition, Term, terms_of
from training.catalog.lint.nearest import nearest
from training.catalog.parts import Scenario
from training.catalog.source import PathIn, Source

CHANGE = re.compile(r"^[+-]\d{1,4}$")
BARE_SIGN = re.compile(r"^\s*(?:- )?set: *\{[^}\"']*: *\+\d")


def lint_switches(scenario: Scenario, source: Source) -> None:
    """Note conditions that can't be read or met, and changes of what is not there."""
    options = _options(scenario)
    numbers = {*scenario.vars, *_set_by_exercises(scenario)}
    for clash in sorted(numbers & set(options)):
        source.fault(("vars",), f"'{clash}' is a variable and a switch", "rename one")
    for path, condition in _conditions(scenario):
        try:
            terms = terms_of(condition)
        except BadCondition as bad:
            source.fault(path, f"'{bad}' is no condition", "write 'name >= 2', joined by and")
            continue
        for term in terms:
            _term(source, path, term, options, numbers)
    _changes(scenario, source)


def _set_by_exercises(scenario: Scenario) -> set[str]:
    """Return the variables that the exercises of this situation set."""
    return {n for node in scenario.nodes for one in node.exercises.values() for n in one.NAMES}


def _options(scenario: Scenario) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in scenario.nodes:
        for control in node.controls:
            found.setdefault(control.id, set()).update(o.id for o in control.options)
    return found


def _term(
    source: Source, path: PathIn, term: Term, options: Mapping[str, set[str]], numbers: set[str]
) -> None:
    if term.name in options:
        if term.operator not in {"==", "!="} or term.value not in options[term.name]:
            what = f"the switch '{term.name}' is never '{term.value}'"
            source.fault(path, what, nearest(term.value, options[term.name]))
    elif term.name not in numbers:
        what = f"'{term.name}' is never set"
        source.fault(path, what, nearest(term.name, {*options, *numbers}))
    elif not term.value.isdecimal():
        source.fault(path, f"'{term.name}' is a number", "compare it with a whole number")


def _conditions(scenario: Scenario) -> Iterator[tuple[PathIn, str]]:
    for place, node in enumerate(scenario.nodes):
        for number, event in enumerate(node.feed.events if node.feed else ()):
            if event.if_ is not None:
                yield ("nodes", place, "feed", "events", number, "if"), event.if_
        for number, choice in enumerate(node.choices):
            for nth, case in enumerate(choice.cases):
                if case.if_ is not None:
                    yield ("nodes", place, "choices", number, "cases", nth, "if"), case.if_


def _changes(scenario: Scenario, source: Source) -> None:
    for place, node in enumerate(scenario.nodes):
        for number, choice in enumerate(node.choices):
            for nth, case in enumerate(choice.cases):
                path: PathIn = ("nodes", place, "choices", number, "cases", nth, "set")
                for name, change in case.set.items():
                    if name not in scenario.vars:
                        mend = nearest(name, scenario.vars)
                        source.fault(path, f"'{name}' is no variable", mend)
                    if isinstance(change, str) and not CHANGE.match(change):
                        source.fault(path, f"'{change}' is no change", 'write "+1", "-1" or 1')
    for number, line in enumerate(source.text.split("\n"), start=1):
        if BARE_SIGN.match(line):  # YAML reads +3 as 3, and the change would become a value
            source.at_line(number, "a signed number stands bare", 'quote it: "+1"')
