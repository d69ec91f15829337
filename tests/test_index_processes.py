"""One writer, many readers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import article

from index.embed import LetterEmbedder
from index.errors import LibraryLocked
from index.library import Library
from index.lock import writing
from index.settings import Settings

ROOT = Path(__file__).parents[1]
VERSIONS = 25


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def body(version: int) -> str:
    # Another version has other passages: shorter or longer, so that their number changes too.
    return " ".join(f"Sentence {i} of version {version} of a speaks of harbours." for i in range(20 + version % 7))


def write(folder: Path, version: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text(body(version))
    (folder / "b.txt").write_text(f"Something else about bridges, number {version}.")


def test_readers_see_the_old_or_the_new_version_and_never_wait(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    write(folder, 0)
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest([folder])
        library.ingest_articles([article(f"m{i}", f"Bridges and ships, number {i}.") for i in range(50)])
        readers = [start("tests/readers.py", str(settings.home)) for _ in range(2)]
        for reader in readers:
            assert reader.stdout is not None and reader.stdout.readline() == "ready\n"
        for version in range(1, VERSIONS + 1):
            write(folder, version)
            assert "a.txt" in library.ingest([folder]).updated
        assert {a.id for a in library.articles()} >= {"a.txt", "b.txt"}
        (settings.home / "stop").touch()
        for reader in readers:
            out, _ = reader.communicate(timeout=60)
            seen = json.loads(out)
            assert reader.returncode == 0
            assert seen["wrong"] == []
            assert seen["versions"] == sorted(seen["versions"])  # time does not run backwards
            assert len(seen["versions"]) > 2
            assert seen["versions"][-1] == VERSIONS
            assert seen["median"] < 0.5  # far below what waiting for a batch, let alone for a writer, would cost
        assert library.check().findings == ()


def test_a_reader_opens_and_searches_while_a_writer_stands_still(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("x", "Ships in the harbour.")])
    vectors, catalog = library._vectors, library._catalog
    with writing(library.directory), vectors._place.alone(), catalog.transaction() as database:
        database.execute("DELETE FROM articles")
        started = time.monotonic()
        with Library.open(settings.library_dir, LetterEmbedder(), settings) as reader:
            assert [hit.article.id for hit in reader.search("harbour")] == ["x"]
        assert time.monotonic() - started < 5.0  # half a minute, if it waited for SQLite
        database.rollback()
        database.execute("BEGIN")


def test_a_reader_sees_at_once_what_another_process_has_written(settings: Settings, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from index.embed import LetterEmbedder\nfrom index.library import Library\n"
        "from index.settings import Settings\nfrom index.load import make_article\n"
        "settings = Settings(home=pathlib.Path(sys.argv[1]))\n"
        "library = Library.open(settings.library_dir, LetterEmbedder(), settings)\n"
        "articles = [make_article(f'Zebras zzzz {i} quizzed.', id=f'z{i}', language='en') for i in range(5)]\n"
        "library.ingest_articles(articles, corpus='z')\n"
        "library.remove('old')\n"
    )
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("old", "Zzz zebra."), *[article(f"x{i}", f"Ships {i}.") for i in range(9)]])
        assert library.search("zz")[0].article.id == "old"
        subprocess.run(
            [sys.executable, "-c", code, str(settings.home)],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": "."},
        )
        found = [hit.article.id for hit in library.search("zz", 6)]
        assert set(found[:5]) == {f"z{i}" for i in range(5)}
        assert "old" not in found
        library.ingest_articles([article("new", "Yet another article.")])  # this process writes again
        assert library.check().findings == ()


def test_a_killed_writer_does_not_lock_anyone_out(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        code = (
            "import sys, pathlib\nfrom index.lock import writing\n"
            "with writing(pathlib.Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()\n"
        )
        with start("-c", code, str(library.directory)) as other:
            assert other.stdout is not None and other.stdout.readline() == "held\n"
            started = time.monotonic()
            with pytest.raises(LibraryLocked, match=rf"\(pid {other.pid}\)") as caught:
                library.ingest_articles([article("x", "Ships.")])
            assert time.monotonic() - started < 1.0
            assert caught.value.hint
            assert library.search("anything") == []
            other.send_signal(signal.SIGKILL)
        assert (library.directory / "writer.lock.pid").read_text() == str(other.pid)  # left behind
        assert library.ingest_articles([article("x", "Ships.")]).added == ("x",)


def test_a_stale_pid_is_not_named(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        code = (
            "import sys, pathlib, filelock\n"
            "with filelock.FileLock(pathlib.Path(sys.argv[1]) / 'writer.lock'):\n"
            "    print('held', flush=True); sys.stdin.read()\n"
        )
        with start("-c", code, str(library.directory)) as other:
            assert other.stdout is not None and other.stdout.readline() == "held\n"
            (library.directory / "writer.lock.pid").write_text("999999999")
            with pytest.raises(LibraryLocked, match="pid unknown"):
                library.ingest_articles([article("x", "Ships.")])
            other.communicate()


def test_a_thread_is_told_that_its_own_process_is_writing(library: Library) -> None:
    with writing(library.directory), pytest.raises(LibraryLocked, match="This process"):
        library.ingest_articles([article("x", "Ships.")])
