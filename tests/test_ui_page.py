"""The browser's HTML: what it says, and that no text of an article can be more than text in it."""

import html
import re
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from index.errors import PullquoteError
from index.types import Article, Origin
from rag.markdown import one_line
from rag.types import Answer, Citation, Quote, Source
from ui import page
from ui.double import hit, quoted

TAGS = {"div", "p", "br", "sup", "ol", "ul", "li", "span", "blockquote", "cite", "time", "details", "summary"}
ATTRIBUTES = {"class", "lang", "dir", "datetime", "value", "open"}
HOSTILE = Article(
    '"><img src=x onerror=alert(1)>',
    "<b>title</b>\n\n# **x** [a](javascript:alert(1))",
    "<script>alert(1)</script>\n\n<img src=http://evil.example/x onerror=alert(1)>"
    " ![i](//evil.example) $$x$$ \u202eback",
    'en" onclick="alert(1)',
    date(2021, 10, 18),
    Origin("<i>", "<u>outlet</u>", "javascript:alert(1)"),
)
PLAIN = Article("p.txt", "Plain", "Words that are plain.", "sv")


class Inventory(HTMLParser):
    """Which tags and attributes a piece of HTML has, and the text a reader sees."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def check(markup: str) -> Inventory:
    """One line, one block, balanced, and with nothing but our own tags and attributes."""
    found = Inventory(markup)
    assert "\n" not in markup
    assert markup.startswith("<div ")
    assert found.open == []
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    return found


def test_an_answer_has_marks_and_quotes_and_what_was_found() -> None:
    answer = quoted("?", [("One.", [(PLAIN, "Words")]), ("Two.", [])])
    markup = page.answer_html(answer)
    assert '<sup class="pq-mark">1</sup>' in markup
    assert '<sup class="pq-mark pq-doubt">no quote</sup>' in markup
    assert '<blockquote lang="sv" dir="auto">Words</blockquote>' in markup
    assert "Found: 1 passage from 1 article" in check(markup).words


def test_verdicts_below_supported_are_said_in_words() -> None:
    quote = Quote(PLAIN, 0, 5, 1.0, 1)
    for verdict, words in (("partly", "in part"), ("unsupported", "not supported")):
        citation = Citation("One.", 0, 4, (quote,), verdict)  # type: ignore[arg-type]
        assert f">{words}</sup>" in page.answer_html(Answer("?", "One.", "answered", (citation,)))


def test_without_an_answer_the_closest_passages_are_open() -> None:
    sources = (Source(1, hit(PLAIN)),)
    markup = page.answer_html(Answer("?", "No.", "not_in_articles", sources=sources))
    assert "Not in the articles" in markup
    assert '<details class="pq-found" open>' in markup
    assert "Closest passages" in check(markup).words
    assert "pullquote index" in html.unescape(page.welcome_html(0, "article"))
    check(page.answer_html(Answer("?", "None.", "no_articles")))


def test_small_talk_and_answers_about_the_library_stand_by_themselves() -> None:
    greeting = check(page.answer_html(Answer("Hi", "Hello!", "small_talk", language="en")))
    assert greeting.words.split() == ["Hello!"]
    counted = check(page.answer_html(Answer("How many?", "There are 3 articles.", "about_library", language="en")))
    assert counted.words.split() == ["There", "are", "3", "articles."]
    listed = Answer("Which?", "One:\n1. Plain", "about_library", sources=(Source(1, hit(PLAIN)),), language="en")
    shown = check(page.answer_html(listed))
    assert "Not in the articles" not in shown.words
    assert "One:1. Plain" in shown.words
    assert "Found: 1 passage from 1 article" in shown.words


def test_a_draft_shows_what_was_found_before_and_while_it_is_written() -> None:
    sources = (Source(1, hit(PLAIN)),)
    assert "Searching" in check(page.draft_html(None)).words
    assert "Reading" in check(page.draft_html(sources)).words
    assert check(page.draft_html(sources, "It\nsays")).words.endswith("Itsays")
    assert "Found nothing close" in check(page.draft_html(())).words
    assert "not checked" in check(page.stopped_html(sources, "It")).words


def test_an_error_is_a_sentence_and_a_hint() -> None:
    words = check(page.error_html(PullquoteError("<b>It</b> broke.", "Mend it."))).words
    assert "<b>It</b> broke." in words
    assert "→ Mend it." in words


def test_a_hostile_article_is_only_words() -> None:
    answer = quoted("?", [("Says <b>[x](http://evil.example)</b>.", [(HOSTILE, HOSTILE.text)])])
    for markup in (
        page.answer_html(answer),
        page.draft_html(answer.sources, HOSTILE.text),
        page.stopped_html(answer.sources, HOSTILE.text),
        page.question_html(HOSTILE.text),
    ):
        found = check(markup)
        assert "<script>alert(1)</script>" in found.words
        assert "\u202e" not in found.words


@given(st.text())
def test_inert_text_shows_exactly_its_words_and_has_no_sign_of_markup(text: str) -> None:
    markup = page.inert(text)
    assert html.unescape(markup) == one_line(text)
    assert not re.search(r"[<>\"'`*_\[\]\\$|~]", markup)


@given(st.text(), st.text(), st.text(min_size=1))
def test_whatever_an_article_says_the_page_has_only_our_tags(title: str, language: str, text: str) -> None:
    article = Article(title, title, text, language)
    citation = Citation(title, 0, len(title), (Quote(article, 0, len(text), 1.0, 1),), "supported")
    check(
        page.answer_html(Answer("?", title + text, "answered", (citation,), (Source(1, hit(article)),), language=text))
    )
