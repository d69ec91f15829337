"""Numbers written out, in any language that CLDR spells numbers in: "forty-five", "tvåhundra", "dix-sept". Pure.

Whole ones, numbers and a half, parts ("two thirds") and ordinals ("sixth"). The words are those of
:mod:`rag.facts.number_tables`; what is put together of these is read here. One is left out where it stands alone, since
it is mostly a pronoun or an article, and so are "first" and "second", which say too many other things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from rag.facts import number_tables
from rag.facts.number_parts import OF, Token, before, is_half, is_joined, part_at, share_behind
from rag.facts.number_tables import HALF, ONE, Tongue
from rag.wording import WORD

_LONGEST = 60  # letters of a number in one word; there is no end to those that make no sense
_PER = frozenset({"per", "por", "pour"})  # … cent
_VIGESIMAL = (60, 80)  # soixante et onze, quatre-vingt-onze
_THIRD = 3  # the first ordinal that is read
# Where a date stood, which has been read: of "third of May", no third is left.
_DATE_NEXT = re.compile(r"(?:\s+(?:of|de|del|di))?\s{3}")
_BLANK = 3
_FINAL = re.compile(r"\s+d(?:e|i|e l[ao]s?)\s+final|\s+d(?:e |['’])(?:heure|hora|ora)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number, where in the text it stands, and the words that say it, casefolded, in order."""

    words: tuple[str, ...]
    value: Fraction
    start: int
    end: int
    ordinal: bool = False


def spoken(text: str, code: str) -> Iterator[Spoken]:
    """The numbers that are written out in a text, from two on, as long as they go: "six hundred and twenty" is one.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code; in a language without rules nothing is found.
    """
    tongue = number_tables.tongue(code)
    if tongue is None:
        return
    tokens = _tokens(text, code)
    place = 0
    while place < len(tokens):
        if not _may_say(code, tokens[place].word):
            place += 1
            continue
        end, value, ordinal = _read(tongue, tokens, place, text)
        if value is not None:
            said = tokens[place:end]
            yield Spoken(tuple(token.word for token in said), value, said[0].start, said[-1].end, ordinal)
        place = max(end, place + 1)


def ones(text: str, code: str) -> Iterator[Spoken]:
    """Where a text has a word for one, which in many languages is an article too, also in "one million"."""
    tongue = number_tables.tongue(code)
    if tongue is None:
        return
    for token in _tokens(text, code):
        if token.word in tongue.ones:
            yield Spoken((token.word,), Fraction(1), token.start, token.end)


def early_ordinals(text: str, code: str) -> set[int]:
    """Of "first" and "second", which are no numbers of a text, those that it has."""
    tongue = number_tables.tongue(code)
    if tongue is None:
        return set()
    found = {tongue.ordinals.get(token.word, _THIRD) for token in _tokens(text, code)}
    return {number for number in found if number < _THIRD}


def scales(code: str) -> Mapping[str, int]:
    """Words that multiply the number before them, a dozen and more, each with by how much."""
    tongue = number_tables.tongue(code)
    return number_tables.scales(code) if tongue is None else tongue.scales


@lru_cache(maxsize=50_000)
def _may_say(code: str, word: str) -> bool:
    """Whether a number may begin with a word; few of a text's do."""
    tongue = number_tables.tongue(code)
    if tongue is None:
        return False
    tables = (tongue.scales, tongue.hundred, tongue.ordinals, tongue.shares, tongue.single, tongue.counted, tongue.part)
    return word in HALF or is_half(code, word) or any(word in table for table in tables) or bool(small(tongue, word))


@lru_cache(maxsize=256)  # a sentence is looked through for numbers, for ones and for early ordinals
def _tokens(text: str, code: str) -> Sequence[Token]:
    """The words of a text in a language with tables."""
    tongue = number_tables.tongue(code)
    return tuple(_words(text, tongue)) if tongue else ()


def _words(text: str, tongue: Tongue) -> Iterator[Token]:
    """The words of a text; a compound with hyphens is cut up unless it is a number as a whole."""
    end = 0
    for match in WORD.finditer(text):
        joined = not text[end : match.start()].strip(" \u00a0\u202f")
        end = match.end()
        start = match.start()
        is_compound = "-" in match[0] and not small(tongue, _folded(match[0]))
        for i, part in enumerate(match[0].split("-") if is_compound else [match[0]]):
            yield Token(_folded(part), joined or i > 0, start, start + len(part))
            start += len(part) + 1


