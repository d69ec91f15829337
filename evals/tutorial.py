"""Search as the tutorials of chromadb and sentence-transformers do it, for ``python -m evals.speed search``.

Its own module, because these two libraries have their homes elsewhere, and what is compared must not share code.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.embed import Vectors
from index.offline import go_offline

# What a collection takes at once; chromadb's own limit is a little above 5,000.
_BATCH = 5000


class PlainSearch:
    """A persistent Chroma collection with a sentence-transformers embedding function, as both tutorials have it.

    Args:
        folder: Chroma's; made if need be.
        model: A folder, or the name of a model, that sentence-transformers can load.
    """

    def __init__(self, folder: Path, model: Path | str) -> None:
        go_offline()
        import chromadb
        from chromadb.config import Settings
        from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

        embed: Any = SentenceTransformerEmbeddingFunction(model_name=str(model))
        self._client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection = self._client.get_or_create_collection("articles", embedding_function=embed)

    def add(self, ids: Sequence[int], texts: Sequence[str], vectors: Vectors) -> None:
        """Store passages whose vectors are known already."""
        for start in range(0, len(ids), _BATCH):
            end = start + _BATCH
            self._collection.add(
                ids=[str(i) for i in ids[start:end]], documents=list(texts[start:end]), embeddings=vectors[start:end]
            )

    def search(self, question: str, limit: int) -> list[int]:
        """Ids of the passages nearest to a question, best first."""
        found = self._collection.query(query_texts=[question], n_results=limit)
        return [int(i) for i in found["ids"][0]]

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()
