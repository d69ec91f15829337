"""Who is searching, and with what: until they end, that stays open, and what they may find is not deleted."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

Client = TypeVar("Client")


class Views(Generic[Client]):
    """The searches that go on. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._clients: dict[object, Client | None] = {}
        self._changed = threading.Condition()

    def begin(self, client: Client | None) -> object:
        """A search begins with a client, or with none; what to hand to :meth:`end`."""
        view = object()
        with self._changed:
            self._clients[view] = client
        return view

    def end(self, view: object) -> None:
        """It has ended."""
        with self._changed:
            del self._clients[view]
            self._changed.notify_all()

    def use(self, client: Client) -> bool:
        """Whether any of them goes on with that client."""
        with self._changed:
            return any(one is client for one in self._clients.values())

    def wait(self, seconds: float) -> None:
        """Wait until those that go on now have ended, at most so long."""
        with self._changed:
            older = set(self._clients)
            self._changed.wait_for(lambda: older.isdisjoint(self._clients), timeout=seconds)