def _folded(word: str) -> str:
    return word.casefold().replace("’", "'").replace("ʼ", "'")


def _read(tongue: Tongue, tokens: Sequence[Token], start: int, text: str) -> tuple[int, Fraction | None, bool]:
    """What begins at a token: the place after it, a number or None, and whether it is an ordinal."""
    if half := _half_a_million(tongue, tokens, start):
        return *half, False
    dated = _DATE_NEXT.match(text, tokens[start].end)  # a Fourth of July
    if not dated and (part := part_at(tongue, tokens, start)):
        return *_of_a_million(tongue, tokens, start + 1, part), False
    end, value = _cardinal(tongue, tokens, start, text)
    whole = value is not None and value.denominator == 1
    if whole and value is not None and (of := share_behind(tongue, tokens, end, int(value))):
        return *_of_a_million(tongue, tokens, end + 1, value / of), False
    if whole and value is not None and (last := _ordinal_behind(tongue, tokens, end, int(value), text)):
        return last, value + tongue.ordinals[tokens[last - 1].word], True
    if value is None and (number := _ordinal(tongue, tokens, start, text)):
        return start + 1, Fraction(number), True
    return end, value, False


def _cardinal(tongue: Tongue, tokens: Sequence[Token], start: int, text: str) -> tuple[int, Fraction | None]:
    """The longest number that begins at a token: the place after it, and what it is, or None."""
    total = _Sum()
    place = end = start
    while place < len(tokens) and (place == start or tokens[place].joined):
        word = tokens[place].word
        alone = place == start and _alone(tongue, tokens, start)
        value = small(tongue, word)
        if word in tongue.hundred and (total.takes_hundred() or alone):
            total.current = (total.current or Fraction(1)) * 100
        elif word in tongue.scales and (total.value or alone):
            total.scale(tongue.scales[word])
        elif value and _fits(tongue, total.current, value, linked=end != place):
            total.current += value
        elif _links(tongue, word, total.value) and _goes_on(tongue, tokens, place + 1, total.current):
            place += 1
            continue
        else:
            break
        place = end = place + 1
        if half := tongue.and_half.match(text, tokens[place - 1].end):
            total.half()
            place = end = _after(tokens, place, half.end())
    if end > start and not total.halved and tongue.half_later.match(text, tokens[end - 1].end):
        total.half()
    number = total.value
    return end, number if number > 1 else None


class _Sum:
    """A number while it is read: what has been multiplied, each with by how much, and what may be yet."""

    def __init__(self) -> None:
        self._multiplied: list[tuple[Fraction, int]] = []
        self.current = Fraction(0)
        self.halved = False

    @property
    def value(self) -> Fraction:
        """What it is so far."""
        return sum((value for value, _ in self._multiplied), self.current)

    def scale(self, by: int) -> None:
        """Multiply what is smaller: "dos mil millones" are two thousand millions, "a million two thousand" is not."""
        smaller = self.current
        while self._multiplied and self._multiplied[-1][1] < by:
            smaller += self._multiplied.pop()[0]
        self._multiplied.append(((smaller or Fraction(1)) * by, by))
        self.current = Fraction(0)

    def half(self) -> None:
        """Add a half: of what has just been multiplied by, or of one."""
        just_multiplied = self._multiplied and not self.current
        self.halved = True
        self.current += Fraction(self._multiplied[-1][1], 2) if just_multiplied else Fraction(1, 2)

    def takes_hundred(self) -> bool:
        """Whether it may go on with "hundred": two hundred, fifteen hundred, but not twenty hundred."""
        return 0 < self.current < 10 or (10 < self.current < 100 and self.current % 10 != 0)


def _after(tokens: Sequence[Token], place: int, end: int) -> int:
    """The place of the first token from an offset on."""
    while place < len(tokens) and tokens[place].start < end:
        place += 1
    return place


def _alone(tongue: Tongue, tokens: Sequence[Token], place: int) -> bool:
    """Whether a word is one hundred, thousand or more by itself: after "a", or in a language that needs no "a"."""
    word, previous = tokens[place].word, before(tokens, place)
    return previous in ONE or (
        tongue.bare_hundred and word in tongue.hundred | tongue.thousand and previous not in _PER
    )


