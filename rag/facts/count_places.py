"""What numbers are of a change, or of a whole: from three to five, twelve percent or twelve. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from rag.facts.claim_numbers import CURRENCIES, Number
from rag.facts.measures import measured, percents, plain

_End = Literal["from", "to"]
_OTHER: dict[_End, _End] = {"from": "to", "to": "from"}
_NEAR = 12  # characters before a number in which such a word stands
_SIGN = rf"\s+[{''.join(CURRENCIES)}]?$"
_FROM = re.compile(
    rf"\b(?:from|från|fra|von|vom|de|du|des|del|desde|da|dal|dall|dalla|od|z|ze|с|со|від|з|зі|van){_SIGN}",
    re.IGNORECASE,
)
_TO = re.compile(
    rf"\b(?:to|till|til|auf|bis|à|au|aux|a|al|all|alla|hasta|tot|naar|do|na|до|на|para){_SIGN}", re.IGNORECASE
)
# These say by themselves whence; "de 5 %" may be a rate of 5 percent.
_FROM_ALONE = re.compile(rf"\b(?:from|från|fra|desde|od|від){_SIGN}", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;]\s")
# A claim with one of these is about a share, whatever stands beside its numbers.
_SHARE = re.compile(
    r"%|\bper ?cent|\bpourcent|\bpor(?:cent|cien| cent)|\bpro[csz]ent|\bandel|\banteil|\bpart"
    r"|\bshare|\bproporti|\bquot|\bpct|\bпроцент|\bдол[яию]|\bвідсот|\bчастк|\bodset|\bprosentt",
    re.IGNORECASE,
)
_WORD_NEXT = re.compile(r"[ \u00a0][^\W\d_]")


def turned_round(said: str, quoted: str, code: str) -> bool:
    """Whether a claim has something rise to what its quote has it rise from: "from 5 to 3", and "from 3 to 5".

    Args:
        said: The claim.
        quoted: Its quotes, in the same language.
        code: Their ISO 639-1 code.
    """
    told: dict[str, set[str]] = defaultdict(set)
    for value, end, paired in _ends(quoted, code):
        told[value].add(end if end and paired else "any")
    return any(end and told.get(value) == {_OTHER[end]} for value, end, _ in _ends(said, code))


def _ends(text: str, code: str) -> list[tuple[str, _End | None, bool]]:
    """The numbers of a text, each with whether something goes from or to it, and whether the other end is beside it."""
    written, numbers = plain(text), measured(text, code)
    ends: list[_End | None] = [None] * len(numbers)
    paired = [False] * len(numbers)
    for place, pair in enumerate(pairwise(numbers)):
        if found := _pair(written, pair):
            ends[place : place + 2] = found
            paired[place : place + 2] = [True, True]
    for place, (number, _) in enumerate(numbers):
        if not paired[place]:
            ends[place] = _alone(written, number)
    return [(number.value, end, both) for (number, _), end, both in zip(numbers, ends, paired, strict=True)]


def _pair(text: str, pair: Sequence[tuple[Number, str | None]]) -> tuple[_End, _End] | None:
    """Which ends of one change two numbers beside one another are, if they measure the same."""
    (one, kind), (other, other_kind) = pair
    if kind and other_kind and kind != other_kind:
        return None
    if _SENTENCE_END.search(text, one.end, other.start):
        return None
    before, between = text[max(0, one.start - _NEAR) : one.start], text[max(one.end, other.start - _NEAR) : other.start]
    if _FROM.search(before) and _TO.search(between):
        return "from", "to"
    return ("to", "from") if _TO.search(before) and _FROM.search(between) else None


def _alone(text: str, number: Number) -> _End | None:
    before = text[max(0, number.start - _NEAR) : number.start]
    if _FROM_ALONE.search(before):
        return "from"
    return "to" if _TO.search(before) else None


def percent_otherwise(said: str, quoted: str, code: str) -> bool:
    """Whether a number is of percent in one of a claim and its quotes, and counts something in the other.

    Where either has other percents, or speaks of a share, the word may be left out: "47 percent said yes, 53 no".

    Args:
        said: The claim.
        quoted: Its quotes, in the same language.
        code: Their ISO 639-1 code.
    """
    ours, theirs = measured(said, code), measured(quoted, code)
    if not _SHARE.search(said):
        return not _counting(said, ours).isdisjoint(percents(theirs))
    return not _SHARE.search(quoted) and not percents(ours).isdisjoint(_counting(quoted, theirs))


def _counting(text: str, numbers: Sequence[tuple[Number, str | None]]) -> set[str]:
    """The numbers that measure nothing and stand right before a word."""
    written = plain(text)
    return {number.value for number, kind in numbers if not kind and _WORD_NEXT.match(written, number.end)}
