"""A house in which every kind of fact exists."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from tests.cast import NOW, make_template
from tests.house import TestHouse
from training.accounts.models import Placement, PlacementNote, RosterImport, SamePerson, StaffNumber
from training.assignments.models import DueChange
from training.catalog.models import FactSignOff
from training.clock import FixedClock
from training.learning.booster_models import BoosterWish
from training.learning.models import (
    CarriedCompletion,
    CarriedSignature,
    Completion,
    PaperRecord,
    PriorTraining,
    Sheet,
    Signature,
    TeamConfirmation,
    TeamSession,
    Void,
)
from training.settings import Settings


def make_every_fact(url: str) -> None:
    """Make the template of a house in which every kind of fact exists."""
    make_template(url)
    with TemporaryDirectory(prefix="byp-facts-") as folder:
        settings = Settings(
            env="test", data_dir=Path(folder), database_url=url, base_url="http://byp.test"
        )
        house = TestHouse(settings, FixedClock(NOW))
        fill_every_fact(house)
        house.close()


def fill_every_fact(house: TestHouse) -> int:
    """Train and sign Alice, move a due day, import a list, void a completion; return her cycle."""
    cycle = house.train("alice")
    client = house.signed_in("alice")
    house.post(
        client, f"/training/{cycle}/sign", answer="sign", agree="1", typed_name="Alice Adams"
    )
    now = house.clock.now()
    with house.database.write() as session:
        session.add(
            DueChange(
                assignment_id=house.open_cycle("bob"),
                due_on=date(2026, 12, 31),
                reason="a test",
                recorded_at=now,
            )
        )
        session.add(
            FactSignOff(
                entity_id=1,
                fact="C-25",
                digest="0" * 64,
                until_on=date(2027, 11, 24),
                signed_by_id=house.id_of("olga"),
                recorded_at=now,
            )
        )
        session.add(
            PlacementNote(
                placement_id=session.scalars(select(Placement.id)).first(),
                user_id=house.id_of("alice"),
                reason="a test",
                noted_by_id=house.id_of("olga"),
                noted_at=now,
            )
        )
        session.add(
            StaffNumber(
                user_id=house.id_of("alice"), source="school", external_id="12", until_at=now
            )
        )
        session.add(
            SamePerson(was_id=house.id_of("dora"), user_id=house.id_of("alice"), recorded_at=now)
        )
        completion, signature = (
            session.scalars(select(table.id)).first() for table in (Completion, Signature)
        )
        session.add(CarriedCompletion(completion_id=completion, original_id=completion))
        session.add(CarriedSignature(signature_id=signature, original_id=signature))
        session.add(BoosterWish(user_id=house.id_of("alice"), wanted=False, asked_at=now))
        session.add(
            PriorTraining(
                completion_id=session.scalars(select(Completion.id)).first(),
                source="a test",
                evidence="",
                recorded_at=now,
            )
        )
        completion = session.scalars(select(Completion.id)).first()
        by = {"recorded_by_id": house.id_of("olga"), "recorded_at": now}
        session.add(PaperRecord(completion_id=completion, source="paper", **by))
        session.add(Sheet(completion_id=completion, sha256="0" * 64, size=1, **by))
        together = TeamSession(
            course="onboarding",
            pinned="{}",
            leader_id=house.id_of("olga"),
            held_on=date(2026, 11, 24),
            code_hash="0" * 64,
            started_at=now,
        )
        session.add(together)
        session.flush()
        session.add(
            TeamConfirmation(
                team_session_id=together.id,
                user_id=house.id_of("alice"),
                assignment_id=cycle,
                steps=1,
                method="password",
                shared_device=False,
                confirmed_on=date(2026, 11, 24),
                confirmed_at=now,
            )
        )
        session.add(RosterImport(source="hr", digest="0" * 64, counts="{}", imported_at=now))
    void_completion(house, cycle)
    return cycle


def void_completion(house: TestHouse, cycle: int) -> None:
    now = house.clock.now()
    with house.database.write() as session:
        completion = session.scalars(
            select(Completion.id).where(Completion.assignment_id == cycle)
        ).one()
        session.add(
            Void(
                subject_kind="completion",
                subject_id=completion,
                reason="a test",
                voided_on=now.date(),
                recorded_at=now,
            )
        )
