"""The catalog's own copy of every vector: stored in the article's transaction, searched exactly.

It is what Chroma is rebuilt from, and what answers for passages that this process's view of Chroma does not hold yet.
Exact search reads 4 bytes a dimension: 100,000 passages of 384 dimensions are 154 MB and 20 ms once they are in memory.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from index.catalog import Catalog
from index.embed import Vectors

_BATCH = 4096


class ExactVectors:
    """The table ``vectors`` of a catalog. Methods may be called from any thread.

    Args:
        catalog: Whose passages they are.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._tail = _Tail(0)

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store vectors, shape ``(len(ids), dimension)``, of passages that are stored."""
        rows = [(i, v.astype("<f4").tobytes()) for i, v in zip(ids, vectors, strict=True)]
        with self._catalog.transaction() as database:
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def missing(self) -> list[int]:
        """Ids of passages without a vector: those of a library that was migrated."""
        with self._catalog.reading() as database:
            rows = database.execute("SELECT id FROM passages EXCEPT SELECT passage_id FROM vectors ORDER BY 1")
            return [row[0] for row in rows]

    def get(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Vectors by passage id; those that are missing are left out."""
        with self._catalog.reading() as database:
            rows = database.execute(
                "SELECT passage_id, vector FROM vectors WHERE passage_id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            return {i: np.frombuffer(blob, dtype="<f4") for i, blob in rows}

    def after(self, last: int) -> Iterator[tuple[list[int], Vectors]]:
        """Vectors of all passages whose id is higher, ascending, in batches: ids and shape ``(n, dimension)``."""
        while True:
            with self._catalog.reading() as database:
                rows = database.execute(
                    "SELECT passage_id, vector FROM vectors WHERE passage_id > ? ORDER BY passage_id LIMIT ?",
                    (last, _BATCH),
                ).fetchall()
            if not rows:
                return
            ids = [row[0] for row in rows]
            yield ids, np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").reshape(len(ids), -1)
            last = ids[-1]

    def alive(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are stored passages."""
        with self._catalog.reading() as database:
            rows = database.execute(
                "SELECT id FROM passages WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
            )
            return {row[0] for row in rows}

    def nearest_after(self, last: int, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest of all passages whose id is higher: ``(passage id, cosine)``, best first.

        The vectors are kept in memory until another ``last`` is asked for. Those of passages that are gone by now may
        be among them.
        """
        with self._lock:
            if self._tail.first != last:
                self._tail = _Tail(last)
            tail = self._tail
            for ids, vectors in self.after(tail.last):
                tail.append(ids, vectors)
            return tail.nearest(vector, limit)

    def held(self) -> int:
        """How many vectors :meth:`nearest_after` keeps in memory."""
        return len(self._tail)

    def nearest_among(self, ids: Sequence[int], vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest of some passages: ``(passage id, cosine)``, best first."""
        found: list[tuple[int, float]] = []
        for start in range(0, len(ids), _BATCH):
            rows = self.get(ids[start : start + _BATCH])
            if rows:
                cosines = np.stack(list(rows.values())) @ vector
                found = best([*found, *zip(rows, cosines.tolist(), strict=True)], limit)
        return found


class _Tail:
    """Vectors in memory of passages above an id, in few large pieces."""

    def __init__(self, first: int) -> None:
        self.first = self.last = first
        self._ids: list[list[int]] = []
        self._pieces: list[Vectors] = []

    def __len__(self) -> int:
        return sum(map(len, self._ids))

    def append(self, ids: list[int], vectors: Vectors) -> None:
        self.last = ids[-1]
        if self._ids and len(self._ids[-1]) + len(ids) <= _BATCH:
            self._ids[-1] = [*self._ids[-1], *ids]
            self._pieces[-1] = np.concatenate([self._pieces[-1], vectors])
        else:
            self._ids.append(ids)
            self._pieces.append(vectors)

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        found: list[tuple[int, float]] = []
        for ids, piece in zip(self._ids, self._pieces, strict=True):
            cosines = piece @ vector
            few = np.argpartition(-cosines, limit - 1)[:limit] if limit < len(ids) else np.arange(len(ids))
            found += [(ids[i], float(cosines[i])) for i in few]
        return best(found, limit)


def best(found: Iterable[tuple[int, float]], limit: int) -> list[tuple[int, float]]:
    """At most ``limit`` pairs of id and cosine, each id once, best first; equals in the order of their ids."""
    return sorted(dict(found).items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
