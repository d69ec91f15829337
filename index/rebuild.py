"""A library is built anew beside the old one, which is deleted when the new one is there and not before."""

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
    place, aside = settings.library_dir, _aside(settings)
    if place.exists():
        with writing(place):
            if aside.exists():  # what is in its place is half of one that was killed
                shutil.rmtree(place)
            else:
                place.rename(aside)
    good = False

    def finished() -> None:
        nonlocal good
        good = True
        _delete(aside, settings)

    try:
        yield finished
    finally:
        if not good and aside.exists():
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)


def bring_back(settings: Settings) -> None:
    """Put a library that was set aside by a process that was killed back, unless a new one has been begun."""
    aside = _aside(settings)
    if not aside.exists() or (settings.library_dir / CATALOG).exists():
        return
    with contextlib.suppress(filelock.Timeout), _alone(settings):
        shutil.rmtree(settings.library_dir, ignore_errors=True)
        aside.rename(settings.library_dir)


def _alone(settings: Settings) -> filelock.FileLock:
    """The lock of whoever sets a library aside; it is not in the library's folder, which goes away."""
    return filelock.FileLock(settings.library_dir.with_name(f"{settings.library_dir.name}.rebuilding.lock"), timeout=0)


def _aside(settings: Settings) -> Path:
    return settings.library_dir.with_name(f"{settings.library_dir.name}.before")


def _delete(directory: Path, settings: Settings) -> None:
    """Delete a library, also what a Chroma server has of it; a catalog that cannot be opened does not name that."""
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
