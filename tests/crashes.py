"""Kills writers, again and again: run as a program by ``test_index_durability``. Imports once, forks for each round.

``python crashes.py FOLDER KILLS SEED`` prints one line of JSON: what the rounds saw, and ``python crashes.py making
FOLDER`` how many kills fell into the making of a library. No process forks while it has an open Chroma, whose threads a
child would lack: every round runs in children of a parent that opens nothing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from index import library
from index.catalog import Catalog, is_made
from index.embed import LetterEmbedder, OnProgress, Vectors
from index.ingest import Ingester
from index.language import detect, terms
from index.ledger import Ledger
from index.library import Library
from index.settings import Settings
from index.tokens import TokenStore
from index.vectors import VectorStore

FILES = 24


class Slow(LetterEmbedder):
    """Takes its time, so that a kill may also fall into the embedding."""

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """After ten milliseconds."""
        time.sleep(0.01)
        return super().passages(texts, progress)


def text(number: int, version: int) -> str:
    """An article of some passages; every sentence names article and version."""
    return " ".join(f"Sentence {i} of article {number} in version {version} speaks of harbours." for i in range(20))


def write(folder: Path, version: int, chosen: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """A corpus: articles of a version or of the first, some left out, some twice.

    Returns the files, and the articles that a complete library holds of them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files: dict[str, str] = {}
    expected: dict[str, str] = {}
    for number in range(FILES):
        if chosen.random() < 0.1:
            continue
        words = text(number, version if chosen.random() < 0.5 else 0)
        names = [f"a{number:02}.txt", *([f"b{number:02}.txt"] if chosen.random() < 0.05 else [])]
        expected[names[0]] = words
        files.update(dict.fromkeys(names, words))
    for name, words in files.items():
        (folder / name).write_text(words)
    return files, expected


class Dying(Ledger):
    """Dies as by ``kill -9`` when a change of Chroma is made but not yet noted as ended, after so many others."""

    def __init__(self, catalog: Catalog, directory: Path, left: int) -> None:
        super().__init__(catalog, directory, "")
        self._left = left

    def end(self) -> None:
        """Note the end, unless it is time to die."""
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().end()


class Mortal(Catalog):
    """Dies as by ``kill -9`` at a statement, from the first one on."""

    left = 0

    def _connect(self, *, create: bool = False) -> sqlite3.Connection:
        database = super()._connect(create=create)
        database.set_trace_callback(self._count)
        return database

    def _count(self, _: str) -> None:
        Mortal.left -= 1
        if Mortal.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def maker(home: Path, statement: int) -> None:
    """Open a library that is not there yet; at that statement of its making, die."""
    Mortal.left = statement
    library.Catalog = Mortal  # type: ignore[attr-defined]  # in this process, which does nothing else
    Library.open(Settings(home=home).library_dir, LetterEmbedder(), Settings(home=home)).close()


def made(home: Path) -> None:
    """Open what the kill left; raises AssertionError."""
    settings = Settings(home=home)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as opened:
        assert len(opened) == 0
        assert opened.stats().embedder == "letters"


def run_makings(folder: Path) -> int:
    """Kill the making of a library at its first statement, at its second and so on, until it is made; how many."""
    log = folder / "log"
    statement = 0
    while True:
        home = folder / f"home{statement}"
        _, killed = os.waitpid(forked(partial(maker, home, statement), log), 0)
        _, failed = os.waitpid(forked(partial(made, home), log), 0)
        if failed or log.exists():
            raise RuntimeError(f"statement {statement}: {log.read_text() if log.exists() else failed}")
        if not os.WIFSIGNALED(killed):
            return statement
        statement += 1


def writer(home: Path, folder: Path, statement: int | None, change: int | None) -> None:
    """Ingest; at that SQL statement on the catalog or in that change of Chroma, if any is given, die by ``kill -9``."""
    settings = Settings(home=home)
    directory = settings.library_dir
    Library.open(directory, Slow(), settings).close()
    catalog = Catalog(directory / "catalog.sqlite")
    left = statement

    def count(_: str) -> None:
        nonlocal left
        if left is not None:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    catalog._db.set_trace_callback(count)
    # The graph is written every 40 changes and not every 1,000, so that kills fall into that too.
    vectors = VectorStore(directory / "chroma", catalog, sync_threshold=40)
    if change is not None:
        vectors._ledger = Dying(catalog, directory / "chroma", change)
    vectors.prepare()
    tokens = TokenStore(directory / "tokens", Slow())
    Ingester(catalog, [vectors, tokens], Slow(), settings).sync([folder])


