"""Prompt lookup: what the model will say next is guessed from where its last words stand in what it has read.

Answers copy from passages. If the last few tokens of an answer also occur in the prompt, what follows them there is a
draft, and one batch checks all of it. A draft costs time when it is wrong, so :class:`Pace` weighs what batches cost
against how often drafts have held (prompt lookup decoding: Saxena 2023; speculative decoding: Leviathan et al., 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 6
"""Most tokens of a draft: with the token before them one batch of seven, the largest that llama.cpp computes exactly as
it computes single tokens (docs/decisions/0011)."""

_GRAMS = (8, 7, 6, 5, 4, 3, 2)
# What a batch of 1, 2, … 7 tokens costs in single tokens, until it has been measured here: docs/decisions/0010.
_COSTS = (1.0, 1.75, 2.4, 2.75, 3.5, 3.7, 4.2)
# How often the next token is the one that follows a match of so many tokens, until it has been seen, and how many
# observations that belief is worth. It is too low to try anything: watching which drafts would have held costs nothing.
_TRUST = {8: 0.8, 7: 0.75, 6: 0.7, 5: 0.6, 4: 0.5, 3: 0.4, 2: 0.25}
_BELIEF = 10.0
# What an older observation counts for each new one, and the least gain that is worth the risk.
_FADE = 0.99
_GAIN = 1.1
_SMOOTH = 0.2


class Draft(NamedTuple):
    """Guessed tokens, and how many tokens before them matched."""

    tokens: tuple[int, ...]
    match: int


class Lookup:
    """Where runs of tokens stand in a text that grows.

    Args:
        tokens: What has been read so far.
    """

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._ends: dict[tuple[int, ...], int] = {}  # run → place behind its last occurrence
        for token in tokens:
            self.add(token)

    def add(self, token: int) -> None:
        """The text goes on with a token."""
        # The run that ends at the end of the text is entered only now that something follows it.
        for length in _GRAMS:
            if len(self._tokens) >= length:
                self._ends[tuple(self._tokens[-length:])] = len(self._tokens)
        self._tokens.append(token)

    def draft(self, most: int) -> Draft:
        """What followed the text's last tokens where they stood before, at most ``most`` tokens; perhaps nothing."""
        for length in _GRAMS:
            if len(self._tokens) >= length:
                place = self._ends.get(tuple(self._tokens[-length:]))
                if place is not None:
                    return Draft(tuple(self._tokens[place : place + max(most, 0)]), length)
        return Draft((), 0)


class Pace:
    """How long drafts should be: what batches cost and how often drafts hold, as observed."""

    def __init__(self) -> None:
        self._seconds: list[float | None] = [None] * len(_COSTS)
        self._held = {match: share * _BELIEF for match, share in _TRUST.items()}
        self._tried = dict.fromkeys(_TRUST, _BELIEF)

    def best(self, draft: Draft) -> int:
        """How many tokens of a draft to check: what gives most tokens a second, 0 if a single one does."""
        single = self.cost(1)
        best, length, expected, chance = _GAIN, 0, 1.0, 1.0
        for count in range(1, min(len(draft.tokens), LONGEST) + 1):
            match = min(draft.match + count - 1, _GRAMS[0])  # a token that holds makes the match longer
            chance *= self._held[match] / self._tried[match]
            expected += chance
            gain = expected * single / self.cost(count + 1)
            if gain > best:
                best, length = gain, count
        return length

    def cost(self, size: int) -> float:
        """Seconds that a batch takes; relative to single tokens until one of its size was measured."""
        known = self._seconds[size - 1]
        if known is not None:
            return known
        return _COSTS[size - 1] * (self._seconds[0] or 1.0)

    def took(self, size: int, seconds: float) -> None:
        """Learn what a batch has cost. Only single tokens are timed at first; the rest follows from them."""
        known = self._seconds[size - 1]
        if known is None and size > 1 and self._seconds[0] is None:
            return
        # One delay by another process must not decide for long: no batch counts for more than double what was known.
        before = self.cost(size) if known is not None or size > 1 else seconds
        self._seconds[size - 1] = before + _SMOOTH * (min(seconds, 2 * before) - before)

    def saw(self, draft: Draft, token: int) -> None:
        """Learn whether the first token of a draft was the right one, whether or not it was checked in a batch."""
        if draft.tokens:
            self._held[draft.match] = self._held[draft.match] * _FADE + (draft.tokens[0] == token)
            self._tried[draft.match] = self._tried[draft.match] * _FADE + 1
