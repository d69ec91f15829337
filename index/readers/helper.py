"""The helper process: ``python -m index.readers.helper SECONDS MEMORY``; see ``apart``.

A request is a line "module bytes" and the bytes; an answer is one line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from importlib import import_module
from typing import Any

from index.errors import ArticleError, UnreadableFile
from index.readers.apart import NO_MEMORY, to_json
from index.readers.draft import LIMIT, Draft

_FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.fork")


def main() -> None:
    """Answer requests until there are no more."""
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)
    while line := requests.readline():
        module, size = line.split()
        content = requests.read(int(size))
        signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process, whatever runs then
        try:
            answer = json.dumps(_answer(module.decode(), content))
        except MemoryError:
            os._exit(NO_MEMORY)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(answer.encode() + b"\n")
        answers.flush()


def _answer(module: str, content: bytes) -> dict[str, Any]:
    """What a reader says of some bytes, as JSON types."""
    found = []
    room = LIMIT
    try:
        for one in import_module(f"index.readers.{module}").read(content):
            if isinstance(one, Draft):
                room -= len(one.text)
                if room < 0:
                    raise UnreadableFile(f"it holds more than {LIMIT >> 20} million characters", "Split it.")
            found.append(to_json(one))
    except ArticleError as error:
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    return {"found": found}


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """Readers work on bytes: whatever else a library tries, for instance because a page says so, is refused."""
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not for readers")


if __name__ == "__main__":
    main()
