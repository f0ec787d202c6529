"""What asks for a run of the hourly work before its hour: changed duties, mails that wait."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from training.renewals.models import JobRun


def renew_soon(session: Session) -> None:
    """Make `renew` due, so that the jobs' next look (within seconds) runs it.

    A run that is under way goes on; another follows it.
    """
    session.execute(update(JobRun).where(JobRun.name == "renew").values(started_at=None))


def run_again(session: Session, name: str, ran_at: datetime) -> None:
    """Let a job count as run at this earlier moment, so that what waits is not an hour late."""
    session.execute(update(JobRun).where(JobRun.name == name).values(started_at=ran_at))
