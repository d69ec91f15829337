"""Whether anything found is about a question: by cosines that are far, and words that nothing holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import hit

from index.embed import LetterEmbedder
from index.library import Library
from index.types import Hit
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.relevance import FLOORS, is_relevant
from rag.settings import Settings

E5 = "multilingual-e5-small"
SHIPS = "Eight ships waited outside the harbour."


def found(cosine: float | None, text: str = SHIPS, language: str = "en") -> Hit:
    return replace(hit("a", text, language), dense=cosine)


@pytest.mark.parametrize(
    ("question", "code", "hits", "relevant"),
    [
        ("How do I bake bread?", "en", [found(0.75)], False),
        ("How do I bake bread?", "en", [found(0.75), found(0.76)], False),
        ("How do I bake bread?", "en", [found(0.75), found(0.8)], True),  # near enough
        ("How many ships?", "en", [found(0.7)], True),  # its very word
        ("How do I bake bread?", "en", [found(0.7), found(0.7, "Bake bread.")], True),
        ("Hur bakar man bröd?", "sv", [found(0.73)], True),  # no word can be compared: that must be farther
        ("Hur bakar man bröd?", "sv", [found(0.71)], False),
        ("Hur bakar man bröd?", "sv", [found(0.73), found(0.72, "Åtta fartyg väntade.", "sv")], True),
        ("Hur bakar man bröd?", "sv", [found(0.73), found(0.74, "Åtta fartyg väntade.", "sv")], False),
        ("Why?", "en", [found(0.5)], True),  # says nothing that could be elsewhere
        ("How do I bake bread?", "en", [found(None)], True),
    ],
)
def test_what_is_found_is_about_the_question_or_is_not(
    question: str, code: str, hits: list[Hit], relevant: bool
) -> None:
    assert is_relevant(question, code, hits, E5) is relevant


def test_nothing_is_known_of_other_embedders() -> None:
    assert is_relevant("How do I bake bread?", "en", [found(0.1)], "letters")


def test_the_model_is_not_asked_and_the_nearest_passages_are_shown(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest_articles([hit("harbour", SHIPS, "en").article])
    model = ParrotModel()
    with Chatbot(library, model, LetterEmbedder(), settings) as bot:
        monkeypatch.setitem(FLOORS, "letters", FLOORS[E5])
        answer = bot.ask("Quiz?")
        assert (answer.status, answer.citations, model.prompts) == ("not_in_articles", (), [])
        assert [source.article.id for source in answer.sources] == ["harbour"]
        assert bot.ask("How many ships waited outside the harbour?").status == "answered"
