"""Numbers in a sentence, in digits or in words, as one spelling: "1,2 miljoner", "1.2 million", "forty-five". Pure.

Times of day are numbers too: "18.30 Uhr", "6:30 p.m." and "klockan 18:30" are all ``18:30``. An ordinal is another
number than the cardinal of its digits: "5th", "fifth" and "der 5. Platz" are all ``5.``, so that "the fifth" does not
stand on "five". What has no end in decimals is a fraction: "two thirds" is ``2/3``, "a quarter" ``0.25``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from rag.facts import number_tables, number_words
from rag.wording import stems

# Groups of thousands begin with three digits at most: "in 2021 350 people" are two numbers. Nor do they begin with a 0:
# "0.125" is an eighth.
_NUMBER = re.compile(
    r"(?<!\d)(?:(?P<groups>[1-9]\d{0,2}(?P<mark>[.,'’\u00a0\u202f ])\d{3}(?!\d)(?:(?P=mark)\d{3}(?!\d))*)|\d+)"
    r"(?:[.,]\d+)?(?P<part>[½¼¾⅓⅔])?|(?<![\w.,:/])(?:\.\d+(?!\d|\.\d)|(?P<alone>[½¼¾⅓⅔]))"
)
_PARTS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_WORD = re.compile(r"[^\W\d_]+")
_NEXT = re.compile(rf"[\s\u00a0]*-?({_WORD.pattern})")
_NEAR = 40  # characters beside a number that may say what it counts: in a table of numbers, all would take minutes
_THOUSAND = "000"
_MOST_DIGITS = 15  # of a number that somebody means; decimal arithmetic rounds after 28

# "$50m", "€3bn", "7m people": a letter close behind is a million only where money or people are counted.
CURRENCIES = ("$", "£", "€", "¥", "₹", "₽", "₴", "₺", "₩", "₪")
"""Signs that stand before or behind a sum."""

_SIGNS = "".join(CURRENCIES)
_LETTERS = {"k": 10**3, "m": 10**6, "b": 10**9}
_COUNTED = re.compile(
    r"\s+(?:people|users|customers|viewers|voters|passengers|workers|children|refugees|visitors|households|families"
    r"|jobs|homes|cars|vehicles|copies|barrels|tonnes|doses|euros?|dollars?|pounds?)\b"
    rf"|\s?[{_SIGNS}]"
)
# Less than nothing: a sign or a word before the number, but no hyphen inside a word, between numbers, or before a date
# that has been taken out of the text.
_MINUS = re.compile(
    rf"(?:(?:^|(?<=\S)\s|[(\[„“\"'])[{_SIGNS}]?[-−][{_SIGNS}]?|\b(?:minus|минус|мінус|miinus)\s[{_SIGNS}]?)$",
    re.IGNORECASE,
)
_NO_MINUS = re.compile(r"(?:\d[\s\u00a0]?|\bplus\s?(?:or|eller|oder|ou|o|of)?\s?)$", re.IGNORECASE)
_BELOW_ZERO = re.compile(r"\s?minus(?:grad(?:er|e|en)?|graden)\b", re.IGNORECASE)

# What makes an ordinal of the digits before it, in any language, or in one.
_ORDINAL_MARK = re.compile(r"(?:st|nd|rd|th)\b|:[ae]\b|\.?[ºª]")
_ORDINAL_MARKS = {
    "fr": re.compile(r"(?:er|re|ère|e|è|ème|eme|ième)\b"),
    "nl": re.compile(r"(?:e|de|ste)\b"),
    "ru": re.compile(r"-(?:й|ый|ий|я|ая|е|ое|го|ого|му|м|ю)\b"),
    "sv": re.compile(r"(?:e|:de)\b"),
    "uk": re.compile(r"-(?:й|ий|я|а|е|го|му|ї|ю|та|те|ту|тої)\b"),
}
# In these languages a full stop does: inside of a sentence, before what is ordered.
_ORDINAL_STOP = re.compile(r"\.[ \u00a0]([^\W\d_]+)")
_STOPPED = frozenset({"cs", "da", "de", "et", "fi", "hr", "hu", "no", "pl", "sk", "sl"})
# German nouns have capitals, as sentences do: there an article must stand before it.
_ARTICLE = re.compile(
    r"\b(?:d(?:er|ie|as|en|em|es)|ein(?:e[nmrs]?)?|(?:ihr|sein|unser|dies|jed|mein)(?:e[nmrs]?)?|im|am|zu[mr]|vom|beim)\s$",
    re.IGNORECASE,
)
_LONGEST_ORDINAL = 3  # digits before such a stop

# From one number to the next, of which the second one's "million" belongs to both: "10 to 15 million".
_RANGE = re.compile(r"\s*(?:[-–—]|to|till|til|bis|à|a|tot|do|до)\s*")
_RANGE_AND = re.compile(r"\s+(?:and|och|og|und|et|y|e|en|i|и)\s+")
_BETWEEN = re.compile(rf"\b(?:between|mellan|mellom|mellem|zwischen|entre|tussen|fra|między|между)\s+[{_SIGNS}]?\s*$")

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
        value: In digits, without separators of thousands; a time of day as hours and minutes, an ordinal with a full
            stop behind it, what has no end in decimals as a fraction.
        start, end: Where it stands, with what multiplies it.
        words: Those that say it, casefolded; of one in digits, what multiplies it.
    """

    value: str
    start: int
    end: int
    words: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What it can be held against: another ordinal, another part of a whole, another number."""
        if self.value.endswith("."):
            return "ordinal"
        return "part" if "/" in self.value or self.value.startswith("0.") else "number"


def numbers(text: str, code: str) -> list[Number]:
    """The numbers of a text in order, in digits and in words, with what multiplies them: "1.2 million" is ``1200000``.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code.
    """
    return list(_numbers(text, code))


@lru_cache(maxsize=256)  # every rule on numbers reads the same claim and quotes
def _numbers(text: str, code: str) -> Sequence[Number]:
    times, rest = _times(text, code)
    digits = _joined(_digits(rest, code), rest)
    starts = [number.start for number in digits]
    found = [*times, *digits]
    for one in number_words.spoken(rest, code):
        place = bisect_right(starts, one.start) - 1
        if place >= 0 and one.start < digits[place].end:
            continue  # the "mil" of "20 mil"
        value = f"{one.value}." if one.ordinal else _plain(one.value)
        found.append(_signed(Number(value, one.start, one.end, one.words), rest))
    return tuple(sorted(found, key=lambda number: number.start))


def understood(text: str, code: str) -> frozenset[str]:
    """What a text says although it is none of its numbers: ``1`` for "one", ``1.`` and ``2.`` for "first" and "second".

    These words say too many other things for a text to be held to them; but "1 soldier" stands on "one soldier".
    """
    early = {f"{number}." for number in number_words.early_ordinals(text, code)}
    return frozenset(early | ({"1"} if next(number_words.ones(text, code), None) else set()))


def _digits(text: str, code: str) -> list[Number]:
    """The numbers that stand in digits."""
    matches = list(_NUMBER.finditer(text))
    scaled = [_scale(text, match, code) for match in matches]
    for i, (one, other) in enumerate(pairwise(matches)):
        if scaled[i].by == 1 and _is_range(text, one, other):
            scaled[i] = replace(scaled[i + 1], plus=Fraction(0), end=one.end())
    return [_number(text, match, scale, code) for match, scale in zip(matches, scaled, strict=True)]


def _number(text: str, match: re.Match[str], scale: _Scale, code: str) -> Number:
    """The number that is found in digits, with what multiplies it, its sign, or what makes an ordinal of it."""
    if scale.end == match.end() and match[0].isdecimal() and (end := _ordinal_end(text, match, code)):
        return Number(f"{match[0]}.", match.start(), end)
    words = tuple(_WORD.findall(text[match.end() : scale.end].casefold()))
    return _signed(Number(_scaled(match, scale), match.start(), scale.end, words), text)


def _scaled(match: re.Match[str], scale: _Scale) -> str:
    groups, part = match["groups"] or "", match["part"] or match["alone"] or ""
    rest = match[0][len(groups) : len(match[0]) - len(part)].replace(",", ".")
    plain = (groups.replace(match["mark"], "") if groups else "") + rest
    if len(plain) > _MOST_DIGITS:
        return plain
    whole = Fraction(plain if not plain.startswith(".") else f"0{plain}") if plain else Fraction(0)
    return _plain((whole + Fraction(_PARTS.get(part, "0"))) * scale.by + scale.plus)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a number in digits is multiplied by, what is added then, and where the words end that say so."""

    by: int
    plus: Fraction
    end: int


