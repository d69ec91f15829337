"""Parts of a whole that are written out: "two thirds", "a quarter of", "half of", "en tredjedel". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rag.facts.number_tables import ONE, Tongue


@dataclass(frozen=True, slots=True)
class Token:
    """A word, casefolded, whether nothing but a space or a hyphen is before it, and where it stands."""

    word: str
    joined: bool
    start: int
    end: int


_HALVES = {
    **{"da": "halvdelen halvparten", "de": "hälfte", "es": "mitad", "fi": "puolet", "fr": "moitié", "it": "metà"},
    **{"nl": "helft", "no": "halvparten", "pl": "połowa połowę", "pt": "metade", "ru": "половина половину"},
    **{"sv": "hälften", "uk": "половина половину"},
}
# Of these, and of those with an ordinal before them, a half is one of two parts and no measure; "a metà" is midway.
_ONE_OF_TWO = frozenset(
    re.findall(
        r"\w+",
        "other second zweite zweiten andra andre anden anderen andere autre seconde otra altra outra tweede druga "
        "drugą вторая вторую друга другу w do в a à en em",
    )
)
# In English "half" has many uses: it measures before what it halves, or behind these at the end.
_HALF_OF = frozenset(re.findall(r"\w+", "of the its their his her our my your all those these this that"))
_BY_HALF = frozenset(re.findall(r"\w+", "by in"))
_THE = frozenset({"the"})
_NEAR = 2  # words before "half of" among which "the" makes it one of two: the northern half of
OF = {
    "en": frozenset({"of"}),
    "es": frozenset({"de", "del"}),
    "fr": frozenset({"de", "des", "du", "d"}),
    "it": frozenset({"di", "del", "della", "dei", "degli", "delle", "dell", "d"}),
    "nl": frozenset({"van"}),
    "pt": frozenset({"de", "do", "da", "dos", "das"}),
}
"""What joins a part to its whole."""
# What else may stand behind a part; behind an ordinal stands what is ordered.
_BEHIND = frozenset(
    re.findall(r"\w+", "as the more less fewer higher lower larger smaller to in from since over and or but after")
)
_NO_PART = re.compile(r"final|heure|hora$|ora$")
_FEWEST = 3  # parts that are said with an ordinal


def before(tokens: Sequence[Token], place: int) -> str:
    """The word right before another one, such as the "a" of "a million"; empty if there is none."""
    return tokens[place - 1].word if place and tokens[place].joined else ""


def is_half(code: str, word: str) -> bool:
    """Whether a word may be a half by itself."""
    return word in _HALVES.get(code, "").split()


def is_joined(tokens: Sequence[Token], place: int) -> bool:
    """Whether there is a word at a place with nothing but a space before it."""
    return place < len(tokens) and tokens[place].joined


def part_at(tongue: Tongue, tokens: Sequence[Token], place: int) -> Fraction | None:
    """The part that a token is by itself, or behind a word for one."""
    word = tokens[place].word
    if word in tongue.part:
        return tongue.part[word]
    if _is_half(tongue, tokens, place):
        return Fraction(1, 2)
    if of := tongue.shares.get(word):
        return Fraction(1, of)
    if before(tokens, place) in ONE | tongue.ones and (of := _behind_one(tongue, tokens, place)):
        return Fraction(1, of)
    return None


def share_behind(tongue: Tongue, tokens: Sequence[Token], place: int, many: int) -> int | None:
    """Into how many parts a whole goes of which a number says how many they are: three for "two" before "thirds"."""
    if not is_joined(tokens, place):
        return None
    word = tokens[place].word
    of = tongue.shares.get(word) or tongue.counted.get(word)
    return of if of and many < 100 and not _names_something_else(tokens, place) else None


def _behind_one(tongue: Tongue, tokens: Sequence[Token], place: int) -> int | None:
    """Into how many parts a whole goes of which one is meant; "a third man" is no part."""
    word = tokens[place].word
    if tongue.code != "nl" and (of := tongue.counted.get(word)):
        return of
    of = tongue.single.get(word) or tongue.counted.get(word)
    if not of or of < _FEWEST or _names_something_else(tokens, place):
        return None
    if not is_joined(tokens, place + 1) or before(tokens, place) == "one":  # two-thirds beef and one-third pork
        return of
    following = tokens[place + 1].word.split("'")[0]
    is_behind = following in OF.get(tongue.code, ()) or (tongue.code == "en" and following in _BEHIND)
    return of if is_behind or following in tongue.scales else None


def _names_something_else(tokens: Sequence[Token], place: int) -> bool:
    """Whether a part is one of a championship or an hour: "quart de finale", "quart d'heure"."""
    behind = [token.word for token in tokens[place + 1 : place + 4]]
    return any(_NO_PART.match(word.split("'")[-1]) for word in behind[:1] + behind[1:2])


def _is_half(tongue: Tongue, tokens: Sequence[Token], place: int) -> bool:
    word, previous = tokens[place].word, before(tokens, place)
    if previous in _ONE_OF_TWO - (_BY_HALF if tongue.code == "en" else set()) or previous in tongue.ordinals:
        return False
    if tongue.code != "en":
        return is_half(tongue.code, word)
    if word != "half" or _THE & {token.word for token in tokens[max(0, place - _NEAR) : place]}:
        return False
    following = tokens[place + 1].word if is_joined(tokens, place + 1) else ""
    return following in _HALF_OF or previous == "one" or (previous in _BY_HALF and not following)
