"""A folder that is watched: each change of an article's file leads to one more look, other files to none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import LibraryLocked
from index.load import Columns
from index.types import Failure, IngestReport
from ui.commands import shelf
from ui.doors import OnProgress
from ui.double import ShelfDouble
from ui.terminal import Terminal
from ui.watch import keep_in_step


@contextmanager
def watched(folder: Path, sync: threading.Event) -> Iterator[None]:
    """The folder, watched from another thread that sets ``sync`` after each change, and once before that."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_in_step, args=([folder], sync.set, stop))
    thread.start()
    try:
        assert sync.wait(60), "for what changed before the system told of changes"
        sync.clear()
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_new_changed_and_vanished_articles_are_seen_and_other_files_are_not(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    changed = threading.Event()
    article = tmp_path / "deep" / "a.txt"
    article.parent.mkdir()
    away = tmp_path_factory.mktemp("away") / "2024.01"
    away.mkdir()
    (away / "c.txt").write_text("Text.", encoding="utf-8")
    with watched(tmp_path, changed):
        for change in (
            lambda: article.write_text("Text.", encoding="utf-8"),
            lambda: article.write_text("More text.", encoding="utf-8"),
            lambda: article.rename(tmp_path / "b.md"),
            (tmp_path / "b.md").unlink,
            lambda: away.rename(tmp_path / "2024.01"),
            lambda: (tmp_path / "2024.01").rename(away),
        ):
            change()
            assert changed.wait(10)
            time.sleep(0.6)
            changed.clear()
        (tmp_path / ".hidden.txt").write_text("x", encoding="utf-8")
        (tmp_path / "picture.png").write_bytes(b"x")
        assert not changed.wait(1.5)


class Busy(ShelfDouble):
    """A library that another process writes to the first time."""

    tries = 0

    def ingest(
        self, paths: Sequence[Path], progress: OnProgress | None = None, *, columns: Columns | None = None
    ) -> IngestReport:
        """Fail once, then report one article."""
        self.tries += 1
        if self.tries == 1:
            raise LibraryLocked("Another process is writing.", "Wait.")
        return IngestReport(added=("a.txt",))


def test_changes_are_told_and_a_busy_library_is_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    sync = shelf.follower(Terminal(), Busy(), [Path()], None, as_json=False, pause=0.0)
    sync()
    captured = capsys.readouterr()
    assert "Another process is writing." in captured.err
    assert captured.out.startswith("1 added")


def test_files_that_failed_before_are_not_told_of_again(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = Failure("a.txt", "it is empty"), Failure("b.txt", "it is empty")
    library = ShelfDouble(failures=(one,))
    sync = shelf.follower(Terminal(), library, [], None, [one], as_json=False)
    sync()
    assert capsys.readouterr().out == ""
    library.failures = (one, other)
    sync()
    assert "b.txt" in capsys.readouterr().out
