"""Training on paper: what she would read on the screen, and a key that the officer alone gets."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from certificates import Asked, Blanks, Handout, Heading, Passage
from quizzes import ItemType, Paper
from tests.cast import FACTS, NOW
from tests.certificates.reading import text_of
from tests.house import TestHouse
from training.audit.models import AuditEvent
from training.catalog.models import ContentVersion
from training.learning.lookers import acts_on
from training.learning.models import Attempt
from training.program import handouts
from training.program.acts import By

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def by(house: TestHouse) -> By:
    return By(house.id_of("olga"), house.clock.now())


def printed(house: TestHouse, name: str = "alice") -> tuple[Handout, str]:
    """Print somebody's sheets; return them with their digest."""
    with house.database.write() as session:
        (made,) = handouts.print_for(session, [house.id_of(name)], by=by(house))
    with house.database.read() as session:
        return made, handouts.printed_for(session, house.id_of(name))[0].digest


def papers_of(house: TestHouse, digest: str) -> dict[str, Paper]:
    with house.database.read() as session:
        kept = json.loads(session.get_one(ContentVersion, digest).body)
    return {slug: Paper.from_json(text) for slug, text in kept["papers"].items()}


def answers_to(house: TestHouse, digest: str, name: str = "alice") -> Handout | None:
    with house.database.write() as session:
        return handouts.answers(session, house.id_of(name), digest, by=by(house))


