"""Where the person at this request works, asked once a request."""

from typing import cast

from flask import g
from flask_login import current_user

from training.accounts.people import Place, place_of
from training.web import app, session


def my_place() -> Place:
    """Return the viewer's place; without a viewer, the practice's first site."""
    if "place" not in g:
        user_id = current_user.user_id if current_user.is_authenticated else None
        g.place = place_of(session(), user_id, app().clock.now())
    return cast("Place", g.place)
