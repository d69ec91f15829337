"""Question → hits: dense and lexical candidates, compared token by token, fused so that no language hides another."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from index import fuse, language
from index.catalog import Catalog
from index.embed import Embedder, Encoded, Vectors
from index.fuse import Candidate
from index.rerank import Reranker
from index.settings import Settings
from index.tokens import TokenStore
from index.types import Hit
from index.vectors import VectorStore

Scored = list[tuple[int, float]]

# Written languages that a short question is taken for one another: of 415 Swedish ones, 15 for Norwegian or Danish.
_CONFUSED = ({"no", "da", "sv"},)
# Passages in other languages that are searched by themselves, exactly, which takes some 20 ms.
_FEW = 4000
# Where there are more, how many times as many nearest passages are levelled as are kept: of 13,000 passages, 14 % in
# the language of the answer, the 50 nearest hold it for 88 % of questions, of the 500 nearest the 50 best for 96 %.
_WIDE = 10
# The best by BM25 that become candidates; more find nothing that the vectors do not.
_BY_WORDS = 20
# Languages whose words a question in none of them is compared with: a name alone, mostly.
_GUESSES = 6


@dataclass(frozen=True, slots=True)
class Trace:
    """What each stage made of a question: ``(passage id, score)``, best first.

    Attributes:
        dense: The nearest by cosine, as they are.
        lexical: The best by BM25 in the languages that the question's words can match.
        late: The candidates that have token vectors, by late interaction.
        fused: All candidates.
        cosines: Of each candidate.
    """

    dense: Scored
    lexical: Scored
    late: Scored
    fused: Scored
    cosines: Mapping[int, float]


class Searcher:
    """Searches one library.

    Args:
        catalog, vectors, embedder: Of the same library.
        settings: ``candidates`` and ``lexical_weight`` count.
        tokens: Token vectors of the same library; passages that have none are ranked by the other two stages.
        reranker: Reorders what is found.
    """

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorStore,
        embedder: Embedder,
        settings: Settings,
        *,
        tokens: TokenStore | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings
        self._tokens = tokens
        self._reranker = reranker

    def search(self, question: str, limit: int, within: Collection[str] | None = None) -> list[Hit]:
        """The passages that answer a question best, best first.

        Args:
            question: In any language.
            limit: At most so many hits.
            within: Ids of the only articles to look in, or None for all.
        """
        depth = limit if self._reranker is None else max(limit, self._reranker.depth)
        hits = self._hits(self.trace(question, depth, within), depth)
        if self._reranker is not None:
            hits = self._reranker.rerank(question, hits)
        return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:limit], start=1)]

    def trace(self, question: str, limit: int = 0, within: Collection[str] | None = None) -> Trace:
        """What each stage finds, for whoever measures them; arguments as for :meth:`search`."""
        wanted = max(limit, self._settings.candidates)
        among = None if within is None else self._catalog.passage_ids(within)
        encoded = self._embedder.encode_query(question)
        vector = encoded.vectors[0]
        known = self._languages()
        spoken = _spoken(question, known)
        others = sum(count for code, count in known.items() if code not in spoken) if among is None else 0
        dense = self._vectors.nearest(vector, wanted, among)
        nearest, foreign = self._levelled(vector, dense, wanted, spoken, others)
        lexical, shares = self._lexical(question, spoken, wanted, within)
        chosen = list(dict.fromkeys([i for i, _ in nearest[:wanted]] + [i for i, _ in lexical[:_BY_WORDS]]))
        foreign.update(self._foreign([i for i in chosen if i not in foreign], spoken))
        cosines = {**dict(nearest), **dict(dense)}
        missing = [i for i in chosen if i not in cosines]
        if missing:
            cosines.update({i: float(v @ vector) for i, v in self._vectors.get(missing).items()})
        late = self._late(encoded, chosen)
        candidates = [
            Candidate(i, cosines[i], None if foreign[i] else shares.get(i, 0.0), late.get(i))
            for i in chosen
            if i in foreign and i in cosines  # neither gone from the catalog nor without a vector
        ]
        fused = fuse.fuse(candidates, lexical_weight=self._settings.lexical_weight)
        cosines = {candidate.id: candidate.dense for candidate in candidates}
        return Trace(dense, lexical, sorted(late.items(), key=_best_first), fused, cosines)

    # --- stages

    def _levelled(
        self, vector: Vectors, dense: Scored, wanted: int, spoken: Collection[str], others: int
    ) -> tuple[Scored, dict[int, bool]]:
        """The best once cosines are level between languages, with their own cosines, and which of them are foreign."""
        if 0 < others <= _FEW:
            dense = list(dict([*dense, *self._vectors.nearest(vector, wanted, self._not_in(spoken))]).items())
        elif others:
            dense = self._vectors.nearest(vector, wanted * _WIDE)
        foreign = self._foreign([i for i, _ in dense], spoken)
        cosines = dict(dense)
        return [(i, cosines[i]) for i, _ in fuse.level(dense, foreign)], foreign

    def _lexical(
        self, question: str, spoken: Collection[str], limit: int, within: Collection[str] | None
    ) -> tuple[Scored, dict[int, float]]:
        """BM25 in each language that the question may be in, as each has its own stems, and the shares it reaches."""
        found: dict[int, float] = {}
        shares: dict[int, float] = {}
        for code in sorted(spoken):
            terms = list(dict.fromkeys(language.terms(question, code)))
            scored = self._catalog.lexical(terms, {code}, limit, within)
            rarity = self._rarity(terms) if scored else 0.0
            found.update(scored)
            shares.update({i: score / rarity for i, score in scored} if rarity > 0.0 else {})
        return sorted(found.items(), key=_best_first)[:limit], shares

    def _late(self, encoded: Encoded, ids: Sequence[int]) -> dict[int, float]:
        return {} if self._tokens is None else self._tokens.scores(encoded, ids)

    # --- what the stages need to know

    def _foreign(self, ids: Sequence[int], spoken: Collection[str]) -> dict[int, bool]:
        """Whether passages are in a language that the question's words cannot match; without those that are gone."""
        return {i: code not in spoken for i, code in self._catalog.passage_languages(ids).items()}

    def _languages(self) -> dict[str, int]:
        """Passages by language, most frequent first."""
        with self._catalog.reading() as database:
            rows = database.execute("SELECT language, count(*) FROM passages GROUP BY language ORDER BY count(*) DESC")
            return dict(rows.fetchall())

    def _not_in(self, spoken: Collection[str]) -> list[int]:
        """Ids of passages in other languages."""
        with self._catalog.reading() as database:
            rows = database.execute(
                "SELECT id FROM passages WHERE language NOT IN (SELECT value FROM json_each(?))",
                (json.dumps(list(spoken)),),
            )
            return [row[0] for row in rows]

    def _rarity(self, terms: Sequence[str]) -> float:
        """Sum of the terms' inverse document frequencies, as SQLite's BM25 has them.

        A passage of average length that holds each term once reaches about this score. A term that no passage holds
        counts in full, so that the one word which the library knows of a question is worth little.
        """
        total = self._catalog.counts()[1]
        with self._catalog.reading() as database:
            counts = [
                database.execute("SELECT count(*) FROM words WHERE words MATCH ?", (f'"{term}"',)).fetchone()[0]
                for term in terms
            ]
        return sum(max(1e-6, math.log((total - count + 0.5) / (count + 0.5))) for count in counts)

    def _hits(self, trace: Trace, limit: int) -> list[Hit]:
        passages = self._catalog.passages([passage_id for passage_id, _ in trace.fused[:limit]])
        words = dict(trace.lexical)
        dense_ranks, lexical_ranks = fuse.ranks(trace.dense), fuse.ranks(trace.lexical)
        return [
            Hit(
                passage=passages[i][0],
                article=passages[i][1],
                score=score,
                rank=rank,
                dense=trace.cosines.get(i),
                lexical=words.get(i),
                dense_rank=dense_ranks.get(i),
                lexical_rank=lexical_ranks.get(i),
            )
            for rank, (i, score) in enumerate(trace.fused[:limit], start=1)
            if i in passages  # not removed by another process since its language was read
        ]


def _spoken(question: str, known: Mapping[str, int]) -> set[str]:
    """Which of a library's languages have passages that the question's words can match."""
    asked = language.detect(question)
    if asked == language.UNKNOWN:
        return set(list(known)[:_GUESSES])
    if asked not in known:
        likely = {code for group in _CONFUSED if asked in group for code in group.intersection(known)}
        asked = language.detect(question, likely) if likely else asked
    return set(language.close_to(asked).intersection(known))


def _best_first(pair: tuple[int, float]) -> tuple[float, int]:
    return -pair[1], pair[0]
