"""Bringing a context to hold a prompt: prefix, passages that were computed before, question."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.engine.native import Native
from rag.engine.passage_cache import Buffer, PassageCache

SEQUENCES = 33
"""How many sequences the context must have: the prompt's, and one for each passage until it is joined to it."""
PROMPT = 0
"""The sequence of the prompt."""
# Part of every key: to be raised whenever the same passage would be computed otherwise.
_LAYOUT = "behind prefix 1"


class Assembly:
    """What sequence 0 of a context holds, and how it comes to hold something else.

    Args:
        native: The context.
        cache: Where computed passages are kept, of a model that can splice them; None computes all of a prompt anew in
            its own order.
        identity: Tells the model from all others.

    Attributes:
        held: Tokens whose keys and values sequence 0 is known to hold as if read in order. Whatever an interrupted
            call left behind them is removed before anything else is read.
    """

    def __init__(self, native: Native, cache: PassageCache | None, identity: str) -> None:
        self._native = native
        self._cache = cache
        self._identity = identity
        self.held: list[int] = []
        self._prefix: tuple[Sequence[int], Buffer] | None = None

    def hold(
        self, head: Sequence[int], passages: Sequence[Sequence[int]], tail: Sequence[int], *, scale: float = 0.0
    ) -> bool:
        """Hold a prompt, with the logits of its last token.

        Args:
            head: Tokens of its prefix.
            passages: Tokens of each of its passages.
            tail: Tokens of its question.
            scale: How much of an adapter the question is read with, and the answer written, until something else is
                held. Prefix and passages are read without it, so that what is kept of them serves any question.

        Returns:
            False if it was stopped.
        """
        given = [*head, *(token for passage in passages for token in passage)]
        if self._cache is not None and 0 < len(passages) < SEQUENCES:
            if not self._prefill(head, whole=True):
                return False
            computed = self._computed(head, passages, self._cache)
            if computed is None:
                return False
            if self._splice(passages, computed):
                return self._ask(len(given), tail, scale)
        if not scale:
            return self._prefill([*given, *tail])
        return self._prefill(given, whole=True) and self._ask(len(given), tail, scale)

    def knows(self, head: Sequence[int], passages: Sequence[Sequence[int]]) -> bool:
        """Whether all of these passages are kept."""
        return self._cache is not None and all(self.key(head, passage) in self._cache for passage in passages)

    def keep(self, head: Sequence[int], passages: Sequence[Sequence[int]]) -> bool:
        """Compute and keep passages, one by one; False if stopped or nothing can be kept."""
        if self._cache is None:
            return False
        cache = self._cache
        return self._prefill(head, whole=True) and all(
            self._computed(head, [passage], cache) is not None for passage in passages
        )

    def parts(self, head: Sequence[int], passages: Sequence[Sequence[int]]) -> list[tuple[int, Buffer]] | None:
        """Prefix and passages, each with its number of tokens; None if stopped or nothing can be kept."""
        if self._cache is None or not self._prefill(head, whole=True):
            return None
        if self._prefix is None or self._prefix[0] != head:
            self._prefix = (head, self._native.save(PROMPT))
        computed = self._computed(head, passages, self._cache)
        if computed is None:
            return None
        lengths = map(len, passages)
        return [(len(head), self._prefix[1]), *zip(lengths, computed, strict=True)]

    def _prefill(self, tokens: Sequence[int], *, whole: bool = False) -> bool:
        """Bring sequence 0 to hold ``tokens``, keeping what it has of their start; False if stopped.

        With ``whole``, nothing needs to be computed if all of them are there; otherwise the last one always is,
        because it gives the logits.
        """
        self._native.adapt(0.0)
        same = 0
        for held, wanted in zip(self.held, tokens if whole else tokens[:-1], strict=False):
            if held != wanted:
                break
            same += 1
        for sequence in range(1, SEQUENCES):
            self._native.forget(sequence, 0)
        if not self._native.forget(PROMPT, same):  # some models cannot forget a part
            self._native.clear()
            same = 0
        self.held = list(tokens[:same])
        if same == len(tokens):
            return True
        if not self._native.decode([(PROMPT, same, tokens[same:])], logits=int(not whole)):
            return False
        self.held = list(tokens)
        return True

    def _splice(self, passages: Sequence[Sequence[int]], computed: Sequence[Buffer]) -> bool:
        """Join passages from the cache to the prefix; False if llama.cpp would not."""
        by = 0
        for sequence, (passage, data) in enumerate(zip(passages, computed, strict=True), start=1):
            if not self._native.append(data, sequence, to=PROMPT, by=by):
                return False
            by += len(passage)
        return True

    def _ask(self, position: int, tail: Sequence[int], scale: float) -> bool:
        """Read the question behind what is held, with the logits of its last token; False if stopped."""
        self._native.adapt(scale)
        return self._native.decode([(PROMPT, position, tail)], logits=1)

    def _computed(
        self, head: Sequence[int], passages: Sequence[Sequence[int]], cache: PassageCache
    ) -> list[Buffer] | None:
        """The passages' keys and values, each behind the prefix alone; None if stopped.

        What is not in the cache is computed now, passage by passage: what else is computed with it, and where it then
        lies, would change its last bits, and an answer must not depend on which passages were known.
        """
        computed: list[Buffer] = []
        for passage in passages:
            key = self.key(head, passage)
            data = cache.get(key)
            if data is None:
                self._native.share(PROMPT, 1, 0, len(head))
                if not self._native.decode([(1, len(head), passage)], logits=0):
                    return None
                self._native.forget(1, 0, len(head))
                data = self._native.save(1)
                self._native.forget(1, 0)
                cache.put(key, data)
            computed.append(data)
        return computed

    def key(self, head: Sequence[int], passage: Sequence[int]) -> str:
        """Under which a passage behind a prefix is kept."""
        digest = hashlib.sha256(f"{self._identity}\0{self._native.build}\0{_LAYOUT}\0".encode())
        for tokens in (head, passage):
            digest.update(len(tokens).to_bytes(8, "little") + np.asarray(tokens, dtype="<i4").tobytes())
        return digest.hexdigest()
