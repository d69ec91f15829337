"""Which files were read, and which article lies where in them.

A file has one place, its own id, or, if it holds many articles, one for each ("news.jsonl#3"). A place knows the digest
of what was last read there and the article that this is: usually the one of its own id; that of another place where the
bytes are the same; none where a person has removed the article. An article lives as long as one place holds it, and its
id is always that of a place that does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.catalog import Catalog
from index.paths import normal
from index.types import Article


@dataclass(frozen=True, slots=True)
class File:
    """A file that was or is to be read.

    Attributes:
        id: Its path relative to the corpus, or its whole path where that is taken.
        corpus: The folder it was first found by.
        path: Its absolute path, as :func:`index.paths.normal` spells it.
        digest: SHA-256 (hex) of its bytes when all of it was last taken in; empty if never.
    """

    id: str
    corpus: str
    path: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article lies: its id, the file, the digest last read, and the article's id unless it was removed."""

    id: str
    file: File
    digest: str
    article_id: str | None


class Places:
    """The tables ``files`` and ``places`` of a catalog.

    Args:
        catalog: That holds the articles.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def file(self, path: Path, corpus: Path) -> File:
        """The file of that path, as it is known, or as it would be."""
        known = self.known(path)
        if known:
            return known
        name = path.relative_to(corpus).as_posix()
        with self._catalog.reading() as database:
            taken = database.execute(
                "SELECT 1 FROM files WHERE id = ?1 UNION SELECT 1 FROM articles WHERE id = ?1", (name,)
            ).fetchone()
        return File(str(path) if taken else name, str(corpus), str(path))

    def known(self, path: Path) -> File | None:
        """The file of that path if it was ever read."""
        with self._catalog.reading() as database:
            row = database.execute("SELECT id, corpus, path, digest FROM files WHERE path = ?", (str(path),)).fetchone()
        return File(*row) if row else None

    def below(self, folder: Path) -> list[File]:
        """The files known whose paths lie in a folder, however deep."""
        prefix = f"{folder}/"
        with self._catalog.reading() as database:
            rows = database.execute(
                "SELECT id, corpus, path, digest FROM files WHERE substr(path, 1, ?) = ?", (len(prefix), prefix)
            )
            return [File(*row) for row in rows]

    def of(self, file: File) -> dict[str, Place]:
        """The places in a file by id."""
        with self._catalog.reading() as database:
            rows = database.execute("SELECT id, digest, article_id FROM places WHERE file_id = ?", (file.id,))
            return {row[0]: Place(row[0], file, row[1], row[2]) for row in rows}

    def is_of_file(self, place: str) -> bool:
        """Whether an id is that of a place in a file, be its article there or not wanted."""
        with self._catalog.reading() as database:
            return bool(database.execute("SELECT 1 FROM places WHERE id = ?", (place,)).fetchone())

    def holder(self, digest: str) -> str | None:
        """The article of which some place has that digest."""
        with self._catalog.reading() as database:
            row = database.execute(
                "SELECT article_id FROM places WHERE digest = ? AND article_id IS NOT NULL ORDER BY id", (digest,)
            ).fetchone()
        return row[0] if row else None

    # --- writing; the caller holds a transaction

    def detach(self, ids: Collection[str]) -> set[str]:
        """Take places out of their articles, which have to be settled next; their ids."""
        touched: set[str] = set()
        with self._catalog.transaction() as database:
            for place in ids:
                row = database.execute("SELECT article_id FROM places WHERE id = ?", (place,)).fetchone()
                touched.update({row[0]} - {None} if row else ())
                database.execute("UPDATE places SET article_id = NULL WHERE id = ?", (place,))
        return touched

    def settle(self, article_ids: Collection[str]) -> tuple[list[str], dict[str, str]]:
        """Take out articles that lie nowhere any more, and name those whose own place is gone after another.

        Returns:
            The ids of those taken out, and old → new ids of those renamed.
        """
        gone: list[str] = []
        renamed: dict[str, str] = {}
        with self._catalog.transaction() as database:
            for article_id in sorted(article_ids):
                row = database.execute(
                    "SELECT l.id, f.path FROM places l JOIN files f ON f.id = l.file_id WHERE l.article_id = ?1 "
                    "ORDER BY l.id <> ?1, l.id",
                    (article_id,),
                ).fetchone()
                if row is None:
                    gone.append(article_id)
                elif row[0] != article_id:
                    renamed[article_id] = row[0]
                    database.execute("UPDATE articles SET file = ? WHERE id = ?", (row[1], article_id))
            self._catalog.remove(gone)
            self._catalog.rename(renamed)
        return gone, renamed

    def attach(self, places: Sequence[Place]) -> None:
        """Note what lies at some places, and their files, which have not been taken in as a whole yet."""
        with self._catalog.transaction() as database:
            for place in places:
                file = place.file
                database.execute(
                    "INSERT INTO files VALUES (?, ?, ?, '') ON CONFLICT (id) DO NOTHING",
                    (file.id, file.corpus, file.path),
                )
                database.execute(
                    "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)",
                    (place.id, file.id, place.digest, place.article_id),
                )

    def finish(self, file: File, digest: str, gone: Collection[str]) -> set[str]:
        """A file was taken in: its digest, and the places in it that are no more. The articles to be settled."""
        touched = self.detach(gone)
        with self._catalog.transaction() as database:
            database.executemany("DELETE FROM places WHERE id = ?", [(place,) for place in gone])
            database.execute("UPDATE files SET digest = ? WHERE id = ?", (digest, file.id))
        return touched

    def drop(self, files: Collection[File]) -> set[str]:
        """Files are gone, with all their places. The articles to be settled."""
        touched: set[str] = set()
        with self._catalog.transaction() as database:
            for file in files:
                touched |= self.detach(self.of(file))
                database.execute("DELETE FROM files WHERE id = ?", (file.id,))
        return touched

    def respell(self, within: Path) -> set[str]:
        """Spell paths with ".." as they are spelt now, of what is or lies in ``within``. The articles to be settled.

        Earlier versions took a file that was named from two folders for two. The one that came first, and so has the
        shorter id, stays.
        """
        touched: set[str] = set()
        with self._catalog.transaction() as database:
            rows = database.execute("SELECT id, corpus, path, digest FROM files WHERE instr(path, '/../')").fetchall()
            for file in (File(*row) for row in rows):
                path = normal(Path(file.path))
                twin = self.known(path)
                if not path.is_relative_to(within):
                    continue
                if twin is not None and file.id == file.path:
                    touched |= self.drop([file])
                    continue
                touched |= self.drop([] if twin is None else [twin])
                self._move(file, str(path), str(normal(Path(file.corpus))))
        return touched

    def _move(self, file: File, path: str, corpus: str) -> None:
        with self._catalog.transaction() as database:
            database.execute("UPDATE files SET path = ?, corpus = ? WHERE id = ?", (path, corpus, file.id))
            database.execute(
                "UPDATE articles SET file = ? || substr(file, ?), corpus = ? "
                "WHERE id IN (SELECT id FROM places WHERE file_id = ?)",
                (path, len(file.path) + 1, corpus, file.id),
            )

    def withhold(self, article_ids: Collection[str]) -> None:
        """Take articles out by a person's wish: their places stay, and remember which bytes were not wanted."""
        with self._catalog.transaction() as database:
            database.executemany(
                "UPDATE places SET article_id = NULL WHERE article_id = ?", [(i,) for i in article_ids]
            )
            self._catalog.remove(list(article_ids))

    def wanted_again(self, article: Article) -> None:
        """An article that a person took out is back: it lies where its bytes were not wanted."""
        with self._catalog.transaction() as database:
            database.execute(
                "UPDATE places SET article_id = ? WHERE article_id IS NULL AND digest = ?", (article.id, article.digest)
            )

    def corpus(self, article_id: str) -> str | None:
        """The folder that an article's own place was found by."""
        with self._catalog.reading() as database:
            row = database.execute(
                "SELECT f.corpus FROM places l JOIN files f ON f.id = l.file_id WHERE l.id = ?", (article_id,)
            ).fetchone()
        return row[0] if row else None

    def articles_at(self, path: Path) -> list[str]:
        """The ids of the articles that lie in the file of that path."""
        file = self.known(path)
        places = self.of(file).values() if file else ()
        return list(dict.fromkeys(place.article_id for place in places if place.article_id is not None))


def same(place: Place, article_id: str | None) -> Place:
    """The place, holding another article."""
    return replace(place, article_id=article_id)
