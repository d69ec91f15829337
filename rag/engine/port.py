"""The ``LanguageModel`` port: what answering needs of a language model, and nothing more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked, in parts, so that an engine may keep what it computed for a part.

    Only an engine's chat template becomes control tokens; every part here is data, whatever it says.

    Attributes:
        system: The instruction, the same for every question in a language.
        passages: Texts to answer from, in the order in which the model reads them.
        question: What follows the passages.
    """

    system: str
    passages: tuple[str, ...]
    question: str

    @property
    def user(self) -> str:
        """The user's message: passages, then the question."""
        return "".join(self.passages) + self.question


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen, and when to stop.

    Attributes:
        temperature: 0 is greedy; the other fields then do not matter.
        top_p: Smallest set of tokens with that much probability.
        min_p: Only tokens at least so probable, relative to the most probable.
        seed: For temperatures above 0.
        max_tokens: Longest answer, in tokens.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    seed: int = 0
    max_tokens: int = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of text, whole characters only, and the natural logarithm of its token's probability."""

    text: str
    logprob: float


class LanguageModel(Protocol):
    """A model that continues a prompt.

    Attributes:
        name: For people and for result files.
        context: Tokens that prompt and answer may have together.
    """

    name: str
    context: int

    def count_tokens(self, text: str) -> int:
        """Tokens of a text that is data: no control token is ever recognised in it."""
        ...

    def stream(
        self, prompt: Prompt, sampling: Sampling | None = None, cancel: threading.Event | None = None
    ) -> Iterator[Piece]:
        """Continue the prompt until the model ends, ``max_tokens`` are reached, or ``cancel`` is set.

        Questions are answered one after the other; a caller waits its turn. Closing the iterator cancels.

        Raises:
            ContextTooSmall: the prompt leaves no room for an answer.
        """
        ...

    def close(self) -> None:
        """Free the model; it cannot be used afterwards."""
        ...
