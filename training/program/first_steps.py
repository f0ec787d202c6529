"""What a new practice does first; on the overview until its first training is completed."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site
from training.accounts.people import Place
from training.accounts.session_models import LinkToken
from training.learning.models import Completion, PolicyAdoption


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do: what, why in a line, the page for it, and whether it is done."""

    what: str
    why: str
    endpoint: str
    done: bool


def first_steps(session: Session, place: Place, *, mail_works: bool) -> list[FirstStep]:
    """Return what an entity does first, in order; nothing once somebody completed a training."""
    here = Site.entity_id == place.entity_id
    works_here = select(Placement.user_id).join(Site, Site.id == Placement.site_id).where(here)
    completed = works_here.join(Completion, Completion.user_id == Placement.user_id)
    if session.scalar(completed.limit(1)) is not None:
        return []
    others = session.scalar(works_here.where(Placement.user_id != place.user_id).limit(1))
    adopted = session.scalar(select(exists().where(PolicyAdoption.entity_id == place.entity_id)))
    slips = works_here.join(LinkToken, LinkToken.user_id == Placement.user_id)
    slip = session.scalar(slips.where(LinkToken.purpose == "slip").limit(1))
    return [
        FirstStep(
            "Add the people who work here",
            "By name, or as a list from HR or payroll. Each is asked for the training at once.",
            "program.add_people",
            others is not None,
        ),
        FirstStep(
            "Say whom staff call when something happened",
            "By day and by night. It stands under every page and in the lessons.",
            "program.content",
            bool(place.facts),
        ),
        FirstStep(
            "Read the sample policy, and adopt it or your own",
            "It is signed after the training. Without one nobody is asked to sign.",
            "program.content",
            bool(adopted),
        ),
        FirstStep(
            "Give everybody a way in",
            "Mail goes out by itself, in the hours that you set."
            if mail_works
            else "No mail server is set up (BYP_SMTP_URL), so nothing is mailed: tick names under "
            "People, then print slips or show links to text.",
            "program.people",
            mail_works or slip is not None,
        ),
    ]
