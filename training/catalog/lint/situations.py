"""Situations as machines: everything reachable, a way out of everywhere, playthroughs true."""

from collections import Counter
from collections.abc import Mapping

from training.catalog.folders import ModuleFolder
from training.catalog.lint.exercises import lint_exercises, lint_right_ways
from training.catalog.lint.nearest import nearest
from training.catalog.lint.switches import lint_switches
from training.catalog.minutes import scenario_minutes
from training.catalog.parts import EXERCISES, Node, Scenario
from training.catalog.scenario import IllegalMove, Step, moves_of, replay
from training.catalog.source import PathIn, Source

FINE_SHARE = (0.15, 0.35)
LONGEST = 4.0
FEW, SAME_PLACE = 5, 0.65
CHOICES, ENDINGS, NODES = (2, 4), (2, 4), (2, 5)


def lint_situations(module: ModuleFolder) -> None:
    """Note what is wrong with each situation, and with the balance of all of them."""
    _places(module)
    decisions = fine = 0
    for scenario, source in module.scenarios.values():
        before = errors_of(source)
        _ids(scenario, source)
        _edges(scenario, source)
        lint_switches(scenario, source)
        lint_exercises(scenario, source)
        _parts(scenario, source)
        if errors_of(source) == before:
            _reachable(scenario, source)
            _playthroughs(scenario, source)
        if errors_of(source) == before and (minutes := scenario_minutes(scenario)) > LONGEST:
            what = f"takes about {minutes:.0f} minutes"
            source.fault(("nodes",), what, "make it 1 to 3", "warning")
        decisions += len(scenario.nodes)
        fine += sum(node.fine for node in scenario.nodes)
    if decisions and not FINE_SHARE[0] <= fine / decisions <= FINE_SHARE[1]:
        module.about_source.fault(
            ("steps",),
            f"{fine} of {decisions} decisions are 'this is fine'",
            "make it 20 to 30 per cent, so that nobody learns 'always no'",
            "warning",
        )


def _places(module: ModuleFolder) -> None:
    """Note a module whose right choices mostly stand in the same place: a cue for guessers."""
    places = Counter(
        place
        for scenario, _source in module.scenarios.values()
        for node in scenario.nodes
        if node.kind not in EXERCISES
        for place, choice in enumerate(node.choices, start=1)
        if any(case.verdict == "right" for case in choice.cases)
    )
    place, count = max(places.items(), key=lambda entry: entry[1], default=(0, 0))
    if places.total() >= FEW and count > SAME_PLACE * places.total():
        what = f"{count} of {places.total()} right choices stand in place {place}"
        module.about_source.fault(("steps",), what, "mix the order of the choices", "warning")


def errors_of(source: Source) -> int:
    """Return how many errors stand in a source."""
    return sum(fault.severity == "error" for fault in source.faults)


def _ids(scenario: Scenario, source: Source) -> None:
    seen: set[str] = set()
    nodes = [(("nodes", n), node.id) for n, node in enumerate(scenario.nodes)]
    endings = [(("endings", n), ending.id) for n, ending in enumerate(scenario.endings)]
    for path, id_ in (*nodes, *endings):
        if id_ in seen:
            source.fault(path, f"'{id_}' stands here twice", "rename one")
        seen.add(id_)
    for place, node in enumerate(scenario.nodes):
        ids = [choice.id for choice in node.choices]
        for id_ in {i for i in ids if ids.count(i) > 1}:
            source.fault(("nodes", place), f"the choice '{id_}' is here twice", "rename one")


