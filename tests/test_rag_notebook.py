"""What a notebook shows of an answer: its words, its quotes, and nothing that acts."""

from __future__ import annotations

from html.parser import HTMLParser

from doors import ANSWER, MISSION, OFFICE, bot
from hypothesis import given
from hypothesis import strategies as st

from index.types import Article, Origin
from rag.types import Done
from ui.double import quoted

HOSTILE = "<script>alert(1)</script> & <img src=x onerror=alert(2)> \x1b[2J"


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def test_an_answer_shows_its_text_with_marks_and_its_quotes() -> None:
    page = Tags(ANSWER._repr_html_())
    assert page.text.startswith("It closed it. [1][2] Why? [no quote]")
    for quote in ANSWER.quotes:
        assert quote.text in page.text
    assert "[2] Kontoret · sv · characters 0–29" in page.text


def test_where_there_is_no_answer_the_closest_passages_are_shown() -> None:
    *_, done = bot().stream("What about the mission of elephants?")
    assert isinstance(done, Done)
    shown = Tags(done.answer._repr_html_()).text
    assert "The closest passages found:" in shown
    assert MISSION.text in shown
    assert OFFICE.text not in shown


@given(st.text(min_size=1).map(lambda text: f"{HOSTILE}{text}"))
def test_whatever_articles_and_models_say_is_text(words: str) -> None:
    article = Article(words, words, words, "en", source=Origin(file=words, outlet=words))
    page = Tags(quoted(words, [(words, [(article, words)])])._repr_html_())
    assert page.tags <= {"div", "p", "sup", "br", "blockquote"}
    assert page.attributes <= {"style", "lang", "dir"}
    assert "<script>alert(1)</script>" in page.text
    assert "\x1b" not in page.text
