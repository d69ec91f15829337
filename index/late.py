"""Late interaction: how well the tokens of a question are matched by those of a passage, and token vectors in 2 bits.

Pure. The idea is ColBERT's (Khattab and Zaharia, 2020), without its training: the embedder's own last hidden states are
compared token by token. What is ours was measured on the sets of ``docs/evaluation.md``, all of them together:

- Vectors are centred first: those of one model share a large component that says nothing.
- A question's token counts by how rare it is. Vocabularies are sorted by frequency, over all their languages, so that
  the square of the logarithm of its id serves; counting in the library would take "the" for a rare word among Swedish
  articles.
- Half of a passage's score comes from its best stretch of some 48 tokens: words that answer a question stand together.

A vector is rotated, so that its components are alike, and each becomes one of the four values that lose least of a
normal variable (Lloyd 1982, Max 1960). The question's own vectors stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]

STEP = 24
"""Tokens of a block; two neighbouring blocks are a stretch. 16 and 32 do as well on average, 12 does worse."""

# The best four values for a normal variable of variance 1, and the borders between them.
_VALUES = np.array([-1.5104, -0.4528, 0.4528, 1.5104], dtype=np.float32)
_BORDER = 0.9816
_PER_BYTE = 4
_SCALE_BYTES = 2
# Byte → its four values, as one number of 16 bytes: numpy looks up single numbers several times faster than rows.
_TABLE = np.ascontiguousarray(
    _VALUES[(np.arange(256)[:, np.newaxis] >> np.array([0, 2, 4, 6])) & 3], dtype=np.float32
).view(np.complex128)[:, 0]
_SEED = 20261122


@dataclass(frozen=True, slots=True)
class Space:
    """Where token vectors are compared.

    Attributes:
        centre: Shape ``(d,)``, float32: what all token vectors have in common.
        rotation: Shape ``(d, d)``, float32, orthogonal.
    """

    centre: Floats
    rotation: Floats

    @classmethod
    def around(cls, texts: Sequence[Floats]) -> Space:
        """The space for token vectors like those of some texts, each of shape ``(t, d)``; every text counts the same.

        Raises:
            ValueError: no text has a token.
        """
        means = [tokens.mean(axis=0) for tokens in texts if len(tokens)]
        if not means:
            raise ValueError("there are no token vectors to find a centre of")
        centre = np.mean(means, axis=0).astype(np.float32)
        draws = np.random.default_rng(_SEED).standard_normal((len(centre), len(centre)))
        return cls(centre, np.linalg.qr(draws)[0].astype(np.float32))

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return len(self.centre)

    @property
    def width(self) -> int:
        """Bytes of a packed vector."""
        return -(-self.dimension // _PER_BYTE) + _SCALE_BYTES

    def project(self, tokens: Floats) -> Floats:
        """Centre, scale to length one and rotate vectors of shape ``(t, d)``; one that is the centre becomes zero."""
        centred = tokens - self.centre
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(lengths, 1e-6) @ self.rotation, dtype=np.float32)

    def pack(self, tokens: Floats) -> Bytes:
        """Vectors as they are stored: shape ``(t, d)`` → ``(t, width)``."""
        projected = self.project(tokens) * np.sqrt(np.float32(self.dimension))
        codes = np.digitize(projected, [-_BORDER, 0.0, _BORDER]).astype(np.uint8)
        lengths = np.linalg.norm(_VALUES[codes], axis=1)
        scales = np.where(projected.any(axis=1), 1.0 / lengths, 0.0).astype("<f2")
        padded = np.zeros((len(codes), (self.width - _SCALE_BYTES) * _PER_BYTE), dtype=np.uint8)
        padded[:, : self.dimension] = codes
        quads = padded.reshape(len(codes), -1, _PER_BYTE) << np.array([0, 2, 4, 6], dtype=np.uint8)
        packed = np.bitwise_or.reduce(quads, axis=2)
        return np.concatenate([packed, scales[:, np.newaxis].view(np.uint8)], axis=1)

    def similarities(self, packed: Bytes, question: Floats) -> Floats:
        """Cosines of packed vectors, shape ``(t, width)``, and projected ones, ``(q, d)``: shape ``(t, q)``."""
        codes = np.ascontiguousarray(packed[:, :-_SCALE_BYTES])
        scales = np.ascontiguousarray(packed[:, -_SCALE_BYTES:]).view("<f2").astype(np.float32)
        values = _TABLE[codes].view(np.float32)[:, : self.dimension]
        return np.asarray((values @ question.T) * scales, dtype=np.float32)


def token_weights(token_ids: npt.NDArray[np.int32]) -> Floats:
    """How much each token of a question counts: shape ``(q,)``, summing to one."""
    weights = np.log1p(np.maximum(token_ids, 0).astype(np.float32)) ** 2
    total = weights.sum()
    return np.asarray(weights / total if total > 0 else np.full(len(weights), 1.0 / max(1, len(weights))), np.float32)


def score(similarities: Floats, lengths: Integers, weights: Floats) -> Floats:
    """Late interaction of a question with some passages.

    Args:
        similarities: Shape ``(sum(lengths), q)``: cosines of the passages' tokens, one passage after the other, with
            those of the question.
        lengths: Shape ``(n,)``: tokens of each passage, none of them 0.
        weights: Shape ``(q,)``, see :func:`token_weights`.

    Returns:
        Shape ``(n,)``: the mean of two weighted sums over the question's tokens, of the best cosine in the whole
        passage, and of the best in that stretch of two blocks for which the sum is largest.
    """
    starts = np.cumsum(lengths) - lengths
    # A last block of less than half the length joins the one before it.
    blocks = np.maximum(1, (lengths + STEP // 2) // STEP)
    owner = np.repeat(np.arange(len(lengths)), blocks)
    firsts = np.cumsum(blocks) - blocks
    cuts = starts[owner] + STEP * (np.arange(len(owner)) - firsts[owner])
    best = np.maximum.reduceat(similarities, cuts, axis=0)
    whole = np.maximum.reduceat(best, firsts, axis=0) @ weights
    stretches = best.copy()
    within = owner[:-1] == owner[1:]
    stretches[:-1][within] = np.maximum(best[:-1][within], best[1:][within])
    stretch = np.maximum.reduceat(stretches @ weights, firsts)
    return np.asarray((whole + stretch) / 2.0, dtype=np.float32)
