"""The source of truth: articles, passages and their words in one SQLite file with a full-text index.

Passage ids are given out once and never again, so that a vector that outlived its passage can never stand for another.
Vectors live elsewhere; the table ``pending`` names those whose fate is not settled: written before vectors are added or
after their passages are gone, cleared when the other store has followed. A process killed in between leaves its rows
behind, and the next writer clears them first.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from index import language
from index.errors import LibraryError, WrongSchema
from index.types import Article, Origin, Passage, Span

SCHEMA = 1

_TABLES = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, corpus TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
    published TEXT, file TEXT, outlet TEXT, url TEXT, digest TEXT NOT NULL, furniture TEXT NOT NULL
);
CREATE INDEX articles_by_corpus ON articles (corpus);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, tokens INTEGER NOT NULL, language TEXT NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE TABLE pending (passage_id INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE words USING fts5 (
    title, body, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
);
"""

# A title's words count, but less than those of the passage itself.
_TITLE_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with its passages, ready to be stored; ``corpus`` is the folder it was read from, or ``""``."""

    article: Article
    passages: tuple[Passage, ...]
    corpus: str = ""


class Catalog:
    """One library's SQLite file. Methods may be called from any thread.

    Args:
        path: The file; it is created, with its tables, if ``create``.
        create: Whether it may be created.

    Raises:
        WrongSchema: written by another version of Pullquote.
        LibraryError: not a catalog at all.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(
                path if create else f"{path.absolute().as_uri()}?mode=rw",
                uri=not create,
                check_same_thread=False,
                isolation_level=None,
                timeout=30.0,
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if create and not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                self._create()
            self._check_schema()
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"The library's catalog {path} cannot be opened: {error}.",
                "If the disk is sound, move the library folder away and index again: pullquote index FOLDER",
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # --- manifest

    @property
    def manifest(self) -> Mapping[str, str]:
        """What the library was built with."""
        with self._lock:
            return dict(self._db.execute("SELECT key, value FROM manifest"))

    def pin(self, **values: str) -> None:
        """Write entries of the manifest."""
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", list(values.items()))

    # --- reading

    def articles(self) -> list[Article]:
        """All articles, newest first, those without a date last, then by id."""
        with self._lock:
            rows = self._db.execute(f"SELECT {_ARTICLE} FROM articles ORDER BY published IS NULL, published DESC, id")
            return [_article(row) for row in rows]

    def article(self, article_id: str) -> Article | None:
        """The article of that id."""
        with self._lock:
            row = self._db.execute(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return _article(row) if row else None

    def corpus(self, article_id: str) -> str | None:
        """The corpus an article belongs to, or None if there is no such article."""
        with self._lock:
            row = self._db.execute("SELECT corpus FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def digests(self, corpus: str) -> dict[str, str]:
        """Article id → digest, of one corpus."""
        with self._lock:
            return dict(self._db.execute("SELECT id, digest FROM articles WHERE corpus = ?", (corpus,)))

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages by id, each with its article; ids that are gone are left out."""
        found: dict[int, tuple[Passage, Article]] = {}
        with self._lock:
            rows = self._db.execute(
                f'SELECT p.id, p.start, p."end", p.tokens, {_ARTICLE_OF_PASSAGE} FROM passages p '
                f"JOIN articles a ON a.id = p.article_id WHERE p.id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            ).fetchall()
        articles: dict[str, Article] = {}
        for passage_id, start, end, tokens, *rest in rows:
            article = articles.setdefault(rest[0], _article(rest))
            found[passage_id] = (Passage(article.id, start, end, article.text[start:end], tokens, passage_id), article)
        return found

    def passage_ids(self, article_ids: Collection[str] | None = None) -> list[int]:
        """Ids of all passages, or of those of some articles, ascending."""
        with self._lock:
            if article_ids is None:
                rows = self._db.execute("SELECT id FROM passages ORDER BY id")
            else:
                rows = self._db.execute(
                    "SELECT id FROM passages WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                    (json.dumps(list(article_ids)),),
                )
            return [row[0] for row in rows]

    def passage_languages(self, ids: Sequence[int]) -> dict[int, str]:
        """Language of each passage."""
        with self._lock:
            return dict(
                self._db.execute(
                    "SELECT id, language FROM passages WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(ids)),),
                )
            )

    def languages(self) -> dict[str, int]:
        """Articles by language, most frequent first."""
        with self._lock:
            return dict(
                self._db.execute("SELECT language, count(*) FROM articles GROUP BY language ORDER BY count(*) DESC")
            )

    def counts(self) -> tuple[int, int]:
        """How many articles and passages there are."""
        with self._lock:
            row = self._db.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)").fetchone()
        return int(row[0]), int(row[1])

    def lexical(
        self,
        terms: Sequence[str],
        languages: Collection[str],
        limit: int,
        within: Collection[str] | None = None,
    ) -> list[tuple[int, float]]:
        """BM25 over the words of passages in some languages: ``(passage id, score)``, best first, score > 0.

        Args:
            terms: Stemmed words, as ``language.terms`` gives them; a passage matches if it holds any.
            languages: Only passages in one of these.
            limit: At most so many.
            within: Only passages of these articles.
        """
        if not terms or not languages:
            return []
        match = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))
        narrow = "" if within is None else "AND p.article_id IN (SELECT value FROM json_each(?3))"
        with self._lock:
            rows = self._db.execute(
                f"SELECT p.id, -bm25(words, {_TITLE_WEIGHT}, 1.0) AS score "
                "FROM words JOIN passages p ON p.id = words.rowid "
                f"WHERE words MATCH ?1 AND p.language IN (SELECT value FROM json_each(?2)) {narrow} "
                "ORDER BY score DESC, p.id LIMIT ?4",
                (match, json.dumps(list(languages)), json.dumps(list(within or ())), limit),
            )
            return [(int(row[0]), float(row[1])) for row in rows]

    # --- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; may be nested."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            with self._db:  # commits, or rolls back on any exception
                self._db.execute("BEGIN IMMEDIATE")
                yield

    def reserve(self, count: int) -> range:
        """Passage ids never used before, noted as pending in the same transaction."""
        with self.transaction():
            (start,) = self._db.execute("SELECT CAST(value AS INTEGER) FROM manifest WHERE key = 'next_id'").fetchone()
            self._db.execute("UPDATE manifest SET value = ? WHERE key = 'next_id'", (str(start + count),))
            ids = range(start, start + count)
            self._db.executemany("INSERT INTO pending VALUES (?)", [(i,) for i in ids])
        return ids

    def pending(self) -> list[int]:
        """Passage ids whose vectors may have to be deleted."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT passage_id FROM pending ORDER BY passage_id")]

    def settle(self, ids: Sequence[int]) -> None:
        """Their vectors are gone: forget about them."""
        with self.transaction():
            self._db.executemany("DELETE FROM pending WHERE passage_id = ?", [(i,) for i in ids])

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles, replacing those of the same id, whose passages become pending.

        Passages must carry ids from :meth:`reserve`; these are settled in the same transaction.
        """
        with self.transaction():
            self._take_out([entry.article.id for entry in entries])
            for entry in entries:
                self._insert(entry)
            self.settle([p.id for entry in entries for p in entry.passages if p.id is not None])

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out; their passages become pending."""
        with self.transaction():
            self._take_out(article_ids)

    def _insert(self, entry: Entry) -> None:
        article = entry.article
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.id,
                entry.corpus,
                article.title,
                article.text,
                article.language,
                article.published.isoformat() if article.published else None,
                article.source.file,
                article.source.outlet,
                article.source.url,
                article.digest,
                json.dumps(article.furniture),
            ),
        )
        self._db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            [(p.id, article.id, p.start, p.end, p.tokens, article.language) for p in entry.passages],
        )
        title = " ".join(language.terms(article.title, article.language))
        self._db.executemany(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            [(p.id, title, " ".join(language.terms(p.text, article.language))) for p in entry.passages],
        )

    def _take_out(self, article_ids: Sequence[str]) -> None:
        gone = self.passage_ids(article_ids)
        self._db.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(i,) for i in gone])
        self._db.executemany("DELETE FROM words WHERE rowid = ?", [(i,) for i in gone])
        self._db.executemany("DELETE FROM articles WHERE id = ?", [(i,) for i in article_ids])

    def _create(self) -> None:
        with self.transaction():
            for statement in _TABLES.split(";\n"):
                self._db.execute(statement)
            self._db.executemany("INSERT INTO manifest VALUES (?, ?)", [("schema", str(SCHEMA)), ("next_id", "1")])

    def _check_schema(self) -> None:
        found = self._db.execute("SELECT value FROM manifest WHERE key = 'schema'").fetchone()
        if not found or found[0] != str(SCHEMA):
            raise WrongSchema(
                f"The library {self.path.parent} was written by another version of Pullquote "
                f"(its schema is {found[0] if found else 'unknown'}, this one reads {SCHEMA}).",
                "Index your articles again: pullquote index --rebuild FOLDER",
            )


_COLUMNS = ("id", "title", "text", "language", "published", "file", "outlet", "url", "digest", "furniture")
_ARTICLE = ", ".join(_COLUMNS)
_ARTICLE_OF_PASSAGE = ", ".join(f"a.{column}" for column in _COLUMNS)


def _article(row: Sequence[Any]) -> Article:
    article_id, title, text, code, published, file, outlet, url, digest, furniture = row
    return Article(
        id=article_id,
        title=title,
        text=text,
        language=code,
        published=date.fromisoformat(published) if published else None,
        source=Origin(file=file, outlet=outlet, url=url),
        digest=digest,
        furniture=tuple(Span(start, end) for start, end in json.loads(furniture)),
    )


def with_ids(passages: Sequence[Passage], ids: Sequence[int]) -> tuple[Passage, ...]:
    """The passages, numbered with ids from :meth:`Catalog.reserve`."""
    return tuple(replace(passage, id=number) for passage, number in zip(passages, ids, strict=True))
