"""What is derived is compared with the catalog and made again; an older library is migrated or left alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import article

from index import schema
from index.catalog import Catalog
from index.embed import Encoded, LetterEmbedder, OnProgress, Vectors
from index.errors import LibraryLocked, WrongSchema
from index.ingest import Ingester
from index.library import Library
from index.lock import writing
from index.settings import Settings

TEXTS = {
    "a": "The harbour was closed on Monday. Ships waited outside.",
    "b": "Bridges were opened by the mayor.",
    "c": "Trains stood still for hours, and nobody knew why.",
}


@pytest.fixture
def full(library: Library) -> Library:
    library.ingest_articles([article(name, text) for name, text in TEXTS.items()])
    assert library.check().findings == ()
    return library


def execute(library: Library, statement: str, *values: object) -> None:
    with library._catalog.transaction() as database:
        database.execute(statement, values)


def lose_vectors(library: Library) -> None:
    with library._vectors._changing() as client:
        client.chroma.delete([1, 2])


def add_vectors(library: Library) -> None:
    with library._vectors._changing() as client:
        client.chroma.add([71, 72], LetterEmbedder().passages(["x", "y"]))


def change_vectors(library: Library) -> None:
    with library._vectors._changing() as client:
        client.chroma.add([2], LetterEmbedder().passages(["zzz"]))


def delete_chroma(library: Library) -> None:
    library._vectors.close()
    shutil.rmtree(library.directory / "chroma")


def damage_chroma(library: Library) -> None:
    library._vectors.close()
    (library.directory / "chroma" / "chroma.sqlite3").write_bytes(b"nonsense" * 4096)


def lose_words(library: Library) -> None:
    execute(library, "DELETE FROM words WHERE rowid = 2")


def change_words(library: Library) -> None:
    execute(library, "DELETE FROM words WHERE rowid = 2")
    execute(library, "INSERT INTO words (rowid, title, body) VALUES (2, '', 'something else')")


def add_words(library: Library) -> None:
    execute(library, "INSERT INTO words (rowid, title, body) VALUES (99, '', 'bridg of nobody')")


def damage_words(library: Library) -> None:
    execute(library, "DELETE FROM words_data WHERE id > 10")


def clear_words(library: Library) -> None:
    execute(library, "DELETE FROM words_idx")
    execute(library, "DELETE FROM words_content WHERE id = 1")


def lose_own_vectors(library: Library) -> None:
    execute(library, "DELETE FROM vectors WHERE passage_id = 1")


@pytest.mark.parametrize(
    ("damage", "subject"),
    [
        (lose_vectors, "vectors"),
        (add_vectors, "vectors"),
        (change_vectors, "vectors"),
        (delete_chroma, "vectors"),
        (damage_chroma, "vectors"),
        (lose_own_vectors, "vectors"),
        (lose_words, "full text"),
        (change_words, "full text"),
        (add_words, "full text"),
        (damage_words, "full text"),
        (clear_words, "full text"),
    ],
)
def test_what_is_damaged_is_found_and_mended(full: Library, damage: Callable[[Library], None], subject: str) -> None:
    before = [(hit.article.id, round(hit.score, 4)) for hit in full.search("bridges and the mayor")]
    damage(full)
    found = full.check()
    assert not found.sound
    assert {finding.subject for finding in found.findings} == {subject}
    assert full.check() == found  # looking changes nothing
    mended = full.repair()
    assert mended.sound
    assert [(f.subject, f.number) for f in mended.findings] == [(f.subject, f.number) for f in found.findings]
    assert full.check().findings == ()
    assert [(hit.article.id, round(hit.score, 4)) for hit in full.search("bridges and the mayor")] == before


def manifest(library: Library) -> dict[str, str]:
    return dict(library._catalog.manifest)


def test_looking_changes_nothing(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert library.check().findings == ()
        assert not (library.directory / "chroma").exists()  # what was never needed is not made either
        library.ingest_articles([article(name, text) for name, text in TEXTS.items()])
        before = manifest(library)
        assert library.check().findings == ()
        assert manifest(library) == before
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:  # which has no client yet
        assert library.check().findings == ()
        assert manifest(library) == before


def test_a_change_that_was_cut_short_is_found_and_left_to_the_repair(full: Library) -> None:
    with full._vectors._changing() as client:
        client.chroma.delete([1, 2])
    full._vectors._ledger.begin()  # and never ended
    before = manifest(full)
    (finding,) = full.check().findings
    assert finding.message == "A change of Chroma was cut short."
    assert manifest(full) == before
    assert full.repair().sound
    assert full.check().findings == ()
    assert full._vectors.ids() == set(full._catalog.passage_ids())


@pytest.mark.parametrize("damage", [lose_vectors, change_vectors, delete_chroma, damage_chroma, lose_words])
def test_a_damaged_library_still_answers(full: Library, damage: Callable[[Library], None], settings: Settings) -> None:
    damage(full)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as again:
        assert {hit.article.id for hit in again.search("bridges and the mayor")} >= {"b"}


def test_nobody_repairs_what_another_is_writing(full: Library) -> None:
    with writing(full.directory), pytest.raises(LibraryLocked):
        full.repair()


def test_a_damaged_catalog_is_reported_and_left_alone(full: Library) -> None:
    full._catalog._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((full.directory / "catalog.sqlite").read_bytes())
    full.close()
    content[4096 * 3 : 4096 * 8] = b"\xff" * 4096 * 5
    (full.directory / "catalog.sqlite").write_bytes(content)
    settings = Settings(home=full.directory.parent)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as broken:
        (finding,) = broken.repair().findings
    assert (finding.subject, finding.mended) == ("catalog", False)


class Longest:
    """A derived store: how many tokens each passage has."""

    subject = "lengths"
    wants_tokens = True

    def __init__(self) -> None:
        self.held: dict[int, int] = {}

    def add(self, ids: Sequence[int], encoded: Encoded) -> None:
        """Count them."""
        self.held.update(zip(ids, map(len, encoded.tokens), strict=True))

    def delete(self, ids: Sequence[int]) -> None:
        """Forget them."""
        for number in ids:
            self.held.pop(number, None)

    def ids(self) -> set[int]:
        """What it holds."""
        return set(self.held)


def test_another_derived_store_follows_the_catalog(full: Library, settings: Settings) -> None:
    catalog, vectors = full._catalog, full._vectors
    store = Longest()
    ingester = Ingester(catalog, [vectors, store], LetterEmbedder(), settings)
    ingester.encode_into(store, catalog.passage_ids())  # as the repair does for a store that is new
    assert store.ids() == set(catalog.passage_ids())
    ingester.put([article("b", "Bridges were shut."), article("d", "One two three four.")], corpus="memory", prune=True)
    assert store.ids() == set(catalog.passage_ids()) == vectors.ids()
    assert sorted(store.held.values()) == [3, 4]
    ingester.remove(["d"])
    assert list(store.held.values()) == [3]


# --- older schemas

OLD = """
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


