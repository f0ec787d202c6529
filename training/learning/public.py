"""Pages that anybody may open: checking a certificate. And the drawings of a lesson."""

from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from certificates import InvalidSerial, parse_serial
from training.accounts.here import my_place
from training.catalog import publishing
from training.learning import completions
from training.learning.completions import Record
from training.learning.views import bp
from training.rules.access import Action
from training.web import app, missing, requires, see, session

FOREVER = "private, max-age=31536000, immutable"


@bp.get("/verify")
@requires(Action.CERTIFICATE_VERIFY)
def find_certificate() -> ResponseReturnValue:
    asked = request.args.get("number", "").strip()
    if asked:
        return see("learning.verify", serial=asked[:64])
    return _unknown("", 200)


@bp.get("/verify/<serial>")
@requires(Action.CERTIFICATE_VERIFY)
def verify(serial: str) -> ResponseReturnValue:
    try:
        found = completions.find_record(session(), parse_serial(serial))
    except InvalidSerial:
        found = None
    if found is None:
        return _unknown(serial, 404)
    certificate = found.certificate
    return render_template(
        "learning/verify.html",
        found=True,
        state=state_of(found, my_place().today(app().clock.now())),
        legal_name=certificate.legal_name,
        title=certificate.title,
        practice=certificate.practice,
        completed_on=certificate.completed_on,
        next_refresher_on=certificate.next_refresher_on,
        serial=certificate.serial,
        signature_ok=completions.signature_holds(session(), found),
    )


def state_of(record: Record, today: date) -> str:
    """Return what holds today: in_date, newer, past or withdrawn; no reason, ever."""
    if record.withdrawn:
        return "withdrawn"
    if record.replaced:
        return "newer"
    if record.expires_on is not None and record.expires_on < today:
        return "past"
    return "in_date"


def _unknown(asked: str, status: int) -> ResponseReturnValue:
    page = render_template(
        "learning/verify.html",
        found=False,
        asked=asked,
        state="unknown",
        legal_name="",
        title="",
        practice="",
        completed_on=None,
        next_refresher_on=None,
        serial="",
        signature_ok=False,
    )
    return page, status


@bp.get("/training/media/<digest>/<name>")
@requires(Action.COURSE_TAKE)
def media(digest: str, name: str) -> ResponseReturnValue:
    drawing = publishing.drawing(session(), digest, f"media/{name}")
    if drawing is None:
        raise missing()
    return Response(drawing, mimetype="image/svg+xml", headers={"Cache-Control": FOREVER})
