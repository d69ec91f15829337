"""A folder and its library in step, as long as somebody wants it. The only importer of watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import Change, watch

from index.load import READERS

# A file that is being written changes many times; wait until nothing has changed for so long, in milliseconds.
_QUIET = 400
# Look whether to stop so often, in milliseconds.
_PULSE = 500


def keep_in_step(
    paths: Sequence[Path], sync: Callable[[], object], stop: threading.Event | None = None, *, poll: bool = False
) -> None:
    """Call ``sync`` once, then after each change of a file that could be read, below the folders or of the files named.

    Args:
        paths: Folders and files; they must exist.
        sync: Brings the library in step. Changes while it runs lead to another call; the first one is for what has
            changed before the system told of changes.
        stop: Ends it; Ctrl-C does so too, with KeyboardInterrupt.
        poll: Look at all files again and again, for file systems that do not tell of changes.
    """
    in_step = False
    for changes in watch(
        *paths,
        watch_filter=lambda change, path: _matters(change, Path(path)),
        step=_QUIET,
        rust_timeout=_PULSE,
        stop_event=stop or threading.Event(),
        force_polling=poll or None,
        raise_interrupt=True,
        yield_on_timeout=True,
    ):
        if changes or not in_step:
            in_step = True
            sync()


def _matters(change: Change, path: Path) -> bool:
    """Whether a change can matter: of a file of a kind that is read, or of what is a folder, or may have been one."""
    if path.name.startswith("."):
        return False
    return path.suffix.lower() in READERS or change is Change.deleted or not path.is_file()
