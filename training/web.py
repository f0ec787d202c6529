"""What every request shares: access, one transaction, errors in plain words, safe headers."""

import logging
from collections.abc import Callable, MutableMapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session
from typing_extensions import override
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, default_exceptions
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form

from training.addresses import safe_next
from training.clock import Clock
from training.db import Database, is_outage, is_race
from training.rules.access import ANYBODY, Action, Actor, may
from training.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, ResponseReturnValue]

log = logging.getLogger("byp.web")

MAX_RETRIES = 3
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SAFE_HEADERS = (  # of every answer that does not say otherwise
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("Cache-Control", "no-store"),
)


class Templates(Environment):
    """Jinja's environment, which looks a name up in a dictionary first.

    Most of what a page shows are dictionaries; to look for an attribute of that name first
    costs a raised error at each value.
    """

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a template means by `obj.attribute`."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    @override
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template can name: the dictionary itself, where `d` adds nothing.

        A chain of two looks each name up in Python, at every import of a macro.
        """
        return super().make_globals(d) if d else self.globals


class App(Flask):
    """Flask, with our one transaction a request."""

    jinja_environment = Templates

    database: Database
    clock: Clock
    settings: Settings

    @override
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or hook as it is: none here is `async`, and asking costs at each."""
        return func

    def full_dispatch_request(self, *args: Any) -> Response:
        """Answer in one transaction, committed before the first byte is sent.

        A race that a constraint decided is done again: the second time it meets the
        finished row. A database that is busy or away is a 503 with the form intact.
        """
        for tries_left in reversed(range(MAX_RETRIES)):
            try:
                response = super().full_dispatch_request(*args)
                _finish()
                return response
            except Exception as error:
                _abandon()
                if is_race(error) and tries_left and request.method == "POST":
                    _rewind()
                    continue
                if is_outage(error) or is_race(error):
                    log.warning("database busy or away", extra={"error": type(error).__name__})
                    return self.process_response(_busy_page())
                raise
        raise AssertionError("the loop returns or raises")  # pragma: no cover

    def handle_user_exception(self, e: Exception, *args: Any) -> Any:
        """Undo the transaction first: an error page never keeps half of a change."""
        _abandon()
        return super().handle_user_exception(e, *args)


def _finish() -> None:
    session: Session | None = g.pop("session", None)
    if session is None:
        return
    try:
        app().database.commit(session)
    finally:
        session.close()
    for after in g.pop("after_commit", []):
        after()


def _abandon() -> None:
    """Undo what this request did; a page that is still shown for it only reads."""
    g.abandoned = True
    session: Session | None = g.pop("session", None)
    g.pop("after_commit", None)
    if session is not None:
        session.close()


def _rewind() -> None:
    for name in ("_login_user", "csrf_valid", "place", "abandoned"):
        g.pop(name, None)
    for file in request.files.values():
        file.stream.seek(0)


def retry_of_this_request() -> dict[str, object] | None:
    """Return what a page needs to offer this form again as it was; None for a GET."""
    if request.method != "POST":
        return None
    fields = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name != "csrf_token" and not name.endswith("password")
    ]
    return {"action": request.full_path.rstrip("?"), "fields": fields}


def _busy_page() -> Response:
    page = render_template(
        "errors/page.html",
        status=503,
        title="Not saved yet",
        sentence="The database is busy, so this was not saved. What you entered is still here.",
        what_to_do="Wait a few seconds, then try again. Nothing was counted twice.",
        retry=retry_of_this_request(),
    )
    return Response(page, 503, headers={"Retry-After": "5"})


def app() -> App:
    """Return the app that answers this request."""
    return cast("App", current_app)


def session() -> Session:
    """Return this request's session, its transaction opened as the route declares."""
    if "session" not in g:
        g.session = app().database.open(writes=writes())
    return cast("Session", g.session)


def writes() -> bool:
    """Tell whether this request's route writes: POST does, unless it says otherwise."""
    if g.get("abandoned"):
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    declared = getattr(view, "writes", None)
    return request.method == "POST" if declared is None else bool(declared)


def after_commit(call: Callable[[], object]) -> None:
    """Run the call once this request's transaction is safe on disk."""
    g.setdefault("after_commit", []).append(call)


def actor() -> Actor:
    """Return who asks."""
    return cast("Actor", current_user.actor)


