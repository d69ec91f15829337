"""What the numbers of a sentence count, and whether two sentences count the same thing otherwise. Pure.

"Twelve killed" does not stand on "five killed, twelve hurt", nor does "36", to the question how many gold medals, on
"five gold medals and 36 victories".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from index import language
from rag import claim_dates, claim_numbers
from rag.measures import measures
from rag.wording import WORD

_STOP = re.compile(r"[.,;:!?()\n]")  # ends a part of a sentence
_WITHIN = 4  # words after a number, of which one says what it counts
_HOW_MANY = re.compile(
    r"\b(?:how many|hur många|hvor mange|wie ?viele?|combien(?: de| d['’])?|cu[aá]nt[oa]s|quant[oiae]s?|hoeveel"
    r"|kuinka mon(?:i|ta)|il[eu]|сколько|скільки)(?!\w)",
    re.IGNORECASE,
)


def otherwise(said: str, quoted: str, code: str) -> bool:
    """Whether what a claim counts has another number in its quote: "twelve killed", and "five killed, twelve hurt".

    Args:
        said: The claim, behind its question if it says nothing alone.
        quoted: Its quotes, in the same language.
        code: Their ISO 639-1 code.
    """
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    beside: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for count in _counted(quoted, code):
        beside[count.number].update(count.places or count.ahead)
        for place in count.places:
            told[place].add(count.number)
    measured = measures(said, code)  # what these are of, refute.of_another_kind compares
    asked = _asked_for(said, code)
    for count in _counted(said, code):
        places = count.places or (() if count.ahead else asked)
        if count.number in measured or not places or not told[places[0]]:
            continue
        if count.number not in told[places[0]] and beside[count.number].isdisjoint(places):
            return True
    return False


def _asked_for(said: str, code: str) -> tuple[tuple[str, str], ...]:
    """What a question in front of an answer wants counted, if it does: a number that stands alone counts that."""
    asked = _HOW_MANY.search(said)
    return _behind(_STOP.split(said[asked.end() :])[0], code) if asked else ()


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of a text with the stems that may be what it counts, each with the side of it on which that is said.

    Attributes:
        number: Its digits.
        places: What stands behind it, the nearest first; of a year, what was then.
        ahead: What stands before it, and is what it counts if nothing is behind it: "wounded 12".
    """

    number: str
    places: tuple[tuple[str, str], ...]
    ahead: tuple[tuple[str, str], ...] = ()


def _counted(text: str, code: str) -> Iterator[_Count]:
    """Each number of a text with what it may count."""
    numbers = claim_numbers.numbers(text, code)
    starts = [*(number.start for number in numbers[1:]), len(text)]
    before = 0
    sharing: list[str] = []  # what they count stands behind the next one: "from 0.5 to 0.75 percent", "eight of nine"
    for number, after in zip(numbers, starts, strict=False):
        lead = text[before : number.start]
        if claim_dates.is_year(number.value):
            yield _Count(number.value, tuple(("before", stem) for stem in _stems(lead, code)[-1:]))
            sharing = []
        else:
            behind = _STOP.split(text[number.end : after])[0]
            places = _behind(behind, code)
            ahead = tuple(("after", stem) for stem in _stems(_STOP.split(lead)[-1], code)[-1:])
            sharing.append(number.value)
            if places or number.end + len(behind) < after or after == len(text):
                yield from (_Count(value, places, ahead) for value in sharing)
                sharing = []
        before = number.end


def _behind(text: str, code: str) -> tuple[tuple[str, str], ...]:
    return tuple(("after", stem) for stem in _stems(text, code)[:_WITHIN])


def _stems(text: str, code: str) -> list[str]:
    return [stem for word in WORD.findall(text) for stem in language.terms(word, code)]
