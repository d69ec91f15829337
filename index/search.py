"""Question → hits: dense and lexical candidates, fused so that no language hides another."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from index import fuse, language
from index.catalog import Catalog
from index.embed import Embedder, Vectors
from index.fuse import Candidate
from index.settings import Settings
from index.types import Hit
from index.vectors import VectorStore

# Written languages so close that a word of one is often a word of the other.
_CLOSE = ({"no", "da"},)


class Searcher:
    """Searches one library.

    Args:
        catalog, vectors, embedder: Of the same library.
        settings: ``candidates`` and ``lexical_weight`` count.
    """

    def __init__(self, catalog: Catalog, vectors: VectorStore, embedder: Embedder, settings: Settings) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings

    def search(self, question: str, limit: int, within: Collection[str] | None = None) -> list[Hit]:
        """The passages that answer a question best, best first.

        Args:
            question: In any language.
            limit: At most so many hits.
            within: Ids of the only articles to look in, or None for all.
        """
        among = None if within is None else self._catalog.passage_ids(within)
        vector = self._embedder.query(question)
        dense = self._vectors.nearest(vector, max(limit, self._settings.candidates), among)
        spoken = self._spoken_languages(question)
        lexical = self._lexical(question, spoken, within)
        candidates = self._candidates(vector, dense, lexical, spoken)
        ranked = fuse.fuse(candidates, lexical_weight=self._settings.lexical_weight)[:limit]
        return self._hits(ranked, candidates, dense, lexical)

    def _spoken_languages(self, question: str) -> set[str]:
        """The library's languages whose passages the question's words can match."""
        asked = language.detect(question)
        spoken = {asked}.union(*(group for group in _CLOSE if asked in group))
        return spoken.intersection(self._catalog.languages())

    def _lexical(
        self, question: str, spoken: Collection[str], within: Collection[str] | None
    ) -> list[tuple[int, float]]:
        found: dict[int, float] = {}
        for code in sorted(spoken):  # a language has its own stems
            terms = language.terms(question, code)
            found.update(self._catalog.lexical(terms, {code}, self._settings.candidates, within))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[: self._settings.candidates]

    def _candidates(
        self,
        vector: Vectors,
        dense: Sequence[tuple[int, float]],
        lexical: Sequence[tuple[int, float]],
        spoken: Collection[str],
    ) -> list[Candidate]:
        """Every passage that either stage found, with both scores, as far as the second can speak about it."""
        cosines = dict(dense)
        missing = [passage_id for passage_id, _ in lexical if passage_id not in cosines]
        cosines.update({i: float(v @ vector) for i, v in self._vectors.get(missing).items()} if missing else {})
        words = dict(lexical)
        languages = self._catalog.passage_languages(list(cosines))
        return [
            Candidate(i, cosine, words.get(i, 0.0) if languages[i] in spoken else None)
            for i, cosine in cosines.items()
            if i in languages  # a vector whose passage is gone
        ]

    def _hits(
        self,
        ranked: Sequence[tuple[int, float]],
        candidates: Sequence[Candidate],
        dense: Sequence[tuple[int, float]],
        lexical: Sequence[tuple[int, float]],
    ) -> list[Hit]:
        passages = self._catalog.passages([passage_id for passage_id, _ in ranked])
        cosines = {candidate.id: candidate.dense for candidate in candidates}
        words, dense_ranks, lexical_ranks = dict(lexical), fuse.ranks(dense), fuse.ranks(lexical)
        hits: list[Hit] = []
        for passage_id, score in ranked:
            if passage_id not in passages:  # removed by another process since the languages were read
                continue
            passage, article = passages[passage_id]
            hits.append(
                Hit(
                    passage=passage,
                    article=article,
                    score=score,
                    rank=len(hits) + 1,
                    dense=cosines[passage_id],
                    lexical=words.get(passage_id),
                    dense_rank=dense_ranks.get(passage_id),
                    lexical_rank=lexical_ranks.get(passage_id),
                )
            )
        return hits
