"""Passage id → vector in Chroma. Derived: all of it is made again from the catalog's own vectors, without embedding.

Embedded Chroma is built for one process. Each client loads the HNSW graph once and never sees what another process adds
(a query that meets such an id fails), and writing the graph to disk is not atomic. So:

- Whoever opens or changes the folder holds ``chroma.lock``; nobody else touches its files meanwhile.
- A change is noted in the catalog before it begins and after it ended, with the state of the graph's files: see
  :mod:`index.ledger`. A process that was killed in between is noticed, and a half-written graph is never loaded.
- A reader keeps the client it opened, however old, and searches what was added since exactly, in the catalog's vectors;
  what is gone by now is left out. So it is always up to date and never waits for a writer. Where it cannot open Chroma,
  because a writer is at it or the folder is damaged, it searches everything exactly.
- A writer whose client is not the last to have written opens a new one; a damaged folder it builds anew.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.catalog import Catalog
from index.chroma import Chroma, ChromaAway, ChromaFailed
from index.chroma_place import ChromaPlace
from index.embed import Encoded, Vectors
from index.errors import LibraryLocked
from index.exact import ExactVectors, best
from index.ledger import Ledger
from index.views import Views

# Vectors beside its client that a reader searches exactly before it opens a new client.
_TAIL = 4096
# How long a deletion waits for searches that began before it, in seconds.
_SEARCH = 10.0


@dataclass(slots=True)
class _Client:
    """An open client.

    Attributes:
        chroma: The collection.
        change: The last change that it has seen.
        last: Every passage up to this id that is stored has its vector here.
        complete: Whether it held as many vectors as there were passages when it was opened.
    """

    chroma: Chroma
    change: int
    last: int
    complete: bool


class VectorStore:
    """One library's vectors, by cosine. Methods may be called from any thread.

    Args:
        directory: Chroma's folder; made when the first vector is added.
        catalog: Of the same library. The caller of ``add``, ``delete``, ``prepare`` and ``mend`` holds its writer lock.
        server: URL of a Chroma server to use instead of the folder.
        sync_threshold: Changes after which Chroma writes the graph to the folder.
    """

    subject = "vectors"
    wants_tokens = False

    def __init__(self, directory: Path, catalog: Catalog, *, server: str = "", sync_threshold: int = 1000) -> None:
        self.exact = ExactVectors(catalog)
        self._directory = directory
        self._catalog = catalog
        self._ledger = Ledger(catalog, directory, server)
        self._server = server
        self._place = ChromaPlace(directory, catalog, server, sync_threshold)
        self._mutex = threading.RLock()
        self._client: _Client | None = None
        self._given_up: int | None = None  # the change at which a reader found the folder not fit to open
        self._views: Views[_Client] = Views()
        self._local = threading.local()

    def close(self) -> None:
        """Let go of the folder."""
        with self._mutex:
            self._replace(None)

    def drop(self) -> None:
        """Delete the library's collection from the server; it cannot be used afterwards.

        Raises:
            LibraryError: the server is away.
        """
        self._place.drop()

    # --- reading

    @contextmanager
    def view(self) -> Iterator[None]:
        """A moment: what this thread searches inside, here and in the catalog, is what was stored when it began.

        Raises:
            LibraryError: the Chroma server is away, or the library was built anew.
        """
        if getattr(self._local, "viewing", False):
            yield
            return
        with self._place.told(), self._mutex:  # until it is noted, another thread may replace and close it
            client = self._for_reading()
            view = self._views.begin(client)
        self._local.viewing, self._local.client = True, client
        try:
            with self._catalog.snapshot():
                yield
        finally:
            self._local.viewing = False
            self._views.end(view)
            self._close_if_unused(client)

    def nearest(self, vector: Vectors, limit: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The stored passages nearest to a unit vector: ``(passage id, cosine)``, best first.

        Args:
            vector: Shape ``(dimension,)``.
            limit: At most so many.
            among: Only these passages, which are searched exactly; None for all.

        Raises:
            LibraryError: the Chroma server is away.
        """
        with self._place.told(), self.view():
            if among is not None:
                return self.exact.nearest_among(among, vector, limit)
            wanted = limit = min(limit, self._catalog.counts()[1])
            while wanted:
                found, all_of_them = self._nearest(self._local.client, vector, wanted)
                alive = self.exact.alive(i for i, _ in found)
                kept = [pair for pair in found if pair[0] in alive]
                if len(kept) >= limit or all_of_them:
                    return kept[:limit]
                wanted *= 4  # many of the nearest are gone since the client was opened
            return []

    def get(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Vectors by passage id; those that are missing are left out."""
        return self.exact.get(ids)

    def ids(self) -> set[int]:
        """All passage ids that have a vector in Chroma.

        Raises:
            LibraryError: Chroma cannot be opened, or the server is away.
        """
        with self._place.told(), self._looking() as chroma:
            return chroma.ids() if chroma else set()

    def _nearest(self, client: _Client | None, vector: Vectors, limit: int) -> tuple[list[tuple[int, float]], bool]:
        """The nearest, some of them perhaps gone, and whether that is all there is."""
        if client is None:
            found = self.exact.nearest_after(0, vector, limit)
            return found, len(found) < limit
        try:
            found = client.chroma.nearest(vector, limit)
        except ChromaAway:
            raise
        except ChromaFailed:  # another process has built the folder anew under this client
            with self._mutex:
                self._given_up = client.change
                self._replace(None)
            self._local.client = None
            return self._nearest(None, vector, limit)
        newer = [] if self._server else self.exact.nearest_after(client.last, vector, limit)
        return best([*found, *newer], limit), len(found) < limit and len(newer) < limit

    def _for_reading(self) -> _Client | None:
        """What to search with: the client there is, or a new one if that is too old, and the folder free and sound."""
        with self._mutex:
            state, client = self._ledger.state(), self._client
            current = client is not None and (self._server or client.change == state.change)
            if current or (client is not None and self.exact.held() < _TAIL):
                return client
            if state.at != self._server or state.busy or self._given_up == state.change or not state.change:
                return client
            try:
                with self._place.alone(patience=0.0):
                    opened = self._open(create=False) if self._ledger.sound() else None
                    if opened is not None and opened.complete:
                        opened.chroma.load()
                        self._replace(opened)
                    else:
                        self._given_up = state.change
            except LibraryLocked:  # a writer is at it: next time
                pass
            except ChromaAway:
                raise
            except ChromaFailed:
                self._given_up = state.change
            return self._client

    # --- writing

    def add(self, ids: Sequence[int], encoded: Encoded) -> None:
        """Store unit vectors, shape ``(len(ids), dimension)``; ids already there are replaced.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        if not ids:
            return
        with self._changing() as client:
            client.chroma.add(ids, encoded.vectors)
            client.last = max(client.last, *ids)

    def delete(self, ids: Collection[int]) -> None:
        """Forget vectors, once searches that may still need them have ended; ids that are not there are fine.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        self._views.wait(_SEARCH)
        with self._changing() as client:
            client.chroma.delete(list(ids))

    def prepare(self) -> None:
        """Bring Chroma in step with the catalog if the last writer was killed, or it lies elsewhere or is damaged.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        state = self._ledger.state()
        if state.busy or state.at != self._server or not self._ledger.sound():
            self.mend()

    def adopt(self) -> None:
        """Take into the catalog the vectors of its passages that only Chroma has: of a library that was migrated."""
        missing = self.exact.missing()
        if not missing or self._server or not self._directory.exists():
            return
        with contextlib.suppress(ChromaFailed), self._looking() as chroma:  # they can be computed again
            for start in range(0, len(missing), _TAIL):
                found = chroma.get(missing[start : start + _TAIL]) if chroma else {}
                if found:
                    self.exact.put(list(found), np.stack(list(found.values())))

    def mend(self) -> None:
        """Bring Chroma in step with the catalog: what is missing is added, what does not belong is deleted.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        with self._changing(check=True):
            pass

    def damage(self) -> str:
        """What is wrong with Chroma as a whole, in words; empty if it opens. The caller holds the writer lock."""
        state = self._ledger.state()
        if state.at != self._server:
            return "the vectors are in another Chroma than the one now set"
        if state.busy:
            return "a change of Chroma was cut short"
        if not self._ledger.sound():
            return "Chroma's files are missing, half-written or changed by another program"
        try:
            with self._looking(anew=True):
                return ""
        except ChromaFailed as error:
            return f"Chroma does not open: {error}"

    def wrong(self) -> list[int]:
        """Ids whose vectors in Chroma are not those of the catalog. The caller holds the writer lock.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        found: list[int] = []
        with self._place.told(), self._looking() as chroma:
            for ids, vectors in self.exact.after(0):
                there = chroma.get(ids) if chroma else {}
                pairs = [(i, v) for i, v in zip(ids, vectors, strict=True) if i in there]
                found += [i for i, v in pairs if not np.allclose(there[i], v, atol=1e-4)]
        return found

    def renew(self, ids: Sequence[int]) -> None:
        """Give Chroma some vectors again.

        Raises:
            LibraryError: Chroma fails, or the server is away.
        """
        vectors = self.exact.get(ids)
        self.add(list(vectors), Encoded(np.stack(list(vectors.values())), [], []))

    @contextmanager
    def _looking(self, *, anew: bool = False) -> Iterator[Chroma | None]:
        """Chroma as of the last change, opened if need be or ``anew``, to change nothing; None where it was never made.

        Raises:
            ChromaFailed: it cannot be opened.
        """
        with self._mutex, self._place.alone():
            state, client = self._ledger.state(), self._client
            if client is not None and client.change == state.change and not anew:
                yield client.chroma
            elif not state.change and (self._server or not self._directory.exists()):
                yield None
            else:
                chroma = self._place.open(create=False)
                try:
                    yield chroma
                finally:
                    chroma.close()

    @contextmanager
    def _changing(self, *, check: bool = False) -> Iterator[_Client]:
        with self._place.told(), self._mutex, self._place.alone():
            try:
                client = self._writable(check=check)
                client.change = self._ledger.begin()
                yield client
                self._ledger.end()
            except ChromaFailed:
                self._replace(None)
                raise

    def _writable(self, *, check: bool) -> _Client:
        """A client that has seen every change, and holds what the catalog holds."""
        state, client = self._ledger.state(), self._client
        if client is not None and client.change == state.change and not state.busy and not check:
            return client
        self._replace(None)
        sound = state.at == self._server and self._ledger.sound()
        try:
            client = self._open() if sound else self._anew()
        except ChromaFailed:
            if self._server:
                raise
            client = self._anew()
        self._client = client
        if check or state.busy or not (sound and client.complete):
            self._reconcile(client)
        return client

    def _anew(self) -> _Client:
        """A client of an empty folder; on a server, of whatever is there."""
        if not self._server and self._directory.exists():
            self._ledger.begin()  # should this be cut short
            shutil.rmtree(self._directory)
        return self._open()

    def _reconcile(self, client: _Client) -> None:
        self._ledger.begin()
        there = client.chroma.ids()
        for ids, vectors in self.exact.after(0):
            missing = [row for row, number in enumerate(ids) if number not in there]
            client.chroma.add([ids[row] for row in missing], vectors[missing])
            there.difference_update(ids)
        client.chroma.delete(sorted(there))

    def _open(self, *, create: bool = True) -> _Client:
        with self._catalog.reading(latest=True) as database:  # before opening: Chroma holds what is stored by now
            last, stored = database.execute("SELECT coalesce(max(id), 0), count(*) FROM passages").fetchone()
        chroma = self._place.open(create=create)
        return _Client(chroma, self._ledger.state().change, last, complete=chroma.count() == stored)

    def _replace(self, client: _Client | None) -> None:
        former, self._client = self._client, client
        self._close_if_unused(former)

    def _close_if_unused(self, client: _Client | None) -> None:
        with self._mutex:
            if client is not None and client is not self._client and not self._views.use(client):
                client.chroma.close()
