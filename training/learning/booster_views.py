"""Pages of a booster: its link opens one scene, signs nobody in, and a look changes nothing."""

from typing import Any

from flask import Response, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from training.accounts import site_mail
from training.catalog import publishing
from training.catalog import scenario as engine
from training.catalog.scenario import IllegalMove
from training.learning import boosters, shown
from training.learning.booster_scenes import pictures
from training.learning.boosters import Opened
from training.learning.views import bp
from training.rules.access import Action
from training.web import app, missing, requires, see, session

KEPT = "booster"  # her choice stays in her own browser; the house keeps a count


def _opened(token: str) -> Opened | None:
    return boosters.find(session(), token, app().clock.now())


def _behind(token: str) -> Opened | ResponseReturnValue:
    """Return what a link opens now, or the page that says that it is gone, or that it rests.

    A mailed link rests out of the hours of her site.
    """
    opened = _opened(token)
    if opened is None:
        return _gone()
    hers = site_mail.resting_for(session(), opened.user_id, app().clock.now())
    return render_template("accounts/link_rests.html", words=hers.words()) if hers else opened


def _facts(opened: Opened) -> dict[str, str]:
    return {"practice": opened.place.practice, **opened.place.facts}


def _page(opened: Opened, token: str, **more: Any) -> str:
    facts = _facts(opened)
    return render_template(
        "learning/booster.html",
        **shown.booster(opened, token, facts, **more),
        **_frame(opened),
    )


def _frame(opened: Opened) -> dict[str, Any]:
    told = opened.place.facts
    return {
        "wants_none": boosters.wants_none(session(), opened.user_id),
        "tell": {
            "name": told.get("privacy_contact", ""),
            "phone": told.get("privacy_phone", ""),
            "phone_night": told.get("privacy_phone_night", ""),
        },
    }


def _gone() -> ResponseReturnValue:
    return render_template("learning/booster_gone.html"), 410


@bp.get("/boosters/<token>")
@requires(Action.BOOSTER_PLAY)
def booster(token: str) -> ResponseReturnValue:
    opened = _behind(token)
    if not isinstance(opened, Opened):
        return opened
    if not opened.played:
        return _page(opened, token)
    step = _step_of_this_browser(opened)
    if step is None:
        page = shown.booster(opened, token, _facts(opened))
        return render_template("learning/booster_played.html", **page, **_frame(opened))
    return _page(opened, token, step=step)


def _step_of_this_browser(opened: Opened) -> engine.Step | None:
    """Return what she chose here just now; on another device nobody knows it."""
    kept = cookie.get(KEPT)
    if not isinstance(kept, dict) or kept.get("id") != opened.booster.id:
        return None
    move = engine.Move(choice=kept["choice"], picks=kept["picks"])
    return engine.advance(opened.scenario, engine.begin(opened.scenario), move)


@bp.post("/boosters/<token>")
@requires(Action.BOOSTER_PLAY)
def play_booster(token: str) -> ResponseReturnValue:
    opened = _behind(token)
    if not isinstance(opened, Opened):
        return opened
    move = shown.move_from(request.form)
    try:
        boosters.play(session(), opened, move, app().clock.now())
    except IllegalMove as fault:
        return _page(opened, token, draft=move, refused=str(fault)), 422
    cookie[KEPT] = {"id": opened.booster.id, "choice": move.choice, "picks": dict(move.picks)}
    return see("learning.booster", token=token, _anchor="now")


@bp.post("/boosters/<token>/wish")
@requires(Action.BOOSTER_PLAY)
def wish_boosters(token: str) -> ResponseReturnValue:
    opened = _opened(token)
    if opened is None:
        return _gone()
    wanted = request.form.get("wanted") == "yes"
    boosters.wish(session(), opened.user_id, app().clock.now(), wanted=wanted)
    return see("learning.booster", token=token, _anchor="wish")


@bp.get("/boosters/<token>/drawings/<name>")
@requires(Action.BOOSTER_PLAY)
def booster_drawing(token: str, name: str) -> ResponseReturnValue:
    opened, file = _opened(token), f"media/{name}"
    if opened is None or file not in pictures(opened.scenario):
        raise missing()
    drawing = publishing.drawing(session(), opened.booster.digest, file)
    if drawing is None:
        raise missing()
    return Response(drawing, mimetype="image/svg+xml")
