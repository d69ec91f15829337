"""Folder → files → what in them is new, changed or gone, told by digests. Reads the disk, writes nothing."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index import load
from index.errors import ArticleError
from index.identity import sha256
from index.places import File, Place, Places
from index.types import Article, Failure, IngestReport

# Bytes up to which a file is looked at for being blank.
_BLANK = 65_536
# What people empty by hand; any other file without a byte was cut off on its way.
_WRITTEN = {".txt", ".md"}


@dataclass(slots=True)
class Tally:
    """An :class:`index.types.IngestReport` while it is being written; ids in the order in which they were seen."""

    added: dict[str, None] = field(default_factory=dict)
    updated: dict[str, None] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    duplicates: dict[str, None] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    passages: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def seen(self) -> int:
        """How many articles and failures were seen."""
        return sum(map(len, (self.added, self.updated, self.unchanged, self.failed, self.duplicates, self.left_out)))

    def stored(self, place: str, article_id: str, *, known: bool) -> None:
        """A place was stored: as its own article, which was ``known`` or not, or as one that lies elsewhere too."""
        if place in self.added or place in self.updated:
            return
        if article_id != place:
            self.duplicates[place] = None
        elif known:
            self.updated[place] = None
        else:
            self.added[place] = None

    def settled(self, gone: Iterable[str], renamed: Mapping[str, str], replaced: Collection[str]) -> None:
        """Articles are gone, or now called after another of their places; those replaced are about to be stored."""
        news = set(renamed.values())
        self.removed += [i for i in (*gone, *renamed) if i not in replaced and i not in news]
        for new in renamed.values():
            self.duplicates.pop(new, None)
            (self.updated if new in renamed else self.added)[new] = None

    def same(self, places: Iterable[Place]) -> None:
        """What lies at some places has not changed."""
        for place in places:
            if place.article_id is None:
                self.left_out.append(place.id)
            elif place.article_id != place.id:
                self.duplicates[place.id] = None
            elif place.id not in self.added and place.id not in self.updated:
                self.unchanged.append(place.id)

    def report(self) -> IngestReport:
        """The report."""
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            passages=self.passages,
            seconds=time.monotonic() - self.started,
            duplicates=tuple(self.duplicates),
            left_out=tuple(self.left_out),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """An article to be stored, new or changed, and where it lies; ``known`` if that place held one before."""

    article: Article
    place: Place
    known: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A file was read: its digest, empty if it has to be read again, and the ids of its places that are no more."""

    file: File
    digest: str
    gone: tuple[str, ...]


def files(path: Path, unlisted: Callable[[OSError], None]) -> Iterator[Path]:
    """The files to read: the path itself if it is one, else those below it of a kind we read, in a stable order.

    Folders that are links are not followed, and hidden names are passed over. What has the right name but is no regular
    file comes along: reading it says what it is.

    Args:
        path: A file or a folder.
        unlisted: Told of each folder whose files cannot be listed, and (EILSEQ) of each name that is not UTF-8: the
            library could not hold it.
    """
    if not _is_utf8(path, unlisted):
        return
    if _is_file(path):
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=unlisted):
        seen = sorted(name for name in folders if not name.startswith("."))
        folders[:] = [name for name in seen if _is_utf8(Path(folder, name), unlisted)]
        for name in sorted(names):
            file = Path(folder, name)
            is_read = not name.startswith(".") and file.suffix.lower() in load.READERS
            if is_read and _is_utf8(file, unlisted):
                yield file


def is_gone(path: Path, root: Path) -> bool:
    """Whether a file that a walk of its folder did not list is no more.

    What the walk passes over, hidden or behind a link, may have been named itself: it is gone if it is not there. Where
    that cannot be told it is not: a link that leads nowhere may lead to a disk that is away.
    """
    above = [parent for parent in reversed(path.parents) if parent != root and parent.is_relative_to(root)]
    try:
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        passed_over = hidden or any(parent.is_symlink() for parent in above)
        return not passed_over or stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return not any(parent.is_symlink() and not parent.exists() for parent in above)
    except OSError:  # one may not look
        return False


