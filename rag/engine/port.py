"""The ``LanguageModel`` port: what answering needs of a language model, and nothing more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:  # the port is light
    import numpy as np
    import numpy.typing as npt


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
        temperature: 0 is greedy; ``top_p``, ``min_p`` and ``seed`` then do not matter.
        top_p: Smallest set of tokens with that much probability.
        min_p: Only tokens at least so probable, relative to the most probable.
        seed: For temperatures above 0.
        max_tokens: Longest answer, in tokens.
        stop: The answer ends before the first of these strings.
        drafts: Whether an engine may draft from the prompt, which changes no token; off, to compare.
        adapted: Whether the model's adapter is used, if it has one: it is trained for one kind of prompt.
        openings: Groups of words with which the answer may begin; :attr:`Work.openings` tells how likely each was.
        reluctance: By how much, in nats, these words are held back at the beginning of the answer.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    seed: int = 0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    drafts: bool = True
    adapted: bool = True
    openings: tuple[tuple[str, ...], ...] = ()
    reluctance: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of text, whole characters only.

    Attributes:
        text: The characters.
        logprob: Natural logarithm of the probability of its tokens, together.
        logprobs: The same for each of its tokens, where the engine knows; most pieces are one token.
    """

    text: str
    logprob: float
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What an answer took.

    Attributes:
        waited: Seconds until the model was free.
        read: Seconds from then to the first token's logits: the prompt was read.
        wrote: Seconds for all tokens of the answer; whoever takes the pieces counts, if slow.
        prompt_tokens: Tokens of the prompt.
        computed_tokens: Those that were not known from before.
        answer_tokens: Tokens of the answer.
        drafted, accepted: Tokens guessed from the prompt, and those of them that held.
        openings: Natural logarithm of the probability that the first token begins one of the words, for each group
            of :attr:`Sampling.openings`; nothing where the engine cannot tell.
    """

    waited: float = 0.0
    read: float = 0.0
    wrote: float = 0.0
    prompt_tokens: int = 0
    computed_tokens: int = 0
    answer_tokens: int = 0
    drafted: int = 0
    accepted: int = 0
    openings: tuple[float, ...] = ()


Told = Callable[[Work], None]
"""Is told once, when an answer has ended, what it took."""


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
        self,
        prompt: Prompt,
        sampling: Sampling | None = None,
        cancel: threading.Event | None = None,
        told: Told | None = None,
    ) -> Iterator[Piece]:
        """Continue the prompt until the model ends, a stop string or ``max_tokens`` come, or ``cancel`` is set.

        A model of this process answers one question after the other; a caller waits its turn. Closing the iterator
        cancels. ``told`` is called before the iterator ends, also when it was cancelled.

        Raises:
            ContextTooSmall: the prompt leaves no room for an answer.
        """
        ...

    def close(self) -> None:
        """Free the model; it cannot be used afterwards."""
        ...


@runtime_checkable
class Introspective(Protocol):
    """A model whose inside can be looked at; not every one's can.

    Attributes:
        identity: Tells its weights from all others, such as their hash.
    """

    identity: str

    def state(
        self, prompt: Prompt, layer: int, cancel: threading.Event | None = None
    ) -> npt.NDArray[np.float32] | None:
        """What a layer, counted from 0, gives at the prompt's last token, shape ``(width,)``; nothing is written.

        None where it cannot be told, or when ``cancel`` was set.
        """
        ...
