"""One spelling of a name or a word in whatever letters: Lavrov, Lawrow, Лавров; Schröder, Schroeder. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

# What transliterations differ in: Chruschtschow, Khrushchev; Lawrow, Lavrov; Sergej, Sergey; Selenskyj, Zelensky;
# Poutine, Putin. What is within another comes after it.
_FOLDED = [
    *(("chtch", "sc"), ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("tj", "c"), ("sj", "s"), ("sh", "s"), ("cz", "c")),
    *(("ch", "c"), ("kh", "c"), ("ph", "f"), ("th", "t"), ("dh", "d")),
]
_LETTERS = str.maketrans({"w": "v", "j": "i", "y": "i", "k": "c", "q": "c", "z": "s"})
_UMLAUT = re.compile(r"(?<=[aou])e(?=[a-z])")
_FRENCH = re.compile(r"ou(\w*)ine\b")  # Poutine, but not Martine
_YO = re.compile(r"(?<=[cs])i?[eo]v(?=\w{0,2}$)")  # what ё is after these: Gorbachev, Gorbatschow
_DOUBLED = re.compile(r"([a-z])\1+")
# Languages without cases: what they add to a name is a genitive, or the plural of those who bear it.
_CASELESS = frozenset({"af", "ca", "da", "de", "en", "es", "fr", "gl", "it", "nl", "no", "pt", "sv"})
_GENITIVES = {"de": ("s", "es")}
_ENDING, _SHORTEST = 2, 4  # letters that an inflection may add, and letters that are left
_SHORTEST_NAME = 3


@lru_cache(maxsize=50_000)
def spelling(word: str) -> str:
    """A word in Latin letters without accents, those folded that transliterations differ in."""
    plain = _FRENCH.sub(r"u\1in", anyascii(word).casefold()).replace("ou", "u").replace("'", "")
    plain = _UMLAUT.sub("", plain)
    for several, one in _FOLDED:
        plain = plain.replace(several, one)
    return _YO.sub("ov", _DOUBLED.sub(r"\1", plain.translate(_LETTERS)))


def cut(spelt: str) -> frozenset[str]:
    """A spelling, and it without up to two letters of its end; nothing for a short one."""
    return frozenset(spelt[: len(spelt) - end] for end in range(_ENDING + 1) if len(spelt) - end >= _SHORTEST)


@lru_cache(maxsize=50_000)
def of_name(name: str, code: str) -> frozenset[str]:
    """The spellings of a name in a language, with and without an ending that it may have there.

    Larsson is not Larsen, nor Maria Mario; but Лаврова may be Лавров. What is spelt with a q in English is with a k or
    a g elsewhere.
    """
    spelt = spelling(name)
    found = _caseless(name, code) if code in _CASELESS else cut(spelt) | {spelt}
    if "q" in name:
        found |= of_name(name.replace("q", "g"), code)
    return frozenset(one for one in found if len(one) >= min(_SHORTEST_NAME, len(name)))


def _caseless(name: str, code: str) -> frozenset[str]:
    endings = ("", *_GENITIVES.get(code, ("s",)))
    bare = name.rstrip("’'")
    return frozenset(spelling(bare.removesuffix(ending)) for ending in endings)
