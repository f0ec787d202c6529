"""Commands for people: add one, give a sign-in link, grant a role, import the staff list."""

import json
from datetime import date
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from training import audit
from training.accounts import links, service
from training.accounts.hiring import add_by_hand, add_entity, set_up_practice
from training.accounts.models import Entity, User
from training.accounts.people import find_by_reference
from training.cli import Refusal, plain_errors
from training.house import House, open_house
from training.renewals.soon import renew_soon
from training.rules.access import Role

ROLES = ("privacy_officer", "auditor", "admin")


def _person(house: House, reference: str) -> int:
    with house.database.read() as session:
        user = find_by_reference(session, reference)
    if user is None:
        raise Refusal(f"{reference}: nobody, or more than one, has this id or mail address")
    return user.id


def _entity(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    found = session.scalar(select(Entity.id).where(Entity.name == name))
    if found is None:
        raise Refusal(f"{name}: no legal entity has this name; `byp entity list` shows them")
    return found


OF_ENTITY = click.option(
    "--entity", help="A privacy officer of this legal entity alone; left out: of all."
)


@click.group()
def entity() -> None:
    """Legal entities, where there are several; a small practice has one and needs none of this."""


@entity.command("list")
@plain_errors
def list_entities() -> None:
    """Print the name of each legal entity."""
    with open_house().database.read() as session:
        for name in session.scalars(select(Entity.name).order_by(Entity.name)):
            click.echo(name)


@entity.command("add")
@click.argument("name")
@click.option("--site", required=True, help="Its first site, as the staff list names it.")
@click.option("--zone", required=True, help="Time zone of that site, such as America/Chicago.")
@click.option("--state", default="", help="State of that site, such as IL.")
@plain_errors
def add_one(name: str, site: str, zone: str, state: str) -> None:
    """Add another legal entity with its first site; people come to it by the staff list."""
    house = open_house()
    with house.database.write() as session:
        try:
            add_entity(session, name, site, zone, state, now=house.clock.now())
        except ValueError as fault:
            raise Refusal(str(fault)) from None
    click.echo(name)


@click.group()
def user() -> None:
    """Add people, sign-in links and roles."""


@user.command()
@click.argument("legal_name")
@click.option("--email", help="Work mail address, also for signing in.")
@click.option("--practice", help="The practice's name, for the very first person.")
@click.option("--zone", default="America/New_York", help="Time zone of the first site.")
@plain_errors
def add(legal_name: str, email: str | None, practice: str | None, zone: str) -> None:
    """Add somebody by hand; the first one names the practice too."""
    house = open_house()
    now = house.clock.now()
    with house.database.write() as session:
        if practice:
            set_up_practice(session, practice, zone)
        try:
            found = add_by_hand(session, legal_name, email, now=now)
        except ValueError as fault:
            raise Refusal(str(fault)) from None
        renew_soon(session)
        click.echo(f"{found.external_id}\t{found.id}")


@user.command("sign-in-link")
@click.argument("reference")
@plain_errors
def sign_in_link(reference: str) -> None:
    """Print a one-time link for somebody (id, staff number or mail address)."""
    house = open_house()
    user_id = _person(house, reference)
    now = house.clock.now()
    with house.database.write() as session:
        token = links.make_link(session, user_id, purpose="sign_in", method="printed_link", now=now)
        audit.record(session, "link.made", at=now, subject=f"user:{user_id}")
    click.echo(f"{house.settings.public_url}/sign-in/{token}")


@user.command()
@click.argument("role", type=click.Choice(ROLES))
@click.argument("reference")
@OF_ENTITY
@plain_errors
def grant(role: str, reference: str, entity: str | None) -> None:
    """Grant a role from today on; it goes on record as done at the command line."""
    house = open_house()
    user_id = _person(house, reference)
    with house.database.write() as session:
        who, of = session.get_one(User, user_id), _entity(session, entity)
        try:
            ended = service.grant_role(
                session, who, Role(role), by=None, now=house.clock.now(), entity_id=of
            )
        except ValueError as fault:
            raise Refusal(f"{reference}: {fault}") from None
    click.echo(f"{reference}: {role}{f' of {entity}' if entity else ''}")
    if ended:
        click.echo(f"{reference}: the password was chosen after a slip was used, so it ended")


@user.command("take-away")
@click.argument("role", type=click.Choice(ROLES))
@click.argument("reference")
@OF_ENTITY
@plain_errors
def take_away(role: str, reference: str, entity: str | None) -> None:
    """Take a role away at once; the days that somebody had it stay on record."""
    house = open_house()
    user_id = _person(house, reference)
    with house.database.write() as session:
        who, of = session.get_one(User, user_id), _entity(session, entity)
        try:
            done = service.take_role_away(
                session, who, Role(role), by=None, now=house.clock.now(), entity_id=of
            )
        except ValueError as fault:
            raise Refusal(f"{reference}: {fault}") from None
    if not done:
        raise Refusal(f"{reference}: has no such role{f' of {entity}' if entity else ''}")
    click.echo(f"{reference}: no longer {role}{f' of {entity}' if entity else ''}")


@user.command()
@click.argument("reference")
@plain_errors
def export(reference: str) -> None:
    """Print everything that is kept about somebody, as JSON; she sees that it was read."""
    from training.reports.own_data import everything_about

    house = open_house()
    user_id = _person(house, reference)
    with house.database.write() as session:
        found = json.dumps(everything_about(session, user_id), indent=2, ensure_ascii=False)
        audit.record(session, "record.exported", at=house.clock.now(), subject=f"user:{user_id}")
    click.echo(found)


@click.group()
def roster() -> None:
    """Import the staff list, and what people completed before."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", default="hr", help="Which list this is: hr, agency, school ...")
@click.option("--dry-run", is_flag=True, help="Show the difference and change nothing.")
@click.option("--allow-ending", type=int, help="The most people that may end by this list.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave faulty rows out; they go on record.")
@click.option("--encoding", help="The file's encoding, where it can't be told.")
@plain_errors
def import_(
    file: Path,
    source: str,
    dry_run: bool,  # noqa: FBT001 - click hands it over
    allow_ending: int | None,
    skip_bad_rows: bool,  # noqa: FBT001 - click hands it over
    encoding: str | None,
) -> None:
    """Import a staff list: all or nothing, and safe to do again."""
    from training.program.roster import Options, Refused, apply, plan

    house = open_house()
    now = house.clock.now()
    options = Options(
        source=source,
        allow_ending=allow_ending,
        skip_bad_rows=skip_bad_rows,
        encoding=encoding,
        today=date.fromisoformat(now.date().isoformat()),
    )
    with house.database.write() as session:
        try:
            found = plan(session, file.read_bytes(), file.name, options)
        except Refused as refused:
            raise Refusal("\n".join(f"{file}:{fault}" for fault in refused.faults)) from None
        for line in found.lines():
            click.echo(line)
        if not dry_run:
            apply(session, found, by=None, now=now)
    click.echo(("would do: " if dry_run else "done: ") + found.words())


@roster.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--course", "names", multiple=True, help="What a course is here: 'Old name=code'.")
@click.option("--dry-run", is_flag=True, help="Show what would be recorded and change nothing.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave faulty rows out; they go on record.")
@click.option("--encoding", help="The file's encoding, where it can't be told.")
@plain_errors
def prior(
    file: Path,
    names: tuple[str, ...],
    dry_run: bool,  # noqa: FBT001 - click hands it over
    skip_bad_rows: bool,  # noqa: FBT001 - click hands it over
    encoding: str | None,
) -> None:
    """Take over what people completed in an older system: all or nothing, safe to do again."""
    from training.program.prior import Options, apply, plan
    from training.program.roster import Refused

    house = open_house()
    pairs = [name.partition("=") for name in names]
    options = Options(
        now=house.clock.now(),
        names={old.strip(): code.strip() for old, _is, code in pairs},
        skip_bad_rows=skip_bad_rows,
        encoding=encoding,
    )
    with house.database.write() as session:
        try:
            found = plan(session, file.read_bytes(), options)
        except Refused as refused:
            raise Refusal("\n".join(f"{file}:{fault}" for fault in refused.faults)) from None
        for line in found.lines():
            click.echo(line)
        if not dry_run:
            apply(session, found)
    click.echo(("would do: " if dry_run else "done: ") + found.words(done=not dry_run))
