"""Each word that a page counts by is explained beside the numbers."""

import pytest

from tests.house import TestHouse
from training.reports import words
from training.reports.teams import STATUSES
from training.rules.standing import Complete, Status

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("path", ["/program", "/program/as-of"])
def test_P67_every_status_and_answer_is_defined_where_an_officer_reads_them(
    house: TestHouse, path: str
) -> None:
    page = house.signed_in("olga").get(path).get_data(as_text=True)
    meaning = page.split("What the words mean", 1)[1].split("</dl>", 1)[0]
    said = {words.STATUS_WORDS[s] for s in Status} | {words.COMPLETE_WORDS[c] for c in Complete}
    assert {word for word in said if f"<dt>{word}</dt>" not in meaning} == set()


def test_P67_a_manager_has_the_words_of_her_own_list_and_no_word_of_help(house: TestHouse) -> None:
    page = house.signed_in("mona").get("/team").get_data(as_text=True)
    meaning = page.split("What the words mean", 1)[1].split("</dl>", 1)[0]
    mine = {words.STATUS_WORDS[status] for status in STATUSES}
    assert {word for word in mine if f"<dt>{word}</dt>" not in meaning} == set()
    assert "help" not in meaning.lower()
