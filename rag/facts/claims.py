"""What a sentence says that can be checked: its numbers, dates, names and content words. Pure.

Terms are compared by keys, so that what is inflected or spelt otherwise is found by looking a key up instead of
comparing every pair of words. A word has its letters folded to one spelling, without up to two letters of its end; a
name has a key with ``*`` before its spelling (Lavrov, Lawrow, Лавров) in the forms that its language gives names, or
else the place's that it is (``@DE``); and ``=`` stands before a stem, by which a name may be a word's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from index import language
from rag.facts import capitals, claim_dates, claim_numbers, demonyms, spellings, territories
from rag.facts.claim_dates import Day, Weekday
from rag.wording import WORD

# Weights of the kinds of terms: a wrong number or name makes a sentence wrong, a wrong word often only rewords it.
_NUMBER_WEIGHT, _NAME_WEIGHT, _WORD_WEIGHT = 3.0, 2.0, 1.0
# What the answer adds to the question is what has to be proved.
_NOVELTY = 3.0
_HYPHEN = re.compile(r"[-’']")
_ELIDED = re.compile(r"^\w{1,2}['’](?=\w{3})")
_STRANGE = 1 / 3  # share of a claim's names
_PLACE, _NAMED, _STEM = "@*="  # what keys begin with


@dataclass(frozen=True, slots=True)
class Terms:
    """The checkable content of a text.

    Attributes:
        language: Its ISO 639-1 code.
        numbers: Digit strings, without thousands separators; written-out numbers as digits. Days of dates are not among
            them.
        dates: Days it names, as far as it names them: some have no year, some no month.
        names: Casefolded capitalised words.
        words: Stems of the other content words.
        keys: What other spellings and forms of its names and words are found by.
        understood: Numbers that go without saying, such as the year of publication; not said, but held.
        unsure: Names that may be none, or not the country's that they are spelt like: nouns in German, Michael Jordan.
    """

    language: str
    numbers: frozenset[str]
    dates: frozenset[Day | Weekday]
    names: frozenset[str]
    words: frozenset[str]
    keys: frozenset[str]
    understood: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, code: str, published: date | None = None, known: Collection[str] = ()) -> Terms:
        """Read them off a text in a known language.

        Args:
            text: Some sentences.
            code: Their ISO 639-1 code.
            published: The day that "yesterday" and the like count from.
            known: Names, as of :func:`names_known`: such a word is a name also where it opens a sentence.
        """
        days, rest = claim_dates.read(text, code, published)
        numbers = claim_numbers.numbers(rest, code)
        counting = {word for number in numbers for word in number.words}
        long_names = territories.of_several_words(rest, code)
        parts = {part for name in long_names for part in WORD.findall(name)}
        read = capitals.read(rest, code, known)
        names = (read.all - counting - parts) | long_names
        taken = {stem for word in (*names, *parts, *counting) for stem in capitals.stems(word, code)}
        words = frozenset(term for term in language.terms(rest, code) if not term[0].isdigit() and term not in taken)
        values = frozenset(number.value for number in numbers)
        unsure = read.unsure & names
        keys = _all_keys(names, words, unsure, code) | _places(rest, parts, code) | _joined(rest)
        return cls(code, values, days, names, words, keys, unsure=unsure)

    @property
    def content(self) -> frozenset[str | Day | Weekday]:
        """Whatever it says, of any kind."""
        return self.numbers | self.dates | self.matter

    @property
    def matter(self) -> frozenset[str]:
        """What it is about: its names and words."""
        return self.names | self.words

    def __or__(self, other: Terms) -> Terms:
        return Terms.joined([self, other])

    @classmethod
    def joined(cls, several: Sequence[Terms]) -> Terms:
        """The terms of texts one after the other, at least one; the language is the first one's."""
        return cls(
            several[0].language,
            frozenset().union(*(terms.numbers for terms in several)),
            frozenset().union(*(terms.dates for terms in several)),
            frozenset().union(*(terms.names for terms in several)),
            frozenset().union(*(terms.words for terms in several)),
            frozenset().union(*(terms.keys for terms in several)),
            frozenset().union(*(terms.understood for terms in several)),
            frozenset().union(*(terms.unsure for terms in several)) - names_known(several),
        )

    def __bool__(self) -> bool:
        return bool(self.numbers or self.dates or self.names or self.words)


def names_known(several: Iterable[Terms]) -> frozenset[str]:
    """The names in texts that surely are some: those to tell :meth:`Terms.of` of for what is said about these texts."""
    return frozenset().union(*(terms.names - terms.unsure for terms in several))


