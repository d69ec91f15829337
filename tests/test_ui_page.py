"""The browser's HTML: what it says, and that no text of an article can be more than text in it."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import PullquoteError
from index.types import Article, Listed, Origin, Span
from rag.markdown import one_line
from rag.types import Answer, Citation, Quote, Source
from ui import page, shelves
from ui.double import hit, quoted
from ui.kept import Kept
from ui.markup import code, day, inert, language_name
from ui.reading import Quoted, article_html, missing_html

TAGS = {
    "div", "p", "br", "sup", "ol", "ul", "li", "span", "blockquote", "cite", "time", "details", "summary", "section",
    "h2", "h3", "button", "strong", "article", "mark", "a",
}  # fmt: skip
ATTRIBUTES = {
    "class", "lang", "dir", "datetime", "value", "open", "type", "role", "aria-label", "aria-hidden", "aria-pressed",
    "aria-haspopup", "tabindex", "href", "data-do", "data-turn", "data-quote", "data-quotes", "data-article",
    "data-start", "data-end", "data-good",
}  # fmt: skip
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
        self.links: set[str | None] = set()
        self.words = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value for name, value in attrs if name == "href"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def check(markup: str) -> Inventory:
    """Balanced, and with nothing but our own tags, attributes and links."""
    found = Inventory(markup)
    assert found.open == []
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    assert found.links <= {"#library"}
    return found


def shown(answer: Answer) -> str:
    return page.turn_html(Kept.of(answer), 0)


def test_an_answer_has_marks_that_open_quotes_and_what_was_found() -> None:
    markup = shown(quoted("?", [("One.", [(PLAIN, "Words")]), ("Two.", [])]))
    assert 'data-do="quote" data-quote="1" aria-haspopup="dialog" aria-label="Quote 1">1</button>' in markup
    assert '<sup class="pq-doubt">no quote</sup>' in markup
    assert '<blockquote lang="sv" dir="auto">Words</blockquote>' in markup
    assert 'data-article="p&#46;txt" data-start="0" data-end="5"' in markup
    words = check(markup).words
    assert "In Swedish, as published" in words
    assert "says so" in words
    assert "Found: 1 passage from 1 article" in words


def test_verdicts_below_supported_are_said_in_words() -> None:
    quote = Quote(PLAIN, 0, 5, 1.0, 1)
    for verdict, doubt, said, why in (
        ("partly", "in part", "says part of it", "a quote says part of its sentence"),
        ("unsupported", "not supported", "does not say so", "no quote says what its sentence does"),
    ):
        citation = Citation("One.", 0, 4, (quote,), verdict)  # type: ignore[arg-type]
        markup = shown(Answer("?", "One.", "answered", (citation,)))
        assert f">{doubt}</sup>" in markup
        assert f"{said}</p>" in markup
        assert why in markup


@pytest.mark.parametrize(
    ("confidence", "proved", "said"),
    [
        (0.9, 2, "Well supported: every sentence stands on a quote."),
        (0.9, 1, "Fairly supported: 1 of 2 sentences stands on a quote."),
        (0.5, 2, "Fairly supported"),
        (0.1, 0, "Weakly supported: 0 of 2 sentences stand on a quote."),
    ],
)
def test_confidence_is_said_in_words_that_name_the_reason(confidence: float, proved: int, said: str) -> None:
    sentences: list[tuple[str, list[tuple[Article, str]]]] = [
        (f"S{n}.", [(PLAIN, "Words")] if n < proved else []) for n in range(2)
    ]
    answer = Kept.of(quoted("?", sentences)).model_copy(update={"confidence": confidence})
    assert page.confidence_words(answer)[1].startswith(said)
    words = check(page.turn_html(answer, 0)).words
    assert said in words
    assert str(confidence) not in words


def test_disagreement_is_said_before_the_answer() -> None:
    kept = Kept.of(quoted("?", [("One.", [(PLAIN, "Words")])]))
    assert "disagree" not in check(page.turn_html(kept, 0)).words
    words = check(page.turn_html(kept.model_copy(update={"disputed": True}), 0)).words
    assert words.index("The articles disagree.") < words.index("One.")


def test_an_answer_in_another_language_than_its_question_is_marked_as_such() -> None:
    kept = Kept.of(quoted("?", [("One.", [(PLAIN, "Words")])])).model_copy(update={"language": "sv", "said_in": "en"})
    markup = page.turn_html(kept, 0)
    assert '<p class="pq-answer" lang="en"' in markup
    assert "Answered in English, as the articles are" in check(markup).words
    unknown = page.turn_html(kept.model_copy(update={"language": "und"}), 0)
    assert "Answered in" not in check(unknown).words
    same = page.turn_html(kept.model_copy(update={"said_in": ""}), 0)  # kept by an earlier version
    assert '<p class="pq-answer" lang="sv"' in same
    assert "Answered in" not in check(same).words


def test_without_an_answer_the_closest_passages_are_open() -> None:
    sources = (Source(1, hit(PLAIN)),)
    markup = shown(Answer("?", "No.", "not_in_articles", sources=sources))
    assert "Not in the articles" in markup
    assert '<details class="pq-found" open>' in markup
    assert "Closest I found" in check(markup).words
    assert "Add articles" in check(shown(Answer("?", "None.", "no_articles"))).words


def test_small_talk_and_answers_about_the_library_stand_by_themselves() -> None:
    assert "supported" not in check(shown(Answer("Hi", "Hello!", "small_talk", language="en"))).words
    listed = Answer("Which?", "One:\n1. Plain", "about_library", sources=(Source(1, hit(PLAIN)),), language="en")
    words = check(shown(listed)).words
    assert "One:1. Plain" in words
    assert "Articles: 1 passage from 1 article" in words


def test_a_draft_shows_what_was_found_before_the_first_word_and_marks_that_are_no_links() -> None:
    sources = (Source(1, hit(PLAIN)),)
    assert "Searching" in check(page.draft_html("?", 0, None)).words
    assert "2 questions before yours" in check(page.draft_html("?", 0, None, wait="2 questions before yours")).words
    reading = check(page.draft_html("?", 0, sources)).words
    assert "Reading" in reading
    assert "Words that are plain." in reading
    draft = page.draft_html("?", 0, sources, "It says so. And mo")
    assert 'It says so&#46;<sup class="pq-pending" aria-hidden="true">1</sup> And mo' in draft
    assert 'data-do="quote"' not in draft
    assert "Found nothing close" in check(page.draft_html("?", 0, ())).words
    assert "not checked" in check(page.stopped_html("?", 0, sources, "It")).words


def test_an_error_is_a_sentence_and_a_hint() -> None:
    words = check(page.error_html("?", 0, PullquoteError("<b>It</b> broke.", "Mend it."))).words
    assert "<b>It</b> broke." in words
    assert "→ Mend it." in words


def test_a_welcome_says_how_much_there_is_and_what_one_could_ask() -> None:
    assert "no articles yet" in check(page.welcome_html(0, is_sample=False, examples=())).words
    words = check(page.welcome_html(9, is_sample=True, examples=["<b>Why</b>?"])).words
    assert "9 sample articles" in words
    assert "<b>Why</b>?" in words
    assert "Add your own" in words


def test_a_hostile_article_is_only_words() -> None:
    answer = quoted("?", [("Says <b>[x](http://evil.example)</b>.", [(HOSTILE, HOSTILE.text)])])
    everywhere = (
        shown(answer),
        page.draft_html(HOSTILE.text, 0, answer.sources, HOSTILE.text),
        page.stopped_html(HOSTILE.text, 0, answer.sources, HOSTILE.text),
        article_html(HOSTILE, [Quoted(1, Span(0, 20), HOSTILE.text[:20])]),
    )
    for markup in everywhere:
        found = check(markup)
        assert "<script>alert(1)</script>" in found.words
        assert "\u202e" not in found.words


def test_an_article_marks_every_quoted_place_even_across_paragraphs_and_within_one_another() -> None:
    article = Article("a", "Title", "One two three.\n\nFour five.", "en")
    places = [Quoted(1, Span(4, 20), article.text[4:20]), Quoted(2, Span(8, 14), "three.")]
    markup = article_html(article, places)
    assert '<p>One <mark data-quotes="1">two </mark><mark data-quotes="1 2">three&#46;</mark></p>' in markup
    assert '<p><mark data-quotes="1">Four</mark> five&#46;</p>' in markup
    check(markup)


def test_an_article_that_changed_shows_the_words_where_they_are_now_or_says_that_they_are_gone() -> None:
    article = Article("a", "Title", "New beginning. The old words.", "en")
    moved = article_html(article, [Quoted(1, Span(0, 14), "The old words.")])
    assert '<mark data-quotes="1">The old words&#46;</mark>' in moved
    assert "has changed" not in moved
    assert "has changed" in article_html(article, [Quoted(1, Span(0, 5), "Never there")])
    assert "no longer in the library" in missing_html("<a>")


def test_an_article_of_an_address_that_is_none_can_be_read() -> None:
    assert "Words" in article_html(Article("a", "Title", "Words.", "en", source=Origin(url="http://[bad")), [])


def test_furniture_is_set_apart() -> None:
    article = Article("a", "Title", "top of page\nWords.", "en", furniture=(Span(0, 11),))
    assert '<p class="pq-furniture">top of page</p><p>Words&#46;</p>' in article_html(article, [])


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_whatever_becomes_markup(question: str, title: str, text: str, name: str) -> None:
    article = Article(name, title, text, name[:8], source=Origin(name, title))
    answer = Kept.of(Answer(question, text, "not_in_articles", sources=(Source(1, hit(article)),), language=name))
    check(page.turn_html(answer, 0))
    check(article_html(article, [Quoted(1, Span(0, 3), text[:3])]))
    row = Listed(name, title, name[:8], None, title, text, 1)
    found = Inventory(shelves.table_html([row], shelves.View()))
    assert found.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "button", "span", "div"}


@given(st.text())
def test_inert_text_shows_the_same_words(text: str) -> None:
    assert Inventory(inert(text)).words == one_line(text)


@given(st.text())
def test_inert_text_has_no_sign_of_any_markup(text: str) -> None:
    plain = re.sub(r"&#\d+;", "", inert(text))
    assert not set(plain) & set("<>&\"'`*_[]()#$!|~\\{}=:/@%^+-.")


def test_languages_and_days_are_named() -> None:
    assert [language_name(one) for one in ("sv", "und", 'x"y')] == ["Swedish", "", "xy"]
    assert code('en" onclick') == "enonclick"
    assert day("2021-10-18") == '<time datetime="2021-10-18">18 October 2021</time>'
    assert day("<b>") == ""
