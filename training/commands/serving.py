"""Commands that serve the app: for real, and the sample clinic."""

import os
import subprocess
import sys

import click

from training.cli import plain_errors
from training.commands.first_steps import furnish, set_up_link
from training.house import bring_up, open_house
from training.settings import Settings, load_settings


@click.command()
@click.option("--lan", is_flag=True, help="Plain http on this office's own network.")
@click.option("--no-jobs", is_flag=True, help="Only the web; cron calls `byp jobs run`.")
@plain_errors
def serve(lan: bool, no_jobs: bool) -> None:  # noqa: FBT001 - click hands it over
    """Serve the app, with one process beside it for the hourly work."""
    if lan:
        os.environ.update(BYP_LAN="1", BYP_HOST=os.environ.get("BYP_HOST", "0.0.0.0"))  # noqa: S104 - asked for
    settings = load_settings()
    house = open_house(settings)
    if house.database.is_sqlite:
        click.echo(f"database {bring_up(house)}: {house.database.file}")
        told = furnish(house)
        if told:
            click.echo(told)
    for line in _first_words(settings):
        click.echo(line)
    run(settings, jobs=not no_jobs)


def _first_words(settings: Settings) -> list[str]:
    house = open_house(settings)
    told = [f"open {settings.public_url}"]
    if settings.lan:
        told.append("plain http: for this office's own network only")
    link = set_up_link(house)
    if link:
        told.append(f"there is no privacy officer yet; set up here, once: {link}")
    return told


@click.command()
@click.option("--fresh", is_flag=True, help="Make the sample clinic anew.")
@click.option("--no-serve", is_flag=True, help="Make it and print the links, nothing more.")
@plain_errors
def demo(fresh: bool, no_serve: bool) -> None:  # noqa: FBT001 - click hands it over
    """Serve the sample clinic: about thirty invented people with a past."""
    from training.sample.clinic import demo_links, demo_settings, make_clinic

    settings = demo_settings(load_settings())
    house = open_house(settings)
    if make_clinic(house, fresh=fresh):
        click.echo(f"sample clinic made: {house.database.file}")
    for who, link in demo_links(house):
        click.echo(f"{who}: {link}")
    if not no_serve:
        _hand_down(settings)
        run(settings, jobs=True)


def _hand_down(settings: Settings) -> None:
    """Give the web workers the demo's settings by the environment that they read."""
    os.environ.update(
        BYP_ENV="demo",
        DATABASE_URL=settings.url,
        BYP_SMTP_URL=settings.smtp_url,
        BYP_MAIL_FROM=settings.mail_from,
    )


def run(settings: Settings, *, jobs: bool) -> None:
    """Run the web server until it is stopped, and the jobs process beside it."""
    beside = _start_jobs() if jobs else None
    try:
        from training.server import Server

        Server(settings).run()
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait(timeout=10)


def _start_jobs() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "training.commands.ticking"])
