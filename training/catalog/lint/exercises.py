"""Exercises: the one that the scene's kind names, with what it takes to be played and got right."""

from collections.abc import Callable, Mapping
from typing import Any

from training.catalog.exercises import Document, Order, Reply
from training.catalog.part import Exercise
from training.catalog.parts import EXERCISES, Node, Scenario
from training.catalog.scenario import Step
from training.catalog.source import PathIn, Source

COUNTS = {"reply": (5, 9), "document": (4, 9), "order": (4, 7), "meter": (4, 8)}


def lint_exercises(scenario: Scenario, source: Source) -> None:
    """Note exercises that are missing, stand twice, or lack what makes them one."""
    if all(node.kind != scenario.kind for node in scenario.nodes):
        mend = "write the kind of its main node"
        source.fault(("kind",), f"no node is of the kind '{scenario.kind}'", mend, "warning")
    for place, node in enumerate(scenario.nodes):
        path: PathIn = ("nodes", place)
        _kinds(source, path, node)
        for key, exercise in node.exercises.items():
            _entries(source, (*path, key, exercise.KEY), key, exercise)
            judge = JUDGES.get(type(exercise))
            for what, mend in judge(exercise, node) if judge else ():
                source.fault((*path, key, exercise.KEY), what, mend)


def lint_right_ways(scenario: Scenario, source: Source, played: Mapping[str, list[Step]]) -> None:
    """Note exercises that no path gets all right; `played` has the steps taken at each node."""
    for place, node in enumerate(scenario.nodes):
        if node.kind not in COUNTS or any(_is_right(step) for step in played.get(node.id, [])):
            continue
        what = f"no path gets '{node.id}' all right"
        mend = "add a path with every mark or number right, that leads to a right case"
        source.fault(("nodes", place, node.kind), what, mend)


def _is_right(step: Step) -> bool:
    right = step.score is not None and step.score.all_right
    return right and step.feedback.verdict == "right"


def _kinds(source: Source, path: PathIn, node: Node) -> None:
    if node.kind in EXERCISES and node.kind not in node.exercises:
        source.fault(path, f"'{node.kind}:' is missing", f"add '{node.kind}:'")
    for key in node.exercises:
        if key != node.kind:
            what = f"'{key}:' stands in a node of the kind '{node.kind}'"
            source.fault((*path, key), what, f"write 'kind: {key}', or give it a node of its own")
    if node.order and node.controls:
        what = "a draft with switches stands beside 'order:'"
        source.fault((*path, "order"), what, "give it a node of its own")


def _entries(source: Source, path: PathIn, key: str, exercise: Exercise) -> None:
    ids = [entry.id for entry in exercise.entries]
    for number, id_ in enumerate(ids):
        if ids.index(id_) != number:
            source.fault((*path, number, "id"), f"'{id_}' stands here twice", "rename one")
    if key in COUNTS and not COUNTS[key][0] <= len(ids) <= COUNTS[key][1]:
        mend = f"make it {COUNTS[key][0]} to {COUNTS[key][1]}"
        source.fault(path, f"there are {len(ids)} {exercise.KEY}", mend)


Remarks = list[tuple[str, str]]


def _reply(reply: Reply, _: Node) -> Remarks:
    classes = [phrase.class_ for phrase in reply.phrases]
    found: Remarks = []
    if "needed" not in classes:
        found.append(("no phrase is needed", "add one of class needed"))
    if classes.count("confirms") < 2:
        what = f"{classes.count('confirms')} phrases confirm a patient"
        found.append((what, "add phrases of class confirms: two or more"))
    return found


def _document(document: Document, node: Node) -> Remarks:
    classes = {check.class_ for check in document.checks}
    found: Remarks = []
    if "there" not in classes:
        found.append(("nothing on the paper is right", "add a check of class there"))
    if "defect" not in classes and not node.fine:
        mend = "add a check of class defect, or write 'fine: true'"
        found.append(("there is nothing to find", mend))
    return found


def _order(order: Order, _: Node) -> Remarks:
    places = sorted({step.place for step in order.steps if step.place != "never"})
    found: Remarks = []
    if places != list(range(1, len(places) + 1)):
        listed = ", ".join(map(str, places))
        found.append((f"the places are {listed}", "number them 1, 2, 3 ... without a gap"))
    if len(places) < 2:
        found.append(("there is nothing to put in order", "give steps two places or more"))
    return found


JUDGES: Mapping[type[Exercise], Callable[[Any, Node], Remarks]] = {
    Reply: _reply,
    Document: _document,
    Order: _order,
}
