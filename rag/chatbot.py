"""``Chatbot``: question → search → model → quotes. ``ask`` is ``stream`` drained."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import TracebackType
from typing import Self, Unpack

from index.embed import Embedder
from index.library import Library
from index.types import Hit
from rag import (
    catalogue,
    conclusion,
    confidence,
    followup,
    headstart,
    names,
    probe,
    prompt,
    reading,
    relevance,
    smalltalk,
)
from rag.attribute import Attributor
from rag.clock import Clock
from rag.comparison import Comparison
from rag.engine import at_once, open_model
from rag.engine.port import LanguageModel
from rag.errors import EmptyQuestion, IllegibleQuestion, QuestionTooLong
from rag.lending import Lender
from rag.queueing import Queue
from rag.reading import Draft, Given, Reading
from rag.settings import Settings
from rag.types import (
    Answer,
    Checked,
    Citation,
    Done,
    Event,
    Found,
    Loading,
    Opinion,
    Queued,
    Source,
    Token,
    Turn,
    Wishes,
)
from rag.warm import Counting, Warmer, Warmth

# What a passage of the preferred days gains: about as much as lies between a very good passage and a good one.
_PREFERRED = 0.1
# How many times as many passages are looked at for them.
_WIDER = 4


class Chatbot:
    """Answers questions from one library with one language model. Safe to use from several threads.

    Args:
        library: Where to look.
        model: The language model, or how to open it, or what opens and lends it: then the first question that needs it
            opens it, if that has not begun.
        embedder: For finding quotes; the library's own.
        settings: Those of search, reading, sampling and waiting count, and ``llm``.
        models: Opens the language model that settings name, for :meth:`use_model`; by default the engine.

    Attributes:
        library: Where to look; another one of the same embedder may take its place between two questions.
        embedder, settings: As given; ``settings.llm`` is the model in use.
        queue: Who is being answered, and who waits.
        warmer: What computes passages while nobody asks, once :meth:`warm` was called.
    """

    def __init__(
        self,
        library: Library,
        model: LanguageModel | Callable[[], LanguageModel] | Lender,
        embedder: Embedder,
        settings: Settings,
        *,
        models: Callable[[Settings], LanguageModel] | None = None,
    ) -> None:
        self.library = library
        self.embedder = embedder
        self.settings = settings
        self._attributor = Attributor(embedder)
        self.queue = Queue(settings.waiting, at_once(settings))
        self.warmer: Warmer | None = None
        self._attributing = threading.Lock()
        self._lender = Lender.of(model)
        self._open_named = models or open_model

    def ask(self, question: str, history: Sequence[Turn] = (), **wishes: Unpack[Wishes]) -> Answer:
        """Answer a question; the arguments and errors are those of :meth:`stream`."""
        for event in self.stream(question, history, **wishes):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream that is not cancelled ends with Done")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: Collection[str] | None = None,
        strict: bool | None = None,
        sources: int | None = None,
        between: tuple[date, date] | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Answer a question step by step: ``Found``, ``Token`` by ``Token``, perhaps ``Checked``, and ``Done``.

        While the model is loaded or others are answered first, ``Loading`` and ``Queued`` say so, before the first
        ``Token``; ``Checked`` has the answer before other articles are read for what they say instead.

        Small talk, and what the catalog answers, is ``Done`` at once.

        Args:
            question: In any language; the answer comes in the same if the model manages, else in the passages'.
            history: Earlier turns of the conversation, oldest first.
            within: Ids of the only articles to look in, or None for all.
            strict: Whether to leave out what no quote supports, instead of as the settings have it.
            sources: How many passages to find, likewise.
            between: First and last day of publication of the articles that are preferred; others are still found.
            cancel: Set it to stop; there is no ``Done`` then. Closing the iterator stops as well.

        Raises:
            EmptyQuestion, IllegibleQuestion, QuestionTooLong, SettingsError: before anything is done.
            EngineError: the chatbot has been closed.
            ContextTooSmall: the passages do not fit the model.
            TooManyAskers: too many wait already.
        """
        question = self._checked(question)
        wished = {"strict": strict, "sources": sources}
        settings = self.settings.but(**{name: wish for name, wish in wished.items() if wish is not None})
        cancelled = cancel or threading.Event()
        self._lender.check_open()
        asked = _Asked(question, tuple(history), self.library, within, between, settings, cancelled)
        return self._stream(asked)

    def warm(self, changed: Callable[[Warmth], None] | None = None) -> Warmer:
        """Begin to compute passages in the background, which also loads the model; ``changed`` is told how far it is.

        Where passages are not kept, it only loads the model. Call ``warmer.refresh()`` when articles came or went.
        """
        if self.warmer is None:
            self.warmer = Warmer(lambda: self.library, self._lender.lend, self.queue, changed)
            self.warmer.start()
        return self.warmer

    def changed(self) -> None:
        """Articles came or went: what is new is computed while nobody asks."""
        if self.warmer is not None:
            self.warmer.refresh()

    def use_model(self, name: str) -> None:
        """Answer with another language model from the next question on.

        It is opened at once; the one in use before is closed when the answers that it is writing have ended.

        Args:
            name: As the setting ``llm`` has it; what is not on this machine is fetched.

        Raises:
            ModelError: there is no such model, or it cannot be fetched.
            EngineError: it cannot be loaded. The one in use stays, as with every error.
        """
        settings = self.settings.model_copy(update={"llm": name})
        self._lender.replace(self._open_named(settings))
        self.settings = settings
        self.queue.at_once = at_once(settings)
        if self.warmer is not None:
            self.warmer.begin_anew()

    def figures(self) -> dict[str, float]:
        """What is going on, for whoever watches a server.

        ``asking`` is how many are answered or wait for the model; ``cache_hits`` and ``cache_misses`` are passages that
        were computed already and not; ``passages_ready`` of ``passages`` are computed ahead, once :meth:`warm` was
        called.
        """
        model = self._lender.model
        hits, misses = model.looked_up if isinstance(model, Counting) else (0, 0)
        figures: dict[str, float] = {"asking": len(self.queue), "cache_hits": hits, "cache_misses": misses}
        if self.warmer is not None:
            warmth = self.warmer.warmth
            figures |= {"passages_ready": warmth.ready, "passages": warmth.total}
        return figures

    def close(self) -> None:
        """Free the model and close the library."""
        if self.warmer is not None:
            self.warmer.stop(wait=False)  # the lender waits for it, unless it is still opening the model
        self._lender.close()
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stream(self, asked: _Asked) -> Iterator[Event]:
        clock = Clock()
        if reply := self._without_model(asked):
            yield Done(replace(reply, timings=clock.timings()))
            return
        code = followup.language_of(asked.question, asked.history)
        answer = Answer(asked.question, prompt.NO_ARTICLES, "no_articles", language=code)
        if not len(asked.library):
            yield Found(())
            yield Done(replace(answer, timings=clock.timings()))
            return
        if self._lender.model is None:
            headstart.load(self._lender)

        find = partial(asked.library.search, within=asked.within)  # preferred days say nothing about a follow-up
        resolved = followup.resolve(asked.question, asked.history, find)
        hits = asked.search(resolved.query, asked.settings.sources)
        answer = replace(answer, sources=tuple(Source(i, hit) for i, hit in enumerate(hits, start=1)))
        clock.mark("search")
        yield Found(answer.sources)
        if self.warmer is not None:
            self.warmer.asked(hits)
        if not hits or not relevance.is_relevant(resolved.question, code, hits, self.embedder.name):
            yield Done(conclusion.abstained(replace(answer, timings=clock.timings())))
            return
        readings: list[Reading] = []
        if loading := self._lender.model is None:
            yield Loading()
        with self._lender.lend() as model:
            clock.mark("load")
            if loading:
                yield Loading(done=True)
            answer = replace(answer, model=model.name)
            with self.queue.join() as place:
                for ahead in place.wait(asked.cancel):
                    yield Queued(ahead)
                if asked.cancel.is_set():
                    return
                clock.mark("queue")
                yield from self._read(model, resolved, answer, asked, readings=readings, clock=clock)
                if not asked.cancel.is_set():
                    answer = conclusion.of_readings(answer, readings, asked.settings)
                    answer = yield from self._contested(model, answer, readings, resolved, asked)
                    clock.mark("compare")
        if not asked.cancel.is_set():
            yield Done(replace(answer, timings=clock.timings()))

    def _read(
        self,
        model: LanguageModel,
        resolved: followup.Asked,
        answer: Answer,
        asked: _Asked,
        *,
        readings: list[Reading],
        clock: Clock,
    ) -> Iterator[Token]:
        """Let the model read round by round, until what it says is settled; ``readings`` gets each."""
        shown = False
        standalone, sampling = resolved.question, reading.sampling(asked.settings)
        states = partial(probe.stated, model, standalone, cancel=asked.cancel)
        for given in reading.rounds(answer.hits, answer.language, readings, states):
            one = reading.Round(
                model, sampling, standalone, given, answer.language, asked.cancel, clock.worked, resolved.last
            )
            again = shown  # a second opinion is not streamed: the reader has the first before his eyes
            for text in one:
                shown = True
                if not again:
                    clock.mark_once("first_token")
                    yield Token(text)
            if asked.cancel.is_set():
                return
            clock.mark("generate")
            readings.append(self._weighed(one, answer, asked, clock.mark))
            if reading.settled(readings) and not asked.settings.thorough:
                return

    def _without_model(self, asked: _Asked) -> Answer | None:
        """The reply to small talk, and to a question that the catalog answers; None to any other."""
        if reply := smalltalk.reply(asked.question, asked.history):
            return Answer(asked.question, reply.text, "small_talk", confidence=1.0, language=reply.language)
        return catalogue.answer(asked.question, asked.library, within=asked.within, history=asked.history)

    def _weighed(
        self, one: reading.Round, answer: Answer, asked: _Asked, mark: Callable[[str], None] = lambda _: None
    ) -> Reading:
        """What a round said, with its quotes, and how far it can be believed; ``mark`` is told of each step."""
        said = names.completed(one.draft.text, answer.question, answer.language, answer.hits)  # with names in full
        judged = self._judged(replace(one.draft, text=said), one.question, answer)
        mark("attribute")
        checked = self._asked_again(one, judged, asked.settings)
        mark("check")
        return reading.answering(checked, one.last or one.question, answer.language)

    def _judged(self, draft: Draft, standalone: str, answer: Answer) -> Reading:
        """What the model said, with its quotes, and how far it can be believed by itself."""
        citations = () if draft.refused else self._cited(standalone, answer.language, draft, answer.sources)
        signals = confidence.signals(standalone, answer.language, answer.hits, draft, citations)
        probability = confidence.fitted().probability(signals)
        opinion = Opinion(draft.text, draft.read, draft.refused, probability, signals, draft.said_in)
        return Reading(opinion, citations, reading.added(draft.text, standalone, answer.language, draft.said_in))

    def _contested(
        self, model: LanguageModel, answer: Answer, readings: Sequence[Reading], resolved: followup.Asked, asked: _Asked
    ) -> Generator[Checked, None, Answer]:
        """The answer, with what another article says instead, if one does."""
        if answer.status != "answered" or not asked.settings.disputes:
            return answer
        standalone, sampling = resolved.question, reading.sampling(asked.settings)

        def read(source: Source) -> Reading:
            given = Given([source.hit], answer.said_in)
            one = reading.Round(model, sampling, standalone, given, answer.language, asked.cancel, last=resolved.last)
            for _ in one:
                pass
            return self._weighed(one, replace(answer, sources=(source,)), asked)

        find = partial(asked.search, resolved.query)
        cite = partial(self._cited, standalone, answer.language)
        compared = Comparison(standalone, find, read, cite, asked.cancel)
        return (yield from compared.of(answer, reading.chosen(readings), readings))

    def _cited(
        self, standalone: str, code: str, said: Draft | Opinion, sources: Sequence[Source]
    ) -> tuple[Citation, ...]:
        """The sentences of what the model said, with their quotes; ``code`` is the question's language."""
        with self._attributing:
            return self._attributor.cite(standalone, said.text, code, sources, said_in=said.said_in)

    def _asked_again(self, one: reading.Round, judged: Reading, settings: Settings) -> Reading:
        """A reading that is in doubt, with what the model says when asked whether the passages answer the question."""
        opinion = judged.opinion
        if judged.refused or "unfound" not in opinion.signals:
            return judged
        if not confidence.in_doubt(opinion.confidence) and not settings.thorough:
            return judged
        stated = one.given.stated
        if stated is None:
            stated = probe.stated(one.model, one.question, one.hits, one.cancel)
        if stated is None:
            return judged
        signals = {**opinion.signals, "stated": stated}
        probability = confidence.fitted().probability(signals)
        return replace(judged, opinion=replace(opinion, confidence=probability, signals=signals))

    def _checked(self, question: str) -> str:
        question = question.strip()
        if not question:
            raise EmptyQuestion("The question is empty.", 'Ask something: pullquote ask "what happened on November 1?"')
        IllegibleQuestion.check(question)
        most = self.settings.question_characters
        if len(question) > most:
            raise QuestionTooLong(
                f"The question has {len(question):,} characters; {most:,} is the most.",
                "Ask a shorter one, or put the text into an article: pullquote index FILE",
            )
        return question


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and how it is to be answered."""

    question: str
    history: tuple[Turn, ...]
    library: Library
    within: Collection[str] | None
    between: tuple[date, date] | None
    settings: Settings
    cancel: threading.Event

    def search(self, query: str, wanted: int) -> list[Hit]:
        """The passages for a question; those of the preferred days are moved up, and only nearly as good ones pass."""
        if self.between is None:
            return self.library.search(query, wanted, within=self.within)
        first, last = self.between
        hits = [
            replace(hit, score=hit.score + _PREFERRED)
            if hit.article.published and first <= hit.article.published <= last
            else hit
            for hit in self.library.search(query, wanted * _WIDER, within=self.within)
        ]
        best = sorted(hits, key=lambda hit: -hit.score)[:wanted]
        return [replace(hit, rank=rank) for rank, hit in enumerate(best, start=1)]