def letters(handout: Handout) -> str:
    """Return every word that stands on somebody's sheets."""
    found = [handout.title, handout.name, *handout.told, handout.foot]
    for block in handout.blocks:
        match block:
            case Heading(text=text):
                found.append(text)
            case Passage(spans=spans):
                found.append("".join(span.text for span in spans))
            case Asked(stem=stem, options=options):
                found += ["".join(span.text for span in one.spans) for one in stem]
                found += options
            case Blanks(labels=labels, boxes=boxes):
                found += [*labels, *boxes]
    return " ".join(" ".join(found).split())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_the_sheets_hold_what_she_reads_is_asked_and_signs(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    sheets, digest = printed(house)
    told = letters(sheets)
    material = house.material(cycle)
    for module in material.modules.values():
        assert module.title in told
        for step in module.steps:  # in place of a situation stands the screen that teaches it
            screens = (
                [module.screens[step.name]]
                if step.kind == "lesson"
                else [
                    screen
                    for screen in module.screens.values()
                    if module.scenarios[step.name].objective in screen.objectives
                ][:1]
            )
            assert screens
            assert all(words(screen.title_html) in told for screen in screens)
    assert FACTS["privacy_phone_night"] in told
    assert "{" not in told
    assert "I took this training, I have read this policy" in told
    assert sheets.name == "Alice Adams"
    assert [b.labels for b in sheets.blocks if isinstance(b, Blanks)] == [
        ("Name in print", "Signature", "Date")
    ]
    assert handouts.number_of(digest) in sheets.foot
    asked = sum(isinstance(block, Asked) for block in sheets.blocks)
    assert asked == sum(sum(m.blueprint.values()) for m in material.modules.values())


def test_nothing_on_her_sheets_gives_an_answer_away(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    sheets, digest = printed(house)
    told, modules = letters(sheets), house.material(cycle).modules
    for slug, paper in papers_of(house, digest).items():
        for question in paper.questions:
            item = modules[slug].bank.item(question.item_id)
            assert item.photo is None
            assert item.id not in told
            assert not any(o.feedback and o.feedback in told for o in item.options)
    assert "Must be passed" not in told


def test_the_answers_fit_the_very_sheets_that_were_printed(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    sheets, digest = printed(house)
    key = answers_to(house, digest)
    assert key is not None
    lines = [b for b in key.blocks if isinstance(b, Passage)]
    asked = [b for b in sheets.blocks if isinstance(b, Asked)]
    modules, kinds = house.material(cycle).modules, set()
    papers = papers_of(house, digest)
    items = [
        module.bank.item(question.item_id)
        for slug, module in modules.items()
        for question in papers[slug].questions
    ]
    assert len(lines) == len(asked) == len(items)
    for line, question, item in zip(lines, asked, items, strict=True):
        kinds.add(item.type)
        assert line.mark == f"{question.number}."
        by_text = dict(zip(question.options, "ABCDEFGHIJ", strict=False))
        if item.type is ItemType.ORDER:
            want = {f"{by_text[o.text]} is {o.place}" for o in item.options}
            assert set(line.spans[0].text.rstrip(".").split(", ")) == want
        else:
            right = sum(o.correct for o in item.options)
            marked = line.spans[0].text.split(", ")
            named = [q for q, letter in by_text.items() if letter in marked]
            assert len(marked) == len(named) == right
            assert all(text in line.spans[1].text for text in named)
    assert ItemType.SINGLE in kinds
    assert f"16 of {len(asked)} right (80 %, our policy)" in letters(key)


@pytest.mark.parametrize("how", ["she hands it in", "her training is recorded on paper"])
def test_no_answers_while_a_quiz_on_the_screen_asks_the_same(house: TestHouse, how: str) -> None:
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(alice, cycle)
    slug = house.slugs(cycle)[0]
    house.take_steps(alice, cycle, slug)
    attempt = house.start_quiz(alice, cycle, slug)
    with house.database.read() as session:
        paper = Paper.from_json(session.get_one(Attempt, attempt).paper)
    asked_now = {question.item_id for question in paper.questions}
    _sheets, digest = printed(house)
    mine = papers_of(house, digest)[slug]
    assert not asked_now & {question.item_id for question in mine.questions}
    assert answers_to(house, digest) is not None
    with house.database.write() as session:  # as a quiz begun after the print may fall out
        same = update(Attempt).where(Attempt.id == attempt).values(paper=mine.to_json())
        session.execute(same)
    page = house.signed_in("olga")
    reply = house.post(page, f"/program/people/{house.id_of('alice')}/answers", digest=digest)
    assert reply.status_code == 409
    assert "handed in" in reply.text
    if how == "she hands it in":
        house.submit(alice, attempt)
    else:
        fields = {"course": "onboarding", "completed_on": "2026-11-24", "source": "paper"}
        house.post(page, f"/program/people/{house.id_of('alice')}/record", **fields)
    assert answers_to(house, digest) is not None


def test_the_officer_prints_both_and_alice_reads_of_it(house: TestHouse, tmp_path: Path) -> None:
    house.open_cycle("alice")
    olga, alice = house.signed_in("olga"), house.id_of("alice")
    page = olga.get(f"/program/people/{alice}").text
    assert "Print the training (PDF)" in page
    assert 'name="digest"' not in page
    reply = house.post(olga, "/program/handouts", user=str(alice))
    assert reply.status_code == 200
    told = text_of(reply.data, tmp_path)
    assert "Alice Adams" in told
    assert "Signature" in told
    (digest,) = re.findall(
        r'name="digest" value="(\w+)"', olga.get(f"/program/people/{alice}").text
    )
    reply = house.post(olga, f"/program/people/{alice}/answers", digest=digest)
    assert "For the privacy officer alone" in text_of(reply.data, tmp_path)
    with house.database.read() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"user:{alice}").order_by(AuditEvent.seq)
        ).all()
        assert [e.name for e in events][-2:] == ["handout.printed", "handout.answers_printed"]
        assert all(digest in event.body and "Adams" not in event.body for event in events[-2:])
        assert {act.what for act in acts_on(session, alice)} >= {
            "printed a training on paper for you",
            "printed the answers to your training on paper, to go through it",
        }


def refused(house: TestHouse, client: FlaskClient, names: list[str]) -> tuple[int, str]:
    ids = [str(house.id_of(name)) for name in names]
    reply = house.post(client, "/program/handouts", user=ids)
    return reply.status_code, reply.text


def test_who_has_no_sheets_and_no_answers(house: TestHouse) -> None:
    house.open_cycle("alice")
    _sheets, digest = printed(house)
    olga = house.signed_in("olga")
    bob, own = house.id_of("bob"), house.id_of("olga")
    assert answers_to(house, digest, "bob") is None
    for user, given, status in ((bob, digest, 404), (own, digest, 403), (bob, "x", 404)):
        reply = house.post(olga, f"/program/people/{user}/answers", digest=given)
        assert reply.status_code == status
    assert refused(house, olga, [])[0] == 422
    assert refused(house, olga, ["dora"])[0] == 422  # she left
    assert refused(house, olga, ["olga"])[0] == 422  # nobody acts on her own record
    many = house.post(olga, "/program/handouts", user=[str(n) for n in range(1, 22)])
    assert "One print holds 20 people" in many.text
    assert house.count("audit_event", "name = 'handout.printed'") == 1


def test_several_are_printed_at_once_each_with_a_quiz_of_her_own(house: TestHouse) -> None:
    house.open_cycle("alice")
    ids = [house.id_of(name) for name in ("zoe", "alice")]
    with house.database.write() as session:
        made = handouts.print_for(session, ids, by=By(house.id_of("olga"), NOW))
    assert [one.name for one in made] == ["Zoë Zimmer", "Alice Adams"]
    stems = [[b.stem for b in one.blocks if isinstance(b, Asked)] for one in made]
    assert stems[0] != stems[1]
