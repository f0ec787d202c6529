"""When mail to staff goes out, site by site, and what it says of paid time."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts import site_mail
from training.accounts.here import my_office, office_url, offices, see_office
from training.accounts.models import Site, SiteMail
from training.accounts.site_mail import Mailing, NoSuchSite, Wish
from training.program.views import bp
from training.rules.access import Action
from training.rules.mail_hours import OFFICE, PAID_NOTE, WEEKDAYS, MailHours, NoOpenHour, clock
from training.web import app, missing, requires, session


@dataclass(frozen=True, slots=True)
class _Given:
    """What one form came with; `site` is its site's id, or empty for everywhere else."""

    site: str = ""
    days: frozenset[int] = OFFICE.weekdays
    from_hour: int = OFFICE.from_hour
    to_hour: int = OFFICE.to_hour
    paid_note: str = PAID_NOTE
    at_work_only: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Return what the ids of this form's fields begin with."""
        return f"site-{self.site}" if self.site else "all"


def _shown(given: _Given) -> dict[str, Any]:
    return {
        "prefix": given.prefix,
        "site": given.site,
        "days": [(n, name, n in given.days) for n, name in enumerate(WEEKDAYS)],
        "from_hours": [(n, clock(n), n == given.from_hour) for n in range(24)],
        "to_hours": [(n, clock(n), n == given.to_hour) for n in range(1, 25)],
        "paid_note": given.paid_note,
        "at_work_only": given.at_work_only,
        "errors": given.errors,
    }


def _of_row(row: SiteMail | None) -> _Given:
    if row is None:
        return _Given()
    hours = site_mail.hours_of(row)
    return _Given(
        "", hours.weekdays, hours.from_hour, hours.to_hour, row.paid_note, row.at_work_only
    )


def _of_site(one: Mailing) -> _Given:
    hours = one.hours or OFFICE
    return _Given(
        str(one.site_id),
        hours.weekdays,
        hours.from_hour,
        hours.to_hour,
        one.paid_note,
        one.at_work_only,
    )


def _page(came: _Given | None = None) -> ResponseReturnValue:
    entity_id = my_office().entity_id
    row = site_mail.general(session(), entity_id)
    everywhere = came if came and not came.site else _of_row(row)
    sites = []
    for one in site_mail.mailings(session(), Site.entity_id == entity_id):
        given = came if came and came.site == str(one.site_id) else _of_site(one)
        sites.append(
            {
                "name": one.site,
                "zone": one.zone.replace("_", " "),
                "words": one.words(),
                "own": one.own,
                "at_work_only": one.at_work_only,
                "form": _shown(given),
                "open": bool(given.errors),
                "take_back": office_url("program.take_back_hours", site_id=one.site_id),
            }
        )
    page = render_template(
        "program/mail_hours.html",
        offices=offices("program.mail_hours"),
        everywhere=_shown(everywhere),
        is_set=row is not None,
        words=site_mail.hours_of(row).words() if row else "",
        sites=sites,
        errors=came.errors if came else {},
        may_write=current_user.is_officer,
    )
    return page, 422 if came else 200


@bp.get("/reminders/hours")
@requires(Action.REMINDERS_READ)
def mail_hours() -> ResponseReturnValue:
    return _page()


def _number(name: str, otherwise: int) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else otherwise


def _given() -> _Given:
    days = {d for d in request.form.getlist("day") if d.isascii() and d.isdecimal() and len(d) == 1}
    site = request.form.get("site", "")
    if site and not (site.isascii() and site.isdecimal() and len(site) < 10):
        raise missing()
    return _Given(
        site,
        frozenset(map(int, days)),
        _number("from_hour", -1),
        _number("to_hour", -1),
        " ".join(request.form.get("paid_note", "").split()),
        "at_work_only" in request.form,
    )


@bp.post("/reminders/hours")
@requires(Action.PRACTICE_WRITE)
def set_mail_hours() -> ResponseReturnValue:
    given = _given()
    hours = None
    try:
        hours = MailHours(given.days, given.from_hour, given.to_hour)
    except NoOpenHour as fault:
        given.errors[f"{given.prefix}-days"] = str(fault)
    wrong = site_mail.fault_of_note(given.paid_note)
    if wrong:
        given.errors[f"{given.prefix}-paid_note"] = wrong
    if hours is None or given.errors:
        return _page(given)
    wish = Wish(int(given.site) if given.site else None, hours, given.paid_note, given.at_work_only)
    try:
        site_mail.set_mailing(
            session(),
            my_office().entity_id,
            wish,
            by=current_user.user_id,
            now=app().clock.now(),
        )
    except NoSuchSite:
        raise missing() from None
    return see_office("program.mail_hours", _anchor=given.prefix)


@bp.post("/reminders/hours/<int:site_id>/take-back")
@requires(Action.PRACTICE_WRITE)
def take_back_hours(site_id: int) -> ResponseReturnValue:
    try:
        site_mail.take_back(
            session(),
            my_office().entity_id,
            site_id,
            by=current_user.user_id,
            now=app().clock.now(),
        )
    except NoSuchSite:
        raise missing() from None
    return see_office("program.mail_hours")