def _scale(text: str, match: re.Match[str], code: str) -> _Scale:
    """The word or the letter behind a number, and "and a half"; several words after a thousand: "2 mil millones"."""
    by, plus, end = 1, Fraction(0), match.end()
    half = number_tables.and_half(code)
    if found := half.match(text, end):
        plus, end = Fraction(1, 2), found.end()
    if text[end : end + 1] in number_tables.UNSPACED:
        return _Scale(number_tables.UNSPACED[text[end]], Fraction(0), end + 1)
    scales, following = number_words.scales(code), _NEXT.match(text, end)
    while following and (scale := scales.get(following[1].casefold())) and (by == 1 or by == 1000 < scale):
        by, plus, end = by * scale, plus * scale, following.end()
        if (
            following[1].casefold() in number_tables.ABBREVIATED
            and text[end : end + 1] == "."
            and text[end + 1 :].strip()
        ):
            end += 1
        following = _NEXT.match(text, end)
    if by > 1 and not plus and (found := half.match(text, end)):
        return _Scale(by, Fraction(by, 2), found.end())
    if not plus and number_tables.half_later(code).match(text, end):
        return _Scale(by, Fraction(1, 2) if by == 1 else Fraction(0), end)
    if by == 1 and following and (letter := _letter(text, match, following)):
        return _Scale(letter, plus * letter, following.end())
    return _Scale(by, plus, end)


