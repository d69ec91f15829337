"""llama.cpp in this process: passages are computed once, kept, and spliced into a prompt at their places.

A prompt is a fixed prefix, then passages, then the question. A passage's keys and values are computed behind the prefix
as if it were the only one, so they depend on nothing else, and can be kept and used again for every question that
finds the passage; only the question itself is read anew. That turns a wait of many seconds into one of well under one.
Models whose memory cannot be spliced are read from the start, keeping what the prompt shares with the one before.

With passages kept, answers are also written faster: what follows the answer's last words in the prompt is a draft of
what it says next, and one batch checks it (:mod:`rag.engine.draft`). The tokens are those of greedy decoding.

One context, one lock: questions are answered one after the other.
"""

from __future__ import annotations

import codecs
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.engine.assembly import PROMPT, SEQUENCES, Assembly
from rag.engine.draft import LONGEST, Draft, Lookup, Pace
from rag.engine.native import Native
from rag.engine.onlooker import Onlooker
from rag.engine.passage_cache import PassageCache
from rag.engine.port import Piece, Prompt, Sampling, Told, Work
from rag.engine.stops import Stops
from rag.engine.template import CHATML, Template, split
from rag.errors import ContextTooSmall, ModelNotLoaded

# Most passages of a prompt whose inside is looked at.
_LOOKED_AT = 4


