"""Which words of a text are names: those with a capital that nothing else explains. Pure.

A sentence's first word has a capital anyway, and is a name only if it is a place's, or known to be one; so has every
noun in German, so that of a capital there it is told whether it surely is a name's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from index import language
from rag.facts import demonyms, territories
from rag.facts.measures import MEASURE
from rag.wording import CAPITAL, POSSESSIVE, WORD, unelided

COURTESY = frozenset(re.findall(r"\w+", "mr mrs ms dr sir herr frau fru hr monsieur madame mme señor señora"))
"""What anybody is addressed by, casefolded; no part of a name."""
# What somebody is beside being named: no part of the name either.
_OFFICE = re.compile(
    r"(?:President|Prime(?=\sMinister)|Minister|Premier|Chancellor|Governor|Senator|King|Queen|Prince|Princess|Pope"
    r"|(?:Bundesk|K)anzler(?:in)?|Präsident(?:in)?|Ministerpräsident(?:in)?|König(?:in)?|Papst)(?=\s[A-ZÄÖÜ])"
)
_BEFORE = 40  # characters before a word that may say whether it opens a sentence
_ARTICLE = 12  # letters of the longest of these, and some
# What stands before German nouns, and seldom before names: an article and its like, or a number.
_NOUN_NEXT = re.compile(
    r"(?:\b(?:d(?:er|ie|as|en|em|es)|(?:k|m|s|d)?ein(?:e[nmrs]?)?|(?:ihr|unser|dies|jed|all)(?:e[nmrs]?)?|im|am|zu[mr]|beim"
    r"|vom|ins|ans|hundert|tausend|million(?:en)?|milliarden?|billionen?)|\d)$",
    re.IGNORECASE,
)
# How German makes nouns, and hardly ever a name alone.
_NOUN = re.compile(
    r"\w{2,}(?:heit|keit|schaft|tion|tät|ismus|erei)(?:e?n|s)?|\w{4,}(?:ung|nis|tum|ling|ment)(?:e[ns]?|s|se[ns]?)?"
)
_INSIDE = re.compile(rf"(?<=[\w,;])\s+(?=\w*[’']?{CAPITAL})({WORD.pattern})")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a text.

    Attributes:
        all: Casefolded.
        unsure: Those of them that may be something else: a noun in German, somebody called Jordan.
    """

    all: frozenset[str]
    unsure: frozenset[str]


def read(text: str, code: str, known: Collection[str] = ()) -> Names:
    """The names of a text in a language, word by word; those of places that have several words are found elsewhere.

    Args:
        text: Some sentences, without dates.
        code: ISO 639-1 code.
        known: Names, casefolded: such a word is one also where it opens a sentence.
    """
    words = list(WORD.finditer(text))
    found = {place: name for place in range(len(words)) if (name := _name(words, place, text, code, known))}
    sure = {name for place, name in found.items() if name in known or _is_sure(words, place, found, text, code)}
    nouns = {name for name in found.values() if code == "de" and name not in sure and _NOUN.fullmatch(name)}
    names = frozenset(found.values()) - nouns
    return Names(names, names - sure)


def inside(text: str, code: str) -> frozenset[str]:
    """The words, casefolded, that surely are names in a text, be it a whole article: with a capital inside a sentence.

    In German these are only those that :func:`read` is sure of.
    """
    if code == "de":
        lines = [read(line, code) for line in text.splitlines()]
        return frozenset().union(*(names.all - names.unsure for names in lines))
    return frozenset(bare(match[1], code).casefold() for match in _INSIDE.finditer(text))


def bare(word: str, code: str) -> str:
    """A word without what is elided before it, and without the possessive behind it."""
    return POSSESSIVE.sub("", unelided(word, code))


def is_title(word: re.Match[str], text: str) -> bool:
    """Whether a word of a text is what somebody is addressed by, or an office before a name."""
    return word.group().casefold() in COURTESY or _OFFICE.match(text, word.start()) is not None


@lru_cache(maxsize=50_000)
def stems(word: str, code: str) -> tuple[str, ...]:
    """The stems of a word; none of a function word."""
    return tuple(language.terms(word, code))


def _name(words: list[re.Match[str]], place: int, text: str, code: str, known: Collection[str]) -> str | None:
    """A word as a name, casefolded; None for one that is none."""
    match = words[place]
    if match.group().islower():  # as most are
        return None
    word = bare(match.group(), code)
    if not _may_be_name(word, text, code) or is_title(match, text):
        return None
    before = text[max(0, match.start() - _BEFORE) : match.start()].rstrip(" \"“”„»«'–-")
    plain = not _has_place(word, code) and not _in_capitals(word, text)
    if code == "de" and plain and _NOUN_NEXT.search(before[-_ARTICLE:]):
        return None  # German writes every noun with a capital
    opens = not before or before[-1] in ".!?:\n"
    if opens and plain and word[1:].islower() and not (_is_known(word, known) or _again(word, text, match.end())):
        return None
    return word.casefold()


def _may_be_name(word: str, text: str, code: str) -> bool:
    """Whether a word has a capital and is no function word; the WHO and the US are none in capitals."""
    if not word[:1].isupper():
        return False
    if territories.is_abbreviation(word, code):
        return word.isupper() and not text.isupper()
    return bool(stems(word, code))


def _is_known(word: str, known: Collection[str]) -> bool:
    spelt = word.casefold()
    return spelt in known or spelt.removesuffix("s") in known


def _has_place(word: str, code: str) -> bool:
    """Whether a word is a country's or a city's name, or made of a country's where such words have capitals."""
    if territories.place(word.casefold(), code):
        return True
    return code in demonyms.CAPITALISED and demonyms.country(word, code) is not None


def _in_capitals(word: str, text: str) -> bool:
    """Whether a word is in capitals, but not because all of its text is."""
    return len(word) > 1 and word.isupper() and not text.isupper()


def _again(word: str, text: str, after: int) -> bool:
    """Whether a sentence's first word is part of a name: another capitalised word follows at once."""
    following = WORD.match(text, after + 1)
    return bool(following and following.group()[0].isupper()) or text.count(word) > 1


def _is_sure(words: list[re.Match[str]], place: int, found: Collection[int], text: str, code: str) -> bool:
    """Whether a word is surely the name that it looks like."""
    word = bare(words[place].group(), code)
    owns = POSSESSIVE.search(words[place].group()) is not None
    near = (place - 1,) if owns else (place - 1, place + 1)
    beside = [i for i in near if i in found and _adjacent(words, min(i, place), text)]
    if territories.key(word.casefold(), code):
        return all(_has_place(bare(words[i].group(), code), code) for i in beside)  # not Michael Jordan
    if code != "de" or _in_capitals(word, text) or _has_place(word, code):
        return True
    return _titled(words, place, text) or any(words[i].group().casefold() not in MEASURE for i in beside)


def _adjacent(words: list[re.Match[str]], place: int, text: str) -> bool:
    """Whether nothing but a blank is between a word and the next one."""
    return text[words[place].end() : words[place + 1].start()] == " "


def _titled(words: list[re.Match[str]], place: int, text: str) -> bool:
    """Whether a title or an office stands right before a word."""
    before = words[place - 1] if place else None
    return before is not None and _adjacent(words, place - 1, text) and is_title(before, text)