def coverage(claim: Terms, evidence: Terms, question: Terms) -> float | None:
    """How much of a claim the evidence holds, 0 to 1, or None if there is nothing that could be compared.

    What the claim adds to the question weighs most. Between languages only numbers, dates and names are compared.
    """
    total = held = 0.0
    for term in weighed(claim, evidence.language):
        worth = term.weight * (1.0 if holds(question, term) else _NOVELTY)
        total += worth
        held += worth if holds(evidence, term) else 0.0
    return held / total if total else None


def missing(claim: Terms, evidence: Terms, question: Terms) -> frozenset[str]:
    """Numbers, dates and names that the claim adds to the question and the evidence does not hold."""
    return frozenset(
        str(term.value)
        for term in weighed(claim, evidence.language)
        if term.kind != "word" and not holds(evidence, term) and not holds(question, term)
    )


def lacking(claim: Terms, evidence: Terms, question: Terms) -> bool:
    """Whether the evidence lacks a number, date or country that the claim adds to the question, or many of its names.

    One strange name among several is mostly a capitalised word that is none, or another name of the same. A country has
    the same key by whatever name: it may go unsaid, but no other one stands in its place.
    """
    new = [term for term in weighed(claim, evidence.language) if not holds(question, term)]
    names = [term for term in new if term.kind == "name"]
    strange = [name for name in names if not holds(evidence, name)]
    counted = (term for term in new if term.kind in {"number", "date"})
    return (
        len(strange) > _STRANGE * len(names)
        or any(name.territory and _is_elsewhere(name, evidence, claim | question) for name in strange)
        or not all(holds(evidence, term) for term in counted)
    )


def _is_elsewhere(territory: Term, evidence: Terms, said: Terms) -> bool:
    """Whether a text names another country instead of a territory, and no place of it: Moscow may be Russia's."""
    places = [key for key in evidence.keys if key[0] == _PLACE]
    if any(territories.lies_in(place, key) for place in places for key in territory.keys):
        return False
    return any("/" not in place and place not in said.keys for place in places)