class LlamaModel:
    """A GGUF file, loaded.

    Args:
        path: The file.
        name: For people.
        context: Tokens that prompt and answer may have together.
        threads: CPU threads.
        identity: Hash of the file's bytes, to keep the passages of different models apart.
        cache: Where computed passages are kept; None computes all of a prompt anew in its own order.
        drafts: Whether to draft from the prompt, where that changes no token; None does so if passages are kept, since
            what makes it exact slows the reading of long prompts (docs/decisions/0011).
        pace: How long drafts are; by default as long as has paid.
        adapter: A LoRA adapter that questions are read, and answers written, with. Passages are read without it.
        scale: How much of it.

    Attributes:
        identity: Tells the model from all others: the hash of its bytes.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        context: int = 8192,
        threads: int = 2,
        identity: str = "",
        cache: PassageCache | None = None,
        drafts: bool | None = None,
        pace: Pace | None = None,
        adapter: Path | None = None,
        scale: float = 1.0,
    ) -> None:
        self.name = name
        drafts = cache is not None if drafts is None else drafts
        self.native = Native(path, context=context, threads=threads, sequences=SEQUENCES, exact=drafts)
        if adapter is not None:
            self.native.attach(adapter)
        self._scale = 0.0 if adapter is None else scale
        self._drafts = drafts and self.native.exact_batch > LONGEST
        self._pace = pace or Pace()
        self.context = self.native.context
        self._lock = threading.Lock()
        self._template = self._read_template()
        self.identity = identity or str(path.resolve())
        self._cache = cache if self.native.splices else None
        self._assembly = Assembly(self.native, self._cache, self.identity)
        self._onlooker: Onlooker | None = None

    # --- the port

    def count_tokens(self, text: str) -> int:
        """Tokens of a text that is data."""
        return len(self.native.tokenise(text, control=False))

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling | None = None,
        cancel: threading.Event | None = None,
        told: Told | None = None,
    ) -> Iterator[Piece]:
        """Continue the prompt; see :class:`rag.engine.port.LanguageModel`."""
        sampling = sampling or Sampling()
        head, passages, tail = self.parts(prompt)
        tokens = [*head, *(token for passage in passages for token in passage), *tail]
        room = self.context - len(tokens)
        if room < 1:
            raise ContextTooSmall(
                f"The prompt has {len(tokens)} tokens, the context of {self.name} only {self.context}.",
                "Ask a shorter question, ask for one source (--sources 1), or raise PULLQUOTE_CONTEXT.",
            )
        tally = _Tally(len(tokens))
        with self._lock, self.native.stopping(cancel):
            tally.begin()
            before = self.native.computed
            ready = self._assembly.hold(head, passages, tail, scale=self._scale if sampling.adapted else 0.0)
            tally.was_read(self.native.computed - before)
            try:
                if ready:
                    most = min(room, sampling.max_tokens)
                    yield from self._speak(tokens, sampling, most, tally, cancel)
            finally:
                if told is not None:
                    told(tally.work())

    @property
    def keeps(self) -> bool:
        """Whether computed passages are kept."""
        return self._cache is not None

    @property
    def full(self) -> bool:
        """Whether keeping more passages would push out others."""
        return self._cache is not None and self._cache.full

    @property
    def looked_up(self) -> tuple[int, int]:
        """How many passages were found computed, and how many were not."""
        return (self._cache.hits, self._cache.misses) if self._cache is not None else (0, 0)

    def ready(self, prompt: Prompt) -> bool:
        """Whether all of a prompt's passages are kept."""
        head, passages, _ = self.parts(prompt)
        return self._assembly.knows(head, passages)

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        """Compute and keep the prompt's passages, without an answer; False if stopped or nothing can be kept."""
        head, passages, _ = self.parts(prompt)
        with self._lock, self.native.stopping(cancel):
            return self._assembly.keep(head, passages)

    def state(
        self, prompt: Prompt, layer: int, cancel: threading.Event | None = None
    ) -> npt.NDArray[np.float32] | None:
        """What a layer gives at the prompt's last token; see :class:`rag.engine.port.Introspective`."""
        head, passages, tail = self.parts(prompt)
        if len(passages) > _LOOKED_AT:
            return None
        with self._lock, self.native.stopping(cancel):
            parts = self._assembly.parts(head, passages)
            if parts is None:
                return None
            try:
                onlooker = self._looking_at(layer)
            except ModelNotLoaded:  # no memory for it: whoever asked can do without
                return None
            with onlooker.stopping(cancel):
                return onlooker.read(parts, tail)

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            self._look_away()
            self.native.close()

    def _looking_at(self, layer: int) -> Onlooker:
        """A context that tells what the layer gives; made when it is first needed."""
        if self._onlooker is None or self._onlooker.layer != layer:
            self._look_away()
            self._onlooker = Onlooker(self.native, layer, sequences=1 + _LOOKED_AT)
        return self._onlooker

    def _look_away(self) -> None:
        if self._onlooker is not None:
            self._onlooker.close()
            self._onlooker = None

    # --- tokens

    def parts(self, prompt: Prompt) -> tuple[list[int], list[list[int]], list[int]]:
        """Tokens of prefix, passages and question; only the chat template's own text becomes control tokens."""
        before, middle, after = self._template
        head = self.native.tokenise(before, control=True) + self.native.tokenise(prompt.system, control=False)
        head += self.native.tokenise("\n\n" if middle is None else middle, control=middle is not None)
        first = self.native.first_token
        if first is not None and head[:1] != [first]:
            head.insert(0, first)
        passages = [self.native.tokenise(passage, control=False) for passage in prompt.passages]
        tail = self.native.tokenise(prompt.question, control=False) + self.native.tokenise(after, control=True)
        return head, [passage for passage in passages if passage], tail

    def tokens(self, prompt: Prompt) -> list[int]:
        """All tokens of a prompt in order."""
        head, passages, tail = self.parts(prompt)
        return [*head, *(token for passage in passages for token in passage), *tail]

    def _read_template(self) -> Template:
        own = self.native.chat_template
        try:
            return split(self.native.renderer(own or CHATML))
        except ValueError:  # a template that needs tools, images or the like
            return split(self.native.renderer(CHATML))

    # --- writing an answer

    def _speak(
        self, prompt: Sequence[int], sampling: Sampling, most: int, tally: _Tally, cancel: threading.Event | None
    ) -> Iterator[Piece]:
        """The answer's text, cut at whole characters and at stop strings."""
        text = codecs.getincrementaldecoder("utf-8")("replace")  # a character may be split across tokens
        stops = Stops(sampling.stop)
        logprobs: list[float] = []
        for token, logprob in self._write(prompt, sampling, most, tally, cancel):
            logprobs.append(logprob)
            if self.native.is_end(token):
                break
            if piece := stops.feed(text.decode(self.native.piece(token))):
                yield Piece(piece, sum(logprobs), tuple(logprobs))
                logprobs = []
            if stops.stopped:
                return
        if rest := stops.feed(text.decode(b"", final=True)) + stops.rest():
            yield Piece(rest, sum(logprobs), tuple(logprobs))

    def _write(
        self, prompt: Sequence[int], sampling: Sampling, most: int, tally: _Tally, cancel: threading.Event | None
    ) -> Iterator[tuple[int, float]]:
        """Token after token with the logarithm of its probability, up to and including the one that ends the turn."""
        drafting = self._drafts and sampling.drafts and sampling.temperature == 0.0
        lookup = Lookup(prompt) if drafting else None
        place, end = len(prompt), len(prompt) + most
        tally.openings = self._likely(sampling.openings)
        if sampling.reluctance:
            logits = self.native.logits()  # llama.cpp's own, from which it chooses
            for words in sampling.openings:
                logits[self._firsts(words)] -= sampling.reluctance
        with self.native.sampler(sampling) as choose:
            token = choose(1)
            tally.answer_tokens += 1
            yield token, _logprob(self.native.logits(), token)
            while place + 1 < end and not self.native.is_end(token):
                if cancel is not None and cancel.is_set():
                    return
                draft = self._drafted(lookup, token, end - place - 2)
                batch = [token, *draft.tokens[: self._pace.best(draft)]]
                began = time.perf_counter()
                if not self.native.decode([(PROMPT, place, batch)], logits=len(batch)):
                    return
                self._pace.took(len(batch), time.perf_counter() - began)
                tally.drafted += len(batch) - 1
                place += 1
                for back in range(len(batch), 0, -1):
                    token = choose(back)
                    self._pace.saw(draft, token)
                    tally.answer_tokens += 1
                    right = back > 1 and token == batch[1 - back]
                    if right:
                        place += 1
                        tally.accepted += 1
                        draft = self._drafted(lookup, token, 1)
                    yield token, _logprob(self.native.logits(back), token)
                    if not right or self.native.is_end(token):
                        break
                if len(batch) > 1:
                    self.native.forget(PROMPT, place)

    def _likely(self, openings: Sequence[Sequence[str]]) -> tuple[float, ...]:
        """How likely the next token begins one of the words, for each group, as a natural logarithm."""
        if not openings:
            return ()
        logits = self.native.logits().astype(np.float64)
        every = np.logaddexp.reduce(logits)
        return tuple(float(np.logaddexp.reduce(logits[self._firsts(words)]) - every) for words in openings)

    def _firsts(self, words: Sequence[str]) -> list[int]:
        """The first tokens of some words, each with a space before it and without."""
        written = [form for word in words for form in (word, f" {word}")]
        return sorted({self.native.tokenise(form, control=False)[0] for form in written})

    @staticmethod
    def _drafted(lookup: Lookup | None, token: int, most: int) -> Draft:
        """What may follow now that the text has gone on with a token."""
        if lookup is None:
            return Draft((), 0)
        lookup.add(token)
        return lookup.draft(most)


class _Tally:
    """Counts and clocks while an answer is made."""

    def __init__(self, prompt_tokens: int) -> None:
        self.answer_tokens = self.drafted = self.accepted = 0
        self.openings: tuple[float, ...] = ()
        self._work = Work(prompt_tokens=prompt_tokens)
        self._last = time.perf_counter()

    def _lap(self) -> float:
        last, self._last = self._last, time.perf_counter()
        return self._last - last

    def begin(self) -> None:
        """The model is ours."""
        self._work = replace(self._work, waited=self._lap())

    def was_read(self, computed: int) -> None:
        """The prompt was read; so many of its tokens had to be computed."""
        self._work = replace(self._work, read=self._lap(), computed_tokens=computed)

    def work(self) -> Work:
        """What it took, now that it has ended."""
        counts = {"answer_tokens": self.answer_tokens, "drafted": self.drafted, "accepted": self.accepted}
        return replace(self._work, wrote=self._lap(), openings=self.openings, **counts)


def _logprob(logits: npt.NDArray[np.float32], token: int) -> float:
    top = float(logits.max())
    return float(logits[token]) - top - float(np.log(np.exp(logits - top).sum()))
