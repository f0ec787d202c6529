"""Pictures: there, of the size that is said, with things to find and alt text that tells none."""

import re
from collections.abc import Iterator

from training.catalog.exercises import Photo
from training.catalog.folders import ModuleFolder
from training.catalog.lint.nearest import nearest
from training.catalog.parts import Picture, Scenario
from training.catalog.source import PathIn, Source

SMALLEST = 44  # units of the view box: what a thumb can hit on a phone
THINGS = (8, 12)
GIVES_AWAY = re.compile(
    r"\b(patient information|phi|identif\w*|private|confidential|protected|violation|leak\w*|"
    r"false alarm|against (?:the|our) policy|arguable|mistake|readable|legible|wrong|name of a)\b",
    re.IGNORECASE,
)


def lint_photos(module: ModuleFolder) -> None:
    """Note pictures that are missing or unused, alt text that tells, and things amiss."""
    used = {item.photo.file for item in (module.bank.items if module.bank else ()) if item.photo}
    for scenario, source in module.scenarios.values():
        for path, picture in _pictures(scenario):
            used.add(picture.file)
            if picture.file not in module.media:
                mend = nearest(picture.file, module.media)
                source.fault((*path, "file"), f"there is no drawing {picture.file}", mend)
            _alt(source, path, picture)
            if isinstance(picture, Photo):
                _size(module, source, path, picture)
                _things(source, path, picture)
    if not module.unread and module.bank is not None:
        for file in sorted(set(module.media) - used):
            where = next(s for s in module.sources if s.name.endswith(f"/{file}"))
            where.at_line(1, "no scene shows this drawing", "use it or delete it", "warning")


def _pictures(scenario: Scenario) -> Iterator[tuple[PathIn, Picture | Photo]]:
    for place, node in enumerate(scenario.nodes):
        path: PathIn = ("nodes", place)
        if node.picture:
            yield (*path, "picture"), node.picture
        if node.photo:
            yield (*path, "photo"), node.photo
        for number, post in enumerate(node.feed.posts if node.feed else ()):
            if post.picture:
                yield (*path, "feed", "posts", number, "picture"), post.picture


def _alt(source: Source, path: PathIn, picture: Picture | Photo) -> None:
    if found := GIVES_AWAY.search(picture.alt):
        what = f"the alt text says '{found[0]}'"
        source.fault((*path, "alt"), what, "say what is there, and not what it means")


def _size(module: ModuleFolder, source: Source, path: PathIn, photo: Photo) -> None:
    size = module.sizes.get(photo.file)
    if size and size != (photo.width, photo.height):
        mend = f"write width: {size[0]} and height: {size[1]}"
        source.fault((*path, "width"), "the drawing has another size", mend)


def _things(source: Source, path: PathIn, photo: Photo) -> None:
    for number, thing in enumerate(photo.things):
        there: PathIn = (*path, "things", number)
        x, y, width, height = thing.rect
        if x < 0 or y < 0 or x + width > photo.width or y + height > photo.height:
            mend = f"keep it within {photo.width} x {photo.height}"
            source.fault((*there, "rect"), f"'{thing.id}' lies outside the picture", mend)
        if min(width, height) < SMALLEST:
            what = f"'{thing.id}' is too small for a thumb"
            source.fault((*there, "rect"), what, f"make it {SMALLEST} units each way")
    if not any(thing.class_ == "patient" for thing in photo.things):
        source.fault((*path, "things"), "there is nothing to find", "add a thing of class patient")
    if not THINGS[0] <= len(photo.things) <= THINGS[1]:
        what = f"there are {len(photo.things)} things"
        source.fault((*path, "things"), what, "draw 8 to 12", "warning")
