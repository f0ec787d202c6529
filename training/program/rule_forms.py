"""The forms of the rules: what comes in as a sentence's blanks goes out as a change, or as
what is wrong with each blank.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, DateField, Form, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from training.program.rulebook.campaign import Campaign
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.order import Goes
from training.renewals.asked import Audience
from training.rules.renewal import Anchor, Basis, FirstAnchor, RenewalPolicy, field_faults

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,6}")
LONGEST_DAYS = 3650
FURTHEST = timedelta(days=366)  # that a change is planned ahead
USUAL_WINDOW = 60
AUDIENCE = ("entities", "worker_types", "departments", "sites", "states")
FIELD_OF = {  # the form's names for the settings of a renewal
    "validity_months": "months",
    "fixed_day": "fixed_day",
    "minimum_gap_days": "minimum_gap",
    "window_days": "window",
    "grace_days": "grace",
}
PLAIN = {  # what the rules say of a setting, in the words of the form
    "with a fixed day the validity must be left out": "With a fixed day, leave the months empty.",
    "a fixed day goes with the anchor 'fixed' only": (
        "Leave the day empty, or choose “by a fixed day each year”."
    ),
    "a minimum gap goes with the anchor 'fixed' only": (
        "Leave this empty, or choose “by a fixed day each year”."
    ),
    "the validity must be 1 to 120 months": "Write 1 to 120 months.",
    "the window is as long as the validity: it would never close": (
        "The refresher would be open all the time: write fewer days."
    ),
    "the grace is as long as the validity: nothing would ever be late": (
        "Nothing would ever be late: write fewer days."
    ),
    "days can't be less than none": "Write no days, or more.",
}


class Number(IntegerField):
    """A whole number in plain digits; empty is None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the number, or say what to write."""
        given = str(valuelist[0]).strip() if valuelist else ""
        if given and not WHOLE_NUMBER.fullmatch(given):
            raise ValueError(f"{self.label.text}: write a whole number.")
        self.data = int(given) if given else None


def _number(label: str) -> Number:
    return Number(
        label,
        [
            Optional(),
            NumberRange(max=LONGEST_DAYS, message=f"{label}: write {LONGEST_DAYS} or less."),
        ],
    )


def _names(label: str) -> SelectMultipleField:
    return SelectMultipleField(label, validate_choice=False)


class AudienceForm(Form):
    """Whom it is for: a list with nothing ticked means all."""

    entities = _names("Legal entities")
    worker_types = _names("Kinds of work")
    departments = _names("Departments")
    sites = _names("Sites")
    states = _names("States")

    def audience(self) -> Audience:
        """Return the ticked names of each list that has any."""
        lists = {name: self[name].data or [] for name in AUDIENCE}
        return {name: sorted(set(names)) for name, names in lists.items() if names}

    def check_audience(self, known: Mapping[str, Sequence[tuple[str, str]]]) -> bool:
        """Tell whether every ticked name is one that there is; the others are told at the field."""
        for name, options in known.items():
            if set(self[name].data or []) - {value for value, _text in options}:
                self[name].errors = ["Choose from this list."]
        return not any(self[name].errors for name in known)


class RuleForm(AudienceForm):
    """A rule as a sentence with blanks."""

    code = StringField("Rule", [Length(max=80)])
    course = StringField("Training", [InputRequired("Choose the training."), Length(max=80)])
    days = Number(
        "Days",
        [
            InputRequired("Write within how many days."),
            NumberRange(1, 730, message="Write 1 to 730 days."),
        ],
    )
    anchor = StringField("Counted from")
    renews = StringField("Refresher", [InputRequired("Choose how often, or not at all.")])
    months = _number("Months")
    fixed_month = _number("Month")
    fixed_day = _number("Day")
    minimum_gap = _number("Days since the last time")
    window = _number("Days before")
    grace = _number("Days of grace")
    refresher = StringField("Course of the refresher", [Length(max=80)])
    basis = StringField("Basis")
    human_unlock = BooleanField("After three tries somebody helps")
    goes = StringField("Which rule goes first")
    from_on = DateField("From", [InputRequired("Enter the day.")])
    apply_open = BooleanField("Open trainings too")

    def terms(self) -> Terms:
        """Return what the rule would say; the form has been found valid."""
        return Terms(
            audience=self.audience(),
            days=self.days.data or 0,
            anchor=FirstAnchor(self.anchor.data or ""),
            renewal=self.policy(),
            human_unlock=bool(self.human_unlock.data),
        )

    def policy(self) -> RenewalPolicy:
        """Return the renewal as the form has it, right or wrong."""
        month, day = self.fixed_month.data, self.fixed_day.data
        renews = self.renews.data or "none"
        anchor = Anchor.PREVIOUS_EXPIRY if renews == "none" else Anchor(renews)
        return RenewalPolicy(
            validity_months=self.months.data,
            anchor=anchor,
            window_days=USUAL_WINDOW if self.window.data is None else self.window.data,
            grace_days=self.grace.data or 0,
            minimum_gap_days=self.minimum_gap.data or 0,
            fixed_day=None if month is None and day is None else (month or 0, day or 0),
            refresher_course=self.refresher.data or None,
            basis=Basis(self.basis.data or ""),
        )

    def check(self, courses: Sequence[str], here: date) -> bool:
        """Tell whether the rule can work; every fault is told at its field."""
        found = dict(self._choices(courses))
        if not found:
            found = dict(self._renewal())
        found |= dict(self._day(here))
        for name, what in found.items():
            self[name].errors = [what]
        return not found

    def _choices(self, courses: Sequence[str]) -> list[tuple[str, str]]:
        lists = {
            "course": courses,
            "refresher": ["", *courses],
            "anchor": list(FirstAnchor),
            "basis": list(Basis),
            "renews": ["none", *Anchor],
            "goes": list(Goes),
        }
        return [
            (name, "Choose from this list.")
            for name, values in lists.items()
            if (self[name].data or "") not in values
        ]

    def _renewal(self) -> list[tuple[str, str]]:
        found = [
            (FIELD_OF[name], PLAIN.get(what, f"{what[0].upper()}{what[1:]}."))
            for name, what in reversed(field_faults(self.policy()))
        ]
        months, renews = self.months.data, self.renews.data
        if renews == "none" and months is not None:
            found.append(("months", "Leave the months empty where no refresher comes by itself."))
        if renews in {Anchor.COMPLETION, Anchor.PREVIOUS_EXPIRY} and months is None:
            found.append(("months", "Write after how many months."))
        return found

    def _day(self, here: date) -> list[tuple[str, str]]:
        found, day = starts_wrongly(self.from_on.data, here), self.from_on.data
        if self.apply_open.data and day is not None and day > here:
            found = [*found, ("apply_open", "Only a change from today on can be applied to these.")]
        return found

    def change(self) -> Change:
        """Return the change that the form asks for; the form has been found valid."""
        return Change(
            code=(self.code.data or "").strip(),
            course=self.course.data or "",
            from_on=self.from_on.data or date.min,
            terms=self.terms(),
            apply_open=bool(self.apply_open.data),
        )


def starts_wrongly(day: date | None, here: date) -> list[tuple[str, str]]:
    """Return what is wrong with the first day of a change: past days keep their rules."""
    if day is not None and day < here:
        return [("from_on", "The past keeps its own rules: choose today or later.")]
    if day is not None and day > here + FURTHEST:
        return [("from_on", "Choose a day within a year from today.")]
    return []


class EndForm(Form):
    """The day from which a rule asks nobody."""

    from_on = DateField("From", [InputRequired("Enter the day.")])

    def check(self, here: date) -> bool:
        """Tell whether a rule can end on that day."""
        found = starts_wrongly(self.from_on.data, here)
        if found:
            self.from_on.errors = [found[0][1]]
        return not found


class CampaignForm(AudienceForm):
    """A training for many at once."""

    course = StringField("It counts for", [InputRequired("Choose the training."), Length(max=80)])
    path = StringField("Course", [InputRequired("Choose the course."), Length(max=80)])
    due_on = DateField("Due on", [InputRequired("Enter the due day.")])
    skip_days = Number(
        "Days",
        [
            InputRequired("Write how many days: 0 leaves nobody out."),
            NumberRange(0, LONGEST_DAYS, message="Write 0 to 3650 days."),
        ],
    )

    def campaign(self) -> Campaign:
        """Return what the form asks for; the form has been found valid."""
        return Campaign(
            audience=self.audience(),
            course=self.course.data or "",
            path=self.path.data or "",
            due_on=self.due_on.data or date.min,
            skip_days=self.skip_days.data or 0,
        )
