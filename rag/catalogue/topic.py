"""Whether an article names a topic: its words in any form or spelling, its countries in any language. Pure.

A word that merely begins like another is another: "Niger" is not in "Nigeria", nor "EU" in "Europe". Old spellings of
one name are ("Lawrow", "Lavrov", "Лавров"), and so are the names of one country ("Ryssland", "Russia").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile

from index import language
from index.types import Article
from rag.facts import claims, territories
from rag.wording import CAPITAL, POSSESSIVE, unelided

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"  # of a word
_GENITIVE = r"(?:[’':]?s)?"
_WORD = re.compile(rf"(?:{CAPITAL}\.){{2,}}|[^\W_]+(?:[’'.,-][^\W_]+)*")
_ABBREVIATION = re.compile(rf"{CAPITAL}(?:\.?{CAPITAL})+\.?")
_MANY = 1000  # articles, in which all names are found in half a second
_SHORT = 3  # letters of an abbreviation that is always written in capitals, and of a word that takes no bare "s"
# What countries are called besides what CLDR says.
_ALSO = {
    "@US": "united states of america|u\\.s\\.a|vereinigten? staaten(?: von amerika)?|amerikas förenta stater"
    "|förenta staterna|(?:amerikas )?(?:forente|forenede) stater|estados unidos de américa|états-unis d['’]amérique",
    "@GB": "great britain|britain|großbritanniens?|storbritannia|gran bretaña|grande-bretagne",
}
_ALSO_NAMED = {key: re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) for key, names in _ALSO.items()}


def is_abbreviation(word: str) -> bool:
    """Whether a word is several capitals, with or without dots: "NATO", "U.S."."""
    return _ABBREVIATION.fullmatch(word) is not None


class Written:
    """What an article says, in the forms that a topic is compared with."""

    def __init__(self, article: Article) -> None:
        self.raw = unicodedata.normalize("NFKC", f"{article.title}\n{article.text}")
        self.folded = self.raw.casefold()
        self.language = article.language

    @cached_property
    def names(self) -> frozenset[str]:
        """The words with a capital."""
        return frozenset(word for word in _WORD.findall(self.raw) if word[0].isupper())

    @cached_property
    def territories(self) -> frozenset[str]:
        """The keys of the countries and alliances it names by one word."""
        found = {
            territories.key(word.casefold().rstrip("."), self.language)
            for name in self.names
            for word in (name, *name.split("-"))
            if len(word.rstrip("s")) > _SHORT or is_abbreviation(word)
        }
        return frozenset(filter(None, found))

    @cached_property
    def long_named(self) -> frozenset[str]:
        """The keys of those it names by several; looked for last, as it takes longest."""
        return _of_several_words(self.raw, self.language)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of a topic, its language, and the key of the country or alliance that it is, if it is one."""

    word: str
    language: str
    territory: str | None = None

    def stands_in(self, text: Written, *, respelt: bool = True) -> bool:
        """Whether an article has the word, in this or another form, or ``respelt``, which takes longest to find."""
        if self.territory is not None and self._called(self.territory, text):
            return True
        return bool(self.word) and self._said(text, respelt=respelt)

    def _called(self, territory: str, text: Written) -> bool:
        """Whether an article has what its language calls a country or an alliance."""
        small, capital = _names_of(territory, text.language)
        if small.search(text.folded) or capital.search(text.raw):
            return True
        if not territories.has_cases(text.language):
            return False
        return territory in text.territories or territory in text.long_named

    def _said(self, text: Written, *, respelt: bool) -> bool:
        if is_abbreviation(self.word):
            return _abbreviation(self.word).search(text.raw) is not None
        spelt = self.word.casefold() in text.folded and _spelt(self.word).search(text.folded) is not None
        return spelt or self._inflected(text) or (respelt and self._respelt(text))

    def _inflected(self, text: Written) -> bool:
        """Whether a word of the article has the same stem, in the language of the question or of the article."""
        word = self.word.casefold()
        for code in {self.language, text.language}:
            terms = language.terms(word, code)
            if len(terms) > 1 and word in text.folded:  # of a script without blanks, or with a hyphen
                return True
            if terms and all(_has(term, word, text.folded, code) for term in terms):
                return True
        return False

    def _respelt(self, text: Written) -> bool:
        """Whether a name is in the article in another spelling, such as another language has for it."""
        wanted = _spelling(self.word) if self.word[0].isupper() else ""
        return bool(wanted) and any(_is_spelt(wanted, self.word, name) for name in text.names)


