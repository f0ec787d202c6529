"""Drawings: our own SVG pictures, read and checked before anybody's browser gets them."""

import re
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from training.catalog.source import Source, read_text

SHAPES = re.compile(
    r"svg|g|defs|title|desc|rect|circle|ellipse|line|polyline|polygon|path|text|tspan|use|symbol|"
    r"clipPath|mask|pattern|linearGradient|radialGradient|stop"
)
VIEW_BOX = re.compile(r"^0 0 ([1-9]\d{0,4}) ([1-9]\d{0,4})$")
Size = tuple[int, int]


def read_drawings(folder: Path, name: str) -> tuple[dict[str, str], dict[str, Size], list[Source]]:
    """Return the text and the size of each drawing in a `media` folder, and their sources."""
    texts: dict[str, str] = {}
    sizes: dict[str, Size] = {}
    sources = []
    for path in sorted(folder.glob("*")):
        text, source = read_text(path, f"{name}/{path.name}")
        sources.append(source)
        if path.suffix != ".svg":
            source.at_line(1, "this is no drawing", "keep .svg files here and nothing else")
        elif not source.faults:
            size = _size(text, source)
            texts[f"media/{path.name}"] = text
            if size:
                sizes[f"media/{path.name}"] = size
    return texts, sizes, sources


def _size(text: str, source: Source) -> Size | None:
    """Check a drawing and return the width and height of its view box."""
    parser = ParserCreate()
    found: list[Size | None] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        line = parser.CurrentLineNumber
        if not found:
            found.append(_view_box(tag, attributes, line, source))
        if SHAPES.fullmatch(tag) is None:
            source.at_line(line, f"<{tag}> has no place in a drawing", "draw it with shapes")
        for key, value in attributes.items():
            if _reaches_out(key, value):
                source.at_line(line, f"'{key}' can run or load something", "delete it")

    def doctype(*_told: object) -> None:
        source.at_line(parser.CurrentLineNumber, "a DOCTYPE stands here", "delete it")

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - expat's own signature
    except ExpatError as error:
        source.at_line(error.lineno, "this is no well-formed SVG", "mend this line")
    return found[0] if found else None


def _view_box(tag: str, attributes: dict[str, str], line: int, source: Source) -> Size | None:
    match = VIEW_BOX.match(attributes.get("viewBox", ""))
    if tag != "svg" or match is None:
        source.at_line(line, "the view box is missing", 'write viewBox="0 0 1200 800"')
        return None
    return int(match[1]), int(match[2])


def _reaches_out(key: str, value: str) -> bool:
    """Tell whether an attribute is a script, a style or a link to somewhere else."""
    name = key.lower().rpartition(":")[2]
    if name.startswith("on") or name == "style":
        return True
    if name == "href":
        return not value.startswith("#")
    return "url(" in value.replace("url(#", "") or "javascript:" in value.lower()
