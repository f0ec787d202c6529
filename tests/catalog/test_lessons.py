"""Text is shown as it was meant: Markdown, basis tags and local facts, and nothing that runs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.catalog.facts import PLACEHOLDERS, UNSAID, fill, fill_plain
from training.catalog.lessons import cite, render_inline, render_text, word_count
from training.catalog.modules import Screen


def test_markdown_becomes_html() -> None:
    html = render_text("### More\n\nOne **two** *three*.\n\n- four\n\n> five\n")
    for part in ("<h3>More</h3>", "<strong>two</strong>", "<li>four</li>", "<blockquote>"):
        assert part in html
    assert render_inline("One **two**.") == "One <strong>two</strong>."


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://a/b.png)",
        "<img src=x onerror=alert(1)>",
        "<a href='http://a'>x</a>",
        "[law: A-03]<b onclick='x'>",
        "<style>p{}</style>",
    ],
)
def test_nothing_in_a_text_can_run_or_load(text: str) -> None:
    for html in (render_text(text), render_inline(text)):
        tags = re.findall(r"<[^>]*>", html)
        for tag in tags:
            assert re.fullmatch(r"</?(p|strong|em|span)( [^>]*)?>", tag), tag
            assert not re.search(r"\b(on\w+|src|href|style)=", tag)


@given(st.text(max_size=80))
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    allowed = r"</?(?:p|strong|em|ul|ol|li|blockquote|h[23]|br|code|span)(?: [^>]*)?>"
    assert not [t for t in re.findall(r"<[^>]*>", render_text(text)) if not re.match(allowed, t)]


def test_a_basis_tag_names_its_kind_and_its_citation() -> None:
    screen = Screen("s", "S", "It is so. [law: A-03] [policy: A-95]", (), ("A-03",), CITED)
    law = '<span class="basis basis-law" title="45 CFR 160.103 &quot;x&quot;">law</span>'
    assert law in screen.html
    assert '<span class="basis basis-policy" title="A-95">our policy</span>' in screen.html


CITED = {"A-03": '45 CFR 160.103 "x"'}


def test_a_citation_is_put_only_into_a_tag() -> None:
    assert cite('<p>title="A-03"</p>', CITED) == '<p>title="A-03"</p>'


def test_local_facts_are_filled_in_and_escaped() -> None:
    html = fill("<p>Call {privacy_contact}.</p>", {"privacy_contact": "<b>Ann & Bo</b>"})
    assert html == "<p>Call &lt;b&gt;Ann &amp; Bo&lt;/b&gt;.</p>"
    assert fill_plain("Call {privacy_contact}.", {"privacy_contact": "Ann & Bo"}) == (
        "Call Ann & Bo."
    )


def test_a_fact_that_is_not_told_has_words_of_its_own() -> None:
    assert set(UNSAID) == set(PLACEHOLDERS)
    for name in PLACEHOLDERS:
        for facts in ({}, {name: ""}):
            assert "{" not in fill(f"{{{name}}}", facts)
            assert fill_plain(f"{{{name}}}", facts) == UNSAID[name]


@pytest.mark.parametrize("text", ["{{7*7}}", "{unknown}", "{0}", "{privacy_contact.__class__}"])
def test_I09_what_is_no_local_fact_stays_text(text: str) -> None:
    assert fill(text, {"privacy_contact": "Ann"}) == text
    assert fill_plain(text, {"privacy_contact": "Ann"}) == text


def test_a_fact_that_holds_a_placeholder_is_not_filled_again() -> None:
    facts = {"privacy_contact": "{privacy_phone}", "privacy_phone": "secret"}
    assert fill("{privacy_contact}", facts) == "{privacy_phone}"


def test_words_are_counted_without_marks_and_tags() -> None:
    assert word_count("One **two** three's. [law: A-03]\n\n- four") == 4
