"""Pages that add people by name, and that show each her link to be texted."""

from urllib.parse import quote

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certificates import Slip
from training.accounts.days import todays
from training.accounts.here import my_office, my_reach, office_url, offices
from training.program import by_name, slips
from training.program.by_name import Names
from training.program.slip_views import NOT_YOURS, ticked
from training.program.views import bp
from training.reports.words import count
from training.rules.access import Action
from training.web import actor, app, missing, requires, see, session, told

LONGEST = 40_000  # characters of a text of two hundred people


@bp.get("/people/add")
@requires(Action.ROSTER_WRITE)
def add_people() -> ResponseReturnValue:
    """Show where names are typed or pasted."""
    return _page(None)


@bp.post("/people/add")
@requires(Action.ROSTER_WRITE)
def add_named() -> ResponseReturnValue:
    """Show who would be added first; the same names sent again add them."""
    own, now, place = session(), app().clock.now(), my_office()
    text = request.form.get("names", "")
    if len(text) > LONGEST:
        raise told(422, "That is more text than two hundred people need: bring in a staff list.")
    found = by_name.compare(own, text, place.entity_id, todays(own, now))
    if found.faults or not (found.new or found.here):
        return _page(found), 422
    if not found.new or request.form.get("seen") != _seen(found):
        return _page(found)
    try:
        added = by_name.add(own, found, _site(place.entity_id), by=current_user.user_id, now=now)
    except ValueError as fault:
        raise told(422, f"{fault}.") from None
    flash(f"Added {count(len(added), 'person', 'people')}.")
    return see("program.people")


@bp.post("/people/links")
@requires(Action.SLIP_PRINT)
def show_links() -> ResponseReturnValue:
    """Make a link for each who was ticked, to be texted or read out; on record like a print."""
    now = app().clock.now()
    made = slips.print_slips(
        session(),
        ticked(),
        practice=my_office().practice,
        base_url=app().settings.public_url,
        by=actor(),
        now=now,
        event="slips.shown",
        reach=my_reach(),
    )
    if not made:
        if slips.held_back(session(), ticked(), by=actor(), reach=my_reach(), now=now):
            raise told(422, NOT_YOURS)
        raise told(422, "Nobody was ticked who works here: go back and tick names.")
    return render_template(
        "program/links.html",
        links=[_link(slip) for slip in made],
        local_only=not app().settings.base_url,
    )


def _page(found: Names | None) -> str:
    return render_template(
        "program/by_name.html",
        offices=offices("program.add_people"),
        action=office_url("program.add_named"),
        found=found,
        text=request.form.get("names", ""),
        seen=_seen(found) if found else "",
        sites=by_name.sites_of(session(), my_office().entity_id),
        site=request.form.get("site", ""),
    )


def _seen(found: Names) -> str:
    """Return the lines that would be added, so that only what was shown is taken."""
    return " ".join(str(who.line) for who in found.new)


def _site(entity_id: int) -> int:
    sites = by_name.sites_of(session(), entity_id)
    if not sites:
        raise missing()
    wanted = request.form.get("site", str(sites[0].id))
    for site in sites:
        if str(site.id) == wanted:
            return site.id
    raise told(422, "There is no such site: choose one of the list.")


def _link(slip: Slip) -> dict[str, str | None]:
    what = f" for “{slip.due_title}”, due {slip.due_on_text}" if slip.due_title else ""
    words = f"Your way in{what}: {slip.url} (works once, until {slip.ends_on_text})"
    return {
        "name": slip.display_name,
        "url": slip.url,
        "due": f"{slip.due_title}, due {slip.due_on_text}" if slip.due_title else None,
        "text_url": f"sms:?body={quote(words)}",
        "ends": slip.ends_on_text,
    }
