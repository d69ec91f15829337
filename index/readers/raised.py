"""Figures above and below the line, of notes, powers and units, so that no number is another one without them."""

from __future__ import annotations

import re

_PLAIN = "0123456789+-−=()"
_ABOVE = str.maketrans(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_BELOW = str.maketrans(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_FIGURES = re.compile(r"[0-9+\-−–=().,;*\s]+")


def raised(text: str, *, below: bool = False) -> str:
    """Figures and signs as Unicode writes them above or below the line; another text stays what it is."""
    if not _FIGURES.fullmatch(text):
        return text
    return text.translate(_BELOW if below else _ABOVE)