Kind = Literal["number", "date", "name", "word"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a claim says.

    Attributes:
        kind: What it is.
        value: A number's digits, a name or a stem; a day.
        weight: How much it counts.
        keys: What it may be found by, if it is a name or a word.
        sure: Whether it is what its kind says; a name with a capital may be a noun in German.
    """

    kind: Kind
    value: str | Day | Weekday
    weight: float
    keys: frozenset[str] = frozenset()
    sure: bool = True

    @property
    def territory(self) -> bool:
        """Whether it is a country, a continent or an alliance, and nothing else."""
        return self.kind == "name" and self.sure and all(key[0] == _PLACE and "/" not in key for key in self.keys)


@lru_cache(maxsize=4096)
def weighed(claim: Terms, into: str) -> tuple[Term, ...]:
    """The terms of a claim; between languages, its words can't be compared and are left out."""
    words = claim.words if comparable(claim.language, into) else frozenset[str]()
    return (
        *(Term("number", number, _NUMBER_WEIGHT) for number in claim.numbers),
        *(Term("date", day, _NUMBER_WEIGHT) for day in claim.dates),
        *(_name_term(name, claim) for name in claim.names),
        *(Term("word", word, _WORD_WEIGHT, keys(word)) for word in words),
    )


def _name_term(name: str, claim: Terms) -> Term:
    sure = name not in claim.unsure
    return Term("name", name, _NAME_WEIGHT, _sought(name, claim.language, sure=sure), sure)


def comparable(one: str, other: str) -> bool:
    """Whether words of two languages, given as ISO 639-1 codes, can be compared."""
    return other in language.close_to(one)


def holds(evidence: Terms, term: Term) -> bool:
    """Whether a text says a term, in this or another form."""
    if isinstance(term.value, Day | Weekday):
        return term.value.within(evidence.dates)
    if term.kind == "number":
        return term.value in evidence.numbers or term.value in evidence.understood
    if not term.keys.isdisjoint(evidence.keys):
        return True
    return not term.territory and (term.value in evidence.names or term.value in evidence.words)


def alone(name: Term, text: str, code: str) -> bool:
    """Whether a text has a name, and nowhere with another one before it: "Sunak", but of "Anna Berg" not "Erik Berg".

    A territory never stands for one whose name it is a part of: "Mexico" is not "New Mexico".
    """
    if territories.key(str(name.value), code):
        return False
    words = list(WORD.finditer(text))
    spelt = [capitals.bare(word.group(), code).casefold() for word in words]
    places = [i for i, word in enumerate(spelt) if word == name.value or not name.keys.isdisjoint(_forms(word, code))]
    return bool(places) and not any(i and _names_too(words[i - 1], words[i], text, code) for i in places)


def _names_too(word: re.Match[str], name: re.Match[str], text: str, code: str) -> bool:
    """Whether the word before a name is a part of it: one with a capital that is no title, office or function word."""
    between, capital = text[word.end() : name.start()], word.group()[0].isupper()
    if len(word.group()) == 1 and between.startswith("."):
        return capital  # an initial
    if not capital or not between.isspace():
        return False
    return not capitals.is_title(word, text) and bool(capitals.stems(word.group(), code))


@lru_cache(maxsize=50_000)
def keys(word: str) -> frozenset[str]:
    """The spellings a word may be found by: folded, and without up to two letters of its end; none for a short one."""
    return spellings.cut(spellings.spelling(word))


def named(text: str, code: str) -> frozenset[str]:
    """What the names in a text may be found by, be it a whole article: the keys of its words with capitals."""
    parts = {part for name in territories.of_several_words(text, code) for part in WORD.findall(name)}
    words = {capitals.bare(word, code) for word in WORD.findall(text) if not word.islower()} - parts
    spelt = {part.casefold() for word in words for part in _parts(word)}
    return _places(text, parts, code).union(*(_forms(word, code) for word in spelt))


def _sought(name: str, code: str, *, sure: bool) -> frozenset[str]:
    """What a claim's name may be found by in a text: a country's only by the country's key."""
    place = territories.place(name, code)
    if place and sure and "/" not in place:
        return frozenset({place})
    elided = _ELIDED.sub("", name)  # "L'Oréal", which is "Oréal" in French
    parts = _parts(name) - {name} or {name}  # "US-led"
    of = (key for part in parts for said in {part.title(), part.upper()} for key in _places_of(said, code))
    return _forms(name, code) | _forms(elided, code) | _stemmed(name, code) | frozenset((*of, *filter(None, (place,))))


def _all_keys(names: frozenset[str], words: frozenset[str], unsure: frozenset[str], code: str) -> frozenset[str]:
    """What names and words of a text are found by; a German noun by its stem as well."""
    parts = {part for name in names for part in _parts(name)}
    several = (key for name in names if (key := territories.place(name, code)))
    return frozenset((*_keys_of(names | words), *several)).union(
        *(_forms(part, code) for part in parts),
        *(_stemmed(name, code) for name in unsure),
        *(frozenset({f"{_STEM}{spellings.spelling(word)}"}) for word in words),
    )


def _places(text: str, parts: Collection[str], code: str) -> frozenset[str]:
    """The keys of the places that the words of a text are of, as names or adjectives, unless parts of other names."""
    words = {part for word in WORD.findall(text) for part in _parts(capitals.bare(word, code))}
    return frozenset(key for word in words if word.casefold() not in parts for key in _places_of(word, code))


@lru_cache(maxsize=50_000)
def _places_of(word: str, code: str) -> tuple[str, ...]:
    """What places a word, as it is written, may name or be of."""
    short = territories.is_abbreviation(word, code) and not word.isupper()
    named = territories.place(word.casefold(), code) if word[0].isupper() and not short else None
    return tuple(filter(None, (named, demonyms.country(word, code))))


@lru_cache(maxsize=50_000)
def _forms(name: str, code: str) -> frozenset[str]:
    """The keys of a name's spellings; one of a country has no other form than its own."""
    own = territories.key(name, code)
    spelt = frozenset({spellings.spelling(name)}) if own else spellings.of_name(name, code)
    return frozenset(f"{_NAMED}{one}" for one in spelt)


def _stemmed(name: str, code: str) -> frozenset[str]:
    """The keys by which a text has a name as a word: its stem, or all of one with a hyphen."""
    stems = capitals.stems(name, code)
    words = [name] if "-" in name else stems if len(stems) == 1 else ()
    return frozenset(f"{_STEM}{spellings.spelling(word)}" for word in words)


def _joined(text: str) -> frozenset[str]:
    """The same keys of a text's words with hyphens."""
    words = (word.casefold() for word in WORD.findall(text) if "-" in word)
    return frozenset(f"{_STEM}{spellings.spelling(word)}" for word in words)


def _keys_of(words: Iterable[str]) -> Iterator[str]:
    """The keys of words, and of the parts of those with hyphens: an office is in a "Nato-office"."""
    for word in words:
        for part in _parts(word):
            yield from keys(part)


def _parts(word: str) -> set[str]:
    """A word, and what its hyphens and apostrophes separate."""
    return {word, *_HYPHEN.split(word)}
