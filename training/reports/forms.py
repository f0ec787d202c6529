"""The forms of a manager's pages."""

from wtforms import DateField, Form, StringField
from wtforms.validators import DataRequired, InputRequired, Length

NO_DAY = "Enter the day, such as 2026-11-24."


class LendForm(Form):
    to = StringField(
        "Staff number or work mail",
        [DataRequired("Say who steps in for you."), Length(max=254)],
    )
    from_on = DateField("First day", [InputRequired("Enter the first day.")])
    to_on = DateField("Last day", [InputRequired("Enter the last day: it ends by itself then.")])
