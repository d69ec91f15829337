"""One Chroma collection, in a folder of this machine or on a server. The only importer of chromadb.

Whatever goes wrong in Chroma leaves here as :class:`ChromaFailed`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import numpy as np

from index.embed import Vectors
from index.errors import SettingsError
from index.offline import go_offline

Value = TypeVar("Value")

_BATCH = 2000
# How long a server may be away before that is an error, in seconds: it restarts in two or three.
_PATIENCE = 8.0
# chromadb shares one client among all who open the same path, so that a new one would see what the old one saw. The
# same folder under another spelling is another path; these are in use, or spoilt by a start that failed.
_spellings: set[str] = set()
_spellings_lock = threading.Lock()


class ChromaFailed(Exception):
    """Chroma said no; its own words. Never leaves the package."""


class ChromaAway(ChromaFailed):
    """The server cannot be reached."""


class Chroma:
    """An open collection of unit vectors, by cosine.

    Args:
        client: Of chromadb.
        name: The collection's name.
        create: Whether to make the collection if it is not there.
        sync_threshold: Changes after which the graph is written to disk.
        patience: Seconds to try again for, where the failure is one of the network.
        released: Called when it is closed.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        create: bool,
        sync_threshold: int = 1000,
        patience: float = 0.0,
        released: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._patience = patience
        self._released = released
        self._closed = False
        hnsw = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "sync_threshold": sync_threshold}
        # Batches are what Chroma collects before it adds to the graph; they cannot be larger than what it then stores.
        hnsw["batch_size"] = min(100, sync_threshold)
        try:
            if create:
                self._collection = self._try(
                    lambda: client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": hnsw})
                )
            else:
                self._collection = self._try(lambda: client.get_collection(name, embedding_function=None))
        except ChromaFailed:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files or the connection, once: its place may be another client's by the second time."""
        if not self._closed:
            self._closed = True
            self._client.close()
            self._released()

    def count(self) -> int:
        """How many vectors there are."""
        return int(self._try(self._collection.count))

    def load(self) -> None:
        """Read the graph from disk now, and not at the first search."""
        some = self._try(lambda: self._collection.get(limit=1, include=["embeddings"]))["embeddings"]
        if len(some):
            self.nearest(np.asarray(some[0], dtype=np.float32), 1)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Store unit vectors, shape ``(len(ids), dimension)``; ids already there are replaced."""
        for start in range(0, len(ids), _BATCH):
            names = [str(i) for i in ids[start : start + _BATCH]]
            some = vectors[start : start + _BATCH]
            self._try(partial(self._collection.upsert, ids=names, embeddings=some))

    def delete(self, ids: Sequence[int]) -> None:
        """Forget vectors; ids that are not there are fine."""
        for start in range(0, len(ids), _BATCH):
            names = [str(i) for i in ids[start : start + _BATCH]]
            self._try(partial(self._collection.delete, ids=names))

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """The nearest to a unit vector, shape ``(dimension,)``: ``(id, cosine)``, best first; limit ≥ 1."""
        found = self._try(
            lambda: self._collection.query(
                query_embeddings=vector[np.newaxis, :], n_results=limit, include=["distances"]
            )
        )
        distances = (found["distances"] or [[]])[0]
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def get(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Vectors by id; ids that are not there are left out."""
        found = self._try(lambda: self._collection.get(ids=[str(i) for i in ids], include=["embeddings"]))
        return {int(i): np.asarray(v, dtype=np.float32) for i, v in zip(found["ids"], found["embeddings"], strict=True)}

    def ids(self) -> set[int]:
        """All ids."""
        return {int(i) for i in self._try(lambda: self._collection.get(include=[]))["ids"]}

    def _try(self, call: Callable[[], Value]) -> Value:
        with _translated():
            return _patiently(call, self._patience)


def import_library() -> None:
    """Import chromadb, which takes half a second, before it is needed.

    Raises:
        ImportError: it cannot be imported.
    """
    go_offline()
    import chromadb  # noqa: F401 -- so that the next import of it takes no time


def open_folder(directory: Path, sync_threshold: int, *, create: bool) -> Chroma:
    """The collection in a folder, seen through a client that nobody else has.

    Raises:
        ChromaFailed: it cannot be opened, or is not there and ``create`` is False.
    """
    go_offline()
    import chromadb

    spelling = _spell(directory)
    try:
        with _translated():
            client = chromadb.PersistentClient(spelling, settings=_settings())
    except AttributeError as error:  # chromadb 1.5.9 trips over stopping what could not be started
        raise ChromaFailed("its database cannot be opened") from error
    return Chroma(
        client,
        "passages",
        create=create,
        sync_threshold=sync_threshold,
        released=lambda: _spellings.discard(spelling),
    )


def open_server(url: str, name: str, *, create: bool) -> Chroma:
    """A collection on a server, which is given some seconds to come back should it be restarting.

    Raises:
        ChromaFailed: it does not answer, or the collection is not there and ``create`` is False.
        SettingsError: the URL is none.
    """
    return Chroma(_server(url), name, create=create, patience=_PATIENCE)


def delete_from_server(url: str, name: str) -> None:
    """Delete a collection on a server; none is fine.

    Raises:
        ChromaFailed: the server does not answer.
        SettingsError: the URL is none.
    """
    client = _server(url)
    from chromadb.errors import NotFoundError

    try:
        with _translated():
            client.delete_collection(name)
    except ChromaFailed as error:
        if not isinstance(error.__cause__, NotFoundError):
            raise
    finally:
        client.close()


def _server(url: str) -> Any:
    go_offline()
    import chromadb

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"The setting 'chroma' is no address of a server: {url!r}.", "Write it as http://HOST:PORT")
    port = parts.port or (443 if parts.scheme == "https" else 8000)
    host, ssl = parts.hostname, parts.scheme == "https"
    with _translated():
        return _patiently(lambda: chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=_settings()), _PATIENCE)


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _spell(directory: Path) -> str:
    with _spellings_lock:
        spelling = str(directory)
        while spelling in _spellings:
            spelling += "/."
        _spellings.add(spelling)
    return spelling


def _patiently(call: Callable[[], Value], patience: float) -> Value:
    """The call's value, tried again for some seconds while the server cannot be reached."""
    if not patience:
        return call()
    from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential

    retrying = Retrying(
        retry=retry_if_exception(_is_away),
        stop=stop_after_delay(patience),
        wait=wait_exponential(multiplier=0.1, max=1.0),
        reraise=True,
    )
    return retrying(call)


def _is_away(error: BaseException) -> bool:
    """Whether the server could not be reached, or is going down or coming up."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in {502, 503, 504}
    # The client's constructor reports a server that it cannot reach as a ValueError.
    return isinstance(error, httpx.TransportError) or (
        isinstance(error, ValueError) and "connect to a Chroma server" in str(error)
    )


@contextmanager
def _translated() -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, OSError, httpx.HTTPError) as error:
        kind = ChromaAway if _is_away(error) else ChromaFailed
        raise kind(str(error).strip().rstrip(".") or type(error).__name__) from error