def _is_utf8(path: Path, unlisted: Callable[[OSError], None]) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        unlisted(OSError(errno.EILSEQ, os.strerror(errno.EILSEQ), str(path)))
        return False
    return True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # one may not look; listing it will tell
        return False


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none, which reading it will tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class Scan:
    """One pass over files, compared with what is known of them.

    Args:
        places: What is known.
        tally: What needs no storing is counted here.
        root: The folder named, out of which no link may lead; None for a file that was named itself.
        columns: Names of the columns of tables.

    Attributes:
        offset: How many bytes of the file that is being read have been read.
    """

    def __init__(self, places: Places, tally: Tally, root: Path | None, columns: load.Columns | None = None) -> None:
        self._places = places
        self._tally = tally
        self._root = root
        self._columns = columns
        self.offset = 0

    def read(self, file: File) -> Iterator[Found | Finished]:
        """What has to be stored of a file; nothing if it is unchanged or cannot be read."""
        self.offset = 0
        path = Path(file.path)
        if self._root is not None and self._leads_out(path):
            self._fail(file.id, "is a link to a file outside the folder", "Copy the file, or name its own folder.")
            return
        digest = _digest(path)
        known = self._places.of(file)
        if digest == file.digest and known and not self._wanted_again(known.values()) and self._columns is None:
            self._tally.same(known.values())
            return
        live = any(place.article_id is not None for place in known.values())
        if live and digest is not None and path.suffix.lower() in _WRITTEN and _is_blank(path):
            self._fail(file.id, "is empty now; what it held was removed", "Put the text back if that was a mistake.")
            yield Finished(file, "", tuple(known))
            return
        seen: set[str] = set()
        try:
            failed = yield from self._articles(file, path, known, seen)
        except ArticleError as error:
            self._tally.failed.append(Failure(file.id, error.message, error.hint))
            return
        # A row that cannot be read does not say its name: it may be any of those that were not seen.
        vague = any(name == file.id or "#" in name.removeprefix(file.id) for name in failed.difference(known))
        inside = tuple(f"{name}{mark}" for name in failed for mark in "#/")  # of a table or an archive in an archive
        gone = () if vague else tuple(i for i in known if i not in seen and not i.startswith(inside))
        yield Finished(file, "" if failed or digest is None else digest, gone)

    def _articles(
        self, file: File, path: Path, known: Mapping[str, Place], seen: set[str]
    ) -> Generator[Found, None, set[str]]:
        """New and changed articles; ``seen`` takes the ids of all. Returns the ids of those that could not be read."""
        failed: set[str] = set()
        for result in load.read_articles(path, id=file.id, columns=self._columns, told=self._read_to):
            seen.add(result.id)
            if isinstance(result, Failure):
                failed.add(result.id)
                self._tally.failed.append(result)
                continue
            place = known.get(result.id)
            if place is not None and place.digest == result.digest and not self._wanted_again([place]):
                self._tally.same([place])
                continue
            was = place is not None and place.article_id is not None
            yield Found(result, Place(result.id, file, result.digest, None), known=was)
        return failed

    def _read_to(self, offset: int) -> None:
        self.offset = offset

    def _wanted_again(self, places: Iterable[Place]) -> bool:
        """Whether an article that was removed is asked for: its file was named."""
        return self._root is None and any(place.article_id is None for place in places)

    def _leads_out(self, path: Path) -> bool:
        if self._root is None:
            return False
        try:
            return path.is_symlink() and path.exists() and self._root.resolve() not in path.resolve().parents
        except OSError:  # it leads where one may not look; reading it will tell
            return False

    def _fail(self, identifier: str, reason: str, hint: str) -> None:
        self._tally.failed.append(Failure(identifier, f"{identifier} {reason}", hint))


def _digest(path: Path) -> str | None:
    """SHA-256 of a regular file's bytes, or None where there are none to be had; reading it again will tell why."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its writer
            return None
        return sha256(path)
    except OSError:
        return None


def _is_blank(path: Path) -> bool:
    try:
        return path.stat().st_size <= _BLANK and not path.read_bytes().strip()
    except OSError:
        return False
