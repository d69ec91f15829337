"""Readers that run in a helper process, so that no file can stop, exhaust or crash the program that reads it.

The parsers of web pages, PDFs and office documents are large, some are in C, and files come from anywhere. The helper
bounds each file's processor time and memory, and may not reach the network. It reads many files,
one at a time, and is started again after a file that ended it.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import IO, Any, BinaryIO, cast

from index.errors import ArticleError, BinaryFile, EmptyArticle, UnreadableFile
from index.readers.draft import Columns, Draft, Reader
from index.readers.whole import all_bytes
from index.types import Failure, Origin, Span

SECONDS = 60
"""Processor time a file may take."""
MEMORY = 2 * 1024**3
"""Address space the helper may take, in bytes."""
NO_MEMORY = 77
"""How the helper exits when it would need more."""

_ERRORS: dict[str, type[ArticleError]] = {kind.__name__: kind for kind in (BinaryFile, EmptyArticle)}


def isolated(module: str, limit: int) -> Reader:
    """The reader ``read`` of a module of this package, run in the helper.

    Args:
        module: Its name. Its ``read(bytes) -> Iterable[Draft | Failure]`` raises ArticleError for the whole file.
        limit: Bytes; a larger file is refused.
    """

    def reader(stream: BinaryIO, _: Columns | None) -> Iterator[Draft | Failure]:
        content = all_bytes(stream, limit)
        for found in _HELPER.read(module, content):
            if isinstance(found, Draft) and not found.place:
                yield replace(found, digest=hashlib.sha256(content).hexdigest())
            else:
                yield found

    return reader


class Helper:
    """The helper process and the one conversation with it. May be used from any thread."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._limits = (seconds, memory)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        atexit.register(self.close)

    def read(self, module: str, content: bytes) -> list[Draft | Failure]:
        """What a reader finds in some bytes.

        Raises:
            ArticleError: What the reader raised, or that it broke or took too much time or memory.
        """
        with self._lock:
            reply = self._ask(module, content)
        if "error" in reply:
            raise _ERRORS.get(reply["error"], UnreadableFile)(reply["message"], reply["hint"])
        return [_from_json(found) for found in reply["found"]]

    def close(self) -> None:
        """End the process. The next file starts another."""
        process, self._process = self._process, None
        if process and self._owner == os.getpid():
            process.kill()
            process.communicate()

    def _ask(self, module: str, content: bytes) -> dict[str, Any]:
        process = self._running()
        answered = False
        try:
            requests, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            requests.write(b"%s %d\n" % (module.encode(), len(content)))
            requests.write(content)
            requests.flush()
            line = answers.readline()
            answered = line.endswith(b"\n")
        except BrokenPipeError:
            pass  # it died while it was spoken to; its exit code says of what
        finally:
            # Also after Ctrl-C: an answer that was not fetched must not become that of the next file.
            if not answered:
                code = self._ended(process)
        if answered:
            reply: dict[str, Any] = json.loads(line)
            return reply
        raise self._verdict(code)

    def _running(self) -> subprocess.Popen[bytes]:
        """The process, started if there is none or if this is a fork of the one that started it."""
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            places = os.pathsep.join(os.path.abspath(place) for place in sys.path)  # noqa: PTH100 - "" is a place
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "index.readers.helper", *(str(limit) for limit in self._limits)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # More threads would each reserve memory that nothing here needs.
                env={**os.environ, "PYTHONPATH": places, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C in a terminal is for us alone
            )
            self._owner = os.getpid()
        return self._process

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """How the process ended by itself; one that did not is killed."""
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return 0
        finally:
            self.close()

    def _verdict(self, code: int) -> UnreadableFile:
        """What is said of a file that ended the process."""
        seconds, memory = self._limits
        hint = "Save its text as .txt, or leave it out."
        if code == -signal.SIGPROF:
            return UnreadableFile(f"it takes more than {seconds} seconds to read", hint)
        if code in (NO_MEMORY, -signal.SIGKILL):
            return UnreadableFile(f"it takes more than {memory >> 20} MB of memory to read", hint)
        return UnreadableFile("its reader broke on it", hint)


def to_json(found: Draft | Failure) -> dict[str, Any]:
    """A draft or a failure as JSON types."""
    if isinstance(found, Failure):
        return {"id": found.id, "reason": found.reason, "hint": found.hint}
    return {
        "text": found.text,
        "title": found.title,
        "language": found.language,
        "published": found.published.isoformat() if found.published else None,
        "source": [found.source.file, found.source.outlet, found.source.url],
        "furniture": found.furniture,
        "place": found.place,
        "digest": found.digest,
    }


def _from_json(values: dict[str, Any]) -> Draft | Failure:
    """The opposite of ``to_json``."""
    if "reason" in values:
        return Failure(**values)
    draft = Draft(**values)
    return replace(
        draft,
        published=date.fromisoformat(values["published"]) if values["published"] else None,
        source=Origin(*values["source"]),
        furniture=tuple(Span(*span) for span in values["furniture"]),
    )


_HELPER = Helper()
