"""The forms of signing in."""

from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(Form):
    address = StringField(
        "Work mail address",
        [InputRequired("Enter the mail address that your practice has for you."), Length(max=254)],
    )
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=1024)])
    next = HiddenField()


class LinkForm(Form):
    address = StringField(
        "Work mail address",
        [InputRequired("Enter the mail address that your practice has for you."), Length(max=254)],
    )
    next = HiddenField()


class PasswordForm(Form):
    current_password = PasswordField("Present password", [Length(max=1024)])
    password = PasswordField(
        "New password", [InputRequired("Enter a new password."), Length(max=1024)]
    )


class SetUpForm(Form):
    practice = StringField(
        "Name of your practice", [InputRequired("Enter the practice's name."), Length(max=120)]
    )
    zone = StringField("Time zone", [InputRequired("Choose the time zone."), Length(max=64)])
    legal_name = StringField("Your name", [InputRequired("Enter your name."), Length(max=120)])
    email = StringField(
        "Your work mail address", [InputRequired("Enter your mail address."), Length(max=254)]
    )
    password = PasswordField(
        "Choose a password", [InputRequired("Choose a password."), Length(max=1024)]
    )
