"""What SQLite says of a catalog's file becomes a sentence with a remedy, and a catalog is made whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import article

from index import schema
from index.catalog import CATALOG, Catalog, is_made
from index.connections import unusable
from index.embed import LetterEmbedder
from index.errors import LibraryError, LibraryLocked, WrongEmbedder, WrongSchema
from index.library import Library
from index.lock import writing
from index.settings import Settings

PINNED = {"embedder": "letters", "embedder_identity": "letters-1", "dimension": "27"}
BODY = "The harbour was closed on Monday. Ships waited outside the breakwater."


def full(catalog: Catalog) -> None:
    """Let the disk be full."""
    catalog._db.execute("PRAGMA max_page_count = 1")


def test_a_full_disk_is_told_and_leaves_the_library_as_it_was(library: Library) -> None:
    library.ingest_articles([article("a", BODY)])
    full(library._catalog)
    with pytest.raises(LibraryError, match="no room on the disk") as caught:
        library.ingest_articles([article(f"b{i}", f"{BODY} {i} " * 400) for i in range(20)])
    assert "Free some space" in caught.value.hint
    library._catalog._db.execute("PRAGMA max_page_count = 1000000")
    assert [found.id for found in library.articles()] == ["a"]
    assert library.ingest_articles([article("b", "Bridges were opened.")]).added == ("b",)
    assert library.check().findings == ()


def damage(directory: Path, *, all_of_it: bool) -> None:
    """Overwrite pages of a catalog that nobody has open."""
    path = directory / CATALOG
    content = bytearray(path.read_bytes())
    start = 0 if all_of_it else 4096
    content[start:] = b"\xff" * (len(content) - start)
    path.write_bytes(content)


def test_a_page_that_is_damaged_is_told_with_what_can_mend_it(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article(f"a{i}", f"{BODY} {i} " * 40) for i in range(30)])
        library._catalog._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        library._catalog._db.execute("PRAGMA cache_size = 0")
        damage(library.directory, all_of_it=False)  # as a failing disk does, under an open library
        for ask in (lambda: library.search("harbour"), library.articles, lambda: library.remove("a1")):
            with pytest.raises(LibraryError, match="cannot be used: database disk image is malformed") as caught:
                ask()
            assert "pullquote doctor --repair" in caught.value.hint


def test_a_catalog_that_does_not_open_can_only_be_built_anew(settings: Settings) -> None:
    Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    damage(settings.library_dir, all_of_it=True)
    with pytest.raises(LibraryError, match="cannot be opened: file is not a database") as caught:
        Library.open(settings.library_dir, LetterEmbedder(), settings)
    assert "pullquote index --rebuild FOLDER" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "kind", "hint"),
    [
        (sqlite3.SQLITE_BUSY, LibraryLocked, "Wait until"),
        (sqlite3.SQLITE_READONLY | 5 << 8, LibraryError, "ls -l"),  # with what SQLite adds to its codes
        (sqlite3.SQLITE_CANTOPEN, LibraryError, "ls -l"),
        (sqlite3.SQLITE_IOERR, LibraryError, "disk"),
        (sqlite3.SQLITE_FULL, LibraryError, "Free some space"),
        (sqlite3.SQLITE_CORRUPT, LibraryError, "index --rebuild"),
        (sqlite3.SQLITE_ERROR, LibraryError, "index --rebuild"),
    ],
)
def test_each_failure_has_the_hint_that_fits(tmp_path: Path, code: int, kind: type[LibraryError], hint: str) -> None:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    told = unusable(error, tmp_path / CATALOG, opening=True)
    assert type(told) is kind
    assert hint in told.hint


def test_another_process_in_a_transaction_is_waited_for_and_then_told(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / CATALOG, create=True)
    catalog._db.execute("PRAGMA busy_timeout = 50")
    with sqlite3.connect(catalog.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryLocked, match="database is locked"):
            catalog.pin(x="y")
        other.rollback()
    other.close()
    catalog.pin(x="y")
    catalog.close()


def test_a_statement_that_is_wrong_is_left_as_it_is(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / CATALOG, create=True)
    for reading in (catalog.reading, catalog.transaction):
        with pytest.raises(sqlite3.OperationalError, match="no such table"), reading() as database:
            database.execute("SELECT 1 FROM nowhere")
    catalog.close()


# --- making a library


def blank(path: Path) -> None:
    """A file that another process has only just begun with."""
    path.touch()


def without_tables(path: Path) -> None:
    """It has come a little further."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
    database.close()


def without_manifest(path: Path) -> None:
    """What earlier versions left when they were killed between two steps."""
    Catalog(path, create=True).close()


def older_without_manifest(path: Path) -> None:
    """The same, of the version before."""
    without_manifest(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE manifest SET value = '1' WHERE key = 'schema'")
        for table in ("vectors", "places", "files"):
            database.execute(f"DROP TABLE {table}")
    database.close()


@pytest.mark.parametrize("begun", [blank, without_tables, without_manifest, older_without_manifest])
def test_a_library_whose_making_was_cut_short_is_made(settings: Settings, begun: Callable[[Path], None]) -> None:
    settings.library_dir.mkdir(parents=True)
    begun(settings.library_dir / CATALOG)
    assert not is_made(settings.library_dir / CATALOG)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert library.ingest_articles([article("a", BODY)]).added == ("a",)
    assert is_made(settings.library_dir / CATALOG)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert library.stats().embedder == "letters"
        assert library.check().findings == ()


@pytest.mark.parametrize("begun", [blank, without_tables, without_manifest])
def test_who_finds_a_library_that_is_being_made_waits(settings: Settings, begun: Callable[[Path], None]) -> None:
    path = settings.library_dir / CATALOG
    settings.library_dir.mkdir(parents=True)
    begun(path)
    with ThreadPoolExecutor(1) as pool, writing(settings.library_dir):
        opening = pool.submit(Library.open, settings.library_dir, LetterEmbedder(), settings)
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.3)
        Catalog(path, create=True, pinned={**PINNED, "passage_rules": "others"}).close()
        with pytest.raises(WrongEmbedder, match="by the rules others"):  # it is made, and the lock still held
            opening.result(timeout=10.0)


def test_what_was_pinned_is_never_pinned_anew(tmp_path: Path) -> None:
    path = tmp_path / CATALOG
    Catalog(path, create=True, pinned=PINNED).close()
    again = Catalog(path, create=True, pinned={**PINNED, "embedder": "others"})
    assert again.manifest["embedder"] == "letters"
    again.close()


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / CATALOG
    without_manifest(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE manifest SET value = ? WHERE key = 'schema'", (str(schema.SCHEMA + 1),))
    database.close()
    with pytest.raises(WrongSchema):
        Catalog(path, create=True, migrate=True, pinned=PINNED)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT 1 FROM manifest WHERE key = 'embedder'").fetchone() is None
    database.close()


def test_many_may_make_a_library_at_once(settings: Settings) -> None:
    together = threading.Barrier(6)

    def opened(_: int) -> str:
        together.wait(10.0)
        with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
            return library.stats().embedder

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(opened, range(6))) == ["letters"] * 6


def test_a_making_that_is_killed_at_any_statement_is_done_again(tmp_path: Path) -> None:
    program = Path(__file__).with_name("crashes.py")
    run = subprocess.run(
        [sys.executable, str(program), "making", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "PYTHONPATH": str(program.parents[1])},
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(run.stdout) > 15
