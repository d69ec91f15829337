"""A folder and its library in step, as long as somebody wants it. The only importer of watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from watchfiles import watch

from index.load import READERS

# A file that is being written changes many times; wait until nothing has changed for so long, in milliseconds.
_QUIET = 400
# Look whether to stop so often, in milliseconds.
_PULSE = 500


def keep_in_step(
    paths: Sequence[Path], sync: Callable[[], object], stop: threading.Event | None = None, *, poll: bool = False
) -> None:
    """Call ``sync`` after each change of a file that could be read, below the folders or of the files named.

    Args:
        paths: Folders and files; they must exist.
        sync: Brings the library in step. Changes while it runs lead to another call.
        stop: Ends it; Ctrl-C does so too, with KeyboardInterrupt.
        poll: Look at all files again and again, for file systems that do not tell of changes.
    """
    for _ in watch(
        *paths,
        watch_filter=lambda _, path: _readable(Path(path)),
        step=_QUIET,
        rust_timeout=_PULSE,
        stop_event=stop or threading.Event(),
        force_polling=poll or None,
        raise_interrupt=True,
    ):
        sync()


def _readable(path: Path) -> bool:
    """Whether a change there can matter: a file of a kind that is read, or what may be a folder that was moved."""
    hidden = any(part.startswith(".") for part in path.parts[-1:])
    return not hidden and (path.suffix.lower() in READERS or not path.suffix)
