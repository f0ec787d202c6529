"""Who takes which part of a course: the practice's job titles, and what each stands for."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_office, office_url, offices, see_office
from training.catalog.roles import ROLE_WORDS, plain_title
from training.program import job_roles
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, session, told


@bp.get("/roles")
@requires(Action.PROGRAM_READ)
def roles() -> ResponseReturnValue:
    place = my_office()
    today = place.today(app().clock.now())
    after = plain_title(request.args.get("after", "")[:200])
    found = [t for t in job_roles.titles(session(), place, today) if plain_title(t.title) > after]
    rows, more = found[: job_roles.PAGE], found[job_roles.PAGE :]
    return render_template(
        "program/roles.html",
        offices=offices("program.roles"),
        rows=[
            {
                "title": row.title,
                "people": row.people,
                "by_words": ROLE_WORDS[row.by_words],
                "said": row.said,
            }
            for row in rows
        ],
        roles=list(ROLE_WORDS.items()),
        told_apart=job_roles.told_apart(session(), today),
        next_url=office_url("program.roles", after=rows[-1].title) if more else None,
        may_write=current_user.is_officer,
    )


@bp.post("/roles")
@requires(Action.PRACTICE_WRITE)
def say_roles() -> ResponseReturnValue:
    titles, said = request.form.getlist("title"), request.form.getlist("role")
    known = {row.title for row in _all_titles()}
    if len(titles) != len(said) or not set(titles) <= known:
        raise told(409, "The list of job titles changed since this page was opened: look again.")
    try:
        job_roles.say(
            session(),
            my_office(),
            dict(zip(titles, said, strict=True)),
            by=current_user.user_id,
            now=app().clock.now(),
        )
    except ValueError:
        raise told(422, "There is no such part to choose.") from None
    return see_office("program.roles")


def _all_titles() -> tuple[job_roles.Title, ...]:
    place = my_office()
    return job_roles.titles(session(), place, place.today(app().clock.now()))
