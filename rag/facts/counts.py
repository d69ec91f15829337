"""What the numbers of a sentence count, and whether two sentences count the same thing otherwise. Pure.

"Twelve killed" does not stand on "five killed, twelve hurt", nor does "36", to the question how many gold medals, on
"five gold medals and 36 victories", nor "Sweden has 5 million inhabitants" on "Norway has 5 million inhabitants, Sweden
10 million". What is said of places between which something moves is in :mod:`rag.facts.count_places`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.facts import claim_dates, claim_numbers, count_places, number_words
from rag.facts.claim_numbers import Number
from rag.facts.measures import measures
from rag.wording import CAPITAL, PART_END, WORD, stems

_Place = tuple[str, str]  # on which side of a number a stem stands, and the stem
_WITHIN = 4  # words after a number, of which one says what it counts
_BESIDE_ONE = 2  # the same behind "one"
_NEAR = 80  # characters behind "one" in which these stand
_ROOT, _ENDING = 4, 2  # letters that two stems of one word have in common at least, and that one has more
_SENTENCE_END = re.compile(r"[.!?\n]\s")
_AT_LEAST = re.compile(  # one, or more
    r"\b(?:least|minst|mindst|mindestens|wenigstens|moins|menos|almeno|minstens|minste|vähintään|najmniej|минимум"
    r"|щонайменше|than|än|enn|end|als|que|di)\s+$",
    re.IGNORECASE,
)
_NEAR_BOUND = 15  # characters before a number in which such a word stands
_PART_END = re.compile(r"[,;:!?()\n]|\.\s")  # no end is the full stop of "U.S."
_AT_NAME = re.compile(rf"\s+[^\W\d_]+\s+{CAPITAL}")
# What joins the parts of a list.
_LISTED = re.compile(
    r"\b(?:and|while|but|och|medan|men|og|mens|und|während|aber|et|y|e|ed|en|terwijl|i|a|oraz|и|а|та|і|ja|kun)\b"
)
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
    if count_places.turned_round(said, quoted, code) or count_places.percent_otherwise(said, quoted, code):
        return True
    told: dict[tuple[_Place, str], set[str]] = defaultdict(set)
    beside: dict[str, set[_Place]] = defaultdict(set)
    quotes = list(_counted(quoted, code))
    single = _single(quoted, code)
    for count in (*quotes, *single):
        beside[count.number].update(count.places or count.ahead)
        for place in count.places:
            told[place, count.kind].add(count.number)
    asked, ours = _answering(said, code), list(_counted(said, code))
    if asked is not None and _counts_something_else(asked, quotes):
        return True
    if any(_is_of_another(count, quotes) for count in ours):
        return True
    if not _has_pronoun(quoted, code) and any(_is_not_one(one, quotes, single) for one in _single(said, code)):
        return True
    # What these are of, refute.of_another_kind compares.
    measured = measures(said, code).keys() & {count.number for count in quotes}
    return any(
        count.number not in told[count.places[0], count.kind] and beside[count.number].isdisjoint(count.places)
        for count in ours
        if count.number not in measured and count.places and told[count.places[0], count.kind]
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
        kind: What it can be held against: a number, an ordinal, a part.
        owner: The nearest name before it in its sentence, of which it may be said; empty for none.
        owners: All names since the number before it, or those of that one.
        sentence: Which sentence of the text it is in, from 0.
    """

    number: str
    places: tuple[_Place, ...]
    ahead: tuple[_Place, ...] = ()
    kind: str = "number"
    owner: str = ""
    owners: frozenset[str] = frozenset()
    sentence: int = 0


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


def _is_of_another(ours: _Count, quotes: Sequence[_Count]) -> bool:
    """Whether a number is another's in a quote, where its own has another number of the same thing beside that one."""
    if not ours.owners:
        return False
    theirs = [count for count in quotes if (count.number, count.kind) == (ours.number, ours.kind)]
    if not theirs or any(not one.owner or one.owner in ours.owners for one in theirs):
        return False
    # The "U" of "U.S." is no thing.
    things = {(count.sentence, place) for count in theirs for place in count.places[:1] if len(place[1]) > 1}
    return any(
        count.owner in ours.owners and not things.isdisjoint((count.sentence, place) for place in count.places[:1])
        for count in quotes
        if count.number != ours.number and count.kind == ours.kind
    )


