"""Whether anything that was found is about the question at all: if nothing is, no model need read it.

"How do I bake bread?", asked of news about NATO, finds some passages too: the nearest there are. They are taken for
nothing if even the nearest is far, and, where it is in the question's language, has next to none of its words. What is
far differs between embedders, so this is known of the default one only; others leave it to the language model.

``python -m evals.relevance`` measures what it lets pass and what it loses; decision 0028 tells how it was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Hit
from rag import confidence
from rag.facts.claims import Terms


@dataclass(frozen=True, slots=True)
class Floor:
    """What is far for an embedder.

    Attributes:
        cosine: Below this of question and nearest passage they are far in one language,
        held: if no passage has as much of the question's names, numbers and words.
        abroad: The same as ``cosine`` where the nearest passage is in another language.
    """

    cosine: float
    held: float
    abroad: float


FLOORS: dict[str, Floor] = {"multilingual-e5-small": Floor(cosine=0.77, held=0.34, abroad=0.72)}
"""By the name of the embedder."""


def is_relevant(question: str, code: str, hits: Sequence[Hit], embedder: str) -> bool:
    """Whether anything found may be about a question.

    Args:
        question: Standing on its own.
        code: Its ISO 639-1 code.
        hits: What was found, at least one.
        embedder: The name of what compared them.
    """
    floor = FLOORS.get(embedder)
    nearest = max((hit for hit in hits if hit.dense is not None), key=lambda hit: hit.dense or 0.0, default=None)
    if floor is None or nearest is None:
        return True
    cosine = nearest.dense or 0.0
    if cosine >= floor.cosine:  # as nearly always: no word need be compared
        return True
    asked = Terms.of(question, code)
    if not asked or (confidence.asked_in_hit(asked, nearest) is None and cosine >= floor.abroad):
        return True
    return max((confidence.asked_in_hit(asked, hit) or 0.0 for hit in hits), default=0.0) >= floor.held
