"""Commands for lessons, situations and quizzes."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from training.cli import Refusal, plain_errors
from training.house import House, open_house

if TYPE_CHECKING:
    from training.catalog.catalog import Catalog


@click.group()
def content() -> None:
    """Check or publish lessons, situations and quizzes."""


@content.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--warnings/--no-warnings", default=True, help="Also what is only a warning.")
@plain_errors
def check(path: Path | None, warnings: bool) -> None:  # noqa: FBT001 - click hands it over
    """Name every fault as `file:line: what; the mend`, all at once."""
    from training.catalog.catalog import examine
    from training.catalog.place import content_dir

    root = path or content_dir()
    faults, chances = examine(root, today=_today())
    for fault in faults:
        if fault.severity == "error" or warnings:
            click.echo(str(fault), err=fault.severity == "error")
    for course in chances:
        click.echo(course.in_words())
    errors = sum(fault.severity == "error" for fault in faults)
    if errors:
        raise Refusal(f"{errors} error{'s' if errors > 1 else ''}, {len(faults) - errors} warnings")
    click.echo(f"{root}: no error, {len(faults)} warnings")


def _today() -> "datetime":
    from training.clock import Clock

    return Clock().now()


KINDS = ("cosmetic", "clarifying", "material")
ASK = (
    "What does this mean for people who are trained already? cosmetic: nothing; clarifying: "
    "nothing to learn again; material: they take a short course on what changed"
)


@content.command()
@click.option("--change", type=click.Choice(KINDS), help="What it means for who is trained.")
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=30,
    help="Days until a material change's course is due.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@plain_errors
def publish(change: str | None, days: int, dry_run: bool) -> None:  # noqa: FBT001 - click hands it over
    """Put the content folder in force; the same content again changes nothing.

    What changes is said in words first. A material change opens its short course for whoever
    learned an older version; it moves nobody's yearly day.
    """
    from training.catalog import publishing
    from training.learning.kept_ids import lost_ids
    from training.program.changes import put_in_force

    house = open_house()
    catalog = _catalog(house)
    with house.database.read() as session:
        lost = lost_ids(session, catalog.modules(), house.clock.now().date())
        if lost:
            raise Refusal("\n".join(str(fault) for fault in lost))
        new = publishing.pending(session, catalog)
        for one in new:
            click.echo(one.name + ("" if one.before else ": new"))
            for line in publishing.difference(session, one):
                click.echo(f"  {line}")
    if not new:
        click.echo("nothing new")
        return
    if dry_run:
        click.echo(f"would put in force: {', '.join(one.name for one in new)}")
        return
    kind = change or _asked(first_time=all(one.before is None for one in new))
    with house.database.write() as session:
        done = put_in_force(
            session, catalog, change=kind, by=None, now=house.clock.now(), days=days
        )
    click.echo(f"{len(done.versions)} in force, {kind}: {', '.join(done.versions)}")
    if done.repinned:
        click.echo(f"{done.repinned} courses under way get the new version of what is not begun")
    if done.course:
        click.echo(f"{done.course}: its short course opens, due in {days} days")


def _catalog(house: "House") -> "Catalog":
    from training.catalog.catalog import load_catalog
    from training.catalog.faults import ContentFaults
    from training.catalog.place import content_dir

    try:
        return load_catalog(house.settings.content_dir or content_dir())
    except ContentFaults as faults:
        raise Refusal("\n".join(str(fault) for fault in faults.faults)) from None


def _asked(*, first_time: bool) -> str:
    """Return what the change means: nobody is trained yet, or somebody at the terminal says."""
    if first_time:
        return "material"
    if not sys.stdin.isatty():
        raise Refusal(f"say what the change means: --change {', '.join(KINDS)}")
    return str(click.prompt(ASK, type=click.Choice(KINDS)))
