"""The officer sees which questions work, and no page tells of one person."""

import re

import pytest
from sqlalchemy import event

from quizzes import Paper, Question
from tests.cast import TODAY
from tests.house import TestHouse
from tests.reports.answering import DEPARTMENTS, SLUG, add_people, take_papers
from training.accounts.days import everywhere
from training.catalog import publishing
from training.catalog.modules import Module
from training.reports.first_tries import counts, first_tries

pytestmark = pytest.mark.either_database


def module_of(house: TestHouse) -> Module:
    with house.database.read() as session:
        digest = publishing.current(session, "module", SLUG, TODAY)
        assert digest
        return publishing.module(session, digest)


def page(house: TestHouse, path: str = "") -> str:
    reply = house.signed_in("olga").get(f"/program/items{path}")
    assert reply.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", reply.get_data(as_text=True)).split())


def one_paper(house: TestHouse, item_id: str) -> Paper:
    """Return a paper that begins with this question."""
    module = module_of(house)
    others = [item for item in module.bank.active if item.id != item_id][:5]
    items = [module.bank.item(item_id), *others]
    return Paper(tuple(Question(item.id, item.option_ids) for item in items))


@pytest.fixture
def asked(house: TestHouse) -> tuple[TestHouse, str]:
    """A crowd that was all asked one question, and mostly chose its first wrong answer."""
    people = add_people(house)
    item = next(i for i in module_of(house).bank.active if i.type == "single")
    paper = one_paper(house, item.id)
    night = DEPARTMENTS["Night shift"]
    wrong = {item.id: item.distractors[0].id}
    take_papers(house, people[:night], papers=dict.fromkeys(people, paper), wrong=wrong)
    take_papers(house, people[night:], papers=dict.fromkeys(people, paper))
    return house, item.id


def test_nobody_has_tried_yet(house: TestHouse) -> None:
    assert "Too few first tries to tell yet" in page(house)
    assert "0 of 30 needed" in page(house, f"/{SLUG}")
    item = module_of(house).bank.active[0]
    assert "0 first tries so far" in page(house, f"/{SLUG}/{item.id}")


def test_a_question_that_misleads_is_named_on_every_page(asked: tuple[TestHouse, str]) -> None:
    house, item_id = asked
    item = module_of(house).bank.item(item_id)
    for path in ("", f"/{SLUG}", f"/{SLUG}/{item_id}"):
        assert f"Look first More people choose “{item.distractors[0].text}”" in page(house, path)
    table = page(house, f"/{SLUG}")
    assert "people (beyond chance:" in table
    assert table.index(item_id) < min(
        table.index(i.id) for i in module_of(house).bank.active if i.id != item_id
    )


def test_departments_are_shown_and_the_small_one_takes_another_with_it(
    asked: tuple[TestHouse, str],
) -> None:
    house, item_id = asked
    told = page(house, f"/{SLUG}/{item_id}")
    assert "Night shift 40 nearly everybody next to nobody" in told
    assert re.search(r"Imaging 25 \w+", told)
    assert "Front desk 12" in told
    assert "Chapel" not in told
    assert "Billing" not in told  # with it shown, the three of the chapel would be the rest
    assert "Other departments together: 9 first tries" in told


def test_no_page_names_a_person(asked: tuple[TestHouse, str]) -> None:
    house, item_id = asked
    for path in ("", f"/{SLUG}", f"/{SLUG}/{item_id}"):
        assert "Person 0" not in page(house, path)


def test_an_auditor_reads_and_a_manager_finds_nothing(house: TestHouse) -> None:
    assert house.signed_in("audrey").get("/program/items").status_code == 200
    assert house.signed_in("mona").get("/program/items").status_code == 403


@pytest.mark.parametrize("path", ["none", f"{SLUG}/none", "none/none"])
def test_what_is_not_there_is_missing(house: TestHouse, path: str) -> None:
    assert house.signed_in("olga").get(f"/program/items/{path}").status_code == 404


def test_only_the_first_final_paper_of_a_person_counts(house: TestHouse) -> None:
    people = add_people(house, {"Ward 3": 4})
    take_papers(house, people, right=1.0)
    take_papers(house, people, right=0.0, number=2)
    take_papers(house, people, right=0.0, number=3, kind="parallel")
    with house.database.read() as session:
        found = first_tries(session, everywhere(TODAY), slug=SLUG)
        assert counts(session, everywhere(TODAY)) == {SLUG: 4}
    assert [one.score for one in found] == [(6, 6)] * 4
    assert {one.department for one in found} == {"Ward 3"}


def test_only_the_latest_first_tries_are_read(house: TestHouse) -> None:
    people = add_people(house, {"Ward 3": 5})
    take_papers(house, people)
    take_papers(house, people, slug="photos", number=1)
    with house.database.read() as session:
        found = first_tries(session, everywhere(TODAY), most=2)
    assert [(one.slug, one.sitting.person) for one in found] == [
        (SLUG, people[3]),
        (SLUG, people[4]),
        ("photos", people[3]),
        ("photos", people[4]),
    ]


def test_the_statements_do_not_grow_with_the_people(house: TestHouse) -> None:
    sizes = []
    for more in (3, 20):
        take_papers(house, add_people(house, {"Ward 3": more}))
        seen: list[str] = []

        def note(_c: object, _x: object, statement: str, *_r: object, to: list[str] = seen) -> None:
            to.append(statement)

        event.listen(house.database.reader, "before_cursor_execute", note)
        with house.database.read() as session:
            first_tries(session, everywhere(TODAY), slug=SLUG)
        event.remove(house.database.reader, "before_cursor_execute", note)
        sizes.append(len([s for s in seen if "attempt" in s]))
    assert sizes == [2, 2]


def test_who_has_left_stands_in_no_department(house: TestHouse) -> None:
    from tests.moves import leave

    take_papers(house, [house.id_of("bob")])
    leave(house, "bob")
    with house.database.read() as session:
        (found,) = first_tries(session, everywhere(TODAY), slug=SLUG)
    assert found.department == "no longer here"
