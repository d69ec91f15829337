"""The words and patterns that rules go by, language by language: tables in ``.toml`` files beside the modules."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
"""A word of letters, with the apostrophes and hyphens inside it."""
POSSESSIVE = re.compile(r"[’']s$")
"""The end of a word that owns something."""


@cache
def table(name: str) -> dict[str, Any]:
    """What ``name.toml`` in this package says, mostly by ISO 639-1 code; how it is read is the module's own affair.

    It is read once, and whoever asks gets the same one: nobody may change it.
    """
    return tomllib.loads(resources.files("rag").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
