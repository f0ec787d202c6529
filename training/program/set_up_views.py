"""The page that sets a new house up, reached by a link that works once."""

from zoneinfo import available_timezones

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training.accounts.forms import SetUpForm
from training.accounts.hiring import add_by_hand, set_up_practice
from training.accounts.models import RoleGrant
from training.accounts.service import grant_role, set_password
from training.accounts.session_models import LinkToken
from training.accounts.sessions import start_session
from training.accounts.site_mail import start_with_office_hours
from training.accounts.tokens import token_hash
from training.accounts.views import bp, with_cookie
from training.renewals.soon import renew_soon
from training.rules.access import Action, Role
from training.rules.mail_hours import OFFICE
from training.web import app, form_errors, missing, requires, session


def _works(own: Session, token: str) -> LinkToken:
    """Return the set-up link's row while there is no officer; else it looks like nothing."""
    row = own.scalar(
        select(LinkToken).where(
            LinkToken.token_hash == token_hash(token),
            LinkToken.purpose == "set_up",
            LinkToken.used_at.is_(None),
            LinkToken.ends_at > app().clock.now(),
        )
    )
    officer = own.scalar(select(RoleGrant.id).where(RoleGrant.role == "privacy_officer").limit(1))
    if row is None or officer is not None:
        raise missing()
    return row


def _page(token: str, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "accounts/set_up.html",
        action=url_for("accounts.finish_set_up", token=token),
        mail_hours=OFFICE.words(),
        zones=sorted(z for z in available_timezones() if "/" in z),
        errors=errors,
        values=request.form,
    )
    return page, status


@bp.get("/set-up/<token>")
@requires(Action.ACCOUNT_SIGN_IN)
def set_up(token: str) -> ResponseReturnValue:
    _works(session(), token)
    return _page(token, {})


@bp.post("/set-up/<token>")
@requires(Action.ACCOUNT_SIGN_IN)
def finish_set_up(token: str) -> ResponseReturnValue:
    own, now = session(), app().clock.now()
    row = _works(own, token)
    form = SetUpForm(request.form)
    if not form.validate():
        return _page(token, form_errors(form), 422)
    try:
        with own.begin_nested():
            _set_up(own, form)
    except NotTaken as fault:
        return _page(token, {fault.field: str(fault)}, 422)
    own.execute(update(LinkToken).where(LinkToken.id == row.id).values(used_at=now))
    officer = own.scalar(select(RoleGrant.user_id).where(RoleGrant.role == "privacy_officer"))
    opened = start_session(own, officer or 0, method="password", shared_device=False, now=now)
    return with_cookie(opened, "/program")


class NotTaken(Exception):
    """A field of the form can't be taken; nothing of it is kept."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field


def _set_up(own: Session, form: SetUpForm) -> None:
    """Make the practice and its first person, officer and admin in one. Raises NotTaken."""
    now = app().clock.now()
    try:
        site = set_up_practice(own, form.practice.data or "", form.zone.data or "")
    except ValueError as fault:
        raise NotTaken("zone", str(fault)) from None
    start_with_office_hours(own, site.entity_id, now=now)
    try:
        user = add_by_hand(own, form.legal_name.data or "", form.email.data or "", now=now)
    except ValueError as fault:
        raise NotTaken("email", str(fault)) from None
    weak = set_password(own, user, form.password.data or "", keep_sign_in=None, now=now)
    if weak:
        raise NotTaken("password", weak)
    for role in (Role.PRIVACY_OFFICER, Role.ADMIN):
        grant_role(own, user, role, by=None, now=now)
    renew_soon(own)
