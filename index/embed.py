"""Text → vectors: the ``Embedder`` port, its adapters, and a double to compute by hand.

Whatever sentence-transformers loads will do. An encoder that :mod:`index.bert` recognises runs in int8 instead, several
times as fast and without torch; :mod:`index.accelerate` sees to it that its vectors are as good as the same.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index import bert, weights
from index.errors import UnknownModel
from index.identity import identity
from index.offline import go_offline_but_for
from index.settings import Settings
from index.types import Progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
TokenIds = npt.NDArray[np.int32]
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one forward pass says of some texts: a vector for each text, and one for each of its tokens.

    Attributes:
        vectors: Shape ``(n, dimension)``, float32, unit length: what ``passages`` or ``query`` gives.
        tokens: For each text shape ``(t, dimension)``, float32, unit length: the last hidden states of its tokens in
            reading order. The prompt's and special tokens are left out, as is what exceeds the model's window.
            ``t`` is 0 for an empty text, and always where a model has no token vectors of that length.
        token_ids: For each text shape ``(t,)``: the ids of those tokens in the model's vocabulary.
    """

    vectors: Vectors
    tokens: list[Vectors]
    token_ids: list[TokenIds]


class Embedder(Protocol):
    """Turns questions and passages into unit vectors of one space.

    Attributes:
        name: What the user called it.
        identity: Hash of its weights and tokenizer; another identity means other vectors.
        dimension: Length of a vector.
    """

    name: str
    identity: str
    dimension: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without prompt and special tokens."""
        ...

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Unit vectors, shape ``(len(texts), dimension)``, of texts that are searched."""
        ...

    def query(self, text: str) -> Vectors:
        """Unit vector, shape ``(dimension,)``, of a text that searches."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """``passages`` and the token vectors of the same forward pass. All are held at once: about 1.5 kB a token."""
        ...

    def encode_query(self, text: str) -> Encoded:
        """``query`` and its token vectors, as an :class:`Encoded` of one text."""
        ...


class SentenceTransformerEmbedder:
    """Anything that sentence-transformers loads, with its own prompts for queries and passages.

    Args:
        model: The loaded model.
        name: What the user called it.
        identity: See :class:`Embedder`.
        batch_size: Texts per forward pass; they are sorted by length first, so that little is padding.
    """

    def __init__(self, model: SentenceTransformer, *, name: str, identity: str, batch_size: int = 32) -> None:
        self.name = name
        self.identity = identity
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model
        self._batch_size = batch_size

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without prompt and special tokens."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Unit vectors of texts that are searched; progress counts passages."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in batches(texts, self._batch_size, progress):
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors

    def query(self, text: str) -> Vectors:
        """Unit vector of a text that searches."""
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """Vectors of texts that are searched and of their tokens; progress counts passages."""
        return self._encode(texts, self._model.prompts.get("document") or "", "document", progress)

    def encode_query(self, text: str) -> Encoded:
        """Vectors of a text that searches and of its tokens."""
        return self._encode([text], self._model.prompts.get("query") or "", "query", None)

    def _encode(self, texts: Sequence[str], prompt: str, task: str, progress: OnProgress | None) -> Encoded:
        encoded = no_tokens(len(texts), self.dimension)
        for batch in batches(texts, self._batch_size, progress):
            rows: Any = self._model.encode(  # its annotations miss that a list gives a list of dicts
                [texts[i] for i in batch],
                prompt=prompt or None,
                output_value=None,
                task=task,
                batch_size=self._batch_size,
                show_progress_bar=False,
            )
            kept = self._kept([prompt + texts[i] for i in batch], len(prompt))
            for i, row, (places, ids) in zip(batch, rows, kept, strict=True):
                encoded.vectors[i] = unit(row["sentence_embedding"].numpy())
                states = row.get("token_embeddings")
                if states is not None and states.shape[1] == self.dimension:
                    # Where the tokenizer pads on the left, the text's tokens are the last ones.
                    real = states[row["attention_mask"].bool()].numpy()
                    encoded.tokens[i], encoded.token_ids[i] = unit(real[places]), ids
        return encoded

    def _kept(self, texts: Sequence[str], start: int) -> Iterator[tuple[npt.NDArray[np.intp], TokenIds]]:
        """Places among a text's tokens, and ids, of those that reach beyond character ``start`` and aren't special."""
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):  # only those of Rust know their offsets
            yield from ((np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int32)) for _ in texts)
            return
        encoded = tokenizer(
            list(texts), truncation=True, return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False
        )
        for ids, offsets, special in zip(
            encoded["input_ids"], encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True
        ):
            places = [i for i, (_, end) in enumerate(offsets) if end > start and not special[i]]
            yield np.array(places, dtype=np.intp), np.array(ids, dtype=np.int32)[places]


class LetterEmbedder:
    """A double to compute by hand: how often each of a–z occurs, scaled to length one.

    A text without any of those letters points along the last of its 27 axes. A token is a word.
    """

    name = "letters"
    identity = "letters-1"
    dimension = 27

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(text.split()) for text in texts]

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """One unit vector of letter counts for each text."""
        vectors = np.stack([self.query(text) for text in texts]) if texts else np.zeros((0, 27), dtype=np.float32)
        if progress:
            progress(Progress("embedding", len(texts), len(texts), "passages"))
        return vectors

    def query(self, text: str) -> Vectors:
        """The unit vector of letter counts."""
        counts = Counter(text.casefold())
        vector = np.array([counts[chr(ord("a") + i)] for i in range(26)] + [0], dtype=np.float32)
        if not vector.any():
            vector[-1] = 1.0
        return unit(vector)

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        """Vectors of texts and of their words; a word's id is its CRC-32 without the lowest bit, so that it fits."""
        return self._with_words(texts, self.passages(texts, progress))

    def encode_query(self, text: str) -> Encoded:
        """The same as for a passage."""
        return self._with_words([text], self.query(text)[np.newaxis])

    def _with_words(self, texts: Sequence[str], vectors: Vectors) -> Encoded:
        words = [text.split() for text in texts]
        tokens = [np.stack([self.query(w) for w in one]) if one else np.zeros((0, 27), np.float32) for one in words]
        ids = [np.array([zlib.crc32(w.casefold().encode()) >> 1 for w in one], dtype=np.int32) for one in words]
        return Encoded(vectors, tokens, ids)


