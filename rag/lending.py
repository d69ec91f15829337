"""The language model in use: opened when it is first needed, lent to answers, and replaced while it is lent."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.engine.port import LanguageModel
from rag.errors import EngineError

# How long closing waits for answers that have been cancelled, in seconds.
_PATIENCE = 5.0


@dataclass(slots=True)
class _Held:
    """A model, how many use it, and whether it is to be closed when nobody does."""

    model: LanguageModel
    lent: int = 0
    retired: bool = False

    @property
    def done(self) -> bool:
        return self.retired and not self.lent


class Lender:
    """One language model at a time, lent to any number of borrowers. Safe to use from several threads.

    A model whose place another one takes is closed when the last borrower gives it back.

    Args:
        open_model: Opens the first one; called once it is needed, and again if that failed.
    """

    def __init__(self, open_model: Callable[[], LanguageModel]) -> None:
        self._open_model = open_model
        self._held: _Held | None = None
        self._opening = False
        self._closed = False
        self._changed = threading.Condition()

    @classmethod
    def of(cls, model: LanguageModel | Callable[[], LanguageModel] | Lender) -> Lender:
        """A lender of a model that is open, and that it closes once for all; of what opens one; or itself."""
        if isinstance(model, Lender):
            return model
        if callable(model):
            return cls(model)
        lender = cls(lambda: model)
        lender.open()
        return lender

    @property
    def model(self) -> LanguageModel | None:
        """The model in use, if it is open."""
        held = self._held
        return held.model if held is not None else None

    def open(self) -> None:
        """Open the model, unless it is.

        Raises:
            PullquoteError: what opening it raises.
        """
        with self.lend():
            pass

    @contextlib.contextmanager
    def lend(self) -> Iterator[LanguageModel]:
        """The model, which stays open until the block ends.

        Raises:
            PullquoteError: what opening it raises.
        """
        held = self._taken()
        try:
            yield held.model
        finally:
            with self._changed:
                held.lent -= 1
                if held.done:
                    held.model.close()
                self._changed.notify_all()

    def replace(self, model: LanguageModel) -> None:
        """Lend another model from now on; once all is closed, it is closed at once."""
        with self._changed:
            if self._closed:
                model.close()
            else:
                self._retire(_Held(model))
                self._changed.notify_all()  # whoever waits for another one that is being opened

    def close(self) -> None:
        """Close the model as soon as nobody uses it, and wait a moment for that. No other is opened.

        One that is just being opened is not waited for: that may be a download. It is closed when it is there.
        """
        with self._changed:
            self._closed = True
            before = self._retire(None)
            self._changed.notify_all()  # whoever waits for a model that is being opened
            self._changed.wait_for(lambda: before is None or before.done, _PATIENCE)

    def check_open(self) -> None:
        """See that it has not been closed.

        Raises:
            EngineError: it has.
        """
        if self._closed:
            raise EngineError("The chatbot has been closed.", "Open another one.")

    def _taken(self) -> _Held:
        """What is lent, opened if need be, and counted as lent once more.

        One thread opens it, without keeping others from closing or replacing meanwhile; those that want it wait.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._held is not None or not self._opening)
            self.check_open()
            if self._held is not None:
                self._held.lent += 1
                return self._held
            self._opening = True
        opened: LanguageModel | None = None
        try:
            opened = self._open_model()
        finally:
            with self._changed:
                self._opening = False
                self._keep(opened)
                self._changed.notify_all()
        return self._taken()

    def _keep(self, opened: LanguageModel | None) -> None:
        """Hold a model that has been opened, unless all was closed, or another one put in its place, meanwhile."""
        if opened is None:
            return
        if self._closed or self._held is not None:
            opened.close()
        else:
            self._held = _Held(opened)

    def _retire(self, successor: _Held | None) -> _Held | None:
        """Put another one, or none, in the place of the one in use, which is returned."""
        before, self._held = self._held, successor
        if before is not None:
            before.retired = True
            if before.done:
                before.model.close()
        return before
