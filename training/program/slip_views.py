"""Printed sign-in slips: for a unit without mailboxes, or for those who were ticked."""

from collections.abc import Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from certificates import render_slips
from training.accounts.here import my_office, my_reach, offices
from training.program import slips
from training.program.slips import TooMany
from training.program.views import bp
from training.rules.access import Action
from training.web import actor, app, missing, requires, session, told

ANY = "any"  # every department of a site
NOT_YOURS = (
    "A slip signs in whoever holds it, and this one would open more than you may do yourself. "
    "For whoever holds a role, somebody who holds it too prints one."
)


@bp.get("/slips")
@requires(Action.SLIP_PRINT)
def slip_units() -> ResponseReturnValue:
    """Show where people without a mailbox work; nothing is made by looking."""
    found = slips.units(session(), my_office().entity_id, app().clock.now())
    sites: dict[tuple[int, str], list[slips.Unit]] = {}
    for unit in found:
        sites.setdefault((unit.site_id, unit.site), []).append(unit)
    return render_template(
        "program/slips.html",
        offices=offices("program.slip_units"),
        sites=[
            {
                "id": site_id,
                "name": name,
                "units": units,
                "people": sum(unit.people for unit in units),
            }
            for (site_id, name), units in sites.items()
        ],
        local_only=not app().settings.base_url,
    )


@bp.post("/slips/unit")
@requires(Action.SLIP_PRINT)
def unit_slips() -> ResponseReturnValue:
    """Print a slip for each in this unit who has no mailbox and something due."""
    site, department = request.form.get("site", ""), request.form.get("department", ANY)
    if not (site.isascii() and site.isdecimal() and len(site) < 10):
        raise missing()
    try:
        ids = slips.people_of(
            session(),
            my_office().entity_id,
            int(site),
            department=None if department == ANY else department.removeprefix("in:"),
            now=app().clock.now(),
        )
    except TooMany as fault:
        raise told(422, str(fault)) from None
    if not ids:
        raise told(422, "Nobody there has something due just now, so there is nothing to print.")
    return _printed(ids)


@bp.post("/slips")
@requires(Action.SLIP_PRINT)
def print_slips() -> ResponseReturnValue:
    """Print sign-in slips for those who were ticked; who printed them is on record."""
    ids = ticked()
    if not ids:
        raise told(422, "Tick at least one name, and print again.")
    return _printed(ids)


def ticked() -> list[int]:
    """Return who was ticked in the list of people, as many as one print takes."""
    wanted = [v for v in request.form.getlist("user") if v.isascii() and v.isdecimal()]
    return [int(v) for v in wanted if len(v) < 10][: slips.MOST]


def _printed(ids: Sequence[int]) -> Response:
    made = slips.print_slips(
        session(),
        ids,
        practice=my_office().practice,
        base_url=app().settings.public_url,
        by=actor(),
        now=app().clock.now(),
        reach=my_reach(),
    )
    if not made:
        now = app().clock.now()
        if slips.held_back(session(), ids, by=actor(), reach=my_reach(), now=now):
            raise told(422, NOT_YOURS)
        raise missing()
    return Response(
        render_slips(made, font_dir=app().settings.font_dir),
        mimetype="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="sign-in-slips.pdf"'},
    )