def batches(texts: Sequence[str], size: int, progress: OnProgress | None = None) -> Iterator[list[int]]:
    """Places of the texts, longest first, ``size`` at a time: alike in length, so that little is padding.

    The longest come first so that a machine with too little memory says so at once. Progress counts passages done.
    """
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    for start in range(0, len(order), size):
        batch = order[start : start + size]
        yield batch
        if progress:
            progress(Progress("embedding", start + len(batch), len(texts), "passages"))


def no_tokens(count: int, dimension: int) -> Encoded:
    """An :class:`Encoded` of ``count`` texts to be filled in: vectors of zeros, and no tokens."""
    return Encoded(
        np.zeros((count, dimension), dtype=np.float32),
        [np.zeros((0, dimension), dtype=np.float32) for _ in range(count)],
        [np.zeros(0, dtype=np.int32) for _ in range(count)],
    )


def unit(vectors: Vectors) -> Vectors:
    """The vectors along the last axis, scaled to length one; zeros stay zeros. Shape and float32 are kept."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def open_embedder(settings: Settings, progress: OnProgress | None = None) -> Embedder:
    """Fetch if need be, load, and identify the embedder that the settings name; accelerated where that is possible.

    The first time, acceleration takes some ten seconds; from then on torch is not imported for such an embedder.

    Raises:
        ModelError: it is not known, cannot be fetched, or cannot be loaded.
    """
    go_offline_but_for(settings)
    where = weights.embedder(settings.embedder, settings.models_dir, progress)
    plain = None
    folder = where if isinstance(where, Path) else _snapshot(where)
    if folder is None:
        plain, folder = open_plain(settings, progress), _snapshot(str(where))
    encoder = bert.read(folder) if folder else None
    if encoder is not None:
        from index.embed_int8 import open_accelerated  # brings openvino: not for an embedder that has no use for it

        fast = open_accelerated(encoder, lambda: plain or open_plain(settings), settings, progress)
        if fast is not None:
            return fast
    return plain or open_plain(settings)


def open_plain(settings: Settings, progress: OnProgress | None = None) -> SentenceTransformerEmbedder:
    """The embedder that the settings name as sentence-transformers itself runs it, in float32.

    Raises:
        ModelError: it is not known, cannot be fetched, or cannot be loaded.
    """
    go_offline_but_for(settings)
    where = weights.embedder(settings.embedder, settings.models_dir, progress)
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(settings.cores)
    try:
        model = SentenceTransformer(str(where), device="cpu")
    except (OSError, ValueError) as error:
        raise UnknownModel(
            f"sentence-transformers cannot load the embedder {settings.embedder!r}: {error}",
            "Name a registered embedder (pullquote models), a folder, or a model of a hub you can reach.",
        ) from error
    folder = where if isinstance(where, Path) else _snapshot(where) or Path(where)
    return SentenceTransformerEmbedder(model, name=settings.embedder, identity=identity(folder, settings.cache_dir))


def _snapshot(name: str) -> Path | None:
    """The folder of a hub's model, where sentence-transformers has fetched it to; None if it has not."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    # A name without an owner is one of theirs, but for those that had none from the beginning, as bert-base-uncased.
    for repository in [name] if "/" in name else [f"sentence-transformers/{name}", name]:
        with contextlib.suppress(LocalEntryNotFoundError):
            place = os.environ.get("SENTENCE_TRANSFORMERS_HOME") or None
            return Path(snapshot_download(repository, cache_dir=place, local_files_only=True))
    return None