def look(home: Path, folder: Path, allowed: dict[str, set[str]], expected: dict[str, str]) -> None:
    """Open what the kill left, check it, complete it, check it again; raises AssertionError."""
    settings = Settings(home=home)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        hits = library.search("Which harbours does article 7 speak of?", 30)
        for article in library.articles():
            assert article.text in allowed.get(article.id, ()), f"{article.id} is not whole"
        for hit in hits:
            assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert bool(hits) == bool(len(library)), "there are articles, and nothing was found"
        library.ingest([folder])
        _complete(library, expected)
        assert library.ingest([folder]).changed == 0
        assert library.check().findings == (), library.check().findings


def _complete(library: Library, expected: dict[str, str]) -> None:
    # Which of two places names an article depends on which was there first.
    held = {article.id.replace("b", "a"): article.text for article in library.articles()}
    assert len(held) == len(library)
    assert held == expected, f"{set(held) ^ set(expected)} differ"
    catalog, vectors = library._catalog, library._vectors
    ids = set(catalog.passage_ids())
    assert vectors.ids() == ids, "catalog and Chroma do not agree"
    assert not catalog.pending()
    spans = catalog._db.execute("SELECT article_id, start, count(*) FROM passages GROUP BY 1, 2 HAVING count(*) > 1")
    assert spans.fetchall() == [], "a passage is there twice"
    for passage_id in random.Random(0).sample(sorted(ids), 3):
        vector = vectors.get([passage_id])[passage_id]
        assert vectors.nearest(vector, 1)[0][1] > 0.999


def _left(home: Path) -> tuple[bool, bool]:
    """Whether the kill fell into a change of Chroma, and whether it left the graph's files half-written."""
    directory = Settings(home=home).library_dir
    if not is_made(directory / "catalog.sqlite"):
        return False, False
    catalog = Catalog(directory / "catalog.sqlite")
    ledger = Ledger(catalog, directory / "chroma", "")
    found = ledger.state().busy, not ledger.sound()
    catalog.close()
    return found


def forked(work: Callable[[], None], log: Path) -> int:
    """Run some work in a child; its pid. It leaves 1 and a traceback if the work fails."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except (AssertionError, OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError):
        log.write_text(traceback.format_exc())
    finally:
        os._exit(status)


def run(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Rounds until so many kills have hit, on libraries that live through ten.

    A kill comes at a statement, at a time, and in a change of Chroma in turn.
    """
    chosen = random.Random(seed)
    home, news, log = folder / "home", folder / "news", folder / "log"
    seen = {"rounds": 0, "killed": 0, "changing": 0, "half": 0}
    older: dict[str, str] = {}
    span = 400
    seconds = 0.5
    for number in range(4 * kills):
        if seen["killed"] == kills:
            break
        if number % 10 == 0:  # now and then from nothing
            shutil.rmtree(home, ignore_errors=True)
            older = {}
        files, expected = write(news, number, chosen)
        statement = chosen.randrange(span) if number % 3 == 0 else None
        change = chosen.randrange(3) if number % 3 == 1 else None
        child = forked(partial(writer, home, news, statement, change), log)
        timed = number % 3 == 2
        if timed:
            time.sleep(chosen.random() * seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if log.exists():
            raise RuntimeError(f"round {number}: {log.read_text()}")
        hit = os.WIFSIGNALED(status)
        seen["killed"] += hit
        if timed and not hit:  # it came too late: this machine is faster
            seconds *= 0.7
        changing, half = _left(home)
        seen["changing"] += changing
        seen["half"] += half
        allowed = {i: {t for t in (older.get(i), files.get(i)) if t} for i in {*older, *files}}
        child = forked(partial(look, home, news, allowed, expected), log)
        _, status = os.waitpid(child, 0)
        if status:
            raise RuntimeError(f"round {number} of seed {seed}: {status} {log.read_text() if log.exists() else ''}")
        older = files
        seen["rounds"] += 1
    return seen


if __name__ == "__main__":
    import chromadb  # noqa: F401 - once, before the children

    if sys.argv[1] == "making":
        sys.stdout.write(f"{run_makings(Path(sys.argv[2]))}\n")
        sys.exit()
    terms(text(0, 0), detect(text(0, 0)))  # likewise: their tables take a second to load
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))) + "\n")
