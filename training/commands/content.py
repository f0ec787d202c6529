"""Commands for lessons, situations and quizzes."""

from datetime import datetime
from pathlib import Path

import click

from training.cli import Refusal, plain_errors
from training.house import open_house


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


@content.command()
@click.option(
    "--change",
    type=click.Choice(["cosmetic", "clarifying", "material"]),
    default="clarifying",
    help="What the change means for people who are trained already.",
)
@plain_errors
def publish(change: str) -> None:
    """Put the content folder in force; the same content again changes nothing."""
    from training.catalog import publishing
    from training.catalog.catalog import load_catalog
    from training.catalog.faults import ContentFaults
    from training.catalog.place import content_dir
    from training.learning.kept_ids import lost_ids

    house = open_house()
    try:
        catalog = load_catalog(house.settings.content_dir or content_dir())
    except ContentFaults as faults:
        raise Refusal("\n".join(str(fault) for fault in faults.faults)) from None
    with house.database.write() as session:
        lost = lost_ids(session, catalog.modules(), house.clock.now().date())
        if lost:
            raise Refusal("\n".join(str(fault) for fault in lost))
        new = publishing.publish(session, catalog, change=change, by=None, now=house.clock.now())
    click.echo(f"{len(new)} in force: {', '.join(new)}" if new else "nothing new")
