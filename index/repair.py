"""Examine a library, and make again what is derived from the catalog: full text, vectors, and what else follows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from index import schema
from index.catalog import Catalog
from index.exact import ExactVectors
from index.ingest import DerivedStore, Ingester
from index.types import Finding, Health
from index.vectors import VectorStore
from index.words import words_of


class Repair:
    """Compares everything derived with the catalog. The caller holds the library's writer lock.

    Args:
        catalog, vectors, ingester: Of the same library.
        derived: The stores that follow the catalog, ``vectors`` among them.
    """

    def __init__(
        self, catalog: Catalog, vectors: VectorStore, derived: Sequence[DerivedStore], ingester: Ingester
    ) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._derived = derived
        self._ingester = ingester

    def run(self, *, mend: bool) -> Health:
        """Look at everything, and mend what can be if ``mend``.

        Articles themselves are never changed: a catalog that is damaged is reported, and nothing else is looked at.

        Raises:
            LibraryError: Chroma cannot be used, or the server is away.
        """
        broken = self._catalog_damage()
        if broken:
            return Health(0, 0, (Finding("catalog", f"The catalog is damaged: {broken}."),))
        findings = [*self._words(mend), *self._missing_vectors(mend), *self._chroma(mend)]
        for store in self._derived:
            findings += self._members(store, mend)
        return Health(*self._catalog.counts(), tuple(findings))

    def _catalog_damage(self) -> str:
        """What SQLite says of its file, apart from the full-text index; empty if it is sound."""
        with self._catalog.reading() as database:
            try:
                rows = [str(row[0]) for row in database.execute("PRAGMA quick_check(10)")]
            except sqlite3.DatabaseError as error:
                return str(error)
        return next((row for row in rows if row != "ok" and "fts5" not in row.lower()), "")

    # --- full text

    def _words(self, mend: bool) -> Iterator[Finding]:
        damage = self._words_damage()
        if damage:
            if mend:
                self._rebuild_words()
            yield Finding("full text", f"The full-text index is damaged: {damage}.", mended=mend)
            return
        stray = self._column("SELECT id FROM words_content EXCEPT SELECT id FROM passages")
        wrong = 0
        for article_id in self._column("SELECT id FROM articles ORDER BY id"):
            wrong += self._check_article(str(article_id), mend)
        if wrong:
            yield Finding("full text", "Passages are missing from the full-text index, or old in it.", wrong, mend)
        if stray:
            if mend:
                with self._catalog.transaction() as database:
                    database.executemany("DELETE FROM words WHERE rowid = ?", [(i,) for i in stray])
            yield Finding("full text", "The full-text index holds passages that are gone.", len(stray), mend)

    def _words_damage(self) -> str:
        with self._catalog.transaction() as database:
            try:
                database.execute("INSERT INTO words (words) VALUES ('integrity-check')")
                database.execute("SELECT count(*) FROM words_content").fetchone()
            except sqlite3.DatabaseError as error:
                return str(error)
        return ""

    def _rebuild_words(self) -> None:
        with self._catalog.transaction() as database:
            database.execute("DROP TABLE IF EXISTS words")
            database.execute(schema.WORDS)
            for article_id in self._column("SELECT id FROM articles ORDER BY id"):
                database.executemany(
                    "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", self._expected(str(article_id))
                )

    def _check_article(self, article_id: str, mend: bool) -> int:
        """How many rows of an article are missing or old; they are written anew if ``mend``."""
        expected = {row[0]: row for row in self._expected(article_id)}
        with self._catalog.reading() as database:
            rows = database.execute(
                "SELECT c.id, c.c0, c.c1 FROM words_content c JOIN passages p ON p.id = c.id WHERE p.article_id = ?",
                (article_id,),
            ).fetchall()
        there = {row[0]: tuple(row) for row in rows}
        wrong = [row for number, row in expected.items() if there.get(number) != row]
        if wrong and mend:
            with self._catalog.transaction() as database:
                database.executemany("DELETE FROM words WHERE rowid = ?", [(row[0],) for row in wrong])
                database.executemany("INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", wrong)
        return len(wrong)

    def _expected(self, article_id: str) -> list[tuple[int | None, str, str]]:
        found = self._catalog.passages(self._catalog.passage_ids([article_id]))
        article = self._catalog.article(article_id)
        return words_of(article, [passage for passage, _ in found.values()]) if article else []

    # --- vectors and other stores

    def _missing_vectors(self, mend: bool) -> Iterator[Finding]:
        missing = ExactVectors(self._catalog).missing()
        if missing:
            if mend:
                self._ingester.complete()
            yield Finding("vectors", "Passages have no vector.", len(missing), mend)

    def _chroma(self, mend: bool) -> Iterator[Finding]:
        damage = self._vectors.damage()
        if damage:
            if mend:
                self._vectors.mend()
            yield Finding("vectors", f"{damage[0].upper()}{damage[1:]}.", mended=mend)
            return
        wrong = self._vectors.wrong()
        if wrong:
            if mend:
                self._vectors.renew(wrong)
            yield Finding("vectors", "Vectors in Chroma are not those of their passages.", len(wrong), mend)

    def _members(self, store: DerivedStore, mend: bool) -> Iterator[Finding]:
        if store is self._vectors and not mend and self._vectors.damage():
            return  # said already
        there, wanted = store.ids(), set(self._catalog.passage_ids())
        missing, stray = sorted(wanted - there), sorted(there - wanted)
        if missing:
            if mend and store is self._vectors:
                self._vectors.mend()
            elif mend:
                self._ingester.encode_into(store, missing)
            yield Finding(store.subject, "Passages are missing.", len(missing), mend)
        if stray:
            if mend:
                store.delete(stray)
                self._catalog.settle(stray)
            yield Finding(store.subject, "Passages are held that are gone.", len(stray), mend)

    def _column(self, query: str) -> list[int | str]:
        with self._catalog.reading() as database:
            return [row[0] for row in database.execute(query)]
