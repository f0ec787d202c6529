"""Builds the app: a table of contents of its parts."""

from datetime import timedelta

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from certificates import SigningKey
from training import audit, health, incoming, pages, statics, web
from training.accounts import sessions
from training.accounts import views as accounts
from training.accounts.here import my_place
from training.accounts.people import NOWHERE, Place
from training.catalog.publishing import course_title
from training.clock import Clock
from training.db import Database, is_outage
from training.learning import (
    booster_views,
    calendar_views,
    public,
    quiz_views,
    record_views,
    together_views,
)
from training.learning import views as learning
from training.learning.completions import Issuer
from training.logs import log_as_json
from training.program import (
    as_of_views,
    by_name_views,
    campaign_views,
    content_views,
    course_views,
    export_views,
    handout_views,
    hours_views,
    item_views,
    list_views,
    person_views,
    policy_views,
    prior_views,
    rights_views,
    role_views,
    roster_views,
    rules_views,
    set_up_views,
    sheet_views,
    slip_views,
)
from training.program import booster_views as program_boosters
from training.program import together_views as team_sessions
from training.program import views as program
from training.renewals.outside import LMS
from training.reports import file_views, team_views
from training.reports import views as reports
from training.rules.access import ALLOWED, Action, Role
from training.settings import Settings, kept_secret, load_settings

PAGES = (
    accounts,
    set_up_views,
    learning,
    quiz_views,
    record_views,
    calendar_views,
    booster_views,
    together_views,
    public,
    reports,
    team_views,
    file_views,
    program,
    content_views,
    course_views,
    item_views,
    list_views,
    person_views,
    policy_views,
    prior_views,
    rights_views,
    role_views,
    roster_views,
    as_of_views,
    export_views,
    handout_views,
    hours_views,
    sheet_views,
    slip_views,
    by_name_views,
    rules_views,
    campaign_views,
    program_boosters,
    team_sessions,
    health,
)
BODY_LIMIT = 1_000_000
FORM_LIMIT = 500_000


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> web.App:
    """Return the app, ready for any WSGI server; it refuses to start with a route unguarded."""
    settings = settings or load_settings()
    app = web.App("training", static_folder=None)
    app.settings = settings
    app.clock = clock or Clock()
    app.database = Database(
        settings.url, before_commit=(audit.append_pending,), led_by=settings.led_by
    )
    app.extensions["issuer"] = Issuer(
        SigningKey.from_bytes(kept_secret(settings.data_dir, "signing_key")),
        settings.public_url,
        local_only=not settings.base_url,
    )
    _configure(app)
    log_as_json()
    _behind_proxies(app)
    incoming.register(app)
    web.register(app)
    statics.register(app)
    _sign_in(app)
    _protect_forms(app)
    pages.register(
        app, today=lambda: my_place().today(app.clock.now()), zone=lambda: my_place().zone
    )
    app.add_template_filter(_title_of, "training")
    _blueprints(app)
    _rest_for_managers(app)
    app.context_processor(_on_every_page)
    web.check_routes(app)
    return app


def _configure(app: web.App) -> None:
    settings = app.settings
    secure = settings.secure_cookies
    key = settings.secret_key.get_secret_value().encode() or kept_secret(
        settings.data_dir, "secret_key"
    )
    app.config.update(
        SECRET_KEY=key,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="__Host-form" if secure else "form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # Sec-Fetch-Site and SameSite say it better behind a proxy
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _behind_proxies(app: web.App) -> None:
    hops = app.settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # Flask's own way


def _sign_in(app: web.App) -> None:
    manager = LoginManager(app, add_context_processor=False)  # pages say `viewer`, asked once
    manager.session_protection = None
    manager.anonymous_user = sessions.Nobody
    limits = sessions.Limits(
        learner=timedelta(minutes=app.settings.learner_idle_minutes),
        privileged=timedelta(minutes=app.settings.privileged_idle_minutes),
    )

    def load(_request: object) -> sessions.Viewer | None:
        token = request.cookies.get(accounts.cookie_name())
        if not token or len(token) > 128:
            return None
        now = app.clock.now()
        viewer = sessions.find_viewer(web.session(), token, now, limits)
        if viewer and now - viewer.last_seen_at > limits.idle_of(viewer.actor) / 10:
            _touch(app, viewer.sign_in_id)
        return viewer

    manager.request_loader(load)


def _touch(app: web.App, sign_in_id: int) -> None:
    now = app.clock.now()
    if web.writes():
        sessions.touch(web.session(), sign_in_id, now)
    else:
        web.after_commit(
            lambda: app.database.try_write(lambda own: sessions.touch(own, sign_in_id, now))
        )


def _protect_forms(app: web.App) -> None:
    CSRFProtect(app)

    @app.errorhandler(CSRFError)
    def _stale_form(_error: CSRFError) -> ResponseReturnValue:
        page = render_template(
            "errors/page.html",
            status=400,
            title="This page was open for a long time",
            sentence="So the form was not taken yet. What you entered is still here.",
            what_to_do="Press the button to send it again.",
            retry=web.retry_of_this_request(),
        )
        return page, 400


def _blueprints(app: web.App) -> None:
    """Register each blueprint once; several modules hang their pages on the same one."""
    for blueprint in dict.fromkeys(module.bp for module in PAGES):
        app.register_blueprint(blueprint)


def _rest_for_managers(app: web.App) -> None:
    """Let no manager's page be there while another system leads, nor what a weekly mail links."""
    if app.settings.led_by != LMS:
        return
    resting = (ALLOWED[Role.MANAGER] - {Action.EXPORT_ASK}) | {Action.DIGEST_ANSWER}

    def rest() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "action", None) in resting:
            raise web.missing()

    app.before_request(rest)


def _title_of(code: str) -> str:
    """Return how a page names a course by its code: its title, asked once a request."""
    titles: dict[str, str] = g.setdefault("titles", {})
    if code not in titles:
        day = my_place().today(web.app().clock.now())
        titles[code] = course_title(web.session(), code, day)
    return titles[code]


def _here() -> tuple[Place, sessions.Viewer | None]:
    """Return where the viewer works, and who she is; nobody knows while the database is away."""
    try:
        place = my_place()
        viewer = current_user._get_current_object()  # noqa: SLF001 - werkzeug's own way; the proxy would ask again at each name
    except DBAPIError as error:
        if not (is_outage(error) and g.get("abandoned")):
            raise  # only the page that tells of it is shown without asking
        g.place, g._login_user = NOWHERE, sessions.Nobody()  # noqa: SLF001 - Flask-Login's own name
        return NOWHERE, None
    return place, viewer if viewer.is_authenticated else None


def _on_every_page() -> dict[str, object]:
    settings, (place, viewer) = web.app().settings, _here()
    told = place.facts
    contact = {
        "name": told.get("privacy_contact", ""),
        "phone": told.get("privacy_phone", ""),
        "phone_night": told.get("privacy_phone_night", ""),
    }
    return {
        "viewer": viewer,
        "practice": place.practice,
        "contact": contact if contact["name"] else None,
        "demo": settings.env == "demo",
        "lan": settings.lan,
        "manager_pages": settings.led_by != LMS,
    }
