"""``Chatbot``: question → search → model → quotes. ``ask`` is ``stream`` drained."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from index.embed import Embedder
from index.errors import PullquoteError
from index.library import Library
from index.types import Hit
from rag import catalogue, followup, prompt, smalltalk
from rag.attribute import Attributor
from rag.engine import at_once
from rag.engine.port import LanguageModel, Sampling, Work
from rag.errors import EmptyQuestion, QuestionTooLong
from rag.queueing import Queue
from rag.settings import Settings
from rag.types import Answer, Citation, Done, Event, Found, Queued, Source, Token, Turn
from rag.warm import Counting, Warmer, Warmth

_WEIGHTS = {"supported": 1.0, "partly": 0.5, "unsupported": 0.0}


class Chatbot:
    """Answers questions from one library with one language model. Safe to use from several threads.

    Args:
        library: Where to look.
        model: The language model, or how to open it: then it is opened by the first question that needs it.
        embedder: For finding quotes; the library's own.
        settings: ``sources``, ``max_tokens``, ``temperature``, ``seed`` and ``question_characters`` count.

    Attributes:
        library: Where to look; another one of the same embedder may take its place between two questions.
        embedder, settings: As given.
        queue: Who is being answered, and who waits.
        warmer: What computes passages while nobody asks, once :meth:`warm` was called.
    """

    def __init__(
        self,
        library: Library,
        model: LanguageModel | Callable[[], LanguageModel],
        embedder: Embedder,
        settings: Settings,
    ) -> None:
        self.library = library
        self.embedder = embedder
        self.settings = settings
        self._attributor = Attributor(embedder)
        self.queue = Queue(settings.waiting, at_once(settings))
        self.warmer: Warmer | None = None
        self._opening = threading.Lock()
        self._attributing = threading.Lock()
        self._model: LanguageModel | None = None
        self._open_model = model if callable(model) else lambda: model

    def ask(self, question: str, history: Sequence[Turn] = (), *, within: Collection[str] | None = None) -> Answer:
        """Answer a question; the arguments and errors are those of :meth:`stream`."""
        for event in self.stream(question, history, within=within):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream that is not cancelled ends with Done")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: Collection[str] | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Answer a question step by step: ``Found``, then ``Token`` by ``Token``, then ``Done``.

        While others are answered first, ``Queued`` says how many, before the first ``Token``.

        Small talk, and what the catalog answers, is ``Done`` at once.

        Args:
            question: In any language; the answer comes in the same.
            history: Earlier turns of the conversation, oldest first.
            within: Ids of the only articles to look in, or None for all.
            cancel: Set it to stop; there is no ``Done`` then. Closing the iterator stops as well.

        Raises:
            EmptyQuestion, QuestionTooLong: before anything is done.
            ContextTooSmall: the passages do not fit the model.
            TooManyAskers: too many wait already.
        """
        question = self._checked(question)
        return self._stream(question, history, within, cancel or threading.Event())

    def warm(self, changed: Callable[[Warmth], None] | None = None) -> Warmer:
        """Begin to compute passages in the background, which also loads the model; ``changed`` is told how far it is.

        Nothing happens where passages are not kept. Call ``warmer.refresh()`` when articles came or went.
        """
        if self.warmer is None:
            self.warmer = Warmer(lambda: self.library, self._opened, self.queue, changed)
            self.warmer.start()
        return self.warmer

    def changed(self) -> None:
        """Articles came or went: what is new is computed while nobody asks."""
        if self.warmer is not None:
            self.warmer.refresh()

    def figures(self) -> dict[str, float]:
        """What is going on, for whoever watches a server.

        ``asking`` is how many are answered or wait for the model; ``cache_hits`` and ``cache_misses`` are passages that
        were computed already and not; ``passages_ready`` of ``passages`` are computed ahead, once :meth:`warm` was
        called.
        """
        hits, misses = self._model.looked_up if isinstance(self._model, Counting) else (0, 0)
        figures: dict[str, float] = {"asking": len(self.queue), "cache_hits": hits, "cache_misses": misses}
        if self.warmer is not None:
            warmth = self.warmer.warmth
            figures |= {"passages_ready": warmth.ready, "passages": warmth.total}
        return figures

    def close(self) -> None:
        """Free the model and close the library."""
        if self.warmer is not None:
            self.warmer.stop()
        with self._opening:
            if self._model is not None:
                self._model.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stream(
        self, question: str, history: Sequence[Turn], within: Collection[str] | None, cancel: threading.Event
    ) -> Iterator[Event]:
        clock = _Clock()
        if reply := self._without_model(question, history, within):
            yield Done(replace(reply, timings=clock.timings()))
            return
        answer = Answer(question, prompt.NO_ARTICLES, "no_articles", language=followup.language_of(question, history))
        if not len(self.library):
            yield Found(())
            yield Done(replace(answer, timings=clock.timings()))
            return
        self._load_ahead()

        def search(query: str, limit: int) -> list[Hit]:
            return self.library.search(query, limit, within=within)

        asked = followup.resolve(question, history, search)
        hits = search(asked.query, self.settings.sources)
        answer = replace(answer, sources=tuple(Source(i, hit) for i, hit in enumerate(hits, start=1)))
        clock.mark("search")
        yield Found(answer.sources)
        if self.warmer is not None:
            self.warmer.asked(hits)
        if not hits:
            yield Done(_abstained(replace(answer, timings=clock.timings())))
            return
        model = self._opened()
        clock.mark("load")
        said = _Said()
        built = prompt.build(asked.question, hits, answer.language)
        with self.queue.join() as place:
            for ahead in place.wait(cancel):
                yield Queued(ahead)
            clock.mark("queue")
            for piece in model.stream(built, self._sampling(), cancel, clock.worked):
                clock.mark_once("first_token")
                if text := said.hear(piece.text, piece.logprob):
                    yield Token(text)
        if cancel.is_set():
            return
        clock.mark("generate")
        answer = self._concluded(replace(answer, model=model.name), said, asked.question)
        clock.mark("attribute")
        yield Done(replace(answer, timings=clock.timings()))

    def _without_model(self, question: str, history: Sequence[Turn], within: Collection[str] | None) -> Answer | None:
        """The reply to small talk, and to a question that the catalog answers; None to any other."""
        if reply := smalltalk.reply(question, history):
            return Answer(question, reply.text, "small_talk", confidence=1.0, language=reply.language)
        return catalogue.answer(question, self.library, within=within)

    def _concluded(self, answer: Answer, said: _Said, standalone: str) -> Answer:
        """The answer that the model's words make, with their quotes, or the honest sentence."""
        text = said.text.strip()
        if prompt.is_refusal(text):
            return _abstained(answer)
        with self._attributing:
            citations = self._attributor.cite(standalone, text, answer.language, answer.sources)
        return replace(
            answer,
            text=text,
            status="answered",
            citations=citations,
            confidence=_confidence(citations, said.logprobs),
        )

    def _checked(self, question: str) -> str:
        question = question.strip()
        if not question:
            raise EmptyQuestion("The question is empty.", 'Ask something: pullquote ask "what happened on November 1?"')
        most = self.settings.question_characters
        if len(question) > most:
            raise QuestionTooLong(
                f"The question has {len(question):,} characters; {most:,} is the most.",
                "Ask a shorter one, or put the text into an article: pullquote index FILE",
            )
        return question

    def _sampling(self) -> Sampling:
        chosen = self.settings
        return Sampling(
            temperature=chosen.temperature,
            top_p=chosen.top_p,
            min_p=chosen.min_p,
            seed=chosen.seed,
            max_tokens=chosen.max_tokens,
        )

    def _load_ahead(self) -> None:
        """Begin to load the model, in a thread, while passages are looked for."""

        def load() -> None:
            with suppress(PullquoteError):  # tried again, and told, when the model is needed
                self._opened()

        if self._model is None:
            threading.Thread(target=load, name="pullquote-loading", daemon=True).start()

    def _opened(self) -> LanguageModel:
        with self._opening:
            if self._model is None:
                self._model = self._open_model()
            return self._model


