"""The connections to one SQLite file: one that writes, and one for each snapshot that is being read.

A file in whose place another one lies was replaced by a process that built the library anew: nothing new is read from
it or written to it. What SQLite says of files and disks leaves here as an error of ours; what it says of statements is
left as it is, for those are bugs.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from index.errors import LibraryError, LibraryLocked

# How long to wait for another process that is writing a transaction, in seconds.
_PATIENCE = 30.0
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FORBIDDEN = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


class Connections:
    """Connections to one file. Methods may be called from any thread.

    Args:
        path: The file.
        create: Whether it may be created.

    Raises:
        LibraryError: it cannot be opened, or is none of SQLite's.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._local = threading.local()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        before = self._there()
        try:
            with ExitStack() as unless_opened:
                self._db = unless_opened.enter_context(closing(self._connect(create=create)))
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._file = self._there()
                if before not in (None, self._file):  # between two looks: which of the two was opened is not known
                    raise self._replaced()
                unless_opened.pop_all()
        except sqlite3.DatabaseError as error:
            raise unusable(error, path, opening=True) from error

    def _connect(self, *, create: bool = False) -> sqlite3.Connection:
        return connect(self.path, create=create)

    def close(self) -> None:
        """Close the file; a snapshot that somebody still has is closed when it ends."""
        with self._lock:
            self._closed = True
            self._db.close()
            while self._idle:
                self._idle.pop().close()

    # --- reading and writing

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that this thread reads inside belongs to one moment, whatever writers do meanwhile.

        Raises:
            LibraryError: when it begins, the library was built anew; also if the file or the disk fails.
        """
        if getattr(self._local, "snapshot", None) is not None:
            yield
            return
        with self._told():
            database = self._for_snapshot()
            try:
                database.execute("BEGIN")
                database.execute("SELECT 1 FROM manifest LIMIT 1").fetchone()  # the moment is that of the first read
                self._local.snapshot = database
                yield
            finally:
                self._local.snapshot = None
                database.rollback()
                with self._lock:
                    if self._closed:
                        database.close()
                    else:
                        self._idle.append(database)

    @contextmanager
    def reading(self, *, latest: bool = False) -> Iterator[sqlite3.Connection]:
        """The connection to read through: the snapshot's, or the writing one, which this thread then has to itself.

        Args:
            latest: Not the snapshot's.

        Raises:
            LibraryError: the file or the disk fails.
        """
        database: sqlite3.Connection | None = getattr(self._local, "snapshot", None)
        with self._told():
            if database is not None and not latest:
                yield database
                return
            with self._lock:
                yield self._db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; may be nested.

        Raises:
            LibraryError: the file or the disk fails, or the disk is full.
        """
        with self._told(), self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            with self._db:  # commits, or rolls back on any exception
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db

    def _for_snapshot(self) -> sqlite3.Connection:
        with self._lock:
            if not self._idle and self._there() is None:
                raise self._away()
            database = self._idle.pop() if self._idle else self._connect()
        # Looked at last: what was opened may be of another file. Where there is none, another library is about to be;
        # until it is there, this one answers.
        if self._there() not in (None, self._file):
            database.close()
            raise self._replaced()
        return database

    def require_same_file(self) -> None:
        """Make sure, before writing, that the file is still the one at its path.

        Raises:
            LibraryError: the library was built anew, or is no longer there.
        """
        there = self._there()
        if there is None:
            raise self._away()
        if there != self._file:
            raise self._replaced()

    def _there(self) -> tuple[int, int] | None:
        """Which file is at the path now."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _replaced(self) -> LibraryError:
        return LibraryError(
            f"The library {self.path.parent} was built anew meanwhile.",
            "Ask again; if that does not help, start this program again.",
        )

    def _away(self) -> LibraryError:
        return LibraryError(
            f"The library {self.path.parent} is no longer there, or is being built anew.",
            "Wait until that has finished, then start this program again.",
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if _code(error) in {*_DAMAGED, *_BUSY, *_FORBIDDEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
                raise unusable(error, self.path) from error
            raise


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection whose transactions are begun and ended by hand.

    Raises:
        sqlite3.DatabaseError: the file cannot be opened, or is not there and ``create`` is False.
    """
    return sqlite3.connect(
        path if create else f"{path.absolute().as_uri()}?mode=rw",
        uri=not create,
        check_same_thread=False,
        isolation_level=None,
        timeout=_PATIENCE,
    )


def unusable(error: sqlite3.DatabaseError, path: Path, *, opening: bool = False) -> LibraryError:
    """What SQLite says of a file, as people are told of it, with what helps in that case.

    Args:
        error: What it says.
        path: The file.
        opening: Whether it does not even open, so that nothing in it can be mended.
    """
    code = _code(error)
    what = f"The library's catalog {path} cannot be {'opened' if opening else 'used'}: {error}."
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(f"There is no room on the disk of {path}.", "Free some space, then run the command again.")
    if code in _BUSY:
        return LibraryLocked(what, "Wait until the other process has finished, then run the command again.")
    if code in _FORBIDDEN:
        return LibraryError(what, f'Check that it is there and that you may read and write it: ls -l "{path.parent}"')
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(what, "Look for a full or failing disk, then: pullquote doctor --repair")
    if code in _DAMAGED and not opening:
        return LibraryError(what, "Look what can be mended: pullquote doctor --repair")
    return LibraryError(what, "If the disk is sound, build it anew: pullquote index --rebuild FOLDER")


def _code(error: sqlite3.DatabaseError) -> int | None:
    """SQLite's primary code; None for what Python's module says itself."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
