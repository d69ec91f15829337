"""Passage id → vector in Chroma. Derived: all of it can be made again from the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Vectors
from index.errors import LibraryError
from index.offline import go_offline

_COLLECTION = "passages"
_BATCH = 2000


class VectorStore:
    """One library's vectors, by cosine, in a Chroma folder of this machine.

    Args:
        directory: Chroma's folder; made if it is not there.

    Raises:
        LibraryError: Chroma cannot open the folder.
    """

    def __init__(self, directory: Path) -> None:
        go_offline()
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        try:
            settings = Settings(anonymized_telemetry=False)
            # Any, because the type that chromadb promises here lacks the client's own close().
            self._client: Any = chromadb.PersistentClient(str(directory), settings=settings)
            self._collection = self._client.get_or_create_collection(
                _COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}},
            )
        except (ChromaError, ValueError, OSError) as error:
            raise LibraryError(
                f"Chroma cannot open {directory}: {error}.", "Look for a full disk or missing rights: pullquote doctor"
            ) from error

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()

    def __len__(self) -> int:
        return int(self._collection.count())

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store unit vectors, shape ``(len(ids), dimension)``; ids already there are replaced."""
        for start in range(0, len(ids), _BATCH):
            self._collection.upsert(
                ids=[str(i) for i in ids[start : start + _BATCH]], embeddings=vectors[start : start + _BATCH]
            )

    def delete(self, ids: Sequence[int]) -> None:
        """Forget vectors; ids that are not there are fine."""
        for start in range(0, len(ids), _BATCH):
            self._collection.delete(ids=[str(i) for i in ids[start : start + _BATCH]])

    def nearest(self, vector: Vectors, limit: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The passages nearest to a unit vector: ``(passage id, cosine)``, best first.

        Args:
            vector: Shape ``(dimension,)``.
            limit: At most so many.
            among: Only these passages; None for all.
        """
        limit = min(limit, len(self) if among is None else len(among))
        if limit == 0:
            return []
        found = self._collection.query(
            query_embeddings=vector[np.newaxis, :],
            n_results=limit,
            ids=None if among is None else [str(i) for i in among],
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def get(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Vectors by passage id; those that are missing are left out."""
        found = self._collection.get(ids=[str(i) for i in ids], include=["embeddings"])
        vectors = found["embeddings"]
        if vectors is None:
            return {}
        return {int(i): np.asarray(v, dtype=np.float32) for i, v in zip(found["ids"], vectors, strict=True)}

    def ids(self) -> set[int]:
        """All passage ids that have a vector."""
        return {int(i) for i in self._collection.get(include=[])["ids"]}
