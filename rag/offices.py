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
from rag.wording import WORD

_ATTRIBUTES = 6  # words that may stand between the asking and the office: "the new Russian"
_NAME = 3  # words of the longest name, between a title and its last word
_ENDED = re.compile(r"[;:.!?\"“”„«»\n]+")  # between what is told of one and what is told of another
_PAUSED = re.compile(r"[,()–—]")


def another(text: str, question: str, code: str, quotes: Sequence[tuple[str, str]]) -> bool:
    """Whether a question asks who holds an office, and the quotes give the one who is named another office only.

    Args:
        text: The answer.
        question: What was asked.
        code: ISO 639-1 code of both; in a language that is not known here no office is asked for.
        quotes: Text and language of each.
    """
    office = _asked(question, code)
    if office is None:
        return False
    asked = {word.casefold() for word in WORD.findall(question)}
    return any(_holds_another(name, office, quotes) for name in _last_names(text) if name.casefold() not in asked)


def _asked(question: str, code: str) -> str | None:
    """The office whose holder a question asks for."""
    table = wording.table("offices")
    asks, follows = table["asks"].get(code), table["follows"].get(code)
    lowered = question.casefold().replace("’", "'").strip()
    begun = re.match(rf"\W*(?:{asks})\b", lowered) if asks else None
    if begun is None:
        return None
    rest = lowered[begun.end() :]
    for name, pattern in _offices(code).items():
        for match in pattern.finditer(rest):
            before, after = rest[: match.start()], rest[match.end() :]
            if len(WORD.findall(before)) <= _ATTRIBUTES and re.match(rf"\s*(?:\W*$|,|(?:{follows})\b)", after):
                return name
    return None


def _holds_another(name: str, office: str, quotes: Sequence[tuple[str, str]]) -> bool:
    """Whether quotes give somebody a title, and nowhere beside the name the office."""
    titled = False
    for text, code in quotes:
        for before, after in _mentions(name, text):
            beside = _found(before, code) | _found(after, code)
            if office in beside:
                return False
            titled = titled or bool(_titles(before, code))
    return titled


def _mentions(name: str, text: str) -> Iterator[tuple[str, str]]:
    """What stands before and behind each mention of a name, as far as it is told of the same one."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
        before = _PAUSED.split(_ENDED.split(text[: match.start()])[-1])[-1]
        # Behind the name it may go on after a comma: "Lavrov, the ambassador to Belgium, said".
        yield before, " ".join(_PAUSED.split(_ENDED.split(text[match.end() :])[0])[:2])


def _titles(before: str, code: str) -> Collection[str]:
    """The offices that stand right before a name, of which only the first words may be between them."""
    words = before.split()
    names = 0
    while names < min(_NAME, len(words)) and words[-1 - names][:1].isupper():
        names += 1
    # A title may have a capital as well, so that any number of these words may be the name's.
    tails = (" ".join(words[: len(words) - count]) for count in range(names + 1))
    return {
        office
        for tail in tails
        for office, pattern in _offices(code).items()
        if any(match.end() == len(tail) for match in pattern.finditer(tail.casefold()))
    }


def _found(text: str, code: str) -> set[str]:
    return {name for name, pattern in _offices(code).items() if pattern.search(text.casefold())}


def _last_names(text: str) -> list[str]:
    """The last words of the names in a text."""
    words = list(WORD.finditer(text))
    return [
        word[0]
        for word, following in zip(words, [*words[1:], None], strict=True)
        if word[0][0].isupper()
        and not (following and following[0][0].isupper() and text[word.end() : following.start()].isspace())
    ]


@lru_cache(maxsize=16)
def _offices(code: str) -> Mapping[str, re.Pattern[str]]:
    """What finds each office in a language and those that are written alike; longer names first."""
    table: Mapping[str, Mapping[str, str]] = wording.table("offices")["offices"]
    codes = language.close_to(code)
    return {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?!\w)")
        for name, words in table.items()
        if (listed := [words[one] for one in sorted(codes) if one in words])
    }
