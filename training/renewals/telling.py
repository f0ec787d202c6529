"""What a mail about one duty tells: read once here, so that every letter says the same."""

from sqlalchemy.orm import Session

from training.accounts.people import practice_name
from training.accounts.site_mail import mailing_at
from training.assignments.models import Assignment
from training.catalog import publishing
from training.renewals.duties import Duty
from training.renewals.known import OpenCycle
from training.renewals.letters import Told


def told_of(session: Session, duty: Duty, cycle: OpenCycle, base_url: str) -> Told:
    """Return the name, the course, the day and the link of one duty's open cycle."""
    row = session.get_one(Assignment, cycle.id)
    mailing = mailing_at(session, duty.person.entity_id, duty.person.site)
    return Told(
        name=duty.person.name,
        address=duty.person.email or "",
        practice=practice_name(session),
        course_title=publishing.course_title(session, row.path, duty.person.today),
        due_on=cycle.due_on,
        is_refresher=row.reason == "renewal",
        link=f"{base_url}/training/{cycle.id}",
        today=duty.person.today,
        paid_note=mailing.paid_note,
        at_work_only=mailing.at_work_only,
    )
