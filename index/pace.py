"""How fast work goes, and how long the rest of it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from index.types import Progress

# Seconds that are looked back upon: files that are known already fly past, and must not promise that of new ones.
_WINDOW = 30.0


class Pace:
    """Measures the steps of some work.

    Args:
        total: How much there is to do, in any measure that its duration goes by, such as bytes; 0 if nobody knows.
        clock: Seconds.
    """

    def __init__(self, total: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._steps: deque[tuple[float, float, int]] = deque([(clock(), 0.0, 0)])

    def timed(self, step: Progress, done: float = 0.0) -> Progress:
        """The step with its ``per_second`` and ``seconds_left``; ``done`` is in the measure of ``total``."""
        now = self._clock()
        self._steps.append((now, done, step.done))
        while len(self._steps) > 2 and now - self._steps[1][0] >= _WINDOW:
            self._steps.popleft()
        began, before, units = self._steps[0]
        elapsed = now - began
        if elapsed <= 0.0:
            return step
        left = max(0.0, self._total - done)
        known = self._total > 0.0 and done > before
        return replace(
            step,
            per_second=max(0.0, (step.done - units) / elapsed),
            seconds_left=left * elapsed / (done - before) if known else None,
        )