def _counted(text: str, code: str) -> Iterator[_Count]:
    """Each number of a text with what it may count."""
    numbers = claim_numbers.numbers(text, code)
    starts = [*(number.start for number in numbers[1:]), len(text)]
    before = 0
    last = _Count("", ())
    sharing: list[
        _Count
    ] = []  # what they count stands behind the next one: "from 0.5 to 0.75 percent", "eight of nine"
    for number, after in zip(numbers, starts, strict=False):
        lead = text[before : number.start]
        count = _owned(_Count(number.value, (), kind=number.kind), lead, last, code)
        if claim_dates.is_year(number.value):
            yield replace(count, places=tuple(("before", stem) for stem in stems(lead, code)[-1:]))
            sharing = []
        else:
            behind = PART_END.split(text[number.end : after])[0]
            places = _behind(behind, code)
            ahead = tuple(("after", stem) for stem in stems(PART_END.split(lead)[-1], code)[-1:])
            sharing.append(count)
            if places or number.end + len(behind) < after or after == len(text):
                if _is_listed(lead, behind, code):
                    places = tuple(dict.fromkeys((*last.places[:1], *places)))
                yield from (replace(one, places=places, ahead=ahead) for one in sharing)
                sharing = []
                last = replace(count, places=places)
        before = number.end


def _owned(count: _Count, lead: str, last: _Count, code: str) -> _Count:
    """A number with the names before it: those since the number before it, or that one's in the same sentence."""
    *ended, lead = _SENTENCE_END.split(lead)
    count = replace(count, sentence=last.sentence + len(ended))
    goes_on = last.number and not ended
    # What the number before counts has a capital too: "five U.S. Presidents, 19 Justices".
    names = _names(_LISTED.split(_PART_END.split(lead)[-1])[-1] if goes_on else lead, code)
    if names:
        return replace(count, owner=names[-1], owners=frozenset(names))
    return replace(count, owner=last.owner, owners=last.owners) if goes_on else count


def _names(text: str, code: str) -> list[str]:
    """The stems of words with a capital, in order; in German those of all nouns."""
    return [stem for word in WORD.findall(text) if word[0].isupper() for stem in stems(word, code)[:1]]


def _is_listed(lead: str, behind: str, code: str) -> bool:
    """Whether a number counts what the one before it does: ", Sweden 10 million", "and 500 at Scania"."""
    if (first := WORD.match(behind.lstrip())) and stems(first.group(), code):
        return False
    *before, part = _LISTED.split(lead)
    *ended, part = PART_END.split(part)
    if not (before or ended) or any(stems(word, code) for word in WORD.findall(part) if word[0].islower()):
        return False
    return bool(_names(part, code)) or bool(_AT_NAME.match(behind))


def _single(text: str, code: str) -> list[_Count]:
    """What a text has one of, where it says so right before it: "one soldier", "en soldat"."""
    numbers = claim_numbers.numbers(text, code)
    found = []
    for one in number_words.ones(text, code):
        thing = WORD.match(text, one.end + 1)
        counted = thing and stems(thing.group(), code) and not _is_in(one, thing.start(), numbers)
        if _AT_LEAST.search(text, max(0, one.start - _NEAR_BOUND), one.start):
            continue
        if thing and counted:
            behind = PART_END.split(text[one.end : one.end + _NEAR])[0]
            found.append(_Count("1", _behind(behind, code)[:_BESIDE_ONE]))
    return found


def _is_not_one(one: _Count, quotes: Sequence[_Count], single: Sequence[_Count]) -> bool:
    """Whether a quote has several of what a claim has one of, and nowhere one."""
    thing, *_ = one.places
    several = any(
        count.kind == "number" and count.number != "1" and any(_same(place, thing) for place in count.places)
        for count in quotes
    )
    ones = [place for count in (*single, *quotes) if count.number == "1" for place in count.places]
    return several and not any(_same(place, other) for place in ones for other in one.places)


def _same(place: _Place, other: _Place) -> bool:
    """Whether the same stands on one side of two numbers; the stems of one and many may differ: "sold", "soldat"."""
    few, many = sorted((place[1], other[1]), key=len)
    longer = len(few) >= _ROOT and len(many) - len(few) <= _ENDING and many.startswith(few)
    return place[0] == other[0] and (few == many or longer)


def _has_pronoun(text: str, code: str) -> bool:
    """Whether a text has a word for one that stands for something: "one of them"; it may be one of anything."""
    numbers = claim_numbers.numbers(text, code)
    return any(
        not (thing := WORD.match(text, one.end + 1))
        or not (stems(thing.group(), code) or _is_in(one, one.end, numbers))
        for one in number_words.ones(text, code)
    )


def _is_in(one: number_words.Spoken, behind: int, numbers: Sequence[Number]) -> bool:
    """Whether a word for one is a part of a number, or stands before one."""
    last = bisect_right(numbers, behind, key=lambda number: number.start) - 1
    return last >= 0 and (numbers[last].start == behind or one.start < numbers[last].end)


def _behind(text: str, code: str) -> tuple[_Place, ...]:
    return tuple(("after", stem) for stem in stems(text, code)[:_WITHIN])
