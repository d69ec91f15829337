"""Sentences as an embedder compares them: centred, so that what all sentences have in common says nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from index import language
from index.embed import Embedder, Vectors, unit
from index.late import token_weights
from rag.facts.claims import Terms
from rag.verdicts.verdict import Text

_REMEMBERED = 2048  # sentences, some 60 kB each
# About nothing in particular and in several languages: their mean is what any two sentences share.
_COMMON = (
    "The minister said on Monday that the talks would continue.",
    "Police are looking for witnesses after the accident.",
    "The company's profit rose by a tenth last year.",
    "Regeringen presenterade ett nytt förslag i dag.",
    "Matchen slutade oavgjort efter förlängning.",
    "Forskerne fant nye spor etter dyr på øya.",
    "Viele Menschen warteten stundenlang auf den Zug.",
    "La ville a ouvert une nouvelle bibliothèque.",
    "El hospital recibió a decenas de pacientes.",
    "Президент встретился с журналистами.",
)


class Meaning:
    """Embeds sentences, each once.

    Args:
        embedder: One forward pass gives a sentence's vector and those of its tokens.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, tuple[Vectors, Vectors, Vectors]] = OrderedDict()
        self._centre: tuple[Vectors, Vectors] | None = None

    def of(self, wanted: Sequence[tuple[str, Terms]]) -> list[Text]:
        """The texts, embedded; those that are not remembered in one batch."""
        texts = [text for text, _ in wanted]
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        centre, token_centre = self._centres()
        if new:
            encoded = self._embedder.encode_passages(new)
            for i, text in enumerate(new):
                tokens = unit(encoded.tokens[i] - token_centre)
                self._known[text] = (unit(encoded.vectors[i] - centre), tokens, token_weights(encoded.token_ids[i]))
        found = [text_of(text, terms, self._known[text]) for text, terms in wanted]
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _centres(self) -> tuple[Vectors, Vectors]:
        """The means of vectors and of token vectors of ``_COMMON``."""
        if self._centre is None:
            encoded = self._embedder.encode_passages(_COMMON)
            means = [tokens.mean(axis=0) for tokens in encoded.tokens if len(tokens)]
            middle = np.mean(means, axis=0) if means else np.zeros(self._embedder.dimension)
            self._centre = (encoded.vectors.mean(axis=0), np.asarray(middle, dtype=np.float32))
        return self._centre


def text_of(text: str, terms: Terms, embedded: tuple[Vectors, Vectors, Vectors] | None = None) -> Text:
    """A text as it is compared, with its vector, its tokens' and their weights if it was embedded."""
    stems = tuple(language.terms(text, terms.language, stop_words=True))
    return Text(text, terms, stems, *(embedded or (None, None, None)))
