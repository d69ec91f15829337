"""An encoder in int8 as an :class:`~index.embed.Embedder`; see :mod:`index.accelerate`. No torch, no transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from tokenizers import Tokenizer

from index import accelerate
from index.bert import Bert
from index.embed import Embedder, Encoded, OnProgress, Vectors, batches, no_tokens, unit
from index.identity import identity
from index.network import Network
from index.settings import Settings
from index.types import Progress

# Texts that are tokenised together, in forward passes; then they can be sorted by tokens.
_PASSES = 16


class Tokens:
    """Texts → token ids as an encoder wants them, with prompt and special tokens, cut to its window.

    Args:
        tokenizer: The encoder's; it neither pads nor cuts.
        encoder: For its prompts and window.
    """

    def __init__(self, tokenizer: Tokenizer, encoder: Bert) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._encoder = encoder
        mask = tokenizer.encode("a").special_tokens_mask
        ids, start = tokenizer.encode("a").ids, mask.index(0)
        self._before, self._after = ids[:start], ids[len(mask) - mask[::-1].index(0) :]
        self._room = encoder.window - len(self._before) - len(self._after)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone, however many."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def passages(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text as a passage."""
        return [ids for ids, _ in self.rows(texts, self._encoder.passage_prompt)]

    def rows(self, texts: Sequence[str], prompt: str) -> list[tuple[list[int], slice]]:
        """Ids of each text behind its prompt, and which of them are the text's own."""
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts], add_special_tokens=False)
        rows = []
        for encoding in encodings:
            ids = encoding.ids[: self._room]
            # A token that begins with the prompt's last space, as words do, is the text's as far as it reaches beyond.
            own = next((i for i, (_, end) in enumerate(encoding.offsets[: self._room]) if end > len(prompt)), len(ids))
            first = len(self._before)
            rows.append(([*self._before, *ids, *self._after], slice(first + own, first + len(ids))))
        return rows


class AcceleratedEmbedder:
    """An encoder in int8; see :mod:`index.accelerate`. Safe to share between threads.

    Args:
        encoder: What it was made from.
        network: Its int8 form.
        tokenizer: Of the encoder.
        name, identity: See :class:`Embedder`.
        batch_size: Texts per forward pass: more of them leave the CPU's cache and are slower.
    """

    def __init__(
        self,
        encoder: Bert,
        network: Network,
        tokenizer: Tokenizer,
        *,
        name: str,
        identity: str,
        batch_size: int = 8,
    ) -> None:
        self.name = name
        self.identity = identity
        self.dimension = encoder.hidden
        self._encoder = encoder
        self._network = network
        self._tokens = Tokens(tokenizer, encoder)
        self._batch_size = batch_size

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without prompt and special tokens."""
        return self._tokens.count(texts)

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Unit vectors of texts that are searched; progress counts passages."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, states, _, _ in self._states(texts, self._encoder.passage_prompt, progress):
            vectors[i] = states.mean(axis=0)
        return unit(vectors)

    def query(self, text: str) -> Vectors:
        """Unit vector of a text that searches."""
        vector: Vectors = self.encode_query(text).vectors[0]
        return vector

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """Vectors of texts that are searched and of their tokens; progress counts passages."""
        return self._encode(texts, self._encoder.passage_prompt, progress)

    def encode_query(self, text: str) -> Encoded:
        """Vectors of a text that searches and of its tokens."""
        return self._encode([text], self._encoder.query_prompt, None)

    def _encode(self, texts: Sequence[str], prompt: str, progress: OnProgress | None) -> Encoded:
        encoded = no_tokens(len(texts), self.dimension)
        for i, states, ids, own in self._states(texts, prompt, progress):
            encoded.vectors[i] = unit(states.mean(axis=0))
            encoded.tokens[i] = unit(states[own])
            encoded.token_ids[i] = np.array(ids[own], dtype=np.int32)
        return encoded

    def _states(
        self, texts: Sequence[str], prompt: str, progress: OnProgress | None
    ) -> Iterator[tuple[int, Vectors, list[int], slice]]:
        """For each text its place, last hidden states, token ids, and which of these are its own."""
        for group in batches(texts, self._batch_size * _PASSES, progress):
            rows = self._tokens.rows([texts[i] for i in group], prompt)
            # By tokens, now that they are counted: scripts differ in characters to a token.
            order = sorted(range(len(rows)), key=lambda k: len(rows[k][0]), reverse=True)
            cut = [order[start : start + self._batch_size] for start in range(0, len(order), self._batch_size)]
            computed = self._network.many([[rows[k][0] for k in batch] for batch in cut])
            for batch, found in zip(cut, computed, strict=True):
                for k, states in zip(batch, found, strict=True):
                    yield group[k], states, *rows[k]


def open_accelerated(
    encoder: Bert, original: Callable[[], Embedder], settings: Settings, progress: OnProgress | None = None
) -> AcceleratedEmbedder | None:
    """The int8 form of an encoder, derived if there is none yet; None if its vectors are too far from the original's.

    Args:
        encoder: From :func:`index.bert.read`.
        original: Opens it in float32; called only where the int8 form has to be compared with it.
        settings: ``embedder``, ``cache_dir`` and ``cores`` count.
        progress: Told when there is to be a wait.
    """
    known = identity(encoder.folder, settings.cache_dir)
    tokenizer = Tokenizer.from_file(str(encoder.folder / "tokenizer.json"))

    def embedder(network: Network) -> AcceleratedEmbedder:
        name = accelerate.accelerated_identity(known)
        return AcceleratedEmbedder(encoder, network, tokenizer, name=settings.embedder, identity=name)

    network = accelerate.kept(encoder, known, settings.cache_dir, settings.cores)
    if network is None and not accelerate.refused(known, settings.cache_dir):
        if progress:
            progress(Progress(f"accelerating {settings.embedder}, once", 0, 0))
        network = accelerate.derive(
            encoder,
            known,
            settings.cache_dir,
            settings.cores,
            tokenise=Tokens(tokenizer, encoder).passages,
            vectors=lambda network, texts: embedder(network).passages(texts),
            original=original().passages,
        )
    return embedder(network) if network else None
