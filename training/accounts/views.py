"""Pages of signing in: by link, by password; signing out."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from training import audit
from training.accounts import links, service, sessions, site_mail
from training.accounts.forms import LinkForm, PasswordForm, SignInForm
from training.accounts.models import User
from training.accounts.people import practice_name
from training.addresses import safe_next
from training.rules.access import Action
from training.web import app, form_errors, requires, see, session

bp = Blueprint("accounts", __name__)


def cookie_name() -> str:
    return "__Host-sid" if app().settings.secure_cookies else "sid"


def _open_session(own: Session, user_id: int, method: str, *, shared: bool) -> str:
    now = app().clock.now()
    before = request.cookies.get(cookie_name())
    if before:  # whoever was signed in on this browser: her cookie goes, so her session does
        sessions.leave_session(own, before[:128], now)
    audit.record(
        own,
        "sign_in.started",
        at=now,
        actor_id=user_id,
        subject=f"user:{user_id}",
        detail={"method": method},
    )
    return sessions.start_session(own, user_id, method=method, shared_device=shared, now=now)


def with_cookie(token: str, next_path: str) -> ResponseReturnValue:
    response = app().make_response(("", 303, {"Location": safe_next(next_path)}))
    response.set_cookie(
        cookie_name(),
        token,
        secure=app().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def _sign_in_page(
    *, errors: dict[str, str] | None = None, link_sent: bool = False, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/sign_in.html",
        errors=errors or {},
        address=request.form.get("address", "")[:254],
        next_path=safe_next(request.values.get("next")),
        link_sent=link_sent,
        some_rest=link_sent and site_mail.some_links_rest(session()),
        mail_works=bool(app().settings.smtp_url),
    )
    return page, status


@bp.get("/sign-in")
@requires(Action.ACCOUNT_SIGN_IN)
def sign_in() -> ResponseReturnValue:
    return _sign_in_page()


@bp.post("/sign-in")
@requires(Action.ACCOUNT_SIGN_IN, writes=False)
def sign_in_password() -> ResponseReturnValue:
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(errors=form_errors(form), status=422)
    now = app().clock.now()
    try:
        verdict = service.verify_password(
            session(),
            form.address.data or "",
            form.password.data or "",
            network=request.remote_addr or "",
            now=now,
        )
    except service.PleaseWait as wait:
        return _sign_in_page(errors={"password": _wait(wait.seconds)}, status=429)
    session().close()
    with app().database.write() as own:
        user_id = service.count_verdict(own, verdict, now)
        if user_id is None:
            wrong = "That address and password do not go together. Try again, or use a link."
            return _sign_in_page(errors={"password": wrong}, status=422)
        token = _open_session(own, user_id, "password", shared=False)
    return with_cookie(token, form.next.data or "/")


def _wait(seconds: int) -> str:
    minutes = (seconds + 59) // 60
    some = f"{seconds} seconds" if seconds < 60 else f"{minutes} minutes"
    return f"There were many wrong tries. Wait {some}, or ask for a sign-in link."


@bp.post("/sign-in/link")
@requires(Action.ACCOUNT_SIGN_IN)
def request_link() -> ResponseReturnValue:
    form = LinkForm(request.form)
    if not form.validate():
        return _sign_in_page(errors=form_errors(form), status=422)
    user = service.find_by_address(session(), form.address.data or "")
    if user is not None:
        links.request_link(
            session(), user, next_path=safe_next(form.next.data), now=app().clock.now()
        )
    return _sign_in_page(link_sent=True)


def _link_gone(token: str) -> ResponseReturnValue:
    owner = links.find_owner(session(), token)
    page = render_template(
        "accounts/link_gone.html",
        can_mail=bool(owner and owner[0].email and app().settings.smtp_url),
        action=url_for("accounts.renew_link", token=token),
        next_path=owner[1] if owner else "/",
    )
    return page, 410 if owner else 404


def _resting(found: links.Link) -> str | None:
    """Return the page of a mailed link that rests now, out of the hours of her site."""
    if found.method != "mailed_link":
        return None
    hers = site_mail.resting_for(session(), found.user.id, app().clock.now())
    return render_template("accounts/link_rests.html", words=hers.words()) if hers else None


@bp.get("/sign-in/<token>")
@requires(Action.ACCOUNT_SIGN_IN)
def link(token: str) -> ResponseReturnValue:
    found = links.find_link(session(), token, app().clock.now())
    if found is None:
        return _link_gone(token)
    resting = _resting(found)
    if resting:
        return resting
    return render_template(
        "accounts/link.html",
        name=found.user.name,
        practice=practice_name(session()),
        action=url_for("accounts.use_link", token=token),
    )


@bp.post("/sign-in/<token>")
@requires(Action.ACCOUNT_SIGN_IN)
def use_link(token: str) -> ResponseReturnValue:
    now = app().clock.now()
    if request.form.get("answer") == "no":
        links.disown_link(session(), token, now)
        return render_template("accounts/not_me.html")
    looked_at = links.find_link(session(), token, now)
    resting = _resting(looked_at) if looked_at else None
    if resting:
        return resting
    found = links.use_link(session(), token, now)
    if found is None:
        return _link_gone(token)
    shared = "shared" in request.form
    opened = _open_session(session(), found.user.id, found.method, shared=shared)
    return with_cookie(opened, found.next_path)


@bp.post("/sign-in/<token>/again")
@requires(Action.ACCOUNT_SIGN_IN)
def renew_link(token: str) -> ResponseReturnValue:
    owner = links.find_owner(session(), token)
    if owner is not None:
        links.request_link(session(), owner[0], next_path=owner[1], now=app().clock.now())
    return _sign_in_page(link_sent=True)


@bp.post("/sign-out")
@requires(Action.ACCOUNT_SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    sessions.end_session(session(), current_user.sign_in_id, app().clock.now())
    response = app().make_response(see("accounts.sign_in"))
    response.delete_cookie(
        cookie_name(), path="/", secure=app().settings.secure_cookies, httponly=True
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def password_fault(field: str) -> str | None:
    """Return why whoever sits here has not proved in this field who she is, or None."""
    try:
        proved = service.confirm_password(
            session(),
            session().get_one(User, current_user.user_id),
            request.form.get(field, ""),
            network=request.remote_addr or "",
            now=app().clock.now(),
        )
    except service.PleaseWait as wait:
        return _wait(wait.seconds)
    return None if proved else "Enter your password once more, or sign in by a new link."


def _old_one_needed() -> bool:
    """An open page is not enough to take her account over: who signed in just now may go on."""
    fresh = current_user.freshly_confirmed(app().clock.now())
    return bool(current_user.has_password and not fresh)


def _password_page(errors: dict[str, str], *, changed: bool = False) -> ResponseReturnValue:
    page = render_template(
        "accounts/password.html",
        errors=errors,
        has_password=current_user.has_password or changed,
        confirm_needed=_old_one_needed(),
        changed=changed,
    )
    return page, 422 if errors else 200


@bp.get("/password")
@requires(Action.PASSWORD_CHANGE)
def password() -> ResponseReturnValue:
    return _password_page({})


@bp.post("/password")
@requires(Action.PASSWORD_CHANGE)
def change_password() -> ResponseReturnValue:
    form = PasswordForm(request.form)
    errors = {} if form.validate() else form_errors(form)
    if not errors and _old_one_needed() and (unproved := password_fault("current_password")):
        errors = {"current_password": unproved}
    if not errors:
        fault = service.set_password(
            session(),
            session().get_one(User, current_user.user_id),
            form.password.data or "",
            keep_sign_in=current_user.sign_in_id,
            now=app().clock.now(),
        )
        errors = {"password": fault} if fault else {}
    return _password_page(errors, changed=not errors)
