"""A library is built anew beside the old one, which is deleted when the new one is there and not before.

Where the library's folder is a link, to another disk perhaps, all this happens where it leads, and the link stays.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from index.catalog import CATALOG, Catalog
from index.errors import LibraryError, LibraryLocked
from index.lock import writing
from index.settings import Settings
from index.vectors import VectorStore


@contextmanager
def rebuilding(settings: Settings) -> Iterator[Callable[[], None]]:
    """Set the user's library aside while a new one is built in its place; the articles' own files are not touched.

    Yields what is to be called once the new library is good, which deletes the old one. If the block ends without that
    call, whatever the reason, the old one takes its place again.

    Raises:
        LibraryLocked: another process is writing to it.
        LibraryError: when the old one is deleted, the Chroma server is away.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(settings):
            yield from _rebuilding(settings)
    except filelock.Timeout as error:
        raise LibraryLocked(
            f"The library {settings.library_dir} is being rebuilt already.", "Wait until that has finished."
        ) from error


def _rebuilding(settings: Settings) -> Iterator[Callable[[], None]]:
    place, aside = _place(settings), _beside(settings, "before")
    _restore(settings)
    _delete(_beside(settings, "deleted"), settings)
    if place.exists():
        with writing(place):
            place.rename(aside)

    def finished() -> None:
        if aside.exists():
            aside.rename(_beside(settings, "deleted"))  # at once: from here on the new one is the library
            _delete(_beside(settings, "deleted"), settings)

    try:
        yield finished
    finally:
        _restore(settings)


def bring_back(settings: Settings) -> None:
    """Put a library back that was set aside by a process which was killed before it had built a new one."""
    if _beside(settings, "before").exists():
        with contextlib.suppress(filelock.Timeout), _alone(settings):
            _restore(settings)


def _restore(settings: Settings) -> None:
    """Put a library that is still set aside back, in place of what has been built of a new one."""
    aside = _beside(settings, "before")
    if aside.exists():
        with contextlib.suppress(LibraryError):  # a Chroma server that is away keeps some vectors that nobody reads
            _delete(_place(settings), settings)
        shutil.rmtree(_place(settings), ignore_errors=True)
        aside.rename(_place(settings))


def _alone(settings: Settings) -> filelock.FileLock:
    """The lock of whoever sets a library aside; it is not in the library's folder, which goes away."""
    return filelock.FileLock(_beside(settings, "rebuilding.lock"), timeout=0)


def _place(settings: Settings) -> Path:
    return settings.library_dir.resolve()


def _beside(settings: Settings, state: str) -> Path:
    place = _place(settings)
    return place.with_name(f"{place.name}.{state}")


def _delete(directory: Path, settings: Settings) -> None:
    """Delete a library, also what a Chroma server has of it; a catalog that cannot be opened does not name that."""
    if directory.is_symlink():  # earlier versions set a link aside; what it leads to is left to who made it
        directory.unlink()
    if not directory.exists():
        return
    if settings.chroma:
        try:
            catalog = Catalog(directory / CATALOG)
        except LibraryError:
            pass
        else:
            VectorStore(directory / "chroma", catalog, server=settings.chroma).drop()
            catalog.close()
    shutil.rmtree(directory)