def requires(
    action: Action,
    *,
    writes: bool | None = None,
    body_limit: int | None = None,
    digests_files: bool = False,
) -> Callable[[View[P]], View[P]]:
    """Declare which action a route is; without it the app does not start.

    Who isn't signed in is sent to sign in and comes back; who may not gets a 403.
    `digests_files`: of a file that comes nothing is kept but its SHA-256 and its length.
    """

    def declare(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            # where anybody may, nobody is looked up: a style sheet asks the database nothing
            if action not in ANYBODY and not may(actor(), action):
                return _turn_away()
            return view(*args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]  # read by `check_routes`
        guarded.writes = writes  # type: ignore[attr-defined]  # read by `writes`
        guarded.body_limit = body_limit  # type: ignore[attr-defined]  # read by `_limit_body`
        guarded.digests_files = digests_files  # type: ignore[attr-defined]  # there too
        return guarded

    return declare


def may_open(endpoint: str) -> bool:
    """Tell whether the actor may open a page at all, so that nothing leads to a refusal."""
    return may(actor(), vars(current_app.view_functions[endpoint])["action"])


def _turn_away() -> ResponseReturnValue:
    if actor().user_id is not None:
        raise Forbidden
    came_from = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else ""
    there = url_for("accounts.sign_in", next=came_from if came_from != "/" else None)
    if request.method in {"GET", "HEAD"}:
        return redirect(there)
    return _signed_out_page(), 401


def _signed_out_page() -> str:
    return render_template(
        "errors/page.html",
        status=401,
        title="You were signed out",
        sentence="You were away for a while, so the page closed. Saved answers are still there.",
        what_to_do="Sign in again, and you are back where you were.",
        retry=None,
        sign_in_url=url_for("accounts.sign_in", next=_page_behind()),
    )


def _page_behind() -> str:
    """Return the page that a form was on, for coming back after signing in."""
    behind = urlsplit(request.referrer or "")
    mine = behind.netloc == request.host
    return safe_next(behind.path if mine else "/")


def _way_back() -> str:
    """Return the page that a refused form was on, where it can be opened again."""
    behind = _page_behind() if request.method == "POST" and request.referrer else ""
    adapter = app().create_url_adapter(request)
    return behind if behind and adapter and adapter.test(behind, method="GET") else ""


def check_routes(flask_app: Flask) -> None:
    """Refuse to start while a route names no action, or while a view declares none."""
    bare = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in flask_app.url_map.iter_rules()
        if not isinstance(getattr(flask_app.view_functions[rule.endpoint], "action", None), Action)
    ]
    if bare:
        raise RuntimeError(f"these routes name no action: {', '.join(sorted(bare))}")


def see(endpoint: str, **values: Any) -> BaseResponse:
    """Send the browser on after a POST."""
    return redirect(url_for(endpoint, **values), code=303)


def absolute(path: str) -> str:
    """Return the address of a path as the outside knows it; never from the Host header."""
    return app().settings.public_url + path


_SENTENCES: dict[int, tuple[str, str, str]] = {
    400: ("That did not arrive whole", "The form could not be read.", "Go back, send it again."),
    403: ("Not for this account", "Your account can’t open this page.", ""),
    404: ("Nothing here", "There is no such page, or it isn’t yours.", ""),
    405: ("Not that way", "This address does not take that.", ""),
    413: ("Too large", "What was sent is larger than this page takes.", "Send a smaller file."),
    422: ("Please check", "Something in the form can’t be used.", "Go back and mend it."),
    429: ("Please wait a moment", "There were many tries just now.", "Wait, then try again."),
    500: ("Our fault", "Something broke on our side; it was logged.", "Try again in a minute."),
}


def _error_page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect of the router
        return error.get_response()
    status = error.code or 500
    title, sentence, what_to_do = _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    told = error.description if getattr(error, "told", False) else sentence
    page = render_template(
        "errors/page.html",
        status=status,
        title=title,
        sentence=told,
        what_to_do=what_to_do,
        back_url=_way_back(),
        retry=None,
    )
    return page, status


def told(status: int, sentence: str) -> HTTPException:
    """Return an error whose sentence is shown to the person as it is."""
    error = default_exceptions[status](sentence)
    error.told = True  # type: ignore[attr-defined]  # read by `_error_page`
    return error


def missing() -> NotFound:
    """Return the 404 that a foreign row and a missing row share."""
    return NotFound()


def _secure(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _value in headers}
    for name, value in SAFE_HEADERS:
        if name.lower() not in given:
            headers.add(name, value)
    if app().settings.secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    headers["X-Request-ID"] = g.get("request_id", "")
    return response


def may_send(action: Action) -> bool:
    """Ask in a transaction that only reads and ends at once: a body may be long in coming."""
    g.abandoned = True
    try:
        return may(actor(), action)
    finally:
        _abandon()
        for name in ("_login_user", "abandoned"):
            g.pop(name, None)


class RowId(BaseConverter):
    """A row's number in an address: plain digits, and few enough for any database."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


def register(flask_app: App) -> None:
    """Hang the shared steps on the app."""
    flask_app.url_map.converters["int"] = RowId
    flask_app.url_map.merge_slashes = False  # it would redirect to whatever host was asked for
    flask_app.add_template_global(may_open)
    flask_app.after_request(_secure)
    flask_app.teardown_request(lambda _error: _abandon())
    flask_app.register_error_handler(HTTPException, _error_page)


def form_errors(form: Form) -> dict[str, str]:
    """Return the first thing that is wrong with each field, by its name."""
    return {str(name): str(next(iter(told))) for name, told in form.errors.items() if name}
