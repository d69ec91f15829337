"""Numbers in a sentence, in digits or in words, as one spelling: "1,2 miljoner", "1.2 million", "forty-five". Pure.

Times of day are numbers too: "18.30 Uhr", "6:30 p.m." and "klockan 18:30" are all ``18:30``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rag import number_words

# Groups of thousands begin with three digits at most: "in 2021 350 people" are two numbers.
_NUMBER = re.compile(r"(?<!\d)(?:\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))+|\d+)(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+")
_NEXT = re.compile(rf"[\s\u00a0]*({_WORD.pattern})")
_SEPARATOR = re.compile(r"[.,'’\s\u00a0\u202f](?=\d{3}(?:\D|$))")
_NEAR = 40  # characters beside a number that may say what it counts: in a table of numbers, all would take minutes
_THOUSAND = "000"
_MOST_DIGITS = 15  # of a number that somebody means; decimal arithmetic rounds after 28

# "$50m", "€3bn", "7m people": a letter close behind is a million only where money or people are counted.
CURRENCIES = ("$", "£", "€")
"""Signs that stand before a sum."""

_LETTERS = {"k": 10**3, "m": 10**6, "b": 10**9}
_COUNTED = re.compile(
    r"\s+(?:people|users|customers|viewers|voters|passengers|workers|children|refugees|visitors|households|families"
    r"|jobs|homes|cars|vehicles|copies|barrels|tonnes|doses|euros?|dollars?|pounds?)\b"
)

# From one number to the next, of which the second one's "million" belongs to both: "10 to 15 million".
_RANGE = re.compile(r"\s*(?:[-–—]|to|till|til|bis|à|a|tot|do|до)\s*")
_RANGE_AND = re.compile(r"\s+(?:and|och|og|und|et|y|e|en|i|и)\s+")
_BETWEEN = re.compile(r"\b(?:between|mellan|mellom|mellem|zwischen|entre|tussen|fra|między|между)\s+[$£€]?\s*$")

_AFTERNOON = re.compile(r"\s*p\.?\s?m\b", re.IGNORECASE)
_MORNING = re.compile(r"\s*a\.?\s?m\b", re.IGNORECASE)
_OCLOCK = re.compile(r"\s*(?:Uhr|o['’]clock)\b")
_HOURS = re.compile(r"\s*(?:heures?|horas|ore|uur)\b")  # a time only after "at", else how long
_CLOCK = re.compile(r"\b(?:kl\.?|klockan|klokken|klokka)\s+$", re.IGNORECASE)
_PEOPLE = re.compile(r"\s+(?:personer|människor|mennesker|män|menn|mænd|kvinn[oe]r|kvinder|barn|børn|soldater)\b")
_AT = re.compile(r"(?:\b(?:kl|klockan|klokken|klokka|at|um|à|om|alle|a las?)\.?\s+)$", re.IGNORECASE)
_TIME = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])(?:([:.h])([0-5]\d))?(?!\d|[.,:]\d)(?!h\w)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: In digits, without separators of thousands; a time of day as hours and minutes.
        start, end: Where it stands.
        words: Those that say it, casefolded; of one in digits, what multiplies it.
    """

    value: str
    start: int
    end: int
    words: tuple[str, ...] = ()


def numbers(text: str, code: str) -> list[Number]:
    """The numbers of a text in order, in digits and in words, with what multiplies them: "1.2 million" is ``1200000``.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
    """
    times, rest = _times(text, code)
    digits = _digits(rest, code)
    spoken = [
        Number(_plain(one.value), one.start, one.end, one.words)
        for one in number_words.spoken(rest, code)
        if not any(number.start < one.start < number.end for number in digits)  # the "mil" of "20 mil"
    ]
    return sorted([*times, *digits, *spoken], key=lambda number: number.start)


def _digits(text: str, code: str) -> list[Number]:
    """The numbers that stand in digits."""
    matches = list(_NUMBER.finditer(text))
    scaled = [_scale(text, match, code) for match in matches]
    for i, (one, other) in enumerate(pairwise(matches)):
        if scaled[i][0] == 1 and _is_range(text, one, other):
            scaled[i] = (scaled[i + 1][0], one.end())
    return [
        Number(_scaled(match[0], scale), match.start(), end, tuple(_WORD.findall(text[match.end() : end].casefold())))
        for match, (scale, end) in zip(matches, scaled, strict=True)
    ]


def _scaled(number: str, scale: int) -> str:
    plain = _SEPARATOR.sub("", number).replace(",", ".")
    return _plain(Decimal(plain) * scale) if len(plain) <= _MOST_DIGITS else plain


def _scale(text: str, match: re.Match[str], code: str) -> tuple[int, int]:
    """What a number in digits is multiplied by, for the word or the letter behind it, and where both end."""
    following = _NEXT.match(text, match.end())
    if not following:
        return 1, match.end()
    if scale := number_words.scales(code).get(following[1].casefold()):
        return scale, following.end()
    letter = _LETTERS.get(following[0].casefold())
    money = text.endswith(CURRENCIES, 0, match.start())
    if letter and (money or _COUNTED.match(text, following.end())):
        return letter, following.end()
    return 1, match.end()


def _is_range(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    between = text[one.end() : other.start()].rstrip("".join(CURRENCIES))
    if _RANGE.fullmatch(between):
        return True
    return bool(_RANGE_AND.fullmatch(between) and _BETWEEN.search(_before(one).casefold()))


def _times(text: str, code: str) -> tuple[list[Number], str]:
    """The times of day of a text, and the text with blanks in their place."""
    found: list[Number] = []

    def take(match: re.Match[str]) -> str:
        hour, mark, minute = int(match[1]), match[2], match[3] or "00"
        after = match.string[match.end() : match.end() + _NEAR]
        half = code != "de" and (_AFTERNOON.match(after) or _MORNING.match(after))  # "am" is a word there
        before = _before(match)
        told = (
            half or _OCLOCK.match(after) or (_CLOCK.search(before) and not _PEOPLE.match(after)) or mark in {":", "h"}
        )
        likely = mark or _HOURS.match(after)
        if not told and not (likely and _AT.search(before)):
            return match[0]
        if half and hour <= 12:
            hour = hour % 12 + (12 if _AFTERNOON.match(after) else 0)
        found.append(Number(f"{hour}:{minute}", match.start(), match.end()))
        return " " * len(match[0])

    return found, _TIME.sub(take, text)


def _before(match: re.Match[str]) -> str:
    """What stands right before a number."""
    return match.string[max(0, match.start() - _NEAR) : match.start()]


def _plain(number: Decimal) -> str:
    """In digits, with no zeros after them that say nothing."""
    return f"{number.normalize():f}"


def same(one: str, other: str) -> bool:
    """Whether two numbers are the same, or one was read without its "million"."""
    few, many = sorted((one, other), key=len)
    rest = many.removeprefix(few)
    return few == many or (len(rest) < len(many) and rest == _THOUSAND * (len(rest) // len(_THOUSAND)))
