"""The catalog's tables, their version, and the steps from one version to the next.

A catalog of an older version is migrated in one transaction, step by step, or left exactly as it was; one of a newer
or unknown version is refused. Nothing is ever read from tables of another version.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from pathlib import Path

from index.errors import WrongSchema

SCHEMA = 2
"""The version that this code reads and writes."""

WORDS = """CREATE VIRTUAL TABLE words USING fts5 (
    title, body, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
)"""
"""The full-text index: the stemmed words of each passage under the passage's id. Derived from articles and passages."""

# Vectors are kept here as well as in Chroma: they cost an hour to compute and a second to copy.
_FIRST_IN_2 = """
CREATE TABLE vectors (passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, vector BLOB NOT NULL);
CREATE TABLE files (
    id TEXT PRIMARY KEY, corpus TEXT NOT NULL, path TEXT NOT NULL UNIQUE, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE places (
    id TEXT PRIMARY KEY, file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE, digest TEXT NOT NULL,
    article_id TEXT REFERENCES articles (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX places_by_file ON places (file_id);
CREATE INDEX places_by_article ON places (article_id);
CREATE INDEX places_by_digest ON places (digest)"""

LISTING = """SELECT id, title, language, published, coalesce(outlet, ''), coalesce(file, ''),
    (SELECT count(*) FROM passages p WHERE p.article_id = a.id),
    CASE title WHEN '' THEN coalesce(
        (SELECT substr(a.text, min(p.start) + 1, 400) FROM passages p WHERE p.article_id = a.id), ''
    ) ELSE '' END
FROM articles a ORDER BY published IS NULL, published DESC, id"""
"""All articles as a list shows them; the last column is how those without a title begin."""

_TABLES = f"""
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
{WORDS};
{_FIRST_IN_2}"""

# Version 1 knew one place an article, its own id, and kept vectors in Chroma alone: the next writer, or
# `pullquote doctor --repair`, computes those again.
_PLACES_OF_1 = """
INSERT INTO files SELECT id, corpus, file, digest FROM articles
    WHERE substr(file, 1, length(corpus) + 1) = corpus || '/' GROUP BY file;
INSERT INTO places SELECT id, id, digest, id FROM files"""

MIGRATIONS: Mapping[int, str] = {1: f"{_FIRST_IN_2};\n{_PLACES_OF_1}"}
"""Version → the statements that lead from it to the next."""


def create(database: sqlite3.Connection, pinned: Mapping[str, str]) -> None:
    """Make the tables in an empty file, and what the manifest has to say. The caller holds a transaction.

    In a file that has tables, only what is missing of ``pinned`` is written: earlier versions did so in a second step,
    before which they could be killed.
    """
    if not database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        _run(database, _TABLES)
        database.executemany("INSERT INTO manifest VALUES (?, ?)", [("schema", str(SCHEMA)), ("next_id", "1"), _name()])
    if version(database) in {SCHEMA, *MIGRATIONS}:
        database.executemany("INSERT OR IGNORE INTO manifest VALUES (?, ?)", list(pinned.items()))


def is_made(database: sqlite3.Connection) -> bool:
    """Whether a file's tables were made to the end: who is still at it, or was killed, has left none or no embedder."""
    if not database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        return False
    return version(database) is None or bool(
        database.execute("SELECT 1 FROM manifest WHERE key = 'embedder_identity'").fetchone()
    )


def version(database: sqlite3.Connection) -> int | None:
    """The version of a file's tables; None where it states none."""
    try:
        row = database.execute("SELECT value FROM manifest WHERE key = 'schema'").fetchone()
    except sqlite3.OperationalError:  # no such table
        return None
    return int(row[0]) if row and str(row[0]).isdecimal() else None


def migrate(database: sqlite3.Connection) -> None:
    """Lead a file from its version to ``SCHEMA``. The caller holds a transaction, and the library's writer lock."""
    found = version(database)
    while found is not None and found in MIGRATIONS and found < SCHEMA:
        _run(database, MIGRATIONS[found])
        database.execute("INSERT OR IGNORE INTO manifest VALUES (?, ?)", _name())
        found += 1
        database.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (str(found),))


def check(database: sqlite3.Connection, path: Path) -> None:
    """Refuse a file of another version.

    Raises:
        WrongSchema: with the version found and the command that helps.
    """
    found = version(database)
    if found != SCHEMA:
        older = found in MIGRATIONS
        raise WrongSchema(
            f"The library {path.parent} was written by {'an older' if older else 'another'} version of Pullquote "
            f"(its schema is {'unknown' if found is None else found}, this one reads {SCHEMA}).",
            "Bring it up to date: pullquote doctor --repair"
            if older
            else "Index your articles again: pullquote index --rebuild FOLDER",
        )


def _run(database: sqlite3.Connection, statements: str) -> None:
    """Like ``executescript``, which would commit the transaction it runs in."""
    for statement in statements.split(";\n"):
        database.execute(statement)


def _name() -> tuple[str, str]:
    """What tells this library from every other, for a Chroma server that holds many."""
    return "library", uuid.uuid4().hex
