"""The desk: where every question to a server passes, whatever door it comes in by. Counts, limits, and lets go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Unpack

from index.errors import PullquoteError
from rag.asynchronous import closing
from rag.types import Done, Event, Found, Token, Turn, Wishes
from ui.doors import Answerer, Shelf, Switchable, Watched
from ui.jobs import Jobs
from ui.meters import Meters


class Busy(PullquoteError):
    """Too many questions at a time."""


class Stopping(PullquoteError):
    """The server has been told to stop."""


class Unforeseen(PullquoteError):
    """An error that is none of ours, as people are told of it."""

    def __init__(self) -> None:
        super().__init__("Something unforeseen went wrong; the server's log has it.", "Ask again.")


class FixedModel(PullquoteError):
    """A chatbot that answers with one model only."""


class Desk:
    """A chatbot that many ask at the same time: an ``Answerer`` itself.

    Args:
        chatbot: What answers.
        askers: Most questions that are answered or wait at the same time.
        own: Opens the user's own library in place of the sample articles, or of one that is no more.
        which: Tells the user's own library from one that another process puts in its place; empty while there is none.
        model: Name of the language model that answers at first.
        chosen: Told the name of another one that answers from now on.
        meters: What is counted.

    Attributes:
        model: Name of the language model that answers.
        jobs: What takes longer than an answer: adding articles, fetching a model.
    """

    def __init__(
        self,
        chatbot: Answerer,
        *,
        askers: int = 16,
        own: Callable[[], Shelf] | None = None,
        which: Callable[[], str] = str,
        model: str = "",
        chosen: Callable[[str], None] | None = None,
        meters: Meters | None = None,
    ) -> None:
        self.meters = meters or Meters()
        self.jobs = Jobs()
        self.chatbot = chatbot
        self.model = model
        self._chosen = chosen
        self._askers = askers
        self._own = own
        self._which = which
        # What is opened by now may have been built a moment after the chatbot opened the sample articles.
        self._opened = "" if chatbot.library.is_sample else which()
        self._changing = threading.RLock()  # the library
        self._choosing = threading.Lock()  # the language model
        self._quiet = threading.Condition()
        self._cancels: set[threading.Event] = set()
        self._stopping = self._hurried = False
        if isinstance(chatbot, Watched):
            self.meters.watch(chatbot.figures)

    @property
    def library(self) -> Shelf:
        """What is answered from at this moment: also after another process has built it, or built it anew."""
        if self._own is not None and self._which() not in ("", self._opened):
            with self._changing:
                if (there := self._which()) not in ("", self._opened):  # told before it is opened: it may change again
                    self._own()
                    self._opened = there
                    self.changed()
        return self.chatbot.library

    @property
    def open(self) -> bool:
        """Whether it takes questions."""
        return not self._stopping

    def own_library(self) -> Shelf:
        """The library that articles can be added to: the user's own, opened in place of the sample if need be."""
        with self._changing:
            library = self.library
            if library.is_sample and self._own is not None:
                library = self._own()  # made, so that there is one to tell only now
                self._opened = self._which()
            return library

    def changed(self) -> None:
        """Take note that articles came or went."""
        if isinstance(self.chatbot, Watched):
            self.chatbot.changed()

    def use_model(self, name: str) -> None:
        """Answer with another language model from the next question on, whoever asks.

        Raises:
            FixedModel: the chatbot answers with one model only.
            PullquoteError: the model cannot be used; the one before goes on answering.
        """
        if not isinstance(self.chatbot, Switchable):
            raise FixedModel("This server answers with one model.", f"Start it anew: pullquote serve --llm {name}")
        with self._choosing:  # it may be fetched first, which nobody who asks has to wait for
            self.chatbot.use_model(name)
            self.chatbot.warm()
            self.model = name
            if self._chosen is not None:
                self._chosen(name)

    def warm(self) -> None:
        """Take note that the language model is on this machine now."""
        if isinstance(self.chatbot, Switchable):
            self.chatbot.warm()

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        cancel: threading.Event | None = None,
        **wishes: Unpack[Wishes],
    ) -> Iterator[Event]:
        """The chatbot's events.

        Raises:
            QuestionError: at once.
            LibraryError: likewise; another process has built a library that cannot be used.
            Busy, Stopping: when the first event is asked for.
        """
        cancel = cancel or threading.Event()
        _ = self.library  # the one that is there now
        events = self.chatbot.stream(question, history, cancel=cancel, **wishes)
        return self._counted(events, cancel)

    def stop(self, seconds: float) -> bool:
        """Take no more questions and jobs, let those that run go on for so long, then cancel answers.

        Returns:
            Whether all had ended by then.
        """
        end = time.monotonic() + seconds
        self.jobs.refuse()
        with self._quiet:
            self._stopping = True
            self._quiet.wait_for(lambda: self._hurried or not self._cancels, seconds)
            finished = not self._cancels
            for cancel in self._cancels:
                cancel.set()
        return self.jobs.wait(max(0.0, end - time.monotonic())) and finished

    def hurry(self) -> None:
        """Stop without waiting any longer."""
        with self._quiet:
            self._hurried = True
            self._quiet.notify_all()
        self.jobs.hurry()

    def close(self) -> None:
        """Let go of the chatbot."""
        self.chatbot.close()

    def _counted(self, events: Iterator[Event], cancel: threading.Event) -> Iterator[Event]:
        with self._quiet:
            if self._stopping:
                raise Stopping("The server is stopping.", "Start it again: pullquote serve")
            if len(self._cancels) >= self._askers:
                self.meters.refused.inc()
                raise Busy(f"{len(self._cancels)} questions are being answered already.", "Ask again in a moment.")
            self._cancels.add(cancel)
        state, outcome = self.meters.state("searching"), "failed"
        try:
            with closing(events):
                for event in events:
                    match event:
                        case Found():
                            state.move("waiting")
                        case Token():
                            state.move("writing")
                        case Done(answer):
                            outcome = answer.status
                            self.meters.answered(answer)
                    yield event
                outcome = "cancelled" if outcome == "failed" else outcome
        except GeneratorExit:
            outcome = "cancelled" if outcome == "failed" else outcome
            raise
        finally:
            state.end()
            self.meters.questions.labels(outcome).inc()
            with self._quiet:
                self._cancels.discard(cancel)
                self._quiet.notify_all()
