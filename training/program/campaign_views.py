"""The page of a campaign: a training opened for many at once, after its names were shown."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training.accounts.here import my_reach
from training.program import acts
from training.program.acts import NotDone
from training.program.rule_forms import CampaignForm
from training.program.rule_pages import (
    STALE,
    by,
    campaign_form,
    carried,
    errors_of,
    here,
    posted,
    world,
)
from training.program.rulebook import shelf
from training.program.rulebook.campaign import (
    Campaign,
    CampaignChanged,
    CampaignPlan,
    open_all,
    plan,
)
from training.program.views import bp
from training.renewals.outside import led_outside
from training.reports.words import count
from training.rules.access import Action
from training.rules.sentence import who
from training.web import requires, see, session, told

MOST_SHOWN = 500
FIELDS = ("course", "path", "due_on", "skip_days")
NOBODY = "Nothing was opened: there is nobody, or it was opened before."


def _page(
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    found: CampaignPlan | None = None,
    notice: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "program/campaign.html",
        campaign=campaign_form(values),
        errors=errors or {},
        shown=_shown(found) if found else None,
        carried=carried(values),
        notice=notice,
    )
    return page, status


def _shown(found: CampaignPlan) -> dict[str, Any]:
    return {
        "digest": found.digest,
        "who": who(shelf.in_names(found.campaign.audience, shelf.entities_of(session()))),
        "course": found.campaign.course,
        "due_on": found.campaign.due_on,
        "count": len(found.opens),
        "skipped": sorted(found.skipped.items()),
        "rows": [
            {
                "name": duty.person.name,
                "where": ", ".join(p for p in (duty.person.department, duty.person.site) if p),
                "url": url_for("program.person", user_id=duty.person.user_id),
                "completed_on": duty.held.completed_on if duty.held else None,
            }
            for duty in found.opens[:MOST_SHOWN]
        ],
        "more": max(0, len(found.opens) - MOST_SHOWN),
    }


def _asked() -> tuple[dict[str, Any], Campaign | None, dict[str, str]]:
    if led_outside(session()):
        raise told(409, "Your learning system says who takes what here (BYP_LED_BY=lms).")
    form, given = CampaignForm(request.form), posted(FIELDS)
    well = form.validate()
    well = form.check_audience(shelf.audiences(session(), reach=my_reach())) and well
    if well and form.course.data not in shelf.courses_asked(session()):
        form.course.errors, well = ["Choose from this list."], False
    if well and form.path.data not in dict(acts.paths_for(session(), here())):
        form.path.errors, well = ["Choose from this list."], False
    if not well:
        return given, None, errors_of(form)
    campaign = form.campaign()
    try:
        acts.check_due_day(campaign.due_on, here())
    except NotDone as fault:
        return given, None, {fault.field: str(fault)}
    return given, campaign, {}


@bp.post("/rules/campaign/preview")
@requires(Action.RULE_WRITE, writes=False)
def preview_campaign() -> ResponseReturnValue:
    """Show for whom it would be opened; nothing is."""
    given, campaign, faults = _asked()
    if campaign is None:
        return _page(given, errors=faults, status=422)
    return _page(given, found=plan(session(), campaign, world(), my_reach()))


@bp.post("/rules/campaign")
@requires(Action.RULE_WRITE)
def open_campaign() -> ResponseReturnValue:
    """Open what was shown, and only that; done again it opens nothing."""
    given, campaign, faults = _asked()
    if campaign is None:
        return _page(given, errors=faults, status=422)
    try:
        shown = request.form.get("shown", "")
        opened = open_all(session(), campaign, shown, by=by(), reach=my_reach())
    except CampaignChanged as changed:
        return _page(given, found=changed.found, notice=STALE, status=409)
    flash(f"Opened for {count(opened, 'person', 'people')}." if opened else NOBODY)
    return see("program.rules")
