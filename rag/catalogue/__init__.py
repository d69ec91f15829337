"""Questions about the library itself, answered without search or model: "which articles do you have on NATO?"."""

from rag.catalogue.replies import answer

__all__ = ["answer"]