@pytest.fixture
def old(settings: Settings, tmp_path: Path) -> Path:
    """A library as version 1 wrote it, of one folder; returns the folder."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    made = settings.model_copy(update={"home": tmp_path / "made"})
    with Library.open(made.library_dir, LetterEmbedder(), made) as library:
        library.ingest([folder])
    settings.library_dir.mkdir(parents=True)
    with sqlite3.connect(settings.library_dir / "catalog.sqlite") as database:
        database.executescript(OLD)
        database.execute("ATTACH ? AS made", (str(made.library_dir / "catalog.sqlite"),))
        for table in ("articles", "passages"):
            database.execute(f"INSERT INTO {table} SELECT * FROM made.{table}")
        database.execute("INSERT INTO words (rowid, title, body) SELECT rowid, title, body FROM made.words")
        known = "'embedder', 'embedder_identity', 'dimension', 'passage_rules', 'next_id'"
        database.execute(f"INSERT INTO manifest SELECT * FROM made.manifest WHERE key IN ({known})")
        database.execute("INSERT INTO manifest VALUES ('schema', '1')")
    database.close()
    return folder


def test_an_older_library_is_migrated_when_it_is_opened(settings: Settings, old: Path) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert {a.id: a.text for a in library.articles()} == {f"{name}.txt": text for name, text in TEXTS.items()}
        assert library.search(TEXTS["a"])[0].article.id == "a.txt"  # its vectors were computed again
        report = library.ingest([old])
        assert (len(report.unchanged), report.changed) == (3, 0)
        assert library.check().findings == ()
        assert np.isclose(library._vectors.nearest(LetterEmbedder().query(TEXTS["b"]), 1)[0][1], 1.0)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert len(library) == 3


class Idle(LetterEmbedder):
    """Must not be asked for passages."""

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Fails."""
        raise AssertionError


def test_the_vectors_of_an_older_library_are_kept(settings: Settings, old: Path, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "made" / "library" / "chroma", settings.library_dir / "chroma")
    with Library.open(settings.library_dir, Idle(), settings) as library:
        assert library.search(TEXTS["a"])[0].article.id == "a.txt"
        assert library.ingest([old]).changed == 0
        # Token vectors would have to be computed; search does without them until `pullquote doctor --repair`.
        assert {finding.subject for finding in library.check().findings} == {"token vectors"}
        (old / "a.txt").unlink()
        assert library.ingest([old]).removed == ("a.txt",)


def test_a_migration_cut_short_is_completed_by_the_repair(settings: Settings, old: Path) -> None:
    Catalog(settings.library_dir / "catalog.sqlite", migrate=True).close()  # and no vectors
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert {finding.number for finding in library.repair().findings} == {3}
        assert library.check().findings == ()
        assert library.search(TEXTS["a"])[0].article.id == "a.txt"


def test_a_migration_that_fails_leaves_the_library_as_it_was(settings: Settings, old: Path) -> None:
    path = settings.library_dir / "catalog.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE places (in_the_way)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(Exception, match="places already exists"):
        Library.open(settings.library_dir, LetterEmbedder(), settings)
    with sqlite3.connect(path) as database:
        assert schema.version(database) == 1
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    database.close()
    assert "vectors" not in tables
    assert path.read_bytes()[100:] == before[100:]


def test_nobody_migrates_what_another_is_writing(settings: Settings, old: Path) -> None:
    with writing(settings.library_dir), pytest.raises(LibraryLocked):
        Library.open(settings.library_dir, LetterEmbedder(), settings)
    with pytest.raises(WrongSchema, match="older") as caught:
        Catalog(settings.library_dir / "catalog.sqlite")
    assert "pullquote doctor --repair" in caught.value.hint


@pytest.mark.parametrize("version", [str(schema.SCHEMA + 1), "0", "new"])
def test_an_unknown_schema_is_refused(settings: Settings, version: str) -> None:
    Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    path = settings.library_dir / "catalog.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (version,))
    database.close()
    with pytest.raises(WrongSchema) as caught:
        Library.open(settings.library_dir, LetterEmbedder(), settings)
    assert "pullquote index --rebuild" in caught.value.hint
