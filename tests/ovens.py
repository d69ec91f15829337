"""Models whose work ahead can be counted, and watching it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rag.engine.port import Prompt
from rag.warm import Warmth


class Oven:
    """A model that notes what it warms; it can do ``room`` passages."""

    keeps = True

    def __init__(self, room: int = 100) -> None:
        self.done: list[str] = []
        self.room = room

    @property
    def full(self) -> bool:
        return len(self.done) >= self.room

    def ready(self, prompt: Prompt) -> bool:
        return prompt.passages[0] in self.done

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        if cancel is not None and cancel.is_set():
            return False
        self.done.append(prompt.passages[0])
        return True


def watcher(count: Callable[[Warmth], bool]) -> tuple[threading.Event, Callable[[Warmth], None]]:
    """An event that is set once ``count`` holds, and what has to be told of the warmth for that."""
    reached = threading.Event()
    return reached, lambda warmth: reached.set() if count(warmth) else None
