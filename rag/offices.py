"""Whether somebody who is named holds the office that was asked for, or another one.

"Who is the ambassador to Belgium?" – "Ida Falk", on the quote '"Call our ambassador there," Foreign Minister Ida Falk
said.': a small model takes the name that stands nearest. Such an answer is not dropped, since a person may hold two
offices; it is believed half as much, so that the next round is read, or nothing is answered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from index import language
from rag import wording
from rag.facts import territories
from rag.wording import POSSESSIVE, WORD

_ATTRIBUTES = 6  # words that may stand between the asking and the office: "the new Russian"
_NAME = 3  # words of the longest name, between a title and its last word
_SINCE = 3  # words between "former" and the office: "former New York City mayor"
_NEAR = 300  # characters to either side of a name in which its offices are told
_BEHIND = 4  # parts of a sentence behind a name: "Falk (58), the ambassador to Belgium"
_ENDED = re.compile(r"[;:!?\"“”„«»\n]|(?<!\b[A-Z])\.")  # what is told of one ends; not in "U.S." or "John F. Kennedy"
_PAUSED = re.compile(r"[,()–—]")
_NUMERAL = re.compile(r"[IVX]+|\w")  # the "II" of "Abdullah II", the "F" of "John F. Kennedy": no last names
_IN_A_NAME = re.compile(r"\s+(?:(?:[IVX]+|[A-Z])\.?\s+)*")  # between two words of it


def another(text: str, question: str, code: str, quotes: Sequence[tuple[str, str]]) -> bool:
    """Whether a question asks who holds an office, and the quotes give whom the answer names another office only.

    Args:
        text: The answer.
        question: What was asked.
        code: ISO 639-1 code of both; in a language that is not known here no office is asked for.
        quotes: Text and language of each.
    """
    offices = _asked(question, code)
    if not offices:
        return False
    asked = {POSSESSIVE.sub("", word).lower() for word in WORD.findall(question)}
    told = [_holds(name, offices, quotes) for name in _last_names(text, code) if name.lower() not in asked]
    return False in told and True not in told


def _is_no_person(name: str, code: str) -> bool:
    """Whether a name of one word is that of a country or a body, which the sentence about an office may have too."""
    name = POSSESSIVE.sub("", name)
    return name.isupper() or territories.key(name.casefold(), code) is not None


def _asked(question: str, code: str) -> frozenset[str]:
    """The offices whose holder a question asks for: several if they have one name, mostly one or none."""
    table = wording.table("offices")
    asks, follows = (table[part].get(code) for part in ("asks", "follows"))
    lowered = question.lower().replace("’", "'").strip()
    begun = re.match(rf"\W*(?:{asks})\b", lowered) if asks else None
    if begun is None:
        return frozenset()
    rest = lowered[begun.end() :]
    found = [(match.span(), name) for name, pattern in _offices(code).items() for match in pattern.finditer(rest)]
    whole = [span for span, _ in found if re.match(rf"\s*(?:\W*$|,|(?:{follows})\b)", rest[span[1] :])]
    if not whole:
        return frozenset()
    first = min(whole, key=lambda span: (span[0], -span[1]))  # "the spokesman of the president" is no president
    return frozenset(name for span, name in found if span == first and _attributes(rest[: span[0]], code))


def _attributes(text: str, code: str) -> bool:
    """Whether what stands between the asking and an office only describes it, unlike "fired by the"."""
    words = WORD.findall(text)
    deeds = wording.table("offices")["deeds"].get(code)
    return (
        len(words) <= _ATTRIBUTES
        and language.function_words(code).isdisjoint(words[1:])
        and not (deeds and any(re.search(deeds, word) for word in words))
    )


def _holds(name: str, offices: Collection[str], quotes: Sequence[tuple[str, str]]) -> bool | None:
    """Whether quotes give somebody one of the offices; ``None`` if they give no other title either."""
    titled = False
    for text, code in quotes:
        for before, around in _mentions(name, text):
            if not _found(around, code).isdisjoint(offices):
                return True
            titled = titled or _titled(before, code)
    return False if titled else None


def _mentions(name: str, text: str) -> Iterator[tuple[str, str]]:
    """What stands right before each mention of a name, and all around it that is told of the same one."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        start, end = match.span()
        *earlier, before = _PAUSED.split(_ENDED.split(text[max(0, start - _NEAR) : start])[-1])
        behind = _PAUSED.split(_ENDED.split(text[end : end + _NEAR])[0])[:_BEHIND]
        named = all(word[0].isupper() for word in before.split())  # "The mayor, Ida Falk, said"
        yield before, ", ".join([*(earlier[-1:] if named else []), before, *behind])


def _titled(before: str, code: str) -> bool:
    """Whether an office stands right before a name, of which only the first words may be between them."""
    words = before.split()
    names = 0
    while names < min(_NAME, len(words)) and words[-1 - names][0].isupper():
        names += 1
    # A title may have a capital as well, so that any number of these words may be the name's.
    tails = [" ".join(words[: len(words) - count]).lower() for count in range(names + 1)]
    return any(
        match.end() == len(tail) and not _left(tail[: match.start()], code)
        for tail in tails
        for pattern in _offices(code).values()
        for match in pattern.finditer(tail)
    )


def _left(before: str, code: str) -> bool:
    """Whether what stands before an office says that somebody has left it."""
    former = _either(wording.table("offices")["former"], code)
    return bool(former and re.search(rf"(?<!\w)(?:{former})\W+(?:\w+\W+){{0,{_SINCE}}}$", before))


def _found(text: str, code: str) -> set[str]:
    lowered = text.lower()
    return {name for name, pattern in _offices(code).items() if pattern.search(lowered)}


def _last_names(text: str, code: str) -> list[str]:
    """The last words of the names in a text; a function word alone, such as "Our", only begins a sentence."""
    names: list[list[str]] = []
    end = 0
    for word in WORD.finditer(text):
        if not word[0][0].isupper() or _NUMERAL.fullmatch(word[0]):
            continue
        if names and _IN_A_NAME.fullmatch(text[end : word.start()]):
            names[-1].append(word[0])
        else:
            names.append([word[0]])
        end = word.end()
    small = language.function_words(code)
    people = (name for name in names if len(name) > 1 or not (name[0].lower() in small or _is_no_person(name[0], code)))
    return [POSSESSIVE.sub("", name[-1]) for name in people]


@lru_cache(maxsize=16)
def _offices(code: str) -> Mapping[str, re.Pattern[str]]:
    """What finds each office in lowered text of a language and those that are written alike."""
    return {
        name: re.compile(rf"(?<!\w)(?:{either})(?!\w)")
        for name, words in wording.table("offices")["offices"].items()
        if (either := _either(words, code))
    }


def _either(words: Mapping[str, str], code: str) -> str:
    """A pattern for what is listed for a language and those that are written alike; empty if nothing is."""
    return "|".join(words[one] for one in sorted(language.close_to(code)) if one in words)
