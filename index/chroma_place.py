"""Where one library's vectors are in Chroma: in a folder of its own, or on a server that holds those of others too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from index.catalog import Catalog
from index.chroma import Chroma, ChromaFailed, delete_from_server, open_folder, open_server
from index.errors import LibraryError, LibraryLocked

# Seconds to wait for a reader that is opening the folder.
_PATIENCE = 60.0


class ChromaPlace:
    """The collection of one library. Methods may be called from any thread.

    Args:
        directory: Chroma's folder; made when it is opened to be written.
        catalog: Of the same library.
        server: URL of a Chroma server to use instead of the folder, or "".
        sync_threshold: Changes after which Chroma writes the graph to the folder.
    """

    def __init__(self, directory: Path, catalog: Catalog, server: str, sync_threshold: int) -> None:
        self._directory = directory
        self._catalog = catalog
        self._server = server
        self._sync_threshold = sync_threshold
        self._file_lock = filelock.FileLock(directory.with_name("chroma.lock"), thread_local=False)

    @property
    def name(self) -> str:
        """What it is called on a server."""
        return f"pullquote-{self._catalog.manifest['library']}"

    def open(self, *, create: bool = True) -> Chroma:
        """Open it; the caller has the folder to itself.

        Raises:
            ChromaFailed: it cannot be opened, or is not there and ``create`` is False.
        """
        if self._server:
            return open_server(self._server, self.name, create=create)
        return open_folder(self._directory, self._sync_threshold, create=create)

    def drop(self) -> None:
        """Delete it from the server.

        Raises:
            LibraryError: the server is away.
        """
        with self.told():
            delete_from_server(self._server, self.name)

    @contextmanager
    def alone(self, *, patience: float = _PATIENCE) -> Iterator[None]:
        """Have the folder to oneself; a server needs no such thing.

        Raises:
            LibraryLocked: another process or thread has it.
        """
        if self._server:
            yield
            return
        try:
            self._file_lock.acquire(timeout=patience)
        except filelock.Timeout as error:
            raise LibraryLocked(
                f"Another process is using the vectors in {self._directory}.",
                "Wait until it has finished, then run the command again.",
            ) from error
        try:
            yield
        finally:
            self._file_lock.release()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Whatever Chroma fails in becomes an error that people can do something about."""
        try:
            yield
        except ChromaFailed as error:
            raise self._broken(error) from error

    def _broken(self, error: ChromaFailed) -> LibraryError:
        if self._server:
            return LibraryError(
                f"The Chroma server {self._server} does not answer: {error}.",
                "Start it, for instance: chroma run --path FOLDER --host HOST --port PORT; or unset PULLQUOTE_CHROMA.",
            )
        return LibraryError(
            f"Chroma cannot use {self._directory}: {error}.",
            "Look for a full disk or missing rights, then: pullquote doctor --repair",
        )
