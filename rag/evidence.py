"""What an answer may stand on: the sentences of its sources, and those of the rest of their articles."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.passages import parts
from index.sentences import sentences
from index.types import Article, Span
from rag import orders
from rag.facts import claim_dates, claim_numbers
from rag.facts.claims import Terms
from rag.types import Source

_ARTICLES = 128  # remembered
_LONGEST = 1000
"""Characters of the longest sentence, beside white space; of a text without full stops a part is quoted, not all."""
_ENDS = frozenset(".!?…。！？।॥؟۔։።။។")
# Letters of Thai and Lao, which end no sentence with a mark.
_UNMARKED = re.compile("[\u0e00-\u0eff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an article, or a part of one that is too long to be a quote.

    Attributes:
        article: The article.
        span: Where it stands in the article's text.
        place: Its number among the article's sentences, from 0.
        terms: What it says that can be checked.
        found: Whether it is in a passage that was found, whether or not the model read that.
    """

    article: Article
    span: Span
    place: int
    terms: Terms
    found: bool = False

    @property
    def text(self) -> str:
        """Its characters."""
        return self.article.text[self.span.start : self.span.end]

    @property
    def headline(self) -> bool:
        """Whether it does not end like a sentence: a headline, a caption, an item of a list."""
        words = self.text
        after = next((i + 1 for i in reversed(range(len(words))) if words[i].isalnum()), 0)
        return _ENDS.isdisjoint(words[after:]) and not _UNMARKED.search(words, after - 1, after)


class Evidence:
    """Reads articles' sentences, but those that speak to the model, and remembers those of the articles read last."""

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[str, str, int], list[Sentence]] = OrderedDict()

    def of(self, sources: Sequence[Source]) -> list[Sentence]:
        """The sentences of the sources' passages in the order of the sources, then the other ones of their articles."""
        found: dict[tuple[str, int], Sentence] = {}
        others: dict[tuple[str, int], Sentence] = {}
        for source in sources:
            passage = source.hit.passage
            for sentence in self._sentences(source.article):
                key = (source.article.id, sentence.place)
                if sentence.span.start < passage.end and passage.start < sentence.span.end:
                    found.setdefault(key, replace(sentence, found=True))
                else:
                    others.setdefault(key, sentence)
        return [*found.values(), *(sentence for key, sentence in others.items() if key not in found)]

    def _sentences(self, article: Article) -> list[Sentence]:
        key = (article.id, article.digest, hash(article.text))
        if key not in self._read:
            whole = sentences(article.text, article.language, article.furniture)
            spans = [part for sentence in whole for part in parts(article.text, sentence, _LONGEST)]
            self._read[key] = [
                Sentence(article, span, i, _terms(article, span))
                for i, span in enumerate(spans)
                if not orders.is_order(article.text[span.start : span.end], article.language)
            ]
        self._read.move_to_end(key)
        while len(self._read) > _ARTICLES:
            self._read.popitem(last=False)
        return self._read[key]


def _terms(article: Article, span: Span) -> Terms:
    """A sentence's terms; where it names a day but no year, the one is understood that was meant at publication."""
    text = article.text[span.start : span.end]
    terms = Terms.of(text, article.language, article.published)
    known = claim_numbers.understood(text, article.language)
    if article.published is not None:
        known |= {str(year) for year in claim_dates.understood(text, article.language, article.published)}
    return replace(terms, understood=known) if known else terms