def small(tongue: Tongue, word: str) -> Fraction | None:
    """A number that is one word, casefolded, also one that is put together: "tvåhundrafemtio", "femtiotusen"."""
    return tongue.table.get(word) or _compound(tongue, word)


def _compound(tongue: Tongue, word: str) -> Fraction | None:
    if len(word) > _LONGEST:
        return None
    for parts, unit, most in ((tongue.thousand, 1000, 999), (tongue.hundred, 100, 99)):
        for part in parts:
            head, found, tail = word.partition(part)
            if not found or not (head or tail):
                continue
            many = small(tongue, head) if head else Fraction(1)
            rest = small(tongue, tail.removeprefix(tongue.after_hundreds)) if tail else Fraction(0)
            if not many or many > most or rest is None or rest >= unit:
                continue
            if unit == 1000 or many < 10 or many % 10:  # femtonhundra, but there is no twenty hundred
                return many * unit + rest
    return None


def _fits(tongue: Tongue, current: Fraction, value: Fraction, *, linked: bool) -> bool:
    """Whether a number may go on with another one: tens with units, hundreds with what is less."""
    if not current:
        return value > 1 or not linked
    if current % 100 == 0:
        return value < 100
    if tongue.vigesimal and current % 100 in _VIGESIMAL and 10 <= value < 20:
        return True
    return current % 10 == 0 and current % 100 >= 20 and value < 10


def _links(tongue: Tongue, word: str, said: Fraction) -> bool:
    return bool(said) and word in {tongue.after_hundreds, tongue.after_tens} - {""}


def _goes_on(tongue: Tongue, tokens: Sequence[Token], place: int, current: Fraction) -> bool:
    """Whether what stands behind a joining word belongs to the number before it."""
    if not is_joined(tokens, place):
        return False
    value, link = small(tongue, tokens[place].word), tokens[place - 1].word
    if not value:
        return False
    if current % 100 == 0:
        most = 1000 if tongue.code == "pt" and not current else 100  # mil e quinhentos
        return link == tongue.after_hundreds and value < most
    return link == tongue.after_tens and _fits(tongue, current, value, linked=True)


def _half_a_million(tongue: Tongue, tokens: Sequence[Token], start: int) -> tuple[int, Fraction] | None:
    """Half of a million, or of a dozen, if that is what begins at a token."""
    if tokens[start].word not in HALF:
        return None
    place = start + 1
    if is_joined(tokens, place) and tokens[place].word in ONE:
        place += 1
    if is_joined(tokens, place) and tokens[place].word in tongue.scales:
        return place + 1, Fraction(tongue.scales[tokens[place].word], 2)
    return None


def _of_a_million(tongue: Tongue, tokens: Sequence[Token], place: int, part: Fraction) -> tuple[int, Fraction]:
    """The place behind a part, and what it is: "a quarter of a million" is no quarter."""
    behind = place
    for joining in (OF.get(tongue.code, frozenset()), ONE):
        if is_joined(tokens, behind) and tokens[behind].word in joining:
            behind += 1
    if is_joined(tokens, behind) and tokens[behind].word in tongue.scales:
        return behind + 1, part * tongue.scales[tokens[behind].word]
    return place, part


def _ordinal(tongue: Tongue, tokens: Sequence[Token], place: int, text: str) -> int | None:
    """The ordinal that a token is, from the third on, if it is no part of a date or of a championship."""
    number = tongue.ordinals.get(tokens[place].word, 0)
    start, end = tokens[place].start, tokens[place].end
    if number < _THIRD or _DATE_NEXT.match(text, end) or _FINAL.match(text, end):
        return None
    return None if start >= _BLANK and text[start - _BLANK : start].isspace() else number


def _ordinal_behind(tongue: Tongue, tokens: Sequence[Token], place: int, value: int, text: str) -> int | None:
    """The place after an ordinal that a number goes on with: "twenty first", "hundred and fifth"; or None."""
    if is_joined(tokens, place) and tokens[place].word == tongue.after_hundreds and value % 100 == 0:
        place += 1
    if not is_joined(tokens, place):
        return None
    number = tongue.ordinals.get(tokens[place].word, 0)
    fits = number and _fits(tongue, Fraction(value), Fraction(number), linked=True)
    return place + 1 if fits and not _DATE_NEXT.match(text, tokens[place].end) else None
