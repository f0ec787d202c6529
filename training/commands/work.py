"""Commands for the work that runs by itself."""

from datetime import datetime

import click

from training.accounts.days import everywhere
from training.cli import DAY, Refusal, day_of, plain_errors
from training.house import open_house


@click.command()
@click.option("--today", type=DAY, help="As if it were this day everywhere (YYYY-MM-DD).")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@plain_errors
def renew(today: datetime | None, dry_run: bool) -> None:  # noqa: FBT001 - click hands it over
    """Open and close training cycles as the rules ask."""
    day = day_of(today)
    done = open_house().works.renew(day=everywhere(day) if day else None, dry_run=dry_run)
    click.echo(("would do: " if dry_run else "done: ") + done.words())


@click.command()
@click.option("--today", type=DAY, help="As if it were this day everywhere (YYYY-MM-DD).")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@plain_errors
def remind(today: datetime | None, dry_run: bool) -> None:  # noqa: FBT001 - click hands it over
    """Send the reminders that are due, each once."""
    house, day = open_house(), day_of(today)
    if not dry_run and not house.settings.smtp_url:
        raise Refusal("no mail is set up: set BYP_SMTP_URL and BYP_MAIL_FROM, then try again")
    done = house.works.remind(day=everywhere(day) if day else None, dry_run=dry_run)
    now = house.clock.now()
    for one in done.would_send:
        waits = f"\tfrom {one.at.isoformat(timespec='minutes')}" if one.at > now else ""
        click.echo(f"{one.external_id}\t{one.kind.value}{waits}")
    click.echo(("would do: " if dry_run else "done: ") + done.words())
    if done.tally.server_away:
        raise Refusal("the mail server did not answer: see BYP_SMTP_URL; nothing is lost")


@click.group()
def jobs() -> None:
    """Run the hourly work once (for cron)."""


@jobs.command()
@click.option("--force", is_flag=True, help="Also what ran within the last hour.")
@plain_errors
def run(force: bool) -> None:  # noqa: FBT001 - click hands it over
    """Run what is due: cycles, reminders, sign-in mails, tidying."""
    from training.jobs import run_due

    told = run_due(open_house().works, force=force)
    for name, words in told.items():
        click.echo(f"{name}: {words}")
    if not told:
        click.echo("nothing is due, or another runner is at it")
