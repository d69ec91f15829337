"""An answer compared with other articles: what it costs, what is shown first, and whose word counts."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from conftest import article

from index.types import Hit, Passage
from rag.comparison import Comparison
from rag.reading import Reading
from rag.types import Answer, Checked, Citation, Opinion, Quote, Source

QUESTION = "How many diplomats were expelled by the alliance?"
SENTENCES = {
    "a": "Eight diplomats were expelled by the alliance.",
    "b": "Ten diplomats were expelled by the alliance, it said.",
    "c": "Diplomats expelled by the alliance packed twelve boxes.",
}
SOURCES = [
    Source(rank, Hit(Passage(name, 0, len(text), text, 9, rank), article(name, text), 1.0, rank))
    for rank, (name, text) in enumerate(SENTENCES.items(), start=1)
]


def reading(text: str, source: Source, confidence: float = 0.9, *, refused: bool = False, read: int = 2) -> Reading:
    """What was said, with the whole text of a source as its quote."""
    quote = Quote(source.article, 0, len(source.article.text), 1.0, 1)
    says = frozenset(word.strip(".").casefold() for word in text.split())
    opinion = Opinion(text, read, refused=refused, confidence=confidence, signals={})
    return Reading(opinion, (Citation(text, 0, len(text), (quote,), "supported"),), says)


BEST = reading("Eight.", SOURCES[0])
ANSWER = Answer(QUESTION, "Eight.", "answered", BEST.citations, tuple(SOURCES), language="en")


class Others:
    """What a comparison asks for, from a table of what each article says alone; everything asked is noted."""

    def __init__(self, says: dict[str, str], support: float = 0.1) -> None:
        self.says = says
        self.support = support
        self.read: list[str] = []
        self.cancel = threading.Event()

    def compare(self, readings: Sequence[Reading]) -> tuple[list[Checked], Answer]:
        """What is shown on the way, and the answer in the end."""
        comparison = Comparison(QUESTION, lambda _: [one.hit for one in SOURCES], self._read, self._cite, self.cancel)
        steps = comparison.of(ANSWER, BEST, readings)
        shown: list[Checked] = []
        while True:
            try:
                shown.append(next(steps))
            except StopIteration as end:
                return shown, end.value

    def _read(self, source: Source) -> Reading:
        self.read.append(source.article.id)
        return reading(self.says[source.article.id], source)

    def _cite(self, said: Opinion, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """Another number stands on article b; how far the answer itself is stated is as given."""
        source = next((one for one in sources if one.article.id == "b"), sources[0])
        quote = Quote(source.article, 0, len(source.article.text), 1.0, 1)
        support = self.support if said.text == BEST.opinion.text else 0.9
        return (Citation(said.text, 0, len(said.text), (quote,), "supported", support),)


def test_a_round_that_was_outvoted_is_the_other_side_and_nothing_more_is_read() -> None:
    others = Others({})
    shown, answer = others.compare([BEST, reading("Ten.", SOURCES[0], confidence=0.31)])
    assert answer.disputed
    assert answer.text == "Eight. Another article says otherwise: Ten."
    assert [quote.article_id for quote in answer.quotes] == ["a", "b"]
    assert (shown, others.read) == ([], [])


def test_a_round_that_was_hardly_believed_refused_said_the_same_or_read_the_same_is_no_other_side() -> None:
    others = Others({"b": "Eight.", "c": "Eight."})
    outvoted = [
        reading("Ten.", SOURCES[0], confidence=0.29),
        reading("Ten.", SOURCES[0], refused=True),
        reading("Eight.", SOURCES[1]),
        reading("Ten.", SOURCES[0], read=1),  # of nothing but what the answer stands on
    ]
    assert others.compare([*outvoted, BEST])[1] is ANSWER


def test_the_answer_is_shown_once_before_articles_are_read_until_one_disagrees() -> None:
    others = Others({"b": "Ten.", "c": "Twelve."})
    shown, answer = others.compare([BEST])
    assert shown == [Checked(ANSWER)]
    assert others.read == ["b"]
    assert answer.disputed


def test_articles_that_state_the_answer_are_not_read() -> None:
    others = Others({}, support=0.7)
    assert others.compare([BEST]) == ([], ANSWER)
    assert others.read == []


def test_a_comparison_that_nobody_waits_for_ends() -> None:
    others = Others({"b": "Ten.", "c": "Twelve."})
    others.cancel.set()
    assert others.compare([BEST])[1] is ANSWER
    assert others.read == ["b"]
