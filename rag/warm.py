"""Warming: passages are computed in the background, before anybody asks, and give way the moment somebody does.

Most likely to be asked first come first: what was found for earlier questions, then the first passages of all articles,
newest first (news puts what matters there), then the second ones, and so on, until all are ready or the disk room that
they may take is full.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from index.errors import PullquoteError
from index.library import Library
from index.types import Hit
from rag import prompt
from rag.engine.port import Prompt
from rag.queueing import Queue

_LOG = logging.getLogger("pullquote.warm")
# Seconds of quiet after a question before the background work goes on.
_QUIET = 0.5
# Passages whose texts are looked up at a time.
_CHUNK = 64


@runtime_checkable
class Warmable(Protocol):
    """A language model that can compute passages ahead; not every one can."""

    @property
    def keeps(self) -> bool:
        """Whether computed passages are kept at all."""
        ...

    @property
    def full(self) -> bool:
        """Whether keeping more would push out others."""
        ...

    def ready(self, prompt: Prompt) -> bool:
        """Whether all of a prompt's passages are computed."""
        ...

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        """Compute a prompt's passages; False if stopped."""
        ...


@runtime_checkable
class Counting(Protocol):
    """A language model that counts how often a passage was there already."""

    @property
    def looked_up(self) -> tuple[int, int]:
        """How many passages were found computed, and how many were not."""
        ...


@dataclass(frozen=True, slots=True)
class Warmth:
    """How far the background work is.

    Attributes:
        ready: Passages whose keys and values are kept.
        total: Passages of the library, without those that the model cannot compute.
    """

    ready: int
    total: int

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.ready:,} of {self.total:,} passages ready"


class Warmer:
    """Computes a library's passages in a thread of its own while nobody asks.

    Args:
        library: Whose passages.
        lend: Lends the language model, opened if need be; called in the thread.
        queue: Who is asking: while anybody is, nothing is computed here.
        changed: Told whenever the figures have changed, in the thread.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        lend: Callable[[], AbstractContextManager[object]],
        queue: Queue,
        changed: Callable[[Warmth], None] | None = None,
    ) -> None:
        self._library = library
        self._lend = lend
        self._queue = queue
        self._changed = changed
        self._ready: dict[int, str] = {}  # passage → its article
        self._impossible: set[int] = set()  # passages that the model cannot compute
        self._of: Library | None = None  # whose passages these are
        self._total = 0
        self._asked: dict[int, None] = {}  # in order, the latest last
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._again = threading.Event()
        self._anew = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pullquote-warmer", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self, *, wait: bool = True) -> None:
        """End, soon; returns when the thread has ended, or at once."""
        self._stop.set()
        self._again.set()
        if wait and self._thread.is_alive():
            self._thread.join()

    def refresh(self) -> None:
        """Look again for passages to compute: articles came or went."""
        self._again.set()

    def begin_anew(self) -> None:
        """Another language model has taken over, for which nothing is computed yet."""
        self._anew.set()
        self._again.set()

    def asked(self, hits: Iterable[Hit]) -> None:
        """These passages were found for a question: others like it may come."""
        with self._lock:
            for hit in hits:
                if hit.passage.id is not None:
                    self._asked.pop(hit.passage.id, None)
                    self._asked[hit.passage.id] = None

    @property
    def warmth(self) -> Warmth:
        """How far it is."""
        return Warmth(len(self._ready), self._total)

    @property
    def by_article(self) -> Mapping[str, int]:
        """How many passages are ready of each article that has any."""
        return Counter(self._ready.copy().values())

    # --- in the thread

    def _run(self) -> None:
        while True:
            self._again.clear()
            if self._stop.is_set():  # looked at after clearing: told in between, it would wait for ever
                return
            if self._anew.is_set():
                self._anew.clear()
                self._ready.clear()
                self._impossible.clear()
            try:
                self._borrow_and_compute()
            except Exception:  # noqa: BLE001 -- whatever it is, the next round may go well: the thread must outlive it
                _LOG.exception("Passages could not be computed ahead.")
                self._total = len(self._ready)
            self._again.wait()

    def _borrow_and_compute(self) -> None:
        with ExitStack() as lent:
            model = self._borrowed(lent)
            if isinstance(model, Warmable) and model.keeps:
                self._round(model)
            else:
                self._total = 0

    def _borrowed(self, lent: ExitStack) -> object:
        """The language model until the stack is closed; None if it cannot be opened: who asks first is told why."""
        try:
            return lent.enter_context(self._lend())
        except PullquoteError:
            return None

    def _round(self, model: Warmable) -> None:
        """Compute what is missing, until all is there, the room is full, or it has to look again."""
        library = self._library()
        before, self._of = self._of, library
        if before not in (None, library):  # another one, whose passages are numbered anew
            self._ready.clear()
            self._impossible.clear()
            with self._lock:
                self._asked.clear()
        order = [number for number in self._order(library) if number not in self._impossible]
        self._total = len(order)
        known = set(order)
        for number in [number for number in self._ready if number not in known]:
            del self._ready[number]
        self._tell()
        for start in range(0, len(order), _CHUNK):
            ids = [number for number in order[start : start + _CHUNK] if number not in self._ready]
            for hit in library.passages(ids):
                if not self._compute(model, hit):
                    return

    def _order(self, library: Library) -> list[int]:
        with self._lock:
            first = dict.fromkeys(reversed(self._asked))
        places = library.passage_ids()
        known = set(places)
        return [*(number for number in first if number in known), *(n for n in places if n not in first)]

    def _compute(self, model: Warmable, hit: Hit) -> bool:
        """Compute one passage, however often it is interrupted; False if it is time to stop or to look again."""
        wanted = prompt.build("", [hit], hit.article.language)
        number = hit.passage.id
        try:
            while not model.ready(wanted):
                if not self._idle() or model.full:
                    return False
                model.warm(wanted, self._queue.occupied)
        except PullquoteError as error:  # too long for the model, say; it is no reason to leave out those after it
            _LOG.warning("A passage of %s could not be computed ahead: %s", hit.article.id, error)
            self._total -= 1
            if number is not None:
                self._impossible.add(number)
        else:
            if number is not None:
                self._ready[number] = hit.article.id
        self._tell()
        return not self._stop.is_set() and not self._again.is_set()

    def _idle(self) -> bool:
        """Wait until nobody asks; False if it is time to stop or to look again."""
        while self._queue.occupied.is_set():
            if self._again.wait(_QUIET):
                return False
        return not self._again.is_set()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self.warmth)
