"""Files read with line numbers: damage becomes a fault with its place, never a traceback."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from training.catalog.faults import Fault, Severity

PathIn = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FRONT = re.compile(r"^---\n(.*?)\n---\n(.*)$", re.DOTALL)
STANDARD = "tag:yaml.org,2002:"
COLLECTIONS = frozenset({f"{STANDARD}map", f"{STANDARD}seq"})
LARGEST = 2_000_000
DEEPEST = 40  # lists and mappings in each other; the composer would end the process at thousands


class ContentLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # either
    """YAML as the format means it: `yes`, `010` and `1:30` are text, as YAML 1.2 has them."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for kind, values, starts in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9][0-9_]*", list("-+0123456789")),
    ("merge", r"<<", ["<"]),
):
    ContentLoader.add_implicit_resolver(f"{STANDARD}{kind}", re.compile(f"^(?:{values})$"), starts)


@dataclass
class Source:
    """One file: its plain values, the line of each, and the faults found in it so far."""

    name: str
    text: str = ""
    value: Any = None
    lines: dict[PathIn, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: PathIn) -> int:
        """Return the line of a value, or of the nearest thing around it."""
        path = self._as_written(path)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _as_written(self, path: PathIn) -> PathIn:
        """Return the path without the `cases, 0` of a choice that has its feedback directly."""
        for place in range(len(path) - 1):
            if path[place] == "cases" and path[: place + 1] not in self.lines:
                return (*path[:place], *path[place + 2 :])
        return path

    def fault(self, path: PathIn, what: str, mend: str, severity: Severity = "error") -> None:
        """Note a fault at a value."""
        self.faults.append(Fault(self.name, self.line(path), what, mend, severity))

    def at_line(self, line: int, what: str, mend: str, severity: Severity = "error") -> None:
        """Note a fault at a line."""
        self.faults.append(Fault(self.name, line, what, mend, severity))


def read_text(path: Path, name: str) -> tuple[str, Source]:
    """Return a file's text, empty with a fault where it can't be read."""
    source = Source(name)
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        text = raw.decode("utf-8")
    except FileNotFoundError:
        source.at_line(1, "the file is missing", f"write {name}")
        return "", source
    except (UnicodeDecodeError, OSError):
        source.at_line(1, "the file is not UTF-8 text", "save it as UTF-8")
        return "", source
    if len(raw) > LARGEST:
        source.at_line(1, "the file is too large", "keep it under 2 MB")
        return "", source
    if control := CONTROL.search(text):
        number = text.count("\n", 0, control.start()) + 1
        source.at_line(number, "there is a control character", "delete it")
        return "", source
    source.text = text
    return text, source


