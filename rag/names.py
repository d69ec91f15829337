"""Who asks for somebody is told the whole name: "Djokovic" becomes "Novak Djokovic", as a passage has it elsewhere.

News say a name in full once and then go on with its last word, and a small model answers with what stands nearest. The
longer form is taken from the passages that were found, letter by letter, so that they can be quoted for it; and only
for a question that asks who.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.language import function_words
from index.types import Hit
from rag import claim_dates

# How a question asks for somebody, by its language.
_WHO = {
    "da": "hvem",
    "de": "wer|wem|wen",
    "en": "who|whom",
    "es": "quién|quien|quiénes|quienes",
    "fr": "qui",
    "it": "chi",
    "nl": "wie",
    "no": "hvem",
    "pt": "quem",
    "sv": "vem|vilka",
}
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"[’']s$")
# What may stand inside a name in small letters, and what stands before one without being a part of it.
_PARTICLES = frozenset(re.findall(r"\w+", "af al av bin da de del den der di dos du el ibn la le ter van von zu"))
_TITLES = frozenset(
    re.findall(
        r"\w+",
        "ambassador attorney captain chairman chancellor chief coach colonel commissioner congressman congresswoman "
        "dame doctor dr emperor foreign former general governor justice king lady lord mayor minister mr mrs ms "
        "officer pope premier president prime prince princess professor queen representative saint secretary senator",
    )
)
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*\s*$")
_LONGEST = 3  # words that may stand before the last one of a name
_SHORTEST = 3  # letters of that
_CLEAR = 2  # times as often as any other name with the same last word


def completed(text: str, question: str, code: str, hits: Sequence[Hit]) -> str:
    """An answer, each name that is only its last word as passages have it in full.

    Args:
        text: The answer.
        question: What was asked; a name that it has is left as it is, and so is all if it does not ask who.
        code: ISO 639-1 code of both.
        hits: The passages.
    """
    asks = _WHO.get(code)
    if asks is None or not re.search(rf"\b(?:{asks})\b", question.casefold()):
        return text
    asked = {word.casefold() for word in _WORD.findall(question)}
    words = list(_WORD.finditer(text))
    for place in reversed(range(len(words))):
        name = _POSSESSIVE.sub("", words[place][0])
        if name.isupper() or len(name) < _SHORTEST or name.casefold() in asked:
            continue
        if _stands_alone(text, words, place):
            start = words[place].start()
            text = f"{text[:start]}{_in_full(name, hits) or name}{text[start + len(name) :]}"
    return text


def _stands_alone(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    """Whether a capitalised word has no other beside it that may belong to the same name."""
    if not words[place][0][0].isupper():
        return False
    after = words[place + 1 : place + 2]
    if any(_adjacent(text, words[place], one) and one[0][0].isupper() for one in after):
        return False
    before = words[max(0, place - 1) : place]
    return not any(
        _adjacent(text, one, words[place])
        and (one[0][0].isupper() or one[0] in _PARTICLES)
        and one[0].casefold() not in _TITLES
        for one in before
    )


def _in_full(name: str, hits: Sequence[Hit]) -> str:
    """The one longer form of a name in the passages; empty if there is none, or several."""
    counted: Counter[str] = Counter()
    for hit in hits:
        for full, opens in _longer(name, hit):
            counted[full] += 1 if opens else 2
    (best, count), (_, next_best) = [*counted.most_common(2), ("", 0), ("", 0)][:2]
    return best if count >= max(2, _CLEAR * next_best) else ""


def _longer(name: str, hit: Hit) -> Iterator[tuple[str, bool]]:
    """Each longer form of a name in a passage, and whether it opens a sentence: then its first word may be any.

    Headlines, where every word may be a capital, have none.
    """
    small = (word for word in _WORD.findall(hit.article.text) if word.islower())
    common = function_words(hit.article.language).union(small)
    days = claim_dates.names(hit.article.language)
    for line in hit.passage.text.splitlines():
        if name not in line or not _ENDED.search(line):
            continue
        words = list(_WORD.finditer(line))
        for place, word in enumerate(words):
            if _POSSESSIVE.sub("", word[0]) != name:
                continue
            if any(_adjacent(line, word, one) and one[0][0].isupper() for one in words[place + 1 : place + 2]):
                continue  # somebody else, or a thing that bears the name
            first = _beginning(line, words, place, common, days)
            if first < place:
                yield line[words[first].start() : word.start()] + name, _opens(line, words[first])


def _beginning(
    line: str, words: Sequence[re.Match[str]], place: int, common: frozenset[str], days: frozenset[str]
) -> int:
    """Place of the first word of the name that ends at a place."""
    first = place
    for earlier in range(place - 1, max(-1, place - 1 - _LONGEST), -1):
        word = words[earlier][0]
        if not _adjacent(line, words[earlier], words[earlier + 1]) or _POSSESSIVE.search(word):
            break
        if word in _PARTICLES:
            continue
        if not word[0].isupper() or word == words[place][0] or word.casefold() in _TITLES | days:
            break  # "On Sunday Djokovic left"
        if word.casefold() in common and _opens(line, words[earlier]):
            break  # "Since Djokovic left"
        first = earlier
    return first


def _opens(line: str, word: re.Match[str]) -> bool:
    """Whether a word is the first of a sentence, and so a capital whatever it is."""
    before = line[: word.start()].rstrip(" \"'“”„‘’»«(–—-")
    return not before or before[-1] in ".!?…:"


def _adjacent(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether nothing but white space, or the dot of an initial, stands between two words."""
    between = text[one.end() : other.start()]
    return between == " " or (between == ". " and len(one[0]) == 1)
