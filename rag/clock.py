"""How long the phases of an answer took."""

from __future__ import annotations

import time

from rag.engine.port import Work


class Clock:
    """Seconds by phase, from when it is made."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def mark(self, phase: str) -> None:
        """End a phase: what has passed since the last mark is added to its time."""
        now = time.perf_counter()
        self._seconds[phase] = self._seconds.get(phase, 0.0) + now - self._last
        self._last = now

    def mark_once(self, moment: str) -> None:
        """Note a moment, in seconds from the start, the first time it comes."""
        self._seconds.setdefault(moment, time.perf_counter() - self._start)

    def worked(self, work: Work) -> None:
        """Add what the engine says it took."""
        for phase, seconds in (("read", work.read), ("write", work.wrote)):
            self._seconds[phase] = self._seconds.get(phase, 0.0) + seconds

    def timings(self) -> dict[str, float]:
        """What was noted, and the total."""
        return {**self._seconds, "total": time.perf_counter() - self._start}
