"""Whose turn it is: askers come to the language model in the order in which they asked, and see how many are ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from rag.errors import TooManyAskers

# How often a waiting asker looks whether it was cancelled, in seconds.
_LOOK = 0.05


class Queue:
    """First come, first served, with a bound on how many may wait.

    Args:
        most: How many may wait; the next one is turned away.
        at_once: How many have their turn at the same time.

    Attributes:
        at_once: As given; may be changed.
        occupied: Set while anybody is here. What works in the background stops when it is set.
    """

    def __init__(self, most: int, at_once: int = 1) -> None:
        self.occupied = threading.Event()
        self._most = most
        self.at_once = at_once
        self._places: list[Place] = []
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """How many are here, those whose turn it is among them."""
        return len(self._places)

    def join(self) -> Place:
        """Take the last place; leave it by ``with``.

        Raises:
            TooManyAskers: at once, if too many wait already.
        """
        with self._changed:
            waiting = max(0, len(self._places) - self.at_once)
            if len(self._places) >= self.at_once and waiting >= self._most:
                raise TooManyAskers(
                    f"{waiting} questions are waiting to be answered, and no more may.",
                    "Ask again in a minute, or let more wait: PULLQUOTE_WAITING.",
                )
            place = Place(self)
            self._places.append(place)
            self.occupied.set()
        return place

    def _leave(self, place: Place) -> None:
        with self._changed:
            if place in self._places:
                self._places.remove(place)
            if not self._places:
                self.occupied.clear()
            self._changed.notify_all()

    def _ahead(self, place: Place) -> int:
        return max(0, self._places.index(place) - self.at_once + 1)

    def _wait(self, place: Place, last: int | None, cancel: threading.Event) -> int:
        """How many are before a place, once that is not ``last`` any more, or ``last`` if it was cancelled."""
        with self._changed:
            while (ahead := self._ahead(place)) == last and not cancel.is_set():
                self._changed.wait(_LOOK)
        return ahead


class Place:
    """Somebody's place in a :class:`Queue`."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue._leave(self)

    def wait(self, cancel: threading.Event) -> Iterator[int]:
        """How many are before this place, whenever that changes; ends when none is, or when cancelled."""
        ahead = self._queue._wait(self, None, cancel)
        while ahead and not cancel.is_set():
            yield ahead
            ahead = self._queue._wait(self, ahead, cancel)
