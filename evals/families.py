"""Which sets are about the same articles: what one of them has seen, another has not left out."""

from __future__ import annotations

FAMILIES = (frozenset({"squad2-en", "squad2-sv"}), frozenset({"nato", "nato-languages"}))
"""Sets by name: translations of one another, or other questions about the articles of a set.

Sets that merely have one origin are none: norquad-news and norquad-wiki share neither articles nor questions."""


def family(name: str) -> frozenset[str]:
    """All sets that are about the articles of a set, itself among them."""
    return next((one for one in FAMILIES if name in one), frozenset({name}))
