"""Markdown to HTML, once: CommonMark, cleaned by a short list of tags, with basis tags."""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt

BASIS = re.compile(r"\[(law|policy|conduct): ([A-Z]-\d+)\]")
TITLED = re.compile(r'(<span class="basis basis-[a-z]+" title=)"([A-Z]-\d+)"')
TAGS = {
    "p",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h2",
    "h3",
    "br",
    "code",
    "span",
    "cite",
}
WORDS = {"law": "law", "policy": "our policy", "conduct": "conduct"}

_markdown = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=4096)
def render_text(markdown: str) -> str:
    """Return the HTML of a text of one or more paragraphs."""
    return _clean(_markdown.render(markdown))


@lru_cache(maxsize=4096)
def render_inline(markdown: str) -> str:
    """Return the HTML of a line, without a paragraph around it."""
    return _clean(_markdown.renderInline(markdown.strip()))


def _clean(html: str) -> str:
    tagged = BASIS.sub(_tag, html)
    return nh3.clean(tagged, tags=TAGS, attributes={"span": {"class", "title"}})


def _tag(found: re.Match[str]) -> str:
    kind, fact = found[1], escape(found[2])
    return f'<span class="basis basis-{kind}" title="{fact}">{WORDS[kind]}</span>'


def cite(html: str, citations: Mapping[str, str]) -> str:
    """Return HTML whose basis tags name the citation in place of the fact's id."""

    def named(found: re.Match[str]) -> str:
        return f'{found[1]}"{escape(citations.get(found[2], found[2]))}"'

    return TITLED.sub(named, html)


def word_count(markdown: str) -> int:
    """Return the words of a text, its marks and tags left out."""
    return len(re.findall(r"\w[\w'’-]*", BASIS.sub("", markdown)))