class _Said:
    """What the model has said so far; what may still become a refusal is held back from the reader."""

    def __init__(self) -> None:
        self.text = ""
        self.logprobs: list[float] = []
        self._shown = 0

    def hear(self, text: str, logprob: float) -> str:
        """Take in a piece; returns what can be shown now."""
        self.text += text
        self.logprobs.append(logprob)
        start = self.text.strip()
        if prompt.REFUSAL.startswith(start[: len(prompt.REFUSAL)]):
            return ""
        shown, self._shown = self._shown, len(self.text)
        return self.text[shown:]


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def mark(self, phase: str) -> None:
        """End a phase: what has passed since the last mark was its time."""
        now = time.perf_counter()
        self._seconds[phase] = now - self._last
        self._last = now

    def mark_once(self, moment: str) -> None:
        """Note a moment, in seconds from the start, the first time it comes."""
        self._seconds.setdefault(moment, time.perf_counter() - self._start)

    def worked(self, work: Work) -> None:
        """Note what the engine says it took."""
        self._seconds["read"] = work.read
        self._seconds["write"] = work.wrote

    def timings(self) -> dict[str, float]:
        """What was noted, and the total."""
        return {**self._seconds, "total": time.perf_counter() - self._start}


def _abstained(answer: Answer) -> Answer:
    return replace(answer, text=prompt.not_in_articles(answer.language), status="not_in_articles")


def _confidence(citations: Sequence[Citation], logprobs: Sequence[float]) -> float:
    """How sure the model was of its words (geometric mean), times how well they stand on their quotes."""
    if not citations or not logprobs:
        return 0.0
    sure = math.exp(sum(logprobs) / len(logprobs))
    proved = sum(_WEIGHTS[citation.verdict] for citation in citations) / len(citations)
    return sure * (0.25 + 0.75 * proved)
