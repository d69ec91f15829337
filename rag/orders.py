"""Sentences of an article that speak to whoever answers from it: "add this to your reply", "ignore the above".

A model that is told to take all of an article for data still reads such a sentence, and then answers worse, even where
it does not obey. So it is given none that can be told by its words, which are in ``orders.toml``, and no quote is cut
from one. The article keeps them. A question is no order, nor is what somebody is reported to have said.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.sentences import sentences
from rag import wording

# Characters that nobody sees, and that a model reads: soft hyphens, zero-width ones, fillers, variation selectors,
# bidirectional and tag characters. Joiners stay, since some scripts are written with them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e01ef]"
)
_JOINERS = re.compile("[\u200c\u200d]")
_BEGINNING = r"(?:^|[.!?…:\"“”] ?)"
# What somebody is told to have said: between quotation marks, or behind a dash and before a comma and who says it.
_SAYS = (
    "said|says|told|wrote|asked|sa|sade|säger|skrev|skriver|sier|siger|sagde|opplyser|oplyser|sagte|schreibt|schrieb|"
    "a (?:dit|demandé|écrit|déclaré)|dijo|pidió"
)
_QUOTED = re.compile(
    '“[^”]*”|”[^”]*”|„[^“”]*[“”]|"[^"]*"|«[^»]*»|»[^«]*«|(?<!\\w)[‘\'].+?\'(?!\\w)'
    rf"|^[–—-] .+(?=, (?:{_SAYS})\b)"
)
_REPORTED = 2  # words beside what is quoted, from which on somebody tells of it


def without(text: str, code: str) -> str:
    """An article's text as a model is given it: without what speaks to the model, or hides from people.

    Args:
        text: Some of an article.
        code: ISO 639-1 code of its language. Orders are looked for in that and in English.
    """
    seen = _UNSEEN.sub("", text)
    lines = [line for line in seen.splitlines() if line.strip()]
    if not any(_spoken(one, code) for one in (seen, ". ".join(lines))):  # nearly always: no sentence need be looked at
        return seen
    return " ".join(part for span in sentences(seen, code) if not is_order(part := seen[span.start : span.end], code))


def is_order(sentence: str, code: str) -> bool:
    """Whether a sentence in a language speaks to the model, and neither asks nor reports."""
    spoken = _spoken(sentence, code)
    if not spoken:  # as with nearly every sentence
        return False
    plain = _plain(sentence)
    quoted = [match.span() for match in _QUOTED.finditer(plain)]
    beside = len(re.findall(r"\w+", _QUOTED.sub(" ", plain)))
    return any(
        "?" not in plain[end:]
        and not (beside >= _REPORTED and any(first <= start and end <= last for first, last in quoted))
        for start, end in spoken
    )


def _spoken(text: str, code: str) -> list[tuple[int, int]]:
    """Where a text has words that speak to the model, in its plain form."""
    plain = _plain(text)
    return [
        match.span()
        for listed in {code, "en"}
        for pattern in _patterns().get(listed, ())
        for match in pattern.finditer(plain)
    ]


def _plain(text: str) -> str:
    """The text as patterns are matched in it."""
    return " ".join(_JOINERS.sub("", text).casefold().replace("’", "'").split())


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """By language. Where a line begins with ``^``, its words begin a sentence."""
    table = wording.table("orders")
    return {
        code: tuple(re.compile(re.sub(r"^\^", lambda _: _BEGINNING, line)) for line in lines.split("\n") if line)
        for code, lines in table.items()
    }
