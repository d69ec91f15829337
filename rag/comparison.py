"""An answer compared with what other articles say: rounds that were outvoted, then articles that are read alone.

What contradicts what is told by :mod:`rag.dispute`; here it is found out who might.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from index.types import Hit
from rag import dispute
from rag.reading import Reading
from rag.types import Answer, Checked, Citation, Opinion, Source

Cite = Callable[[Opinion, Sequence[Source]], tuple[Citation, ...]]
"""The sentences of what the model said, each with its quotes out of some sources."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares an answer with other articles.

    Attributes:
        question: Standing on its own.
        find: As many of the passages found for it, best first, as one asks for.
        read: What the model says when it is given a source alone.
        cite: Where that stands.
        cancel: Set once nobody waits for the answer any more.
    """

    question: str
    find: Callable[[int], Sequence[Hit]]
    read: Callable[[Source], Reading]
    cite: Cite
    cancel: threading.Event

    def of(self, answer: Answer, best: Reading, readings: Sequence[Reading]) -> Generator[Checked, None, Answer]:
        """The answer, with what another article says instead, if one does; it is shown before any other is read.

        Args:
            answer: As it would be shown.
            best: The reading that it comes from.
            readings: Of all rounds.
        """
        for other in self._outvoted(answer, best, readings):
            if dispute.contradicts(other, best, self.question, answer, sure=dispute.OUTVOTED):
                return dispute.told(answer, other)
        rivals = dispute.rivals(best, self.question, answer, self.find, lambda source: self._support(best, source))
        for place, source in enumerate(rivals):
            if place == 0:
                yield Checked(answer)
            other = self.read(source)
            if self.cancel.is_set():
                break
            if dispute.contradicts(other, best, self.question, answer):
                return dispute.told(answer, other)
        return answer

    def _outvoted(self, answer: Answer, best: Reading, readings: Sequence[Reading]) -> Iterator[Reading]:
        """What rounds that were not believed said of what they read of articles that the answer does not stand on."""
        aside = {article.id for article in dispute.articles(best)}
        for one in readings:
            read = [source for source in answer.sources[: one.opinion.read] if source.article.id not in aside]
            if read and one is not best and not one.refused and not one.agrees(best):
                yield replace(one, citations=self.cite(one.opinion, read))

    def _support(self, best: Reading, source: Source) -> float:
        """How far the article of a source states the answer, by its least stated sentence."""
        return min((citation.support for citation in self.cite(best.opinion, [source])), default=0.0)
