"""A language model to compute by hand: it answers with a sentence of the passages, or refuses."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rag.engine.port import Piece, Prompt, Sampling, Told, Work
from rag.engine.stops import Stops
from rag.errors import ContextTooSmall


class ParrotModel:
    """Says, word by word, the passage sentence that shares most words with the question; ties go to the first.

    A token is a word. If no sentence shares a word of four letters or more, it says ``refusal``.

    Args:
        refusal: What it says when it finds nothing.
        context: Words that prompt and answer may have together.
        leaning: Log-odds with which it would say yes and not no; None: it does not tell how it might have begun.

    Attributes:
        prompts, samplings: What it was asked to continue, and how, each time.
    """

    name = "parrot"

    def __init__(self, refusal: str = "NOT FOUND", context: int = 100_000, leaning: float | None = None) -> None:
        self.context = context
        self.closed = False
        self.prompts: list[Prompt] = []
        self.samplings: list[Sampling] = []
        self._refusal = refusal
        self._leaning = leaning
        self._lock = threading.Lock()

    def count_tokens(self, text: str) -> int:
        """Words of the text."""
        return len(text.split())

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling | None = None,
        cancel: threading.Event | None = None,
        told: Told | None = None,
    ) -> Iterator[Piece]:
        """The chosen sentence, a word at a time, each with probability one."""
        sampling = sampling or Sampling()
        if self.count_tokens(prompt.system + prompt.user) + sampling.max_tokens > self.context:
            raise ContextTooSmall("The prompt does not fit.", "Ask a shorter question.")
        with self._lock:
            self.prompts.append(prompt)
            self.samplings.append(sampling)
            words = self._answer(prompt).split()[: sampling.max_tokens]
            stops = Stops(sampling.stop)
            said = 0
            for place, word in enumerate(words):
                if stops.stopped or (cancel is not None and cancel.is_set()):
                    break
                said += 1
                if text := stops.feed(word if place == 0 else f" {word}"):
                    yield Piece(text, 0.0, (0.0,))
            if rest := stops.rest():
                yield Piece(rest, 0.0)
            if told is not None:
                read = self.count_tokens(prompt.system + prompt.user)
                told(Work(prompt_tokens=read, answer_tokens=said, openings=self._likely(sampling.openings, words)))

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _likely(self, openings: Sequence[Sequence[str]], words: Sequence[str]) -> tuple[float, ...]:
        """Certainty for the word it began with, its leaning for yes and for no."""
        if self._leaning is None:
            return ()
        certain = {"Yes": -math.log1p(math.exp(-self._leaning)), "No": -math.log1p(math.exp(self._leaning))}
        begun = " ".join(words)
        return tuple(certain.get(first[0], 0.0 if begun.startswith(tuple(first)) else -100.0) for first in openings)

    def _answer(self, prompt: Prompt) -> str:
        asked = _long_words(prompt.question)
        sentences = [s for passage in prompt.passages for s in re.split(r"(?<=[.!?])\s+", passage.strip())]
        best = max(sentences, key=lambda sentence: len(asked & _long_words(sentence)), default="")
        return best if asked & _long_words(best) else self._refusal


def _long_words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"\w{4,}", text)}


class GlassModel(ParrotModel):
    """A parrot whose inside can be seen: every layer gives 1 where it would answer, -1 where it would refuse.

    Args:
        identity: Tells it from all others.
        opaque: Whether nothing can be seen after all.
    """

    def __init__(self, identity: str, *, opaque: bool = False, leaning: float | None = None) -> None:
        super().__init__(leaning=leaning)
        self.identity = identity
        self.looked: list[tuple[Prompt, int]] = []
        self._opaque = opaque

    def state(
        self, prompt: Prompt, layer: int, cancel: threading.Event | None = None
    ) -> npt.NDArray[np.float32] | None:
        """One number, the same for every layer."""
        self.looked.append((prompt, layer))
        if self._opaque or (cancel is not None and cancel.is_set()):
            return None
        return np.array([-1.0 if self._answer(prompt) == self._refusal else 1.0], dtype=np.float32)
