"""`byp`: the commands. Each imports what it needs when it runs, so that `--help` is quick."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import update_wrapper
from typing import Any

import click

DAY = click.DateTime(formats=["%Y-%m-%d"])


class Lazy(click.Group):
    """A group whose commands live in modules that are imported when one is called."""

    def __init__(
        self, *args: Any, lazy: dict[str, tuple[str, str]] | None = None, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self._lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, without importing anything."""
        return sorted({*self._lazy, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return it."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        from importlib import import_module

        module, _help = self._lazy[cmd_name]
        command: click.Command = getattr(import_module(f"training.commands.{module}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the texts here: the help page imports none of them."""
        rows = [(name, self._lazy[name][1]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


COMMANDS = {
    "serve": ("serving", "Serve the app, with the hourly work beside it."),
    "demo": ("serving", "Serve the sample clinic and print sign-in links."),
    "db": ("house", "Upgrade or check the database."),
    "doctor": ("house", "Look the house over and say what is wrong."),
    "entity": ("people", "List and add legal entities, where there are several."),
    "user": ("people", "Add people, sign-in links and roles."),
    "roster": ("people", "Import the staff list."),
    "assignments": ("assignments", "Take over what another system assigns."),
    "content": ("content", "Check or publish lessons, situations and quizzes."),
    "renew": ("work", "Open and close training cycles."),
    "remind": ("work", "Send the reminders that are due."),
    "jobs": ("work", "Run all of the hourly work once (for cron)."),
    "report": ("reporting", "Write reports as CSV, JSON or XLSX."),
    "audit": ("reporting", "Check the audit log."),
    "backup": ("house", "Write a checked copy of the SQLite file."),
    "restore": ("house", "Put a backup in place of the SQLite file."),
}


@click.group(cls=Lazy, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="before-you-post", prog_name="byp")
def byp() -> None:
    """Train healthcare staff on patient privacy and social media, and prove it."""


class Refusal(click.ClickException):
    """The answer is no: exit 1, one line a fault on stderr."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Print the lines as they are."""
        click.echo(self.message, file=file or sys.stderr)


def day_of(value: datetime | None) -> date | None:
    """Return the day that an option names."""
    return value.date() if value else None


def plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a wrong setting or address, or a database that is away, into one plain line."""

    def run(*args: Any, **kwargs: Any) -> Any:
        from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

        from training.settings import SettingsError

        try:
            return command(*args, **kwargs)
        except SettingsError as fault:
            raise click.UsageError(str(fault)) from None
        except ArgumentError:  # it may quote the address, which has a password in it
            raise Refusal(
                "that is no address of a database: write postgresql://user:password@host/name"
            ) from None
        except (OperationalError, ProgrammingError) as fault:
            reason = str(fault.orig).splitlines()[0]
            raise Refusal(
                f"database: {reason}; run `byp db upgrade`, or see `byp doctor`"
            ) from None

    return update_wrapper(run, command)


def main() -> None:
    """Run the command line."""
    byp()


if __name__ == "__main__":
    main()
