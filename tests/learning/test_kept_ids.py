"""A question that learners answered may be retired, and is never taken out of its bank."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from quizzes import ItemBank
from tests.cast import TODAY
from tests.house import TestHouse
from tests.reports.answering import SLUG, take_papers
from tests.terminal import byp
from training.catalog import publishing
from training.catalog.modules import Module
from training.catalog.place import content_dir
from training.learning.kept_ids import lost_ids
from training.learning.models import Answer


def changed(house: TestHouse, change: Callable[[Module], Module]) -> dict[str, Module]:
    with house.database.read() as session:
        modules = {
            slug: publishing.module(session, digest)
            for slug, digest in publishing.in_force(session, "module", TODAY).items()
        }
    return modules | {SLUG: change(modules[SLUG])}


def without(item_id: str) -> Callable[[Module], Module]:
    def change(module: Module) -> Module:
        left = tuple(item for item in module.bank.items if item.id != item_id)
        return replace(module, bank=ItemBank(SLUG, left))

    return change


def retired(item_id: str) -> Callable[[Module], Module]:
    def change(module: Module) -> Module:
        items = (replace(i, active=i.active and i.id != item_id) for i in module.bank.items)
        return replace(module, bank=ItemBank(SLUG, tuple(items)))

    return change


def asked(house: TestHouse) -> set[str]:
    take_papers(house, [house.id_of("bob")])
    with house.database.read() as session:
        return {row.item for row in session.query(Answer)}


def test_a_question_that_was_answered_is_missed_and_named_with_its_mend(house: TestHouse) -> None:
    item_id = min(asked(house))
    with house.database.read() as session:
        (fault,) = lost_ids(session, changed(house, without(item_id)), TODAY)
    assert (fault.file, fault.severity) == (f"modules/{SLUG}/bank.yaml", "error")
    assert item_id in fault.what
    assert "status: retired" in fault.mend


def test_what_was_retired_or_never_asked_is_not_missed(house: TestHouse) -> None:
    met = asked(house)
    never = next(i.id for i in changed(house, lambda m: m)[SLUG].bank.items if i.id not in met)
    with house.database.read() as session:
        for change in (retired(min(met)), without(never)):
            assert lost_ids(session, changed(house, change), TODAY) == ()


def test_a_module_that_goes_away_takes_its_questions_with_it(house: TestHouse) -> None:
    met = asked(house)
    modules = changed(house, lambda module: module)
    del modules[SLUG]
    with house.database.read() as session:
        assert len(lost_ids(session, modules, TODAY)) == len(met)


def test_publish_refuses_to_lose_a_question(house: TestHouse, tmp_path: Path) -> None:
    item_id = min(asked(house))
    root = tmp_path / "content"
    shutil.copytree(content_dir(), root)
    bank = root / f"modules/{SLUG}/bank.yaml"
    text = bank.read_text(encoding="utf-8")
    bank.write_text(text.replace(f"id: {item_id}\n", "id: M2-999\n"), encoding="utf-8")
    before = house.count("content_release")
    found = byp(house, "content", "publish", BYP_CONTENT_DIR=str(root))
    assert found.returncode == 1
    assert f"question {item_id} was answered by learners" in found.stderr
    assert house.count("content_release") == before
