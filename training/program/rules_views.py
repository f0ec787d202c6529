"""Pages of the rules: each as a sentence, changed only after what would change was shown."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_reach
from training.assignments.models import Rule
from training.program import acts, rule_pages
from training.program.rule_forms import AUDIENCE, USUAL_WINDOW, EndForm, RuleForm
from training.program.rule_pages import STALE, by, carried, errors_of, here, posted, world
from training.program.rulebook import shelf
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.dates import Dates
from training.program.rulebook.order import Goes, placed
from training.program.rulebook.preview import Affected, Preview, preview
from training.program.rulebook.service import WorldChanged, save
from training.program.rulebook.whose import whose
from training.program.views import bp
from training.renewals.outside import led_outside
from training.rules.access import Action
from training.rules.sentence import MONTHS
from training.web import missing, requires, see, session

RULE_FIELDS = tuple(name for name in RuleForm()._fields if name not in AUDIENCE)


@bp.get("/rules")
@requires(Action.PROGRAM_READ)
def rules() -> ResponseReturnValue:
    return render_template(
        "program/rules.html",
        shelves=shelf.shelves(session(), here(), my_reach()),
        campaign=rule_pages.blank_campaign(),
        may_write=current_user.is_officer,
        rest=led_outside(session()),
    )


# --- new and edit ----------------------------------------------------------------------------


def _courses() -> list[tuple[str, str]]:
    return sorted(acts.paths_for(session(), here()), key=lambda pair: pair[0] == "refresher")


def _page(
    rule: Rule | None,
    values: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    found: Preview | None = None,
    notice: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "program/rule.html",
        rule=rule,
        sentence=_sentence(rule.course, shelf.terms_of(rule)) if rule else "",
        values=values,
        options=_options(rule),
        courses=_courses(),
        months=list(enumerate(MONTHS, start=1)),
        errors=errors or {},
        shown=_shown(found) if found else None,
        carried=carried(values),
        notice=notice,
        here=here(),
    )
    return page, status


def _sentence(course: str, terms: Terms) -> str:
    return shelf.sentence_of(course, terms, shelf.entities_of(session()))


def _options(rule: Rule | None) -> dict[str, shelf.Options]:
    named = [shelf.terms_of(rule)] if rule else []
    return shelf.audiences(session(), *named, reach=my_reach())


def _shown(found: Preview) -> dict[str, Any]:
    change = found.change
    return {
        "preview": found,
        "ends": change.terms is None,
        "sentence": _sentence(change.course, change.terms) if change.terms else "",
        "from_on": change.from_on,
        "changed": [_row(row) for row in found.changed],
        "examples": [_row(row) | _reasons(row, change) for row in found.examples],
        "action": url_for("program.end_rule", code=change.code)
        if change.terms is None
        else url_for("program.save_rule"),
    }


def _row(row: Affected) -> dict[str, Any]:
    return {
        "name": row.person.name,
        "where": ", ".join(part for part in (row.person.department, row.person.site) if part),
        "url": url_for("program.person", user_id=row.person.user_id),
        "before": row.before,
        "after": row.after,
        "changed": row.changed,
        "first": {"before": _is_first(row.before), "after": _is_first(row.after)},
    }


def _is_first(dates: Dates) -> bool:
    return dates.asked and dates.done_on is None


def _reasons(row: Affected, change: Change) -> dict[str, Any]:
    before, after = row.reasons(session(), change)
    return {"why_before": before, "why_after": after}


def _blank() -> dict[str, Any]:
    given: dict[str, Any] = {name: [] for name in AUDIENCE}
    given |= dict.fromkeys(RULE_FIELDS, "")
    return given | {
        "course": "onboarding",
        "days": "30",
        "window": str(USUAL_WINDOW),
        "grace": "0",
        "refresher": "refresher",
        "basis": "our_policy",
        "from_on": here().isoformat(),
    }


def _values(rule: Rule) -> dict[str, Any]:
    terms = shelf.terms_of(rule)
    renewal = terms.renewal
    month, day = renewal.fixed_day or ("", "")
    never = renewal.validity_months is None and renewal.fixed_day is None
    return {
        **{name: list(terms.audience.get(name, [])) for name in AUDIENCE},
        "code": rule.code,
        "course": rule.course,
        "days": str(rule.days),
        "anchor": rule.anchor,
        "renews": "none" if never else renewal.anchor.value,
        "months": str(renewal.validity_months or ""),
        "fixed_month": str(month),
        "fixed_day": str(day),
        "minimum_gap": str(renewal.minimum_gap_days or ""),
        "window": str(renewal.window_days),
        "grace": str(renewal.grace_days),
        "refresher": renewal.refresher_course or "",
        "basis": renewal.basis.value,
        "human_unlock": "y" if rule.human_unlock else "",
        "goes": "",
        "from_on": max(rule.from_on, here()).isoformat(),
        "apply_open": "",
    }


def _rule(code: str) -> Rule:
    found = shelf.find_rule(session(), code, here(), my_reach())
    if found is None:
        raise missing()
    return found


@bp.get("/rules/new")
@requires(Action.RULE_WRITE)
def new_rule() -> ResponseReturnValue:
    return _page(None, _blank())


@bp.get("/rules/edit/<code>")
@requires(Action.RULE_WRITE)
def edit_rule(code: str) -> ResponseReturnValue:
    rule = _rule(code)
    return _page(rule, _values(rule))


def _asked() -> tuple[Rule | None, dict[str, Any], Change | None, dict[str, str]]:
    """Return the rule that a form is about, what it came with, and its change or its faults."""
    form, given = RuleForm(request.form), posted(RULE_FIELDS)
    rule = _rule(given["code"]) if given["code"] else None
    known = _options(rule)
    courses = [course for course, _title in _courses()]
    if rule is not None and rule.course not in courses:
        courses.append(rule.course)
    well = form.validate()
    well = form.check_audience(known) and well
    well = well and form.check(courses, here())
    if well and rule is not None and form.course.data != rule.course:
        form.course.errors, well = ["A rule keeps its training: write a new rule."], False
    if not well:
        return rule, given, None, errors_of(form)
    change = whose(session(), my_reach()).kept(form.change())
    change = placed(session(), change, Goes(form.goes.data or ""), rule.rank if rule else None)
    if (
        rule is not None
        and not change.apply_open
        and shelf.says_the_same(rule, change, shelf.entities_of(session()))
    ):
        return rule, given, None, {"form": "The rule says this already: nothing would change."}
    return rule, given, change, {}


@bp.post("/rules/preview")
@requires(Action.RULE_WRITE, writes=False)
def preview_rule() -> ResponseReturnValue:
    """Show what would change; nothing does."""
    rule, given, change, faults = _asked()
    if change is None:
        return _page(rule, given, errors=faults, status=422)
    return _page(rule, given, found=preview(session(), change, here(), world(), my_reach()))


@bp.post("/rules")
@requires(Action.RULE_WRITE)
def save_rule() -> ResponseReturnValue:
    """Save what was shown, and only that."""
    rule, given, change, faults = _asked()
    if change is None:
        return _page(rule, given, errors=faults, status=422)
    try:
        save(session(), change, request.form.get("shown", ""), here(), by=by(), reach=my_reach())
    except WorldChanged as changed:
        return _page(rule, given, found=changed.found, notice=STALE, status=409)
    return see("program.rules")


# --- the end of a rule -----------------------------------------------------------------------


def _ending(rule: Rule) -> tuple[Change | None, dict[str, str]]:
    form = EndForm(request.form)
    if not (form.validate() and form.check(here())):
        return None, {f"end-{name}": what for name, what in errors_of(form).items()}
    return Change(rule.code, rule.course, form.from_on.data or here(), None), {}


@bp.post("/rules/edit/<code>/end/preview")
@requires(Action.RULE_WRITE, writes=False)
def preview_end(code: str) -> ResponseReturnValue:
    """Show what would change if a rule ended; nothing does."""
    rule = _rule(code)
    change, faults = _ending(rule)
    values = _values(rule) | {"end-from_on": request.form.get("from_on", "")}
    if change is None:
        return _page(rule, values, errors=faults, status=422)
    return _page(rule, values, found=preview(session(), change, here(), world(), my_reach()))


@bp.post("/rules/edit/<code>/end")
@requires(Action.RULE_WRITE)
def end_rule(code: str) -> ResponseReturnValue:
    """End a rule as was shown; it is never deleted."""
    rule = _rule(code)
    change, faults = _ending(rule)
    values = _values(rule) | {"end-from_on": request.form.get("from_on", "")}
    if change is None:
        return _page(rule, values, errors=faults, status=422)
    try:
        save(session(), change, request.form.get("shown", ""), here(), by=by(), reach=my_reach())
    except WorldChanged as changed:
        return _page(rule, values, found=changed.found, notice=STALE, status=409)
    return see("program.rules")
