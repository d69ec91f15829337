"""Numbers written out, in any language that CLDR spells numbers in: "forty-five", "tvåhundra", "dix-sept". Pure.

The words come from the rules by which Unicode has numbers spelt (``unicode-rbnf``), turned round: each number up to a
hundred, and each hundred, is spelt in all its forms, and looked up. What is put together of these is read here. One is
left out where it stands alone, since it is mostly a pronoun or an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.wording import WORD

_HUNDRED = {
    **{"da": "hundrede hundred", "de": "hundert", "en": "hundred", "es": "cien ciento", "fi": "sata sataa"},
    **{"fr": "cent cents", "it": "cento", "nl": "honderd", "no": "hundre", "pt": "cem cento", "sv": "hundra"},
}
_THOUSAND = {
    **{"da": "tusind tusinde", "de": "tausend", "en": "thousand", "es": "mil", "fi": "tuhat tuhatta", "fr": "mille"},
    **{"it": "mille mila", "nl": "duizend", "no": "tusen", "pl": "tysiąc tysiące tysięcy", "pt": "mil"},
    **{"ru": "тысяча тысячи тысяч", "sv": "tusen", "uk": "тисяча тисячі тисяч"},
}
_LARGE = {
    1_000_000: "million millions mn mio miljon miljoner millioner millionen mill mkr mnkr mln miljoen millón millones "
    "milhão milhões milione milioni miljoonaa milionów миллион миллионов миллиона мільйонів",
    1_000_000_000: "billion billions bn mdkr miljard miljarder milliard milliarder milliarden milliards mrd mld mdr "
    "miljarden miliardi miljardia miliardów миллиард миллиардов мільярдів",
    1_000_000_000_000: "trillion trillions tn biljon biljoner biljoen billón billones bilione bilioni",
}
# Where a billion is a thousand times what it is in English.
_LONG_SCALE = frozenset({"da", "de", "fr", "no"})
_LONG = "billion billionen billioner billions"
# Between hundreds and the rest, and between tens and units.
_AFTER_HUNDREDS = {"da": "og", "de": "und", "en": "and", "no": "og", "pt": "e", "sv": "och"}
_AFTER_TENS = {"es": "y", "fr": "et", "pt": "e"}
_HALF = frozenset(
    re.findall(r"\w+", "half halv halva halvt halve halbe halben halber medio media demi mezzo mezza meio meia")
)
_ONE = frozenset(re.findall(r"\w+", "a one en ett et ein eine einer un une una um uma één een"))
_BARE_HUNDRED = frozenset({"es", "fi", "fr", "it", "pt"})
_LONGEST = 60  # letters of a number in one word; there is no end to those that make no sense
_PER = frozenset({"per", "por", "pour"})  # … cent
_VIGESIMAL = (60, 80)  # soixante et onze, quatre-vingt-onze


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number, where in the text it stands, and the words that say it, casefolded, in order."""

    words: tuple[str, ...]
    value: Decimal
    start: int
    end: int


def spoken(text: str, code: str) -> Iterator[Spoken]:
    """The numbers that are written out in a text, from two on, as long as they go: "six hundred and twenty" is one.

    Args:
        text: A sentence.
        code: Its ISO 639-1 code; in a language without rules nothing is found.
    """
    tongue = _tongue(code)
    if tongue is None:
        return
    tokens = list(_tokens(text.lower().replace("’", "'"), tongue))
    place = 0
    while place < len(tokens):
        end, value = tongue.read(tokens, place)
        if value is not None:
            said = tokens[place:end]
            yield Spoken(tuple(token.word for token in said), value, said[0].start, said[-1].end)
        place = max(end, place + 1)


