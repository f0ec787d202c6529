"""Which situations a booster can be: the first scene alone, about a minute, on what she learned."""

from collections.abc import Iterator

from training.catalog.minutes import first_scene_minutes
from training.catalog.modules import Module
from training.catalog.parts import Picture, Scenario
from training.catalog.roles import ANY, roles_in
from training.learning.material import Material
from training.rules.boosters import Candidate

KINDS = frozenset({"decision", "feed"})  # read and taken in one go, on any phone
MOST_MINUTES = 1.5


_made: dict[tuple[object, ...], list[Candidate]] = {}  # what digests name can't change


def candidates(material: Material) -> list[Candidate]:
    """Return the situations of her course and role that can be a booster, in the course's order.

    They are about what her role takes: the steps of the course, and the situations beside them
    on the same objectives. The new situation of a year, which is no step, waits for its refresher.
    """
    key = (material.course_digest, material.role, *sorted(material.digests.items()))
    if key not in _made:
        _made[key] = [
            Candidate(slug, scenario.id, scenario.objective, must_pass)
            for slug, module in material.modules.items()
            for scenario, must_pass in _of_module(module, material.role)
        ]
    return _made[key]


def _of_module(module: Module, role: str) -> Iterator[tuple[Scenario, bool]]:
    must_pass = {objective.id: objective.must_pass for objective in module.objectives}
    for scenario in module.scenarios.values():
        about = scenario.objective in must_pass and {ANY, *roles_in(role)} & set(scenario.roles)
        if about and scenario.id in module.offered and plays(scenario):
            yield scenario, must_pass[scenario.objective]


def plays(scenario: Scenario) -> bool:
    """Tell whether the first scene makes a booster; what needs a warning is not mailed."""
    first = scenario.node(scenario.start)
    return (
        first is not None
        and first.kind in KINDS
        and scenario.warning is None
        and first_scene_minutes(scenario) <= MOST_MINUTES
    )


def pictures(scenario: Scenario) -> frozenset[str]:
    """Return the files of the drawings that the first scene shows."""
    first = scenario.node(scenario.start)
    posts = first.feed.posts if first and first.feed else ()
    found: list[Picture | None] = [first.picture if first else None]
    found += [post.picture for post in posts]
    return frozenset(picture.file for picture in found if picture)
