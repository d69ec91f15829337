"""Text → vectors: the ``Embedder`` port, its sentence-transformers adapter, and a double to compute by hand."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index import weights
from index.errors import UnknownModel
from index.offline import go_offline
from index.settings import Settings
from index.types import Progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
OnProgress = Callable[[Progress], None]


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
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for start in range(0, len(order), self._batch_size):
            batch = order[start : start + self._batch_size]
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(Progress("embedding", start + len(batch), len(texts), "passages"))
        return vectors

    def query(self, text: str) -> Vectors:
        """Unit vector of a text that searches."""
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)


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
        return vector / np.linalg.norm(vector)


def open_embedder(settings: Settings, progress: OnProgress | None = None) -> SentenceTransformerEmbedder:
    """Fetch if need be, load, and identify the embedder that the settings name.

    Raises:
        ModelError: it is not known, cannot be fetched, or cannot be loaded.
    """
    where = weights.embedder(settings.embedder, settings.models_dir, progress)
    go_offline(hub=isinstance(where, str))
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
    folder = where if isinstance(where, Path) else _hub_folder(where)
    return SentenceTransformerEmbedder(
        model, name=settings.embedder, identity=folder_identity(folder, settings.cache_dir)
    )


def _hub_folder(repository: str) -> Path:
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(repository, local_files_only=True))


def folder_identity(folder: Path, cache_dir: Path) -> str:
    """SHA-256 over the names and bytes of a model folder's files, remembered while none of them is touched.

    The weights are hundreds of MB; hashing them at each start would be felt, so the result is kept in
    ``cache_dir`` under the sizes and modification times it was computed from.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".md", ".lock"})
    stamp = [[str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    key = hashlib.sha256(json.dumps([str(folder.resolve()), stamp]).encode()).hexdigest()
    note = cache_dir / "identities" / key
    if note.is_file():
        return note.read_text(encoding="ascii")
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder)}\0".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    identity = digest.hexdigest()
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(identity, encoding="ascii")
    return identity