def scales(code: str) -> Mapping[str, int]:
    """Words that multiply the number before them, a thousand and more, each with by how much."""
    tongue = _tongue(code)
    return _large(code) if tongue is None else tongue.scales


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, whether nothing but a space or a hyphen is before it, and where it stands."""

    word: str
    joined: bool
    start: int
    end: int


def _tokens(text: str, tongue: _Tongue) -> Iterator[_Token]:
    """The words of a text; a compound with hyphens is cut up unless it is a number as a whole."""
    end = 0
    for match in WORD.finditer(text):
        joined = not text[end : match.start()].strip(" \u00a0\u202f")
        end = match.end()
        start = match.start()
        for i, part in enumerate([match[0]] if tongue.small(match[0]) else match[0].split("-")):
            yield _Token(part, joined or i > 0, start, start + len(part))
            start += len(part) + 1


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How a language says numbers.

    Attributes:
        table: Numbers below a hundred, and hundreds, that are one word, in all forms.
        hundred, thousand: Words for these.
        scales: Words that multiply by a thousand or more.
        after_hundreds, after_tens: What joins the rest to hundreds, and units to tens; empty for nothing.
        vigesimal: Whether sixty and eighty are counted on from up to nineteen.
        bare_hundred: Whether a hundred or a thousand goes without "a" or "one".
    """

    table: Mapping[str, int]
    hundred: frozenset[str]
    thousand: frozenset[str]
    scales: Mapping[str, int]
    after_hundreds: str
    after_tens: str
    vigesimal: bool
    bare_hundred: bool

    def read(self, tokens: Sequence[_Token], start: int) -> tuple[int, Decimal | None]:
        """The longest number that begins at a token: the place after it, and what it is, or None."""
        if half := self._half(tokens, start):
            return half
        whole, current, place, before = 0, 0, start, start
        while place < len(tokens) and (place == start or tokens[place].joined):
            word = tokens[place].word
            value = self.small(word)
            if word in self.hundred and 0 < current < 10:
                current *= 100
            elif word in self.hundred and place == start and self._alone(tokens, start):
                current = 100
            elif word in self.scales and (current or (place == start and self._alone(tokens, start))):
                whole, current = whole + (current or 1) * self.scales[word], 0
            elif value and self._fits(current, value, linked=before != place):
                current += value
            elif not (self._links(word, current or whole) and self._goes_on(tokens, place + 1, current)):
                break
            else:
                place += 1
                continue
            place += 1
            before = place
        number = whole + current
        return before, Decimal(number) if number > 1 else None

    def _alone(self, tokens: Sequence[_Token], place: int) -> bool:
        """Whether a word is one hundred, thousand or more by itself: after "a", or in a language that needs no "a"."""
        word, before = tokens[place].word, _before(tokens, place)
        return before in _ONE or (self.bare_hundred and word in self.hundred | self.thousand and before not in _PER)

    def small(self, word: str) -> int | None:
        """A number that is one word, also one that is put together: "tvåhundrafemtio", "femtiotusen"."""
        return self.table.get(word) or self._compound(word)

    def _compound(self, word: str) -> int | None:
        if len(word) > _LONGEST:
            return None
        for parts, unit, most in ((self.thousand, 1000, 999), (self.hundred, 100, 9)):
            for part in parts:
                head, found, tail = word.partition(part)
                if not found or not (head or tail):
                    continue
                many = self.small(head) if head else 1
                rest = self.small(tail.removeprefix(self.after_hundreds)) if tail else 0
                if many and many <= most and rest is not None and rest < unit:
                    return many * unit + rest
        return None

    def _fits(self, current: int, value: int, *, linked: bool) -> bool:
        """Whether a number may go on with another one: tens with units, hundreds with what is less."""
        if not current:
            return value > 1 or not linked
        if current % 100 == 0:
            return value < 100
        if self.vigesimal and current % 100 in _VIGESIMAL and 10 <= value < 20:
            return True
        return current % 10 == 0 and current % 100 >= 20 and value < 10

    def _links(self, word: str, said: int) -> bool:
        return bool(said) and word in {self.after_hundreds, self.after_tens} - {""}

    def _goes_on(self, tokens: Sequence[_Token], place: int, current: int) -> bool:
        """Whether what stands behind a joining word belongs to the number before it."""
        if place >= len(tokens) or not tokens[place].joined:
            return False
        value, link = self.small(tokens[place].word), tokens[place - 1].word
        if not value:
            return False
        if current % 100 == 0:
            return link == self.after_hundreds and value < 100
        return link == self.after_tens and self._fits(current, value, linked=True)

    def _half(self, tokens: Sequence[_Token], start: int) -> tuple[int, Decimal] | None:
        """Half of a million, if that is what begins at a token."""
        if tokens[start].word not in _HALF:
            return None
        place = start + 1
        if place < len(tokens) and tokens[place].word in _ONE:
            place += 1
        if place < len(tokens) and tokens[place].word in self.scales:
            return place + 1, Decimal(self.scales[tokens[place].word]) / 2
        return None


def _before(tokens: Sequence[_Token], place: int) -> str:
    """The word right before another one, such as the "a" of "a million"; empty if there is none."""
    return tokens[place - 1].word if place and tokens[place].joined else ""


@lru_cache(maxsize=64)
def _tongue(code: str) -> _Tongue | None:
    from unicode_rbnf import RbnfEngine  # light, but few commands read a sentence

    if code not in RbnfEngine.get_supported_languages():
        return None
    engine = RbnfEngine.for_language(code)
    table: dict[str, int] = {}
    for number in (*range(1, 100), *range(200, 1000, 100)):
        for spelt in engine.format_number(number).text_by_ruleset.values():
            word = spelt.casefold().replace("\u00ad", "").replace("ʼ", "'")
            if " " not in word:
                table.setdefault(word, number)
                table.setdefault(word.replace("é", "e"), number)  # Norwegian "tjueen"
    thousand = frozenset(_THOUSAND.get(code, "").split())
    return _Tongue(
        table=table,
        hundred=frozenset(_HUNDRED.get(code, "").split()),
        thousand=thousand,
        scales={**_large(code), **dict.fromkeys(thousand, 1000)},
        after_hundreds=_AFTER_HUNDREDS.get(code, ""),
        after_tens=_AFTER_TENS.get(code, ""),
        vigesimal=code == "fr",
        bare_hundred=code in _BARE_HUNDRED,
    )


@lru_cache(maxsize=64)
def _large(code: str) -> dict[str, int]:
    found = {word: scale for scale, words in _LARGE.items() for word in words.split()}
    if code in _LONG_SCALE:
        found |= dict.fromkeys(_LONG.split(), 10**12)
    return found
