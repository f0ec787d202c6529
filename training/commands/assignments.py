"""Commands for a house where another system leads: what it assigns comes as a file."""

from pathlib import Path

import click

from training.cli import Refusal, plain_errors
from training.house import open_house


@click.group()
def assignments() -> None:
    """Take over what another system assigns (BYP_LED_BY=lms)."""


@assignments.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--encoding", help="The file's encoding, where it can't be told.")
@plain_errors
def import_(
    file: Path,
    dry_run: bool,  # noqa: FBT001 - click hands it over
    encoding: str | None,
) -> None:
    """Take over assignments and due days: all or nothing, and safe to do again."""
    from training.program.assigned import plan
    from training.program.assigned.service import apply
    from training.program.roster.faults import Refused
    from training.renewals.outside import LMS

    house = open_house()
    if house.settings.led_by != LMS:
        raise Refusal(
            "this house assigns its training itself; set BYP_LED_BY=lms where another system leads"
        )
    now = house.clock.now()
    with house.database.write() as session:
        try:
            found = plan(session, file.read_bytes(), now, encoding=encoding)
        except Refused as refused:
            raise Refusal("\n".join(f"{file}:{fault}" for fault in refused.faults)) from None
        for line in found.lines():
            click.echo(line)
        if not dry_run:
            apply(session, found, now)
    click.echo(("would do: " if dry_run else "done: ") + found.words())
