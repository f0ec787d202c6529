"""Where the person at this request works, and how far she reaches: asked once a request."""

from typing import Any, cast

from flask import g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from training.accounts.people import Place, office_of, place_of
from training.accounts.reach import Reach, entities, reach_of
from training.rules.access import Action
from training.web import actor, app, missing, session


def my_place() -> Place:
    """Return the viewer's place; without a viewer, the practice's first site."""
    if "place" not in g:
        user_id = current_user.user_id if current_user.is_authenticated else None
        g.place = place_of(session(), user_id, app().clock.now())
    return cast("Place", g.place)


def my_reach(action: Action | None = None) -> Reach:
    """Return whose people this request reaches: by its route's action, or by another one."""
    g.reach_asked = True  # a test looks that each page of an officer asked
    here: Any = app().view_functions[request.endpoint or ""]
    return reach_of(actor(), action or here.action)


def my_office() -> Place:
    """Return the practice that an officer's page is about.

    `entity` names one within her reach; else it is her own, or the first one that she is officer
    of. What is out of reach looks like what is not there.
    """
    reach, asked = my_reach(), request.values.get("entity", "")
    if not asked and reach.holds(my_place().entity_id):
        return my_place()
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise missing()
    ids = [int(asked)] if asked else sorted(reach.entity_ids or ())
    offices = (office_of(session(), id_, current_user.user_id) for id_ in ids if reach.holds(id_))
    found = next(filter(None, offices), None)
    if found is None:
        raise missing()
    return found


def office_url(endpoint: str, **values: Any) -> str:
    """Return the address of a page about the same practice."""
    return url_for(endpoint, entity=request.values.get("entity") or None, **values)


def see_office(endpoint: str, **values: Any) -> BaseResponse:
    """Send the browser on after a POST, to a page about the same practice."""
    return redirect(office_url(endpoint, **values), code=303)


def offices(endpoint: str) -> list[tuple[str, str, bool]]:
    """Return each practice that this page could be about, with its address; one alone is none."""
    found, here = entities(session(), my_reach()), my_office().entity_id
    if len(found) < 2:
        return []
    return [(name, url_for(endpoint, entity=id_), id_ == here) for id_, name in found]
