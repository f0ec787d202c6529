"""What the pages about questions show: plain values, made from first tries and the module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizzes import (
    FEWEST_TRIES,
    Flag,
    Item,
    ItemFigures,
    ModuleQuiz,
    analyse,
    decision_consistency,
    fingerprint,
    flags_of,
    spread_of,
)
from training.catalog.facts import fill, fill_plain
from training.catalog.lessons import render_inline, render_text
from training.catalog.modules import Module
from training.reports import beliefs
from training.reports.beliefs import Belief
from training.reports.first_tries import FirstTry

RUNS = 500  # simulated people a page: the figure is good to two or three in a hundred
SHORT = 110
NO_FLAG = 9
WEIGHT_WORDS = {1: "Look first", 2: "Look", 3: "Note"}
DEFINITIONS = (
    ("First try", "The first finished quiz of a part, of each person. Later ones follow teaching."),
    ("Right at first try", "The share right, and where the true share lies, 19 times of 20."),
    (
        "Goes with the rest",
        "Whether who does well on the rest does better here: 0 is no link, 0.15 and more works.",
    ),
    ("Wrong answers that work", "Those that at least 5 in 100 choose. The others fill space."),
    (
        "Decided alike",
        "How often two quizzes from these questions agree on one person, as simulated.",
    ),
    (
        "Departments",
        "As of today. None under five is shown, nor one that could be found by subtraction.",
    ),
)


@dataclass(frozen=True, slots=True)
class Analysed:
    """One module with what its first tries say."""

    module: Module
    tries: Sequence[FirstTry]
    figures: Sequence[ItemFigures]

    @classmethod
    def of(cls, module: Module, tries: Sequence[FirstTry]) -> "Analysed":
        """Analyse the first tries of a module."""
        return cls(module, tries, analyse(one.sitting for one in tries))

    def rows(self, facts: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return a row for each wording, what needs a look first."""
        now = {item.id: fingerprint(item) for item in self.module.bank.items}
        asked = {one.version.item_id for one in self.figures if self._is_now(one, now)}
        bare = [
            _row(item, None, facts, now=True)
            for item in self.module.bank.active
            if item.id not in asked
        ]
        rows = [_row(f.item, f, facts, now=self._is_now(f, now)) for f in self.figures]
        return sorted([*rows, *bare], key=lambda row: (not row["now"], row["rank"], row["id"]))

    @staticmethod
    def _is_now(figures: ItemFigures, now: Mapping[str, str]) -> bool:
        return now.get(figures.version.item_id) == figures.version.fingerprint

    def alike(self) -> dict[str, str] | None:
        """Return how alike two papers decide, in words; None under 30 first tries."""
        spread = spread_of([one.score for one in self.tries])
        if spread is None:
            return None
        shares = {f.version.item_id: f.facility.value for f in self.figures if f.facility}
        quiz = ModuleQuiz(self.module.bank, self.module.blueprint)
        found = decision_consistency(quiz, spread, shares, runs=RUNS)
        return {
            "alike": f"{found.agreement * 100:.0f} of 100",
            "kappa": f"{found.kappa:.2f}",
            "passing": f"{found.passing:.0%}",
        }

    def beliefs(self) -> list[dict[str, Any]]:
        """Return the misconceptions that 30 people could have chosen, the most common first."""
        words = self.module.misconceptions
        return [
            belief_row(belief, words.get(belief.name, belief.name))
            for belief in beliefs.misconceptions(self.tries)
        ]


def belief_row(belief: Belief, text: str) -> dict[str, Any]:
    """Return one misconception with the groups that may be shown."""
    return {
        "text": text,
        "people": belief.people,
        "share": f"{belief.share:.0%}",
        "groups": [{"name": g.name, "people": g.people, "words": g.words} for g in belief.groups],
        "others": belief.others,
    }


