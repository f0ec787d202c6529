"""The first link of a new house: while there is no privacy officer, one can set it up, once."""

from sqlalchemy import select, update

from training.accounts.links import make_link
from training.accounts.models import RoleGrant
from training.accounts.session_models import LinkToken
from training.house import House


def set_up_link(house: House) -> str | None:
    """Return a fresh set-up link, the older ones ended; None once there is an officer."""
    now = house.clock.now()
    with house.database.write() as session:
        officers = select(RoleGrant.id).where(RoleGrant.role == "privacy_officer").limit(1)
        if session.scalar(officers) is not None:
            return None
        session.execute(
            update(LinkToken)
            .where(LinkToken.purpose == "set_up", LinkToken.used_at.is_(None))
            .values(used_at=now)
        )
        token = make_link(session, None, purpose="set_up", method="set_up", now=now)
    return f"{house.settings.public_url}/set-up/{token}"
