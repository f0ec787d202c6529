"""What a mail about duties tells: read once here, so that every letter says the same."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.people import practice_name
from training.accounts.site_mail import mailing_at
from training.assignments.models import Assignment
from training.catalog import publishing
from training.renewals.duties import Duty
from training.renewals.letters import Told
from training.rules.standing import Status


def tell(session: Session, duties: Sequence[Duty], base_url: str) -> list[Told]:
    """Return the name, the course, the day and the link of each of one person's open cycles.

    By due day, in as many statements for many as for one.
    """
    cycles = [(duty, duty.cycle) for duty in duties if duty.cycle]
    if not cycles:
        return []
    person = cycles[0][0].person
    query = select(Assignment.id, Assignment.path)
    query = query.where(Assignment.id.in_([cycle.id for _duty, cycle in cycles]))
    paths = {row[0]: row[1] for row in session.execute(query)}
    titles = publishing.course_titles(session, paths.values(), person.today)
    mailing = mailing_at(session, person.entity_id, person.site)
    practice = practice_name(session)
    told = [
        Told(
            name=person.name,
            address=person.email or "",
            practice=practice,
            course_title=titles[paths[cycle.id]],
            due_on=cycle.due_on,
            is_refresher=cycle.reason == "renewal",
            link=f"{base_url}/training/{cycle.id}",
            today=person.today,
            is_late=duty.status is Status.OVERDUE,
            paid_note=mailing.paid_note,
            at_work_only=mailing.at_work_only,
        )
        for duty, cycle in cycles
    ]
    return sorted(told, key=lambda one: (one.due_on, one.course_title))
