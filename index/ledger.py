"""What the catalog remembers of a library's Chroma: where it is, the last change, and how that left the files.

Each change has a number. It is noted before it begins and after it ended: a process killed in between leaves it open,
and whoever comes next knows that the files may be half-written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Catalog

_NOTHING = "[]"


@dataclass(frozen=True, slots=True)
class State:
    """Where the vectors are ("" for the library's folder), the last change, whether it is still going on, the files."""

    at: str
    change: int
    busy: bool
    files: str


class Ledger:
    """The notes on one Chroma.

    Args:
        catalog: That keeps the notes.
        directory: Chroma's folder.
        server: Address of the Chroma server used instead of it, or "".
    """

    def __init__(self, catalog: Catalog, directory: Path, server: str) -> None:
        self._catalog = catalog
        self._directory = directory
        self._server = server

    def state(self) -> State:
        """The notes as they are now, whatever snapshot this thread reads."""
        with self._catalog.reading(latest=True) as database:
            known = dict(database.execute("SELECT key, value FROM manifest WHERE key LIKE 'chroma_%'"))
        return State(
            at=known.get("chroma_at", self._server),
            change=int(known.get("chroma_change", "0")),
            busy=known.get("chroma_busy") == "1",
            files=known.get("chroma_files", _NOTHING),
        )

    def begin(self) -> int:
        """Note that a change begins; its number."""
        number = self.state().change + 1
        self._catalog.pin(chroma_busy="1", chroma_change=str(number), chroma_at=self._server)
        return number

    def end(self) -> None:
        """Note that the change has ended."""
        self._catalog.pin(chroma_busy="0", chroma_files=self._files())

    def sound(self) -> bool:
        """Whether the files are as the last change left them; a server answers for its own."""
        state = self.state()
        if state.at != self._server:
            return False
        if self._server or not state.change:
            return self._files() == _NOTHING
        return (self._directory / "chroma.sqlite3").exists() and self._files() == state.files

    def _files(self) -> str:
        """Names, sizes and times of the files that Chroma rewrites to store its graph; nothing until it first has.

        Without its last file, the ``.pickle``, Chroma takes the graph from its log, which only then it begins to clear.
        """
        if self._server or not any(self._directory.glob("*/index_metadata.pickle")):
            return _NOTHING
        stats = [(file, file.stat()) for file in sorted(self._directory.glob("*/*"))]
        return json.dumps([[f"{f.parent.name}/{f.name}", s.st_size, s.st_mtime_ns] for f, s in stats])