def _letter(text: str, match: re.Match[str], following: re.Match[str]) -> int | None:
    """What a letter behind a number multiplies it by, where money or people are counted."""
    money = text.endswith(CURRENCIES, 0, match.start())
    letter = _LETTERS.get(following[0].strip().casefold().removeprefix("-"))
    return letter if letter and (money or _COUNTED.match(text, following.end())) else None


def _ordinal_end(text: str, match: re.Match[str], code: str) -> int | None:
    """Where an ordinal in digits ends; None for another number."""
    own = _ORDINAL_MARKS.get(code)
    if mark := _ORDINAL_MARK.match(text, match.end()) or (own and own.match(text, match.end())):
        return mark.end()
    stop = _ORDINAL_STOP.match(text, match.end()) if code in _STOPPED and len(match[0]) <= _LONGEST_ORDINAL else None
    if not stop or not stems(stop[1], code):  # "am 12. um 20 Uhr"
        return None
    ordered = stop[1][0].islower() or (code == "de" and _ARTICLE.search(_before(match)))
    return match.end() + 1 if ordered else None


def _signed(number: Number, text: str) -> Number:
    """A number with its minus, if it has one; "F-16", "3-1" and "Covid-19" have none."""
    before = text[max(0, number.start - _NEAR) : number.start]
    minus = _MINUS.search(before if number.start <= _NEAR else f".{before}")
    if minus and not _NO_MINUS.search(before[: len(before) - len(minus[0])]):
        return replace(number, value=f"-{number.value}", start=number.start - len(minus[0].strip("([„“\"' ")))
    if _BELOW_ZERO.match(text, number.end):
        return replace(number, value=f"-{number.value}")
    return number


def _joined(found: Sequence[Number], text: str) -> list[Number]:
    """Numbers of which one goes on with the other: "1億2000万"."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        if last and last.end == number.start and text[last.end - 1] in number_tables.UNSPACED:
            value = _plain(Fraction(last.value) + Fraction(number.value))
            joined[-1] = replace(last, value=value, end=number.end)
        else:
            joined.append(number)
    return joined


def _is_range(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    between = text[one.end() : other.start()].rstrip(_SIGNS)
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


def _plain(number: Fraction) -> str:
    """In digits, with no zeros after them that say nothing; as a fraction if there is no end to them."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(number)
    return f"{(Decimal(number.numerator) / Decimal(number.denominator)).normalize():f}"


def same(one: str, other: str) -> bool:
    """Whether two numbers are the same, or one was read without its "million", or they cannot be held together.

    "The fifth" says nothing against "three", nor "two thirds" against "500".
    """
    if one.endswith(".") != other.endswith(".") or ("/" in one) != ("/" in other):
        return True
    few, many = sorted((one, other), key=len)
    rest = many.removeprefix(few)
    return few == many or (len(rest) < len(many) and rest == _THOUSAND * (len(rest) // len(_THOUSAND)))
