"""A quiz as it is shown before the submit: nothing on it gives an answer away.

Questions are named by their place and options by their place in the shuffled order; item
ids, option ids, keys, misconceptions and feedback stay here.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from quizzes import Item, ItemType, Paper, Question, numbered
from training.catalog import publishing
from training.catalog.facts import fill, fill_plain
from training.catalog.lessons import render_inline, render_text
from training.catalog.modules import Module
from training.learning.attempts import question_name
from training.learning.models import Attempt
from training.learning.shown.media import media_url

LEADS = {
    "paper": "Questions on what you have just read. Answers are saved as you go.",
    "ahead": "Show what you know first: only what you miss is taught again. Answers are saved "
    "as you go.",
    "parallel": "This point matters most, so here are two more questions on it. Both right, and "
    "it is settled.",
    "objective": "Three questions on this one point.",
    "practice": "One question for practice. It is not counted.",
}


def module_of(session: Session, attempt: Attempt) -> Module:
    """Return the module in the version that the try names."""
    return publishing.module(session, attempt.digest)


def quiz(
    attempt: Attempt,
    module: Module,
    *,
    chosen: Mapping[str, Collection[str]],
    token: str,
    unanswered: tuple[int, ...],
    facts: Mapping[str, str],
    ahead: bool = False,
) -> dict[str, Any]:
    """Return the quiz's page with what was answered so far.

    `ahead`: nothing was read before it, as in a refresher.
    """
    paper = Paper.from_json(attempt.paper)
    return {
        "part_title": module.title,
        "kind": attempt.kind,
        "lead": LEADS["ahead" if ahead else attempt.kind],
        "questions": [
            question(n, q, module.bank.item(q.item_id), attempt.digest, chosen, facts)
            for n, q in enumerate(paper.questions, start=1)
        ],
        "token": token,
        "saved_at": None,
        "unanswered": unanswered,
        "action": url_for("learning.submit", attempt_id=attempt.id),
        "save_url": url_for("learning.save_answer", attempt_id=attempt.id),
    }


def question(
    number: int,
    asked: Question,
    item: Item,
    digest: str,
    chosen: Mapping[str, Collection[str]],
    facts: Mapping[str, str],
) -> dict[str, Any]:
    """Return one question: its words and its options in the shuffled order, and nothing else."""
    options = {option.id: option for option in item.options}
    mine = chosen.get(item.id, ())
    photo = item.photo
    rows = _rows(number, asked, item, mine, facts) if item.type is ItemType.ORDER else None
    return {
        "number": number,
        "name": question_name(number),
        "stem_html": fill(render_text(item.stem), facts),
        "type": item.type.value,
        "rows": rows,
        "multiple": item.type is ItemType.MULTIPLE
        or (item.type is ItemType.HOTSPOT and item.select_all),
        "options": [
            {
                "value": str(place),
                "text_html": fill(render_inline(options[id_].text), facts),
                "checked": id_ in mine,
                "rect": options[id_].rect,
            }
            for place, id_ in enumerate(asked.option_ids)
        ],
        "photo": {
            "src": media_url(digest, photo.file),
            "alt": photo.alt,
            "width": photo.width,
            "height": photo.height,
        }
        if photo
        else None,
    }


def _rows(
    number: int, asked: Question, item: Item, mine: Collection[str], facts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the steps of an order in the shuffled order, each with the number that it has."""
    options = {option.id: option for option in item.options}
    numbers = range(1, len(asked.option_ids) + 1)
    return [
        {
            "name": question_name(number),
            "text": fill_plain(options[id_].text, facts),
            "values": [(f"{place}:{n}", str(n)) for n in numbers],
            "set": next((f"{place}:{n}" for n in numbers if numbered(id_, n) in mine), ""),
        }
        for place, id_ in enumerate(asked.option_ids)
    ]