def _edges(scenario: Scenario, source: Source) -> None:
    there = {node.id for node in scenario.nodes} | {ending.id for ending in scenario.endings}
    if scenario.node(scenario.start) is None:
        mend = nearest(scenario.start, {node.id for node in scenario.nodes})
        source.fault(("start",), f"there is no node '{scenario.start}'", mend)
    for place, node in enumerate(scenario.nodes):
        for number, choice in enumerate(node.choices):
            path: PathIn = ("nodes", place, "choices", number)
            last = len(choice.cases) - 1
            for nth, case in enumerate(choice.cases):
                there_path = (*path, "cases", nth, "next")
                if case.next not in there:
                    what = f"'{choice.id}' leads to '{case.next}', which is not there"
                    source.fault(there_path, what, nearest(case.next, there))
                if nth == last and case.if_ is not None:
                    what = f"the last case of '{choice.id}' has an 'if'"
                    source.fault((*path, "cases", nth, "if"), what, "delete it")
                if nth < last and case.if_ is None:
                    what = f"a case of '{choice.id}' before the last has no 'if'"
                    source.fault((*path, "cases", nth), what, "add 'if:', or make it the last")


def _parts(scenario: Scenario, source: Source) -> None:
    for place, node in enumerate(scenario.nodes):
        path: PathIn = ("nodes", place)
        if node.kind == "feed" and node.feed is None:
            source.fault(path, "'feed:' is missing", "add 'feed:'")
        if node.kind not in EXERCISES and not _within(CHOICES, len(node.choices)):
            what = f"there are {len(node.choices)} choices"
            source.fault((*path, "choices"), what, "make it 2 to 4")
        if not any(case.verdict == "right" for choice in node.choices for case in choice.cases):
            source.fault((*path, "choices"), "no choice is right here", "add one", "warning")
    if not _within(ENDINGS, len(scenario.endings)):
        source.fault(("endings",), f"{len(scenario.endings)} endings", "make it 2 to 4")
    if not _within(NODES, len(scenario.nodes)):
        source.fault(("nodes",), f"{len(scenario.nodes)} nodes", "make it 2 to 5", "warning")
    if len(scenario.playthroughs) < 2:
        source.fault(("playthroughs",), "one path is not enough", "add another")


def _within(limits: tuple[int, int], count: int) -> bool:
    return limits[0] <= count <= limits[1]


def _next(node: Node) -> set[str]:
    return {case.next for choice in node.choices for case in choice.cases}


def _closure(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(start), list(start)
    while todo:
        for after in edges.get(todo.pop(), set()) - found:
            found.add(after)
            todo.append(after)
    return found


def _reachable(scenario: Scenario, source: Source) -> None:
    forward = {node.id: _next(node) for node in scenario.nodes}
    backward: dict[str, set[str]] = {}
    for node_id, afters in forward.items():
        for after in afters:
            backward.setdefault(after, set()).add(node_id)
    from_start = _closure({scenario.start}, forward)
    to_end = _closure({ending.id for ending in scenario.endings}, backward)
    for place, node in enumerate(scenario.nodes):
        if node.id not in from_start:
            source.fault(("nodes", place), f"nothing leads to '{node.id}'", "link it or delete it")
        if node.id not in to_end:
            source.fault(("nodes", place), f"no way out of '{node.id}'", "lead it to an ending")
    for place, ending in enumerate(scenario.endings):
        if ending.id not in from_start:
            source.fault(("endings", place), f"nothing leads to '{ending.id}'", "link it")


def _playthroughs(scenario: Scenario, source: Source) -> None:
    visited: set[str] = set()
    played: dict[str, list[Step]] = {}
    for place, playthrough in enumerate(scenario.playthroughs):
        path: PathIn = ("playthroughs", place)
        try:
            steps = replay(scenario, moves_of(scenario, playthrough))
        except IllegalMove as illegal:
            source.fault(path, f"this path breaks off: {illegal}", "mend the path")
            continue
        ends = steps[-1].state.node if steps else scenario.start
        if ends != playthrough.ending:
            mend = f"write 'ending: {ends}', or mend the path"
            source.fault(path, f"this path ends at '{ends}'", mend)
        stood = [scenario.start, *(step.state.node for step in steps)]
        visited.update(stood)
        for node_id, step in zip(stood, steps, strict=False):
            played.setdefault(node_id, []).append(step)
    every = {node.id for node in scenario.nodes} | {ending.id for ending in scenario.endings}
    for id_ in sorted(every - visited):
        source.fault(("playthroughs",), f"no path goes through '{id_}'", "add one")
    lint_right_ways(scenario, source, played)
