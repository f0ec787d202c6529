"""The forms of one person's page: what the officer may do to her record."""

from datetime import date

from wtforms import DateField, Form, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

LONGEST_REASON = 200
LONGEST_UNIT = 80
LONGEST_LIST = 40
LONGEST_NUMBER = 254
LONGEST_NAME = 120
WHY = "Say in a few words why: it stays on record."
NO_DAY = "Enter the day, such as 2026-11-24."


def _day(label: str, missing: str = "Enter the day.") -> DateField:
    return DateField(label, [InputRequired(missing)])


def _maybe(label: str) -> DateField:
    return DateField(label, [Optional()])


def _reason() -> StringField:
    return StringField("Why", [DataRequired(WHY), Length(max=LONGEST_REASON)])


def _course() -> StringField:
    return StringField("Training", [InputRequired("Choose the training."), Length(max=80)])


class LeaveForm(Form):
    from_on = _day("First day of leave", "Enter the first day of leave.")
    to_on = _maybe("Last day of leave")


class EndLeaveForm(Form):
    last_day = _day("Last day of leave", "Enter the last day of leave.")


class WaiverForm(Form):
    course = _course()
    to_on = _day("Until and with", "Enter the last day: a waiver must have an end.")
    reason = _reason()


class DueDayForm(Form):
    course = _course()
    due_on = _day("New due day", "Enter the new due day.")
    reason = _reason()


class OpenForm(Form):
    course = _course()
    path = StringField("Course", [InputRequired("Choose the course."), Length(max=80)])
    kind = StringField("Why")
    due_on = _maybe("Due on")


class RecordForm(Form):
    course = _course()
    completed_on = _day("Completed on", "Enter the day of completion.")
    source = StringField("Where the record comes from")
    sheet = StringField("Scan or photo of the signed sheet")  # a file: `sheet_views` reads it


class SignatureForm(Form):
    signed_on = _day("Signed on", "Enter the day on the sheet.")
    typed_name = StringField(
        "Name on the sheet",
        [DataRequired("Enter the name as it stands on the sheet."), Length(max=LONGEST_NAME)],
    )
    sheet = StringField("Scan or photo of the signed sheet")  # a file: `sheet_views` reads it


class WithdrawForm(Form):
    reason = _reason()


class JobForm(Form):
    site = StringField("Site", [InputRequired("Choose the site.")])
    department = StringField("Department", [Length(max=LONGEST_UNIT)])
    job_title = StringField("Job", [Length(max=LONGEST_UNIT)])
    worker_type = StringField("Kind of work", [InputRequired("Choose the kind of work.")])
    manager = StringField("Staff number of the manager there", [Length(max=LONGEST_UNIT)])
    phi_access_on = _maybe("Access to records since")
    from_on = _day("From", "Enter the first day.")
    reason = _reason()


class EndJobForm(Form):
    last_day = _day("Last day", "Enter the last day of this job.")
    reason = _reason()


class ListForm(Form):
    source = StringField(
        "Staff list",
        [DataRequired("Say which list it is, such as hr."), Length(max=LONGEST_LIST)],
    )
    number = StringField(
        "Staff number there",
        [DataRequired("Enter the staff number on that list."), Length(max=LONGEST_NUMBER)],
    )
    same = StringField("What was shown")


def day(field: DateField) -> date:
    """Return the day of a field that was found valid."""
    if field.data is None:
        raise ValueError(f"{field.name} has no day")
    return field.data


def text(field: StringField) -> str:
    """Return the text of a field, blanks at its ends cut."""
    return (field.data or "").strip()
