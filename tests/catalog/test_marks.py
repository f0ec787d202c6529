"""What differs between two passages is marked, word by word, and the passages stay whole."""

import re

from training.catalog.marks import marked

WAS = "<p>We take no pictures for ourselves.</p>"
NOW = "<p>Phones stay in a pocket. We take no <strong>care</strong> pictures for ourselves.</p>"


def test_only_the_words_that_differ_are_marked_and_nothing_is_lost() -> None:
    was, now = marked(WAS, NOW)
    assert was == WAS
    assert now == (
        "<p><mark>Phones stay in a pocket.</mark> We take no "
        "<strong><mark>care</mark></strong> pictures for ourselves.</p>"
    )
    assert re.sub("</?mark>", "", now) == NOW


def test_a_word_taken_out_is_marked_where_it_stood() -> None:
    assert marked("<p>Ask first, and wait.</p>", "<p>Ask first.</p>") == (
        "<p>Ask first<mark>, and wait</mark>.</p>",
        "<p>Ask first.</p>",
    )


def test_signs_that_were_escaped_stay_whole() -> None:
    assert marked("<p>Ask A&amp;B.</p>", "<p>Ask A&amp;C.</p>") == (
        "<p>Ask A&amp;<mark>B</mark>.</p>",
        "<p>Ask A&amp;<mark>C</mark>.</p>",
    )


def test_what_is_new_or_written_anew_has_no_marks() -> None:
    assert marked("", NOW) == ("", NOW)
    other = "<p>The unit has a camera of its own, kept in the drug room.</p>"
    assert marked(WAS, other) == (WAS, other)