def flagged(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of today's wordings that need a look, notes left out."""
    return [row for row in rows if row["now"] and row["rank"] < 3]


def headline(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what the officer came for, in one line."""
    needing = len(flagged(rows))
    if needing:
        return f"{needing} question{'s' if needing > 1 else ''} to look at"
    if any(row["told"] for row in rows):
        return "No question needs a look"
    return "Too few first tries to tell yet"


def short(text: str, facts: Mapping[str, str]) -> str:
    """Return the beginning of a question as plain text."""
    plain = " ".join(fill_plain(text, facts).replace("**", "").split())
    return plain if len(plain) <= SHORT else f"{plain[:SHORT].rsplit(' ', 1)[0]} …"


def _row(
    item: Item, figures: ItemFigures | None, facts: Mapping[str, str], *, now: bool
) -> dict[str, Any]:
    flags = flags_of(figures) if figures else ()
    distractors = len(item.distractors)
    return {
        "id": item.id,
        "now": now,
        "locale": figures.version.locale if figures else "en",
        "mark": figures.version.fingerprint if figures else "",
        "stem": short(item.stem, facts),
        "tries": figures.tries if figures else 0,
        "told": bool(figures and figures.facility),
        "missing": max(0, FEWEST_TRIES - (figures.tries if figures else 0)),
        "flags": [_flag(flag) for flag in flags],
        "rank": flags[0].weight if flags else NO_FLAG,
        "right": _right(figures),
        "rest": f"{figures.item_rest.value:.2f}" if figures and figures.item_rest else "–",
        "working": f"{distractors - len(figures.idle)} of {distractors}"
        if figures and figures.options and distractors
        else "–",
    }


def _flag(flag: Flag) -> dict[str, str]:
    return {"word": WEIGHT_WORDS[flag.weight], "weight": str(int(flag.weight)), "text": flag.text}


def _right(figures: ItemFigures | None) -> str:
    share = figures.facility if figures else None
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})" if share else "–"


def item_page(analysed: Analysed, item_id: str, facts: Mapping[str, str]) -> dict[str, Any] | None:
    """Return one question: its words, its answers with how often each was chosen, and by whom.

    The wording in force where there is one, else the latest asked; None for an unknown question.
    """
    rows = [row for row in analysed.rows(facts) if row["id"] == item_id]
    if not rows:
        return None
    row = rows[0]
    mine = [f for f in analysed.figures if f.version.item_id == item_id]
    figures = next(
        (
            f
            for f in mine
            if (f.version.fingerprint, f.version.locale) == (row["mark"], row["locale"])
        ),
        None,
    )
    item = figures.item if figures else analysed.module.bank.item(item_id)
    found = beliefs.of_options(analysed.tries, figures.version) if figures else []
    return {
        "row": row,
        "stem_html": fill(render_text(item.stem), facts),
        "photo": item.photo,
        "options": _options(analysed.module, item, figures, facts),
        "groups": _by_group(item, found),
        "others": found[0].others if found else 0,
        "earlier": rows[1:],
    }


def _options(
    module: Module, item: Item, figures: ItemFigures | None, facts: Mapping[str, str]
) -> list[dict[str, Any]]:
    rates = {o.option_id: o for o in figures.options} if figures else {}
    words = module.misconceptions
    return [
        {
            "letter": _letter(place),
            "text_html": fill(render_inline(option.text), facts),
            "right": option.correct and option.place is None,
            "misconception": f"step {option.place}"
            if option.place
            else words.get(option.misconception or "", ""),
            "count": rates[option.id].count if option.id in rates else None,
            "rate": f"{rates[option.id].rate:.0%}" if option.id in rates else "–",
            "idle": option.id in rates and rates[option.id].idle,
        }
        for place, option in enumerate(item.options)
    ]


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _by_group(item: Item, found: Sequence[Belief]) -> dict[str, Any]:
    letters = {option.id: _letter(place) for place, option in enumerate(item.options)}
    columns = [letters[belief.name] for belief in found]
    people = {g.name: g.people for belief in found for g in belief.groups}
    words = {(g.name, belief.name): g.words for belief in found for g in belief.groups}
    return {
        "columns": columns,
        "rows": [
            {
                "name": name,
                "people": people[name],
                "shares": [words[name, belief.name] for belief in found],
            }
            for name in sorted(people)
        ],
    }
