"""What takes longer than a reader waits for an answer: run beside the page, with progress, one of a kind at a time."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from index.errors import PullquoteError
from index.types import Progress
from ui.doors import OnProgress
from ui.page import complaint_html
from ui.render import amount

Work = Callable[[OnProgress], str]
# Jobs whose ends are remembered, for pages that ask late.
_REMEMBERED = 50


class Busy(PullquoteError):
    """Another job of the same kind has not ended yet."""


@dataclass(slots=True)
class _Job:
    """A job: what it does, how far it is, and its last word as HTML once it has ended."""

    kind: str
    progress: Progress | None = None
    html: str | None = None


class Jobs:
    """The jobs of one server. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stopping = self._hurried = False
        self._numbers = itertools.count(1)
        self._jobs: OrderedDict[int, _Job] = OrderedDict()

    def start(self, kind: str, work: Work) -> int:
        """Begin a job; its number.

        Args:
            kind: Of each kind one job runs at a time.
            work: Is given a callback for its progress, and returns its last word as HTML; an error of ours
                becomes one.

        Raises:
            Busy: one of that kind is running, or the server is stopping.
        """
        with self._changed:
            if self._stopping:
                raise Busy("The server is stopping.", "Start it again: pullquote serve")
            if self._running(kind) is not None:
                raise Busy("Something else is still being done.", "Wait until it has ended, then try again.")
            number = next(self._numbers)
            job = self._jobs[number] = _Job(kind)
            ended = [known for known, one in self._jobs.items() if one.html is not None]
            for known in ended[: max(0, len(self._jobs) - _REMEMBERED)]:
                del self._jobs[known]
        threading.Thread(target=self._run, args=(job, work), name=f"pullquote-{kind}", daemon=True).start()
        return number

    def state(self, number: int) -> dict[str, Any]:
        """``words`` and ``share`` (0 to 1, or None) of a job that is running, ``html`` of one that has ended."""
        with self._changed:
            job = self._jobs.get(number)
        if job is None:
            return {"html": ""}
        if job.html is not None:
            return {"html": job.html}
        progress = job.progress
        if progress is None:
            return {"words": "Beginning", "share": None}
        words = progress.stage[:1].upper() + progress.stage[1:]
        if not progress.total:
            return {"words": words, "share": None}
        return {"words": f"{words}: {amount(progress)}", "share": progress.done / progress.total}

    def running(self, kind: str) -> int | None:
        """The number of the job of that kind that is running."""
        with self._changed:
            return self._running(kind)

    def wait(self, seconds: float) -> bool:
        """Wait for every job to end, so long at most; whether all have."""
        with self._changed:
            self._changed.wait_for(lambda: self._hurried or not self._unfinished, seconds)
            return not self._unfinished

    def refuse(self) -> None:
        """Begin no more jobs: the server is stopping."""
        with self._changed:
            self._stopping = True

    def hurry(self) -> None:
        """Wait no longer."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    @property
    def _unfinished(self) -> bool:
        return any(job.html is None for job in self._jobs.values())

    def _running(self, kind: str) -> int | None:
        return next((n for n, job in self._jobs.items() if job.kind == kind and job.html is None), None)

    def _run(self, job: _Job, work: Work) -> None:
        html = complaint_html(PullquoteError("It ended unexpectedly.", "See what `pullquote serve` printed."))
        try:
            html = work(lambda progress: setattr(job, "progress", progress))
        except PullquoteError as error:
            html = complaint_html(error)
        finally:
            with self._changed:
                job.html = html
                self._changed.notify_all()