def wanted(topic: str, code: str) -> list[Wanted]:
    """What an article must have to name a topic: each of its countries, alliances and other words that count."""
    plain = unicodedata.normalize("NFKC", topic)
    found = [Wanted("", code, key) for key in sorted(_of_several_words(plain, code))]
    rest = plain
    for pattern in _ALSO_NAMED.values():  # before "United States", which "United States of America" begins with
        rest = pattern.sub(" ", rest)
    for several in territories.of_several_words(rest, code):
        rest = re.sub(re.escape(several).replace(r"\ ", r"\s+"), " ", rest, flags=re.IGNORECASE)
    for match in _WORD.findall(rest):
        word = POSSESSIVE.sub("", unelided(match, code)).rstrip(".")
        if language.terms(word, code) or is_abbreviation(word):
            found.append(Wanted(word, code, territories.key(word.casefold(), code)))
    return found


def naming(articles: Sequence[Article], any_of: Sequence[Sequence[Wanted]]) -> list[Article]:
    """The articles that have every word of one of several topics.

    Of many articles, those that spell a name otherwise are only looked for if none has it as it is asked for.
    """
    written = [(article, Written(article)) for article in articles]

    def found(*, respelt: bool) -> list[Article]:
        return [
            article
            for article, text in written
            if any(all(one.stands_in(text, respelt=respelt) for one in words) for words in any_of)
        ]

    many = len(articles) > _MANY
    return found(respelt=not many) or (found(respelt=True) if many else [])


def _of_several_words(text: str, code: str) -> frozenset[str]:
    """The keys of countries whose names have several words, or are others than CLDR's."""
    also = {key for key, pattern in _ALSO_NAMED.items() if pattern.search(text)}
    return (
        frozenset(filter(None, (territories.key(name, code) for name in territories.of_several_words(text, code))))
        | also
    )


@lru_cache(maxsize=256)
def _names_of(territory: str, code: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a territory is called in a language, in small letters; and by its capitals alone, as "US" and "us" are."""
    called = territories.called(territory, code)
    short = {name for name in called if territories.is_abbreviation(name, code)}
    small = "|".join(sorted(map(re.escape, called - short), key=len, reverse=True)).replace(r"\ ", r"\s+") or "(?!)"
    also = f"|{_ALSO[territory]}" if territory in _ALSO else ""
    capitals = "|".join(r"\.?".join(name.replace(".", "").upper()) + r"\.?" for name in short) or "(?!)"
    return (
        re.compile(f"{_START}(?:{small}{also}){_GENITIVE}{_END}"),
        re.compile(f"{_START}(?:{capitals}){_GENITIVE}{_END}"),
    )


@lru_cache(maxsize=256)
def _abbreviation(word: str) -> re.Pattern[str]:
    """An abbreviation with or without its dots; one that is not short also as a name: "Nato"."""
    letters = word.replace(".", "")
    forms = r"\.?".join(map(re.escape, letters)) + r"\.?"
    if len(letters) > _SHORT:
        forms = f"(?:{forms}|{re.escape(letters.capitalize())})"
    return re.compile(f"{_START}{forms}{_GENITIVE}{_END}")


@lru_cache(maxsize=256)
def _spelt(word: str) -> re.Pattern[str]:
    """A word in small letters, with a genitive's ending or without."""
    ending = _GENITIVE if len(word) > _SHORT else r"(?:[’':]s)?"
    return re.compile(f"{_START}{re.escape(word.casefold())}{ending}{_END}")


def _has(term: str, word: str, text: str, code: str) -> bool:
    """Whether a text in small letters has a word whose term is that of another."""
    # A stem need not begin its word ("germani", "koln"); what they share is where to look for its forms.
    shared = "".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], zip(word, term, strict=False)))
    if (shared or term) not in text:  # hundreds of times as fast as a pattern
        return False
    found = set(re.findall(rf"{_START}{re.escape(shared or term)}[^\W_]*", text))
    return any(term in language.terms(one, code) for one in found)


def _spelling(word: str) -> str:
    """A name in the one spelling that transliterations share; empty for a short one."""
    return max(claims.keys(word), key=len, default="")


def _is_spelt(wanted: str, word: str, name: str) -> bool:
    """Whether a name is a word in another spelling, which is given; in another script it may be inflected."""
    spelt = _spelling(name)
    if spelt in {wanted, f"{wanted}s"}:
        return True
    return wanted in claims.keys(name) and language.script(name) != language.script(word)
