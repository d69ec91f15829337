"""The words and patterns that rules go by, language by language: tables in ``.toml`` files beside the modules."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from index import language

WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
"""A word of letters, with the apostrophes and hyphens inside it."""
POSSESSIVE = re.compile(r"[’']s$")
"""The end of a word that owns something."""
# Articles and prepositions that lose their vowel before one, in the languages that write them so.
_ELIDED = re.compile(r"(?:[ldnmtscj]|(?:jus|lors|puis)?qu|dell|nell|all|dall|sull|un)[’'](?=\w)", re.IGNORECASE)
_ELIDING = frozenset({"ca", "fr", "it"})
_UPPER = [chr(code) for code in range(0x10000) if chr(code).isupper()]
CAPITAL = f"[{''.join(_UPPER)}]"
"""A capital of any script, as a part of a regular expression."""
PART_END = re.compile(r"[.,;:!?()\n]")
"""What ends a part of a sentence."""


def unelided(word: str, code: str) -> str:
    """A word of a language, as ``WORD`` finds it, without what is elided before it: "Ukraine" of "l'Ukraine"."""
    elided = _ELIDED.match(word) if code in _ELIDING else None
    return word[elided.end() :] if elided else word


def stems(text: str, code: str) -> list[str]:
    """The stems of a text's words, in order, without function words."""
    return [stem for word in WORD.findall(text) for stem in language.terms(word, code)]


@cache
def table(name: str) -> dict[str, Any]:
    """What ``name.toml``, a path below ``rag``, says, mostly by ISO 639-1 code; how it is read is its module's affair.

    It is read once, and whoever asks gets the same one: nobody may change it.
    """
    return tomllib.loads(resources.files("rag").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
