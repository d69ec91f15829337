"""llama.cpp in this process: passages are computed once, kept, and spliced into a prompt at their places.

A prompt is a fixed prefix, then passages, then the question. A passage's keys and values are computed behind the prefix
as if it were the only one, so they depend on nothing else, and can be kept and used again for every question that
finds the passage; only the question itself is read anew. That turns a wait of many seconds into one of well under one.
Models whose memory cannot be spliced are read from the start, keeping what the prompt shares with the one before.

One context, one lock: questions are answered one after the other.
"""

from __future__ import annotations

import codecs
import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.engine.native import Native
from rag.engine.passage_cache import PassageCache
from rag.engine.port import Piece, Prompt, Sampling
from rag.engine.template import CHATML, Template, split
from rag.errors import ContextTooSmall

# Sequence 0 is the prompt; the others hold passages for a moment, until they are joined to it.
_PROMPT = 0
_SEQUENCES = 33
# Part of every key: to be raised whenever the same passage would be computed otherwise.
_LAYOUT = "f16 behind prefix 1"


class LlamaModel:
    """A GGUF file, loaded.

    Args:
        path: The file.
        name: For people.
        context: Tokens that prompt and answer may have together.
        threads: CPU threads.
        identity: Hash of the file's bytes, to keep the passages of different models apart.
        cache: Where computed passages are kept; None computes all of a prompt anew in its own order.
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
    ) -> None:
        self.name = name
        self.native = Native(path, context=context, threads=threads, sequences=_SEQUENCES)
        self.context = self.native.context
        self._lock = threading.Lock()
        self._template = self._read_template()
        self._identity = identity or str(path.resolve())
        self._cache = cache if self.native.splices else None
        # Tokens whose keys and values sequence 0 is known to hold as if read in order. Whatever an interrupted call
        # left behind them is removed by the next prefill.
        self._held: list[int] = []

    # --- the port

    def count_tokens(self, text: str) -> int:
        """Tokens of a text that is data."""
        return len(self.native.tokenise(text, control=False))

    def stream(
        self, prompt: Prompt, sampling: Sampling | None = None, cancel: threading.Event | None = None
    ) -> Iterator[Piece]:
        """Continue the prompt; see :class:`rag.engine.port.LanguageModel`."""
        sampling = sampling or Sampling()
        head, passages, tail = self.parts(prompt)
        length = len(head) + sum(map(len, passages)) + len(tail)
        room = self.context - length
        if room < 1:
            raise ContextTooSmall(
                f"The prompt has {length} tokens, the context of {self.name} only {self.context}.",
                "Ask for fewer sources (--sources 3) or raise PULLQUOTE_CONTEXT.",
            )
        with self._lock, self.native.stopping(cancel):
            if self._cache is not None and 0 < len(passages) < _SEQUENCES:
                ready = self._splice(head, passages, tail, self._cache)
            else:
                ready = self._prefill([*head, *(token for passage in passages for token in passage), *tail])
            if ready:
                yield from self._generate(length, sampling, min(room, sampling.max_tokens), cancel)

    def warm(self, prompt: Prompt, cancel: threading.Event | None = None) -> bool:
        """Compute and keep the prompt's passages, without an answer; False if stopped or nothing can be kept."""
        if self._cache is None:
            return False
        head, passages, _ = self.parts(prompt)
        with self._lock, self.native.stopping(cancel):
            return self._prefill(head, whole=True) and all(
                self._computed(head, [passage], self._cache) is not None for passage in passages
            )

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            self.native.close()

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

    # --- reading a prompt

    def _prefill(self, tokens: Sequence[int], *, whole: bool = False) -> bool:
        """Bring sequence 0 to hold ``tokens``, keeping what it has of their start; False if stopped.

        With ``whole``, nothing needs to be computed if all of them are there; otherwise the last one always is,
        because it gives the logits.
        """
        same = 0
        for held, wanted in zip(self._held, tokens if whole else tokens[:-1], strict=False):
            if held != wanted:
                break
            same += 1
        for sequence in range(1, _SEQUENCES):
            self.native.forget(sequence, 0)
        if not self.native.forget(_PROMPT, same):  # some models cannot forget a part
            self.native.clear()
            same = 0
        self._held = list(tokens[:same])
        if same == len(tokens):
            return True
        if not self.native.decode([(_PROMPT, same, tokens[same:])], logits=not whole):
            return False
        self._held = list(tokens)
        return True

    def _splice(
        self, head: Sequence[int], passages: Sequence[Sequence[int]], tail: Sequence[int], cache: PassageCache
    ) -> bool:
        """Bring sequence 0 to hold prefix, passages from the cache, and the question; False if stopped."""
        if not self._prefill(head, whole=True):
            return False
        computed = self._computed(head, passages, cache)
        if computed is None:
            return False
        position = len(head)
        for sequence, (passage, data) in enumerate(zip(passages, computed, strict=True), start=1):
            if data:  # else it is still where it was computed
                self.native.load(data, sequence)
            self.native.move(sequence, position - len(head))
            self.native.share(sequence, _PROMPT)
            self.native.forget(sequence, 0)
            position += len(passage)
        return self.native.decode([(_PROMPT, position, tail)], logits=True)

    def _computed(
        self, head: Sequence[int], passages: Sequence[Sequence[int]], cache: PassageCache
    ) -> list[bytes] | None:
        """The passages' keys and values, each behind the prefix alone; None if stopped.

        What is not in the cache is computed now, all in the same batches, and left in sequences 1, 2, …, where an empty
        entry of the list says that it stands.
        """
        keys = [self._key(head, passage) for passage in passages]
        found = [cache.get(key) for key in keys]
        missing = [i for i, data in enumerate(found) if data is None]
        for i in missing:
            self.native.share(_PROMPT, i + 1, 0, len(head))
        if missing:
            runs = [(i + 1, len(head), passages[i]) for i in missing]
            if not self.native.decode(runs, logits=False):
                return None
        for i in missing:
            self.native.forget(i + 1, 0, len(head))
            cache.put(keys[i], self.native.save(i + 1))
        return [data or b"" for data in found]

    def _key(self, head: Sequence[int], passage: Sequence[int]) -> str:
        digest = hashlib.sha256(f"{self._identity}\0{_LAYOUT}\0".encode())
        for tokens in (head, passage):
            digest.update(len(tokens).to_bytes(8, "little") + np.asarray(tokens, dtype="<i4").tobytes())
        return digest.hexdigest()

    # --- writing an answer

    def _generate(
        self, position: int, sampling: Sampling, most: int, cancel: threading.Event | None
    ) -> Iterator[Piece]:
        text = codecs.getincrementaldecoder("utf-8")("replace")  # a character may be split across tokens
        logprob = 0.0
        with self.native.sampler(sampling) as choose:
            for at in range(position, position + most):
                if cancel is not None and cancel.is_set():
                    return
                token = choose()
                logprob += _logprob(self.native.logits(), token)
                if self.native.is_end(token):
                    break
                if piece := text.decode(self.native.piece(token)):
                    yield Piece(piece, logprob)
                    logprob = 0.0
                if not self.native.decode([(_PROMPT, at, [token])], logits=True):
                    return
        if rest := text.decode(b"", final=True):
            yield Piece(rest, logprob)


def _logprob(logits: npt.NDArray[np.float32], token: int) -> float:
    top = float(logits.max())
    return float(logits[token]) - top - float(np.log(np.exp(logits - top).sum()))
