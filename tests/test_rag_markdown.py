"""An answer as Markdown: marks, quotes, and nothing an article says that is more than its own words."""

import re
from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.types import Article, Origin
from rag.markdown import escape, marks, one_line, pieces, to_markdown, visible
from rag.types import Answer, Citation, Quote, Source
from ui.double import hit, quoted

MISSION = Article(
    "a.txt",
    "Mission closed",
    "Moscow closed its mission on November 1. Eight diplomats had left.",
    "en",
    date(2021, 10, 18),
    Origin("news/a.txt", "Reuters"),
)
HOSTILE = Article(
    "h.txt",
    "*Title* <img src=x onerror=alert(1)> [a](http://evil.example)",
    "<script>alert(1)</script>\n\n# Head\n[here](javascript:alert(1))"
    " ![i](//evil.example/x.png) `code` $$x$$ \x1b[31mred",
)
COMMONMARK = MarkdownIt("commonmark")
GITHUB = MarkdownIt("gfm-like", {"linkify": False})


def rendered(markdown: str) -> str:
    return str(COMMONMARK.render(markdown))


def words_of(markup: str) -> str:
    """What a reader sees of HTML without tags: character references resolved by hand."""
    bare = re.sub(r"</?(p|em|br|blockquote)( /)?>", "", markup)
    assert "<" not in bare, bare
    for reference, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        bare = bare.replace(reference, sign)
    return " ".join(bare.split())


def test_an_answer_has_marks_behind_its_sentences_and_its_quotes_below() -> None:
    answer = quoted(
        "what?",
        [
            ("The mission closed.", [(MISSION, "Moscow closed its mission on November 1.")]),
            ("Nobody knows why.", []),
        ],
    )
    assert to_markdown(answer) == (
        "The mission closed.[1] Nobody knows why.[no quote]\n\n"
        "> Moscow closed its mission on November 1.\n>\n"
        "> [1] *Mission closed* · 2021-10-18 · Reuters · en · characters 0–40 · news/a.txt\n"
    )


def test_answer_to_markdown_is_the_same_page() -> None:
    answer = quoted("what?", [("It closed.", [(MISSION, "Eight diplomats had left.")])])
    assert answer.to_markdown() == to_markdown(answer)


def test_without_an_answer_the_closest_passages_are_shown() -> None:
    answer = Answer("what?", "The articles do not say.", "not_in_articles", sources=(Source(1, hit(MISSION)),))
    page = to_markdown(answer)
    assert page.startswith("The articles do not say.\n\nThe closest passages found:\n\n> Moscow closed")
    assert to_markdown(Answer("what?", "There are no articles.", "no_articles")) == "There are no articles.\n"


def test_a_hostile_article_is_only_words() -> None:
    answer = quoted("what?", [("It says <b>this</b> [1]: http://evil.example", [(HOSTILE, HOSTILE.text)])])
    markup = rendered(to_markdown(answer))
    tags = set(re.findall(r"</?(\w+)", markup))
    assert tags == {"p", "em", "blockquote"}
    assert "\x1b" not in markup
    assert "␛[31mred" in markup


def test_a_mark_before_a_parenthesis_is_no_link() -> None:
    text = "It closed.(javascript:alert(1))"
    quote = Quote(MISSION, 0, 6, 1.0, 1)
    answer = Answer("?", text, "answered", (Citation("It closed.", 0, 10, (quote,), "supported"),))
    assert "<a" not in rendered(to_markdown(answer))
    assert "It closed.[1](javascript:alert(1))" in rendered(to_markdown(answer))


def test_lines_and_paragraphs_of_an_answer_stay() -> None:
    answer = Answer("?", "1. One\n- two\n\nThree", "answered")
    assert rendered(to_markdown(answer)) == "<p>1. One<br />\n- two</p>\n<p>Three</p>\n"


@given(st.text())
@example("\\`*_{}[]()#+-.!|~ <b> &amp; http://x.example www.x.example\t1. 2) - + = > # ***")
@example("1) one")
@example("=\n=")
def test_escaped_text_renders_as_exactly_its_words(text: str) -> None:
    for renderer in (COMMONMARK, GITHUB):
        markup = str(renderer.render(escape(text)))
        assert words_of(markup) == one_line(text)


@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b\u202e\r\u2028")))
def test_visible_text_steers_nothing_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_pieces_joined_are_the_text_whatever_the_offsets(text: str, cuts: list[tuple[int, int]]) -> None:
    citations = tuple(Citation("", start, end, (), "unsupported") for start, end in cuts)
    answer = Answer("?", text, "answered", citations)
    assert "".join(piece for piece, _ in pieces(answer)) == text


def test_marks_tell_the_verdict_where_it_is_less_than_supported() -> None:
    quote = Quote(MISSION, 0, 6, 1.0, 3)
    assert marks(Citation("", 0, 0, (quote, quote), "supported")) == "[3][3]"
    assert marks(Citation("", 0, 0, (quote,), "partly")) == "[3] (in part)"
    assert marks(Citation("", 0, 0, (quote,), "unsupported")) == "[3] (not supported)"
    assert marks(Citation("", 0, 0, (), "unsupported")) == "[no quote]"


def test_an_answer_about_the_library_keeps_its_lines() -> None:
    answer = Answer("Which?", "There are 2 articles:\n1. *One*\n2. Two", "about_library")
    assert words_of(rendered(to_markdown(answer))) == "There are 2 articles: 1. *One* 2. Two"
