"""What the numbers of a sentence count, and whether two sentences count the same thing otherwise. Pure.

"Twelve killed" does not stand on "five killed, twelve hurt", nor does "36", to the question how many gold medals, on
"five gold medals and 36 victories".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag import claim_dates, claim_numbers
from rag.measures import measures
from rag.wording import PART_END, stems

_Place = tuple[str, str]  # on which side of a number a stem stands, and the stem
_WITHIN = 4  # words after a number, of which one says what it counts
# Questions for a number of things, not for "how much", behind which hardly ever stands what is counted.
_HOW_MANY = re.compile(
    r"\b(?:how many|hur många|hvor mange|wie ?vielen?|combien de|cu[aá]nt[oa]s|quant[ie]|quant[oa]s|hoeveel"
    r"|kuinka monta|ile|сколько|скільки)(?!\w)",
    re.IGNORECASE,
)


def otherwise(said: str, quoted: str, code: str) -> bool:
    """Whether what a claim counts has another number in its quote: "twelve killed", and "five killed, twelve hurt".

    Args:
        said: The claim, behind its question if it says nothing alone.
        quoted: Its quotes, in the same language.
        code: Their ISO 639-1 code.
    """
    told: dict[_Place, set[str]] = defaultdict(set)
    beside: dict[str, set[_Place]] = defaultdict(set)
    quotes = list(_counted(quoted, code))
    for count in quotes:
        beside[count.number].update(count.places or count.ahead)
        for place in count.places:
            told[place].add(count.number)
    measured = measures(said, code)  # what these are of, refute.of_another_kind compares
    asked = _answering(said, code)
    return (asked is not None and _counts_something_else(asked, quotes)) or any(
        count.number not in told[count.places[0]] and beside[count.number].isdisjoint(count.places)
        for count in _counted(said, code)
        if count.number not in measured and count.places and told[count.places[0]]
    )


def may_count_the_same(number: str, said: str, quoted: str, code: str) -> bool:
    """Whether a claim does not say what a number of its counts, or a quote has as many of the same."""
    ours, theirs = (
        {place for count in _counted(text, code) if count.number == number for place in count.places}
        for text in (said, quoted)
    )
    return not ours or not ours.isdisjoint(theirs)


@dataclass(frozen=True, slots=True)
class _Count:
    """A number of a text with the stems that may be what it counts, each with the side of it on which that is said.

    Attributes:
        number: Its digits.
        places: What stands behind it, the nearest first; of a year, what was then.
        ahead: What stands before it, and is what it counts if nothing is behind it: "wounded 12".
    """

    number: str
    places: tuple[_Place, ...]
    ahead: tuple[_Place, ...] = ()


def _answering(said: str, code: str) -> _Count | None:
    """The number that is all of an answer to "how many?", with what the question wants counted."""
    asked = _HOW_MANY.search(said)
    if asked is None:
        return None
    things = PART_END.split(said[asked.end() :])[0]
    answer = said[asked.end() + len(things) :]
    alone = [count for count in _counted(answer, code) if not count.places and not count.ahead]
    if not alone or len(claim_numbers.numbers(answer, code)) != 1:
        return None
    return replace(alone[0], places=_behind(things, code))


def _counts_something_else(asked: _Count, quotes: Sequence[_Count]) -> bool:
    """Whether a number plainly counts something else, and another one what was asked for.

    It may do so in other words: so each time it must stand right before what it counts, and the other one right before
    the very word of the question.
    """
    here = [count for count in quotes if count.number == asked.number]
    others = [count for count in quotes if count.number != asked.number and count.places[:1] == asked.places[:1]]
    elsewhere = all(count.places and set(count.places).isdisjoint(asked.places) for count in here)
    return bool(here and others and asked.places and elsewhere)


def _counted(text: str, code: str) -> Iterator[_Count]:
    """Each number of a text with what it may count."""
    numbers = claim_numbers.numbers(text, code)
    starts = [*(number.start for number in numbers[1:]), len(text)]
    before = 0
    sharing: list[str] = []  # what they count stands behind the next one: "from 0.5 to 0.75 percent", "eight of nine"
    for number, after in zip(numbers, starts, strict=False):
        lead = text[before : number.start]
        if claim_dates.is_year(number.value):
            yield _Count(number.value, tuple(("before", stem) for stem in stems(lead, code)[-1:]))
            sharing = []
        else:
            behind = PART_END.split(text[number.end : after])[0]
            places = _behind(behind, code)
            ahead = tuple(("after", stem) for stem in stems(PART_END.split(lead)[-1], code)[-1:])
            sharing.append(number.value)
            if places or number.end + len(behind) < after or after == len(text):
                yield from (_Count(value, places, ahead) for value in sharing)
                sharing = []
        before = number.end


def _behind(text: str, code: str) -> tuple[_Place, ...]:
    return tuple(("after", stem) for stem in stems(text, code)[:_WITHIN])
