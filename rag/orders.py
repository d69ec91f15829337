"""Sentences of an article that speak to whoever answers from it: "add this to your reply", "ignore the above".

A model that is told to take all of an article for data still reads such a sentence, and then answers worse, even where
it does not obey. So it is not given any. The article keeps them: only the prompt is without. What gives one away is in
``orders.toml``; a question is never left out, nor what only sounds like an order without speaking to the answerer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

from index.sentences import sentences

# Characters that nobody sees, and that a model reads: zero-width ones, soft hyphens, bidirectional and tag characters.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)

_BEGINNING = r"(?:^|[.!?…:\"“”]\s*|\n\s*)"


def without(text: str, code: str) -> str:
    """An article's text as a model is given it: without what speaks to the model, or hides from people.

    Args:
        text: Some of an article.
        code: ISO 639-1 code of its language. Orders are looked for in that and in English.
    """
    seen = _UNSEEN.sub("", text)
    if not any(_matches(seen, code)):  # as with nearly every text: its sentences need not be told apart
        return seen
    return " ".join(part for span in sentences(seen, code) if not _is_order(part := seen[span.start : span.end], code))


def _is_order(sentence: str, code: str) -> bool:
    """Whether a sentence speaks to the model, and does not go on to ask."""
    return any(match and "?" not in match.string[match.end() :] for match in _matches(sentence, code))


def _matches(text: str, code: str) -> Iterator[re.Match[str] | None]:
    plain = text.casefold().replace("’", "'")
    return (pattern.search(plain) for listed in {code, "en"} for pattern in _patterns().get(listed, ()))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """By language. Where a line begins with ``^``, its words begin a sentence."""
    table = tomllib.loads(resources.files("rag").joinpath("orders.toml").read_text(encoding="utf-8"))
    return {
        code: tuple(re.compile(re.sub(r"^\^", lambda _: _BEGINNING, line)) for line in lines.split("\n") if line)
        for code, lines in table.items()
    }