def read_yaml(path: Path, name: str) -> Source:
    """Return a YAML file with its lines."""
    text, source = read_text(path, name)
    if source.faults:
        return source
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            source.at_line(number, "a tab stands where blanks belong", "write two blanks")
    if source.faults:
        return source
    try:
        if deep := _too_deep(text):
            source.at_line(deep, "lists stand in lists without an end", "write it flatter")
            return source
        node = yaml.compose(text, ContentLoader)
        source.value = None if node is None else _Plain(source).of(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        number = int(mark.line) + 1 if mark else 1
        what = str(error.problem or "it breaks here")
        mend = "delete one of them" if "duplicate" in what else "mend this line"
        source.at_line(number, f"not YAML: {what}", mend)
    except (yaml.YAMLError, ValueError) as error:
        source.at_line(1, f"not YAML: {str(error).splitlines()[0]}", "mend the file")
    return source


def _too_deep(text: str) -> int:
    """Return the first line that stands deeper than anything in the format does, or 0."""
    depth = 0
    for event in yaml.parse(text, ContentLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST and event.start_mark:
            return int(event.start_mark.line) + 1
    return 0


@dataclass
class _Plain:
    """Plain values of the nodes that the parser composed, each with its line.

    Nodes, and not the objects that would be made of them: that is less work, and a node knows
    where it stands.
    """

    source: Source
    seen: set[int] = field(default_factory=set)
    merging: bool = False

    def of(self, node: Node, path: PathIn) -> Any:
        if isinstance(node, ScalarNode):
            return self._of_scalar(node, path)
        self.source.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:  # an anchor used again could be a bomb, or a loop
            self.source.fault(path, "an alias stands here", "write it out in full")
            return None
        self.seen.add(id(node))
        if _tag(node) not in COLLECTIONS and _tag(node).startswith(STANDARD):
            return self._neither(path)
        if isinstance(node, SequenceNode):
            for place, value in enumerate(node.value):
                self.source.lines[(*path, place)] = value.start_mark.line + 1
            return [self.of(value, (*path, place)) for place, value in enumerate(node.value)]
        return self._of_mapping(node, path) if isinstance(node, MappingNode) else None

    def _of_mapping(self, node: MappingNode, path: PathIn) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if _tag(key_node) == f"{STANDARD}merge":
                merged |= self._merged(value_node, path, line)
                continue
            key = str(self.of(key_node, path))
            if key in own:
                self.source.at_line(line, f"duplicate key '{key}'", "delete one of them")
                continue
            self.source.lines[(*path, key)] = line
            own[key] = self.of(value_node, (*path, key))
        return merged | own

    def _merged(self, node: Node, path: PathIn, line: int) -> dict[str, Any]:
        below = Source(self.source.name)
        inner: dict[str, Any] = {}
        if isinstance(node, MappingNode) and not self.merging:  # merges in merges: a bomb
            inner = _Plain(below, merging=True).of(node, ()) or {}
        else:
            below.at_line(line, "an alias stands here", "write it out in full")
        for fault in below.faults:
            self.source.at_line(line, fault.what, fault.mend)
        self.source.lines.update({(*path, key): line for key in inner})
        return inner

    def _of_scalar(self, node: ScalarNode, path: PathIn) -> Any:
        match _tag(node).removeprefix(STANDARD):
            case "null":
                return None
            case "bool":
                return node.value.lower() == "true"
            case "int":
                return int(node.value)
            case "str" | "merge":
                return node.value  # nothing in the format is a fraction; a day is read elsewhere
            case _ if _tag(node).startswith(STANDARD):
                return self._neither(path)
            case _:
                return node.value

    def _neither(self, path: PathIn) -> None:
        self.source.fault(path, "this is neither text nor a whole number", "write it as text")


def _tag(node: Node) -> str:
    return str(node.tag or "")


def typed(source: Source, model: type[Model], raw: Any) -> Model | None:
    """Return raw values as a strict model, or None; every fault is noted at its line.

    Keys that are unknown are noted and left out, so that what they hide is checked too.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        model_faults(source, error, model)
        extra = [e["loc"] for e in error.errors() if e["type"] == "extra_forbidden"]
    try:
        return model.model_validate(_without(raw, extra)) if extra else None
    except ValidationError:
        return None  # every fault of it is noted above


def _without(value: Any, paths: Sequence[PathIn], here: PathIn = ()) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if (*here, k) not in paths}
        return {k: _without(v, paths, (*here, k)) for k, v in kept.items()}
    if isinstance(value, list):
        return [_without(inner, paths, (*here, n)) for n, inner in enumerate(value)]
    return value


def model_faults(source: Source, error: ValidationError, model: type[BaseModel]) -> None:
    """Note every fault that a strict model found, at its line, with the mend in words."""
    for found in error.errors():
        path = tuple(found["loc"])
        source.fault(path, *_words(found, path, model))


def _words(found: Mapping[str, Any], path: PathIn, model: type[BaseModel]) -> tuple[str, str]:
    where = str(path[-1]) if path else "the file"
    match found["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(where, sorted(_keys(model)), 1)
            return f"unknown key '{where}'", f"write '{near[0]}'" if near else "delete it"
        case "missing":
            return f"'{where}' is missing", f"add '{where}:'"
        case "string_pattern_mismatch":
            return f"'{found['input']}' is no id", "use small letters, digits and hyphens"
        case "string_too_short":
            return f"'{where}' is empty or too short", "write it out"
        case "too_short":
            return f"'{where}' has too few entries", f"write {found['ctx']['min_length']} or more"
        case "literal_error":
            expected = found["ctx"]["expected"]
            return f"'{where}' can't be '{found['input']}'", f"write one of {expected}"
        case _:
            return f"'{where}': {found['msg'].lower()}", "mend the value"


def _keys(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> Iterator[str]:
    if model in seen:
        return
    for name, info in model.model_fields.items():
        yield info.alias or name
        for inner in _models(info.annotation):
            yield from _keys(inner, seen | {model})


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
