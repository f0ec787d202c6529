"""The officer's pages about questions: which work, and what people believe that is not so."""

from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from training.accounts.days import Today, todays
from training.accounts.here import my_office, my_reach
from training.catalog import publishing
from training.learning.shown.media import media_url
from training.program import shown_items
from training.program.shown_items import Analysed
from training.program.views import bp
from training.reports import first_tries
from training.rules.access import Action
from training.web import app, missing, requires, session

MOST_AT_ONCE = 1000  # first tries of each module on the page that shows all modules


def _today() -> Today:
    return todays(session(), app().clock.now())


def _day() -> date:
    return my_office().today(app().clock.now())


def _facts() -> dict[str, str]:
    place = my_office()
    return {"practice": place.practice, **place.facts}


def _linked(slug: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"url": url_for("program.item", slug=slug, item_id=row["id"])} for row in rows]


@bp.get("/items")
@requires(Action.ITEMS_READ)
def items() -> ResponseReturnValue:
    facts, every = _facts(), []
    found = first_tries.first_tries(session(), _today(), most=MOST_AT_ONCE, reach=my_reach())
    counts = first_tries.counts(session(), _today(), reach=my_reach())
    modules = []
    for slug, digest in publishing.in_force(session(), "module", _day()).items():
        module = publishing.module(session(), digest)
        analysed = Analysed.of(module, [one for one in found if one.slug == slug])
        rows = _linked(slug, analysed.rows(facts))
        every += rows
        modules.append(
            {
                "title": module.title,
                "url": url_for("program.module_items", slug=slug),
                "questions": len(module.bank.active),
                "tries": counts.get(slug, 0),
                "told": any(row["told"] for row in rows),
                "flagged": shown_items.flagged(rows),
            }
        )
    return render_template(
        "program/items.html",
        headline=shown_items.headline(every),
        modules=modules,
        definitions=shown_items.DEFINITIONS,
    )


def _analysed(slug: str) -> tuple[str, Analysed]:
    digest = publishing.current(session(), "module", slug, _day())
    if digest is None:
        raise missing()
    module = publishing.module(session(), digest)
    tries = first_tries.first_tries(session(), _today(), slug=slug, reach=my_reach())
    return digest, Analysed.of(module, tries)


@bp.get("/items/<slug>")
@requires(Action.ITEMS_READ)
def module_items(slug: str) -> ResponseReturnValue:
    _digest, analysed = _analysed(slug)
    rows = _linked(slug, analysed.rows(_facts()))
    return render_template(
        "program/module_items.html",
        title=analysed.module.title,
        headline=shown_items.headline(rows),
        rows=[row for row in rows if row["now"] and row["told"]],
        waiting=[row for row in rows if row["now"] and not row["told"]],
        earlier=[row for row in rows if not row["now"]],
        tries=len(analysed.tries),
        most=first_tries.MOST,
        alike=analysed.alike(),
        beliefs=analysed.beliefs(),
        definitions=shown_items.DEFINITIONS,
        back_url=url_for("program.items"),
    )


@bp.get("/items/<slug>/<item_id>")
@requires(Action.ITEMS_READ)
def item(slug: str, item_id: str) -> ResponseReturnValue:
    digest, analysed = _analysed(slug)
    page = shown_items.item_page(analysed, item_id, _facts())
    if page is None:
        raise missing()
    photo = page["photo"] if page["row"]["now"] else None
    return render_template(
        "program/item.html",
        **page,
        picture={"src": media_url(digest, photo.file), "alt": photo.alt} if photo else None,
        part_title=analysed.module.title,
        definitions=shown_items.DEFINITIONS,
        back_url=url_for("program.module_items", slug=slug),
    )
