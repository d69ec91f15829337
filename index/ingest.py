"""Folders, files or articles from memory → the library, synchronised by digest.

For each batch: passage ids are reserved (noted as pending), the derived stores are given them, then one transaction
puts articles, vectors and places in and settles the ids; replaced passages become pending until the derived stores have
forgotten them. Killed at any instant, the library holds whole articles only, and the next writer clears what pending
ids name. Read, embedded and stored in batches: memory holds one batch, one file's text, and the ids of what was seen.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from index import load, passages, scan
from index.catalog import Catalog, Entry, with_ids
from index.embed import Embedder, Encoded, Vectors
from index.errors import NoArticles
from index.exact import ExactVectors
from index.pace import Pace
from index.paths import normal
from index.places import File, Place, Places, same
from index.scan import Finished, Found, Scan, Tally
from index.settings import Settings
from index.types import Article, Failure, IngestReport, Passage, Progress

OnProgress = Callable[[Progress], None]

# What is stored together, in articles and files, and in characters: what a kill can cost.
_ITEMS, _CHARACTERS = 32, 120_000
# The corpus of articles that come from no file.
_MEMORY = "memory"
# Passages that are encoded together: with their token vectors they take some 50 MB.
_PASSAGES = 256


class DerivedStore(Protocol):
    """Something kept for each passage that can be made again from the catalog: vectors, token vectors.

    Attributes:
        subject: What it holds, in a word for people.
        wants_tokens: Whether it needs the token vectors of what it is given, which cost memory.
    """

    subject: str
    wants_tokens: bool

    def add(self, ids: Sequence[int], encoded: Encoded) -> None:
        """Store what was encoded of passages, in the order of their ids; ids already there are replaced."""

    def delete(self, ids: Sequence[int]) -> None:
        """Forget passages; ids that are not there are fine."""

    def ids(self) -> set[int]:
        """All passage ids that it holds."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """Articles cut, numbered and encoded, already in the derived stores; vectors of shape ``(n, dimension)``."""

    entries: list[Entry]
    ids: range
    vectors: Vectors


class Ingester:
    """Writes to one library. The caller holds the library's writer lock.

    Args:
        catalog, embedder: Of the same library.
        derived: The stores that follow the catalog; they hold nothing that it does not know.
        settings: ``passage_tokens`` counts.
    """

    def __init__(
        self, catalog: Catalog, derived: Sequence[DerivedStore], embedder: Embedder, settings: Settings
    ) -> None:
        self._catalog = catalog
        self._places = Places(catalog)
        self._exact = ExactVectors(catalog)
        self._derived = derived
        self._embedder = embedder
        self._settings = settings

    def sync(
        self, paths: Sequence[Path], progress: OnProgress | None = None, *, columns: load.Columns | None = None
    ) -> IngestReport:
        """Bring the library in step with files and folders.

        An article whose file vanished from a folder named here is removed, or was emptied if it is text or Markdown. A
        file that cannot be read is reported, and what the library knew of it is kept; so it is of an empty file of
        another kind, which was cut off. An article that was removed by hand stays away until its file changes, or is
        named here itself. A path that does not exist, or holds no file of a kind we read, is reported likewise, unless
        it is the only one.

        Args:
            paths: Folders and files.
            progress: Told after each batch, in files; within a file of many articles, in articles.
            columns: Names of the columns of tables; what is not named is guessed.

        Raises:
            NoArticles: there is nothing to read in any of the paths.
        """
        tally = Tally()
        self.settle()
        empty: list[NoArticles] = []
        for path in (normal(path.expanduser()) for path in paths):
            try:
                self._sync_one(path, tally, progress, columns)
            except NoArticles as error:  # a disk that is away, say, keeps no other folder from being followed
                empty.append(error)
                tally.failed.append(Failure(_shown(str(path)), error.message.removesuffix("."), error.hint))
        self.settle()
        if empty and len(empty) == len(paths):
            raise empty[0]
        return tally.report()

    def put(
        self, articles: Iterable[Article], *, corpus: str, prune: bool, progress: OnProgress | None = None
    ) -> IngestReport:
        """Bring the library in step with articles from memory; each is its own article, whatever its bytes.

        One that has the id of an article in a file is reported as failed: it would stand in for it until that file
        changes.

        Args:
            articles: Each id once; digests tell which have changed.
            corpus: The name these articles are filed under.
            prune: Whether to remove articles of that corpus that are not among them.
            progress: Told after each batch.
        """
        tally = Tally()
        self.settle()
        known = self._catalog.digests(corpus)
        seen: set[str] = set()

        def fresh() -> Iterator[Article]:
            for article in articles:
                seen.add(article.id)
                if self._places.is_of_file(article.id):
                    reason = f"{article.id} is the id of an article that was read from a file"
                    tally.failed.append(Failure(article.id, reason, "Give the text another id, or change the file."))
                elif known.get(article.id) == article.digest:
                    tally.unchanged.append(article.id)
                else:
                    yield article

        stream, pace = fresh(), Pace(0.0)
        while batch := list(islice(stream, _ITEMS)):
            self._put(self._ready([(article, corpus) for article in batch]), tally)
            for article in batch:
                tally.stored(article.id, article.id, known=article.id in known)
            self._forget()
            if progress:
                progress(pace.timed(Progress("indexing", tally.seen, 0, "articles")))
        if prune:
            gone = [i for i in known if i not in seen]
            self._catalog.remove(gone)
            tally.removed.extend(gone)
        self.settle()
        return tally.report()

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out of all stores, and remember for each of their places that this version is not wanted."""
        self._places.withhold(article_ids)
        self.settle()

    def restore(self, articles: Sequence[Article]) -> None:
        """Put articles back that were taken out by hand, as they were; those that have come back meanwhile stay."""
        self.settle()
        gone = [article for article in articles if self._catalog.article(article.id) is None]
        ready = self._ready([(article, self._places.corpus(article.id) or _MEMORY) for article in gone])
        with self._catalog.transaction():
            self._put(ready, Tally())
            for article in gone:
                self._places.wanted_again(article)
        self._forget()

    def settle(self) -> None:
        """Bring the derived stores in step, and compute the vectors that a migration left out."""
        self._forget()
        self.complete()

    def complete(self) -> int:
        """Compute the vectors of passages that have none, which is so after a migration; how many."""
        missing = self._exact.missing()
        for ids, encoded in self._encoded_again(missing):
            for store in self._derived:
                store.add(ids, encoded)
            self._exact.put(ids, encoded.vectors)
        return len(missing)

    def encode_into(self, store: DerivedStore, ids: Sequence[int]) -> None:
        """Encode stored passages again, for one store that lost them."""
        for some, encoded in self._encoded_again(ids):
            store.add(some, encoded)

    def _encoded_again(self, ids: Sequence[int]) -> Iterator[tuple[list[int], Encoded]]:
        for start in range(0, len(ids), _PASSAGES):
            found = self._catalog.passages(ids[start : start + _PASSAGES])
            yield list(found), self._encode([(article, passage) for passage, article in found.values()])

    # --- files

    def _sync_one(self, path: Path, tally: Tally, progress: OnProgress | None, columns: load.Columns | None) -> None:
        if _is_missing(path):
            raise self._nothing(path, "does not exist")
        unlisted: list[Path] = []
        files = list(scan.files(path, lambda error: unlisted.append(_note_unlisted(error, path, tally))))
        if not (files or unlisted):
            raise self._nothing(path, "holds no articles")
        with self._catalog.transaction():
            tally.settled(*self._places.settle(self._places.respell(path)), replaced=())
        sizes = [scan.size_of(file) for file in files]
        pace, read = Pace(sum(sizes)), 0
        folder = path if path not in unlisted and path.is_dir() else None
        reading = Scan(self._places, tally, folder, columns)
        batch: list[Found | Finished] = []
        size = 0
        for done, file in enumerate(files):
            before, inside = tally.seen, Pace(sizes[done])
            for item in reading.read(self._places.file(file, folder or path.parent)):
                batch.append(item)
                size += len(item.article.text) if isinstance(item, Found) else 0
                if len(batch) >= _ITEMS or size > _CHARACTERS:
                    self._store(batch, tally)
                    batch, size = [], 0
                    if progress and isinstance(item, Found) and tally.seen > before + 1:
                        step = Progress(f"indexing {file.name}", tally.seen - before, 0, "articles")
                        progress(inside.timed(step, reading.offset))
            read += sizes[done]
            if progress and (not batch or done % _ITEMS == 0):
                progress(pace.timed(Progress("indexing", done, len(files), "files"), read))
        self._store(batch, tally)
        if folder:
            present = {str(file) for file in files}
            missing = [file for file in self._places.below(folder) if file.path not in present]
            missing = [file for file in missing if not _lies_below(file, unlisted)]
            with self._catalog.transaction():
                gone = self._places.drop([file for file in missing if scan.is_gone(Path(file.path), folder)])
                tally.settled(*self._places.settle(gone), replaced=())
        self.settle()
        if progress:
            progress(Progress("indexing", len(files), len(files), "files"))

    def _nothing(self, path: Path, what: str) -> NoArticles:
        """There is nothing to read in a path; what the library holds of it is kept."""
        name, kinds = _shown(str(path)), ", ".join(sorted(load.READERS))
        hint = f"Name a folder or a file of one of these kinds: {kinds}"
        if not (self._places.known(Path(name)) or self._places.below(Path(name))):
            return NoArticles(f"{name} {what}.", hint)
        return NoArticles(
            f"{name} {what}; what the library has of it is kept.",
            f"{hint}. To drop what is kept: pullquote remove ARTICLE, or build anew from what there is: "
            "pullquote index --rebuild FOLDER",
        )

    def _store(self, batch: Sequence[Found | Finished], tally: Tally) -> None:
        """Store what was found, and note the files that were finished, in one transaction."""
        found = {item.place.id: item for item in batch if isinstance(item, Found)}
        fresh: dict[str, Found] = {}  # digest → what is not stored yet
        elsewhere: list[Place] = []  # what is
        for item in found.values():
            holder = self._places.holder(item.article.digest)
            if holder is not None:
                elsewhere.append(same(item.place, holder))
            else:
                fresh.setdefault(item.article.digest, item)
        ready = self._ready([(item.article, item.place.file.corpus) for item in fresh.values()])
        new_ids = {entry.article.id for entry in ready.entries}
        with self._catalog.transaction():
            touched = self._places.detach(found)
            self._places.attach(elsewhere)
            # An article that lies elsewhere too gives up its id before the new one takes it.
            tally.settled(*self._places.settle(touched), replaced=new_ids)
            self._put(ready, tally)
            held = {
                item.place.id: fresh[item.article.digest].place.id
                for item in found.values()
                if item.article.digest in fresh
            }
            self._places.attach([same(found[place].place, article_id) for place, article_id in held.items()])
            held.update({place.id: place.article_id for place in elsewhere if place.article_id})
            for item in found.values():
                tally.stored(item.place.id, held[item.place.id], known=item.known)
            for entry in batch:
                if isinstance(entry, Finished):
                    gone = self._places.finish(entry.file, entry.digest, entry.gone)
                    tally.settled(*self._places.settle(gone), replaced=())
        self._forget()

    # --- articles

    def _ready(self, articles: Sequence[tuple[Article, str]]) -> _Ready:
        """Cut, number and encode articles, each with its corpus, and give them to the derived stores."""
        rules = (self._embedder.count_tokens, self._settings.passage_tokens)
        cut = [(article, corpus, passages.split(article, *rules)) for article, corpus in articles]
        flat = [(article, passage) for article, _, split in cut for passage in split]
        ids = self._catalog.reserve(len(flat))
        vectors = np.zeros((len(flat), self._embedder.dimension), dtype=np.float32)
        for start in range(0, len(flat), _PASSAGES):
            encoded = self._encode(flat[start : start + _PASSAGES])
            for store in self._derived:
                store.add(ids[start : start + _PASSAGES], encoded)
            vectors[start : start + _PASSAGES] = encoded.vectors
        entries, start = [], 0
        for article, corpus, split in cut:
            entries.append(Entry(article, with_ids(split, ids[start : start + len(split)]), corpus))
            start += len(split)
        return _Ready(entries, ids, vectors)

    def _put(self, ready: _Ready, tally: Tally) -> None:
        with self._catalog.transaction():
            self._catalog.put(ready.entries)
            self._exact.put(ready.ids, ready.vectors)
        tally.passages += len(ready.ids)

    def _encode(self, flat: Sequence[tuple[Article, Passage]]) -> Encoded:
        texts = [embedded_text(*pair) for pair in flat]
        if any(store.wants_tokens for store in self._derived):
            return self._embedder.encode_passages(texts)
        return Encoded(self._embedder.passages(texts), [], [])

    def _forget(self) -> None:
        """Delete from the derived stores what is gone or never came to be."""
        pending = self._catalog.pending()
        if pending:
            for store in self._derived:
                store.delete(pending)
            self._catalog.settle(pending)


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # one may not look; listing it will tell
        return False


def _note_unlisted(error: OSError, root: Path, tally: Tally) -> Path:
    """Report a folder whose files cannot be listed, or a name that is not UTF-8; its path."""
    path = Path(error.filename)
    name = path.relative_to(root).as_posix() if path != root else str(root)
    if error.errno == errno.EILSEQ:
        tally.failed.append(Failure(_shown(name), f"{_shown(name)} has a name that is not UTF-8", "Rename it."))
    else:
        reason = f"{name} cannot be listed: {error.strerror}; what the library has of it is kept"
        tally.failed.append(Failure(name, reason, f'Check that you may list it: ls -ld "{path}"'))
    return path


def _shown(name: str) -> str:
    """A name that may not be UTF-8, so that it can be printed."""
    return os.fsencode(name).decode("utf-8", "replace")


def _lies_below(file: File, folders: Sequence[Path]) -> bool:
    return any(Path(file.path).is_relative_to(folder) for folder in folders)


def embedded_text(article: Article, passage: Passage) -> str:
    """What is embedded for a passage: its article's title, if it has one, and its text."""
    if article.title and not passage.text.startswith(article.title):
        return f"{article.title}. {passage.text}"
    return passage.text
