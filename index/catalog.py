"""The source of truth: articles, passages and their words in one SQLite file with a full-text index.

Passage ids are given out once, ascending, and never again: what a derived store holds under an id can never stand for
another passage, and a higher id was always stored later. The table ``pending`` names the ids whose fate in the derived
stores is not settled: written before they are added there or after their passages are gone, cleared when those stores
have followed. A process killed in between leaves its rows behind, and the next writer clears them first.

Writing goes through one connection. A search reads through another, inside :meth:`Catalog.snapshot`: it never waits for
a writer, and sees every article either before or after a change (:mod:`index.connections`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from index import schema
from index.connections import Connections, connect, unusable
from index.types import Article, Listed, Origin, Passage, Span
from index.words import words_of

# A title's words count, but less than those of the passage itself.
_TITLE_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with its passages, ready to be stored; ``corpus`` is the folder it was read from, or ``""``."""

    article: Article
    passages: tuple[Passage, ...]
    corpus: str = ""


CATALOG = "catalog.sqlite"
"""The catalog's file in a library's folder."""


class Catalog(Connections):
    """One library's SQLite file. Methods may be called from any thread.

    Args:
        path: The file; it is created, with its tables, if ``create``.
        create: Whether it may be created.
        migrate: Whether tables of an older version may be changed to this one's; only under the writer lock.
        pinned: What the manifest says of a new one, stored together with its tables.

    Raises:
        WrongSchema: written by another version of Pullquote.
        LibraryError: not a catalog at all.
    """

    def __init__(
        self, path: Path, *, create: bool = False, migrate: bool = False, pinned: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(path, create=create)
        with ExitStack() as unless_opened:
            unless_opened.callback(self.close)
            try:
                if create or migrate:
                    with self.transaction() as database:
                        if create:
                            schema.create(database, pinned or {})
                        if migrate:
                            schema.migrate(database)
                schema.check(self._db, path)
            except sqlite3.DatabaseError as error:
                raise unusable(error, path, opening=True) from error
            unless_opened.pop_all()

    # --- manifest

    @property
    def manifest(self) -> Mapping[str, str]:
        """What the library was built with."""
        with self.reading() as database:
            return dict(database.execute("SELECT key, value FROM manifest"))

    def pin(self, **values: str) -> None:
        """Write entries of the manifest."""
        with self.transaction() as database:
            database.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", list(values.items()))

    # --- reading

    def articles(self) -> list[Article]:
        """All articles, newest first, those without a date last, then by id."""
        with self.reading() as database:
            rows = database.execute(f"SELECT {_ARTICLE} FROM articles a ORDER BY published IS NULL, published DESC, id")
            return [_article(row) for row in rows]

    def listing(self) -> list[Listed]:
        """All articles in the order of :meth:`articles`, without their texts."""
        with self.reading() as database:
            rows = database.execute(schema.LISTING)
            return [
                Listed(name, title, code, date.fromisoformat(day) if day else None, *rest)
                for name, title, code, day, *rest in rows
            ]

    def article(self, article_id: str) -> Article | None:
        """The article of that id."""
        with self.reading() as database:
            row = database.execute(f"SELECT {_ARTICLE} FROM articles a WHERE a.id = ?", (article_id,)).fetchone()
        return _article(row) if row else None

    def corpus(self, article_id: str) -> str | None:
        """The corpus an article belongs to, or None if there is no such article."""
        with self.reading() as database:
            row = database.execute("SELECT corpus FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def digests(self, corpus: str) -> dict[str, str]:
        """Article id → digest, of one corpus."""
        with self.reading() as database:
            return dict(database.execute("SELECT id, digest FROM articles WHERE corpus = ?", (corpus,)))

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages by id, each with its article; ids that are gone are left out."""
        found: dict[int, tuple[Passage, Article]] = {}
        with self.reading() as database:
            rows = database.execute(
                f'SELECT p.id, p.start, p."end", p.tokens, {_ARTICLE} FROM passages p '
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
        with self.reading() as database:
            if article_ids is None:
                rows = database.execute("SELECT id FROM passages ORDER BY id")
            else:
                rows = database.execute(
                    "SELECT id FROM passages WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                    (json.dumps(list(article_ids)),),
                )
            return [row[0] for row in rows]

    def passage_languages(self, ids: Sequence[int]) -> dict[int, str]:
        """Language of each passage."""
        with self.reading() as database:
            return dict(
                database.execute(
                    "SELECT id, language FROM passages WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(ids)),),
                )
            )

    def languages(self) -> dict[str, int]:
        """Articles by language, most frequent first."""
        with self.reading() as database:
            return dict(
                database.execute("SELECT language, count(*) FROM articles GROUP BY language ORDER BY count(*) DESC")
            )

    def counts(self) -> tuple[int, int]:
        """How many articles and passages there are."""
        with self.reading() as database:
            row = database.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)").fetchone()
        return int(row[0]), int(row[1])

    def days(self) -> tuple[date | None, date | None]:
        """The days of the oldest and the newest article; None where no article has one."""
        with self.reading() as database:
            row = database.execute("SELECT min(published), max(published) FROM articles").fetchone()
        oldest, newest = (date.fromisoformat(day) if day else None for day in row)
        return oldest, newest

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
        with self.reading() as database:
            rows = database.execute(
                f"SELECT p.id, -bm25(words, {_TITLE_WEIGHT}, 1.0) AS score "
                "FROM words JOIN passages p ON p.id = words.rowid "
                f"WHERE words MATCH ?1 AND p.language IN (SELECT value FROM json_each(?2)) {narrow} "
                "ORDER BY score DESC, p.id LIMIT ?4",
                (match, json.dumps(list(languages)), json.dumps(list(within or ())), limit),
            )
            return [(int(row[0]), float(row[1])) for row in rows]

    # --- writing

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
        with self.reading() as database:
            return [row[0] for row in database.execute("SELECT passage_id FROM pending ORDER BY passage_id")]

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

    def rename(self, new_ids: Mapping[str, str]) -> None:
        """Give articles other ids; their passages stay as they are. Ids may be swapped."""
        with self.transaction() as database:
            database.execute("PRAGMA defer_foreign_keys = ON")
            # By way of names that no article can have, so that two articles may trade theirs.
            aside = {old: f"\0{number}" for number, old in enumerate(new_ids)}
            for steps in (aside.items(), [(aside[old], new) for old, new in new_ids.items()]):
                for old, new in steps:
                    database.execute("UPDATE articles SET id = ? WHERE id = ?", (new, old))
                    database.execute("UPDATE passages SET article_id = ? WHERE article_id = ?", (new, old))
                    database.execute("UPDATE places SET article_id = ? WHERE article_id = ?", (new, old))

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
        self._db.executemany(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", words_of(article, entry.passages)
        )

    def _take_out(self, article_ids: Sequence[str]) -> None:
        gone = self.passage_ids(article_ids)
        self._db.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(i,) for i in gone])
        self._db.executemany("DELETE FROM words WHERE rowid = ?", [(i,) for i in gone])
        self._db.executemany("DELETE FROM articles WHERE id = ?", [(i,) for i in article_ids])


_COLUMNS = ("id", "title", "text", "language", "published", "file", "outlet", "url", "digest", "furniture")
# The other places where an article lies: paths, those inside a file of many articles with their mark, such as "#3".
_FURTHER = (
    "(SELECT json_group_array(f.path || substr(l.id, length(f.id) + 1)) FROM places l JOIN files f ON f.id = l.file_id "
    "WHERE l.article_id = a.id AND l.id <> a.id)"
)
_ARTICLE = ", ".join([*(f"a.{column}" for column in _COLUMNS), _FURTHER])


def _article(row: Sequence[Any]) -> Article:
    article_id, title, text, code, published, file, outlet, url, digest, furniture, further = row
    return Article(
        id=article_id,
        title=title,
        text=text,
        language=code,
        published=date.fromisoformat(published) if published else None,
        source=Origin(file=file, outlet=outlet, url=url, further=tuple(sorted(json.loads(further)))),
        digest=digest,
        furniture=tuple(Span(start, end) for start, end in json.loads(furniture)),
    )


def is_made(path: Path) -> bool:
    """Whether a catalog is there whose making was finished, be it of another version; opening it tells of damage."""
    if not path.exists():
        return False
    try:
        with closing(connect(path)) as database:
            return schema.is_made(database)
    except sqlite3.DatabaseError:
        return True


def with_ids(passages: Sequence[Passage], ids: Sequence[int]) -> tuple[Passage, ...]:
    """The passages, numbered with ids from :meth:`Catalog.reserve`."""
    return tuple(replace(passage, id=number) for passage, number in zip(passages, ids, strict=True))
