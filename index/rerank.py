"""Hits → hits in a better order: the ``Reranker`` port, keeping the order, and cross-encoders for whoever names one.

The default keeps the order: late interaction has put it right within 10 ms, a cross-encoder takes a forward pass for
each hit, 30 to 60 ms on two cores for a small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from index import weights
from index.errors import UnknownModel
from index.ingest import embedded_text
from index.offline import go_offline
from index.settings import KEEP_ORDER
from index.types import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """Puts hits into another order.

    Attributes:
        name: What the user called it.
        depth: How many hits it wants to see, at least.
    """

    name: str
    depth: int

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """All the hits, best first, with ``rank`` from 1 and ``score`` falling; their passages are not changed."""
        ...


class KeepOrder:
    """The order that search gave them."""

    name = KEEP_ORDER
    depth = 0

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:  # noqa: ARG002 -- the port's signature
        """The hits, numbered from 1."""
        return [replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)]


class CrossEncoderReranker:
    """A model that reads question and passage together and gives one number, loaded by sentence-transformers.

    Args:
        model: The loaded model, of one output.
        name: What the user called it.
        depth: How many hits it reads: each costs a forward pass.
        batch_size: Pairs per forward pass.
    """

    def __init__(self, model: CrossEncoder, *, name: str, depth: int = 20, batch_size: int = 8) -> None:
        self.name = name
        self.depth = depth
        self._model = model
        self._batch_size = batch_size

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits by what the model says of question and passage, equals in the order they came in.

        A passage is read under its article's title, as it was embedded. ``score`` becomes the model's number.
        """
        if not hits:
            return []
        pairs = [(question, embedded_text(hit.article, hit.passage)) for hit in hits]
        scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False)
        ranked = sorted(zip(hits, (float(score) for score in scores), strict=True), key=lambda pair: -pair[1])
        return [replace(hit, score=score, rank=rank) for rank, (hit, score) in enumerate(ranked, start=1)]


def open_reranker(name: str) -> Reranker:
    """The reranker of that name: ``none``, a folder, or the name of a sentence-transformers cross-encoder on a hub.

    Raises:
        UnknownModel: it cannot be loaded, or gives several numbers instead of one.
    """
    if name == KEEP_ORDER:
        return KeepOrder()
    go_offline(hub=weights.is_hub_name(name))
    from sentence_transformers import CrossEncoder

    hint = "Name a folder, or a cross-encoder of a hub that you can reach; none keeps the order of search."
    try:
        model = CrossEncoder(name, device="cpu")
    except (OSError, ValueError) as error:
        raise UnknownModel(f"sentence-transformers cannot load the reranker {name!r}: {error}", hint) from error
    if model.num_labels != 1:
        raise UnknownModel(f"The model {name!r} gives {model.num_labels} numbers for a pair, not one.", hint)
    return CrossEncoderReranker(model, name=name)
