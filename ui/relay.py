"""A running server is asked as long as there is one; once it is gone, this process answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, Unpack

from index.types import Article, Hit
from rag.asynchronous import closing
from rag.types import Event, Turn, Wishes
from ui.doors import Respondent
from ui.remote import ServerGone

if TYPE_CHECKING:
    from index.facets import Filter

Value = TypeVar("Value")


class Relay:
    """Asks a server, and from the first lost connection on what this process opens. A ``Respondent`` itself.

    Args:
        server: What is asked at first.
        open_own: Opens what is asked afterwards; called once at most.
    """

    def __init__(self, server: Respondent, open_own: Callable[[], Respondent]) -> None:
        self._server = server
        self._asked = server
        self._open_own = open_own
        self._changing = threading.Lock()
        self.library = RelayRoom(self)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        cancel: threading.Event | None = None,
        **wishes: Unpack[Wishes],
    ) -> Iterator[Event]:
        """The events of an answer.

        Raises:
            ServerGone: the connection was lost after the first event; whoever asks again is answered by this process.
            PullquoteError: what either raises.
        """

        def ask(respondent: Respondent) -> Iterator[Event]:
            return respondent.stream(question, history, cancel=cancel, **wishes)

        return self._stream(ask, ask(self._asked))  # what is wrong with a question is said at once

    def either(self, do: Callable[[Respondent], Value]) -> Value:
        """What is done with the server, or without it if it is gone."""
        try:
            return do(self._asked)
        except ServerGone:
            return do(self._own())

    def close(self) -> None:
        """Let go of what was asked."""
        self._server.close()
        if self._asked is not self._server:
            self._asked.close()

    def _stream(self, ask: Callable[[Respondent], Iterator[Event]], events: Iterator[Event]) -> Iterator[Event]:
        begun = False
        try:
            with closing(events):
                for event in events:
                    begun = True
                    yield event
        except ServerGone:
            if begun:
                raise
            yield from ask(self._own())

    def _own(self) -> Respondent:
        with self._changing:
            if self._asked is self._server:
                self._asked = self._open_own()
            return self._asked


class RelayRoom:
    """What a :class:`Relay` answers from."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    @property
    def is_sample(self) -> bool:
        """Whether these are the sample articles."""
        return self._relay.either(lambda respondent: respondent.library.is_sample)

    def search(
        self, question: str, limit: int = 10, *, within: Collection[str] | None = None, only: Filter | None = None
    ) -> list[Hit]:
        """The passages that fit a question best, best first."""
        return self._relay.either(
            lambda respondent: respondent.library.search(question, limit, within=within, only=only)
        )

    def article(self, article_id: str) -> Article:
        """The article of that id."""
        return self._relay.either(lambda respondent: respondent.library.article(article_id))
