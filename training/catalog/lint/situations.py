"""Situations as machines: everything reachable, a way out of everywhere, playthroughs true."""

from collections.abc import Mapping

from training.catalog.conditions import BadCondition, terms_of
from training.catalog.folders import ModuleFolder
from training.catalog.parts import Node, Scenario
from training.catalog.scenario import IllegalMove, moves_of, replay
from training.catalog.source import PathIn, Source

FINE_SHARE = (0.15, 0.40)
PHOTO_NAMES = frozenset({"found", "missed", "false_alarms"})


def lint_situations(module: ModuleFolder) -> None:
    """Note what is wrong with each situation, and with the balance of all of them."""
    decisions = fine = 0
    for scenario, source in module.scenarios.values():
        before = len(source.faults)
        _ids(scenario, source)
        _edges(scenario, source)
        _conditions(scenario, source)
        _parts(scenario, source)
        if len(source.faults) == before:
            _reachable(scenario, source)
            _playthroughs(scenario, source)
        decisions += len(scenario.nodes)
        fine += sum(node.fine for node in scenario.nodes)
    if decisions and not FINE_SHARE[0] <= fine / decisions <= FINE_SHARE[1]:
        module.about_source.fault(
            ("steps",),
            f"{fine} of {decisions} decisions are 'this is fine'",
            "make it 20 to 30 per cent, so that nobody learns 'always no'",
            "warning",
        )


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
    mend = f"write one of {', '.join(sorted(there))}"
    if scenario.node(scenario.start) is None:
        source.fault(("start",), f"there is no node '{scenario.start}'", mend)
    for place, node in enumerate(scenario.nodes):
        for number, choice in enumerate(node.choices):
            path: PathIn = ("nodes", place, "choices", number)
            for case in choice.cases:
                if case.next not in there:
                    source.fault(path, f"'{choice.id}' leads to '{case.next}'", mend)
            if choice.cases[-1].if_ is not None:
                source.fault(path, f"the last case of '{choice.id}' has an 'if'", "delete it")


def _conditions(scenario: Scenario, source: Source) -> None:
    known = set(scenario.vars) | PHOTO_NAMES
    for node in scenario.nodes:
        controls = node.feed.compose.controls if node.feed and node.feed.compose else ()
        known |= {control.id for control in controls}
    for place, node in enumerate(scenario.nodes):
        for path, condition in _conditions_of(node, place):
            try:
                names = {term.name for term in terms_of(condition)}
            except BadCondition as bad:
                source.fault(path, f"'{bad}' is no condition", "write 'name >= 2', joined by and")
                continue
            for name in sorted(names - known):
                source.fault(path, f"'{name}' is never set", "add it to vars, or to a switch")


def _conditions_of(node: Node, place: int) -> list[tuple[PathIn, str]]:
    found: list[tuple[PathIn, str]] = []
    for number, event in enumerate(node.feed.events if node.feed else ()):
        if event.if_:
            found.append((("nodes", place, "feed", "events", number), event.if_))
    for number, choice in enumerate(node.choices):
        path: PathIn = ("nodes", place, "choices", number)
        found += [(path, case.if_) for case in choice.cases if case.if_]
    return found


def _parts(scenario: Scenario, source: Source) -> None:
    for place, node in enumerate(scenario.nodes):
        wanted = {"feed": node.feed, "photo": node.photo}
        if node.kind in wanted and wanted[node.kind] is None:
            source.fault(("nodes", place), f"'{node.kind}:' is missing", f"add '{node.kind}:'")
        if node.photo and not any(thing.class_ == "patient" for thing in node.photo.things):
            source.fault(("nodes", place, "photo"), "there is nothing to find", "add a thing")


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
        visited |= {scenario.start, *(step.state.node for step in steps)}
    every = {node.id for node in scenario.nodes} | {ending.id for ending in scenario.endings}
    for id_ in sorted(every - visited):
        source.fault(("playthroughs",), f"no path goes through '{id_}'", "add one", "warning")
