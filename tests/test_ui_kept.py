"""What a browser keeps of an answer: enough to show it again, and checked when it comes back."""

from __future__ import annotations

import json

import pytest
from pages import ANSWERS, MISSION, OFFICE, QUESTION

from ui import kept
from ui.kept import Kept, UnreadableConversation

KEPT = Kept.of(ANSWERS[QUESTION])


def test_it_holds_the_quotes_their_places_and_the_verdicts() -> None:
    assert [quote.text for quote in KEPT.quotes] == [quote.text for quote in ANSWERS[QUESTION].quotes]
    first, second, _ = KEPT.quotes
    assert MISSION.text[first.start : first.end] == first.text
    assert (second.article_id, second.language, second.published) == (OFFICE.id, "sv", "2021-10-19")
    assert [sentence.verdict for sentence in KEPT.sentences] == ["supported", "supported", "unsupported"]
    assert [KEPT.verdict_of(quote) for quote in range(3)] == ["supported"] * 3
    assert KEPT.verdict_of(7) == "unsupported"
    assert KEPT.turn.answer == ANSWERS[QUESTION].text


def test_the_pieces_are_the_text() -> None:
    assert "".join(piece for piece, _ in KEPT.pieces()) == KEPT.text
    cut = KEPT.model_copy(
        update={"sentences": (*KEPT.sentences[:1], KEPT.sentences[1].model_copy(update={"end": 999}))}
    )
    assert "".join(piece for piece, _ in cut.pieces()) == KEPT.text


def test_it_survives_the_way_through_a_browser() -> None:
    assert kept.read(json.loads(json.dumps([KEPT.model_dump()]))) == (KEPT,)
    assert kept.read(None) == ()


@pytest.mark.parametrize("sent", ["words", [1], [{"question": "?"}], [{**KEPT.model_dump(), "text": "x" * 50_000}]])
def test_what_is_no_conversation_is_refused_with_a_hint(sent: object) -> None:
    with pytest.raises(UnreadableConversation) as caught:
        kept.read(sent)
    assert caught.value.hint


def test_a_conversation_without_end_is_refused() -> None:
    with pytest.raises(UnreadableConversation, match="201 answers"):
        kept.read([KEPT.model_dump()] * 201)
