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
from index.types import IngestReport
from ui.commands import shelf
from ui.doors import OnProgress
from ui.double import ShelfDouble
from ui.terminal import Terminal
from ui.watch import keep_in_step


@contextmanager
def watched(folder: Path, sync: threading.Event) -> Iterator[None]:
    """The folder, watched from another thread that sets ``sync`` after each change."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_in_step, args=([folder], sync.set, stop))
    thread.start()
    time.sleep(0.5)  # until the system tells of changes
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_new_changed_and_vanished_articles_are_seen_and_other_files_are_not(tmp_path: Path) -> None:
    changed = threading.Event()
    article = tmp_path / "deep" / "a.txt"
    article.parent.mkdir()
    with watched(tmp_path, changed):
        for change in (
            lambda: article.write_text("Text.", encoding="utf-8"),
            lambda: article.write_text("More text.", encoding="utf-8"),
            lambda: article.rename(tmp_path / "b.md"),
            (tmp_path / "b.md").unlink,
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
