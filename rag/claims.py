"""What a sentence says that can be checked: its numbers, dates, names and content words. Pure.

Terms are compared by keys: a word's letters folded to one spelling (Lavrov, Lawrow, Лавров), without up to two letters
of its end, so that what is inflected is found by looking a key up instead of comparing every pair of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from anyascii import anyascii

from index import language
from rag import claim_dates, claim_numbers, territories
from rag.claim_dates import Day, Weekday
from rag.wording import POSSESSIVE, WORD

# Weights of the kinds of terms: a wrong number or name makes a sentence wrong, a wrong word often only rewords it.
_NUMBER_WEIGHT, _NAME_WEIGHT, _WORD_WEIGHT = 3.0, 2.0, 1.0
# What the answer adds to the question is what has to be proved.
_NOVELTY = 3.0
COURTESY = frozenset(re.findall(r"\w+", "mr mrs ms dr sir herr frau fru hr monsieur madame mme señor señora"))
"""What anybody is addressed by, casefolded; no part of a name."""
# What somebody is beside being named: no part of the name either.
_OFFICE = re.compile(
    r"(?:President|Prime(?=\sMinister)|Minister|Premier|Chancellor|Governor|Senator|King|Queen|Prince|Princess|Pope"
    r"|(?:Bundesk|K)anzler(?:in)?|Präsident(?:in)?|Ministerpräsident(?:in)?|König(?:in)?|Papst)(?=\s[A-ZÄÖÜ])"
)
_ARTICLE = 12  # letters of the longest of these, and some
# What stands before German nouns, and seldom before names: an article and its like, or a number.
_NOUN_NEXT = re.compile(
    r"(?:\b(?:d(?:er|ie|as|en|em|es)|(?:k|m|s|d)?ein(?:e[nmrs]?)?|(?:ihr|unser|dies|jed|all)(?:e[nmrs]?)?|im|am|zu[mr]|beim"
    r"|vom|ins|ans|hundert|tausend|million(?:en)?|milliarden?|billionen?)|\d)$",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"[-’']")
_STRANGE = 1 / 3  # share of a claim's names
_SHORTEST_KEY = 4  # letters
_ENDING = 2  # letters that an inflection may add, beyond what the stemmer takes off


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
    """

    language: str
    numbers: frozenset[str]
    dates: frozenset[Day | Weekday]
    names: frozenset[str]
    words: frozenset[str]
    keys: frozenset[str]
    understood: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, code: str, published: date | None = None) -> Terms:
        """Read them off a text in a known language; days such as "yesterday" count from the day of publication."""
        days, rest = claim_dates.read(text, code, published)
        numbers = claim_numbers.numbers(rest, code)
        counting = {word for number in numbers for word in number.words}
        long_names = territories.of_several_words(rest, code)
        parts = {part for name in long_names for part in name.split()}
        names = frozenset((_names(rest, code) - counting - parts) | long_names)
        taken = {stem for word in (*names, *parts, *counting) for stem in _stems(word, code)}
        words = frozenset(term for term in language.terms(rest, code) if not term[0].isdigit() and term not in taken)
        values = frozenset(number.value for number in numbers)
        return cls(code, values, days, names, words, _all_keys(names, words, code))

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
        )

    def __bool__(self) -> bool:
        return bool(self.numbers or self.dates or self.names or self.words)


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
    """Whether the evidence lacks a number or a date that the claim adds to the question, or many of its names.

    One strange name among several is mostly a capitalised word that is none, or another name of the same.
    """
    new = [term for term in weighed(claim, evidence.language) if not holds(question, term)]
    names = [term for term in new if term.kind == "name"]
    strange = sum(not holds(evidence, name) for name in names)
    counted = (term for term in new if term.kind in {"number", "date"})
    return strange > _STRANGE * len(names) or not all(holds(evidence, term) for term in counted)


Kind = Literal["number", "date", "name", "word"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a claim says.

    Attributes:
        kind: What it is.
        value: A number's digits, a name or a stem; a day.
        weight: How much it counts.
        keys: What it may be found by, if it is a name or a word.
    """

    kind: Kind
    value: str | Day | Weekday
    weight: float
    keys: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def weighed(claim: Terms, into: str) -> tuple[Term, ...]:
    """The terms of a claim; between languages, its words can't be compared and are left out."""
    words = claim.words if comparable(claim.language, into) else frozenset[str]()
    return (
        *(Term("number", number, _NUMBER_WEIGHT) for number in claim.numbers),
        *(Term("date", day, _NUMBER_WEIGHT) for day in claim.dates),
        *(Term("name", name, _NAME_WEIGHT, keys(name) | _territory(name, claim.language)) for name in claim.names),
        *(Term("word", word, _WORD_WEIGHT, keys(word)) for word in words),
    )


def comparable(one: str, other: str) -> bool:
    """Whether words of two languages, given as ISO 639-1 codes, can be compared."""
    return other in language.close_to(one)


def holds(evidence: Terms, term: Term) -> bool:
    """Whether a text says a term, in this or another form."""
    if isinstance(term.value, Day | Weekday):
        return term.value.within(evidence.dates)
    if term.kind == "number":
        return term.value in evidence.numbers or term.value in evidence.understood
    return term.value in evidence.names or term.value in evidence.words or not term.keys.isdisjoint(evidence.keys)


def alone(name: Term, text: str, code: str) -> bool:
    """Whether a text has a name, and nowhere with another one before it: "Sunak", but of "Anna Berg" not "Erik Berg".

    A territory never stands for one whose name it is a part of: "Mexico" is not "New Mexico".
    """
    if territories.key(str(name.value), code):
        return False
    words = list(WORD.finditer(text))
    spelt = [word.group().casefold() for word in words]
    places = [i for i, word in enumerate(spelt) if word == name.value or not name.keys.isdisjoint(keys(word))]
    return bool(places) and not any(i and _names_too(words[i - 1], words[i], text, code) for i in places)


def _names_too(word: re.Match[str], name: re.Match[str], text: str, code: str) -> bool:
    """Whether the word before a name is a part of it: one with a capital that is no title, office or function word."""
    between, capital = text[word.end() : name.start()], word.group()[0].isupper()
    if len(word.group()) == 1 and between.startswith("."):
        return capital  # an initial
    if not capital or not between.isspace():
        return False
    return not _is_title(word, text) and bool(_stems(word.group(), code))


def _is_title(word: re.Match[str], text: str) -> bool:
    """Whether a word of a text is what somebody is addressed by, or an office before a name."""
    return word.group().casefold() in COURTESY or _OFFICE.match(text, word.start()) is not None


@lru_cache(maxsize=50_000)
def keys(word: str) -> frozenset[str]:
    """The spellings a word may be found by: folded, and without up to two letters of its end; none for a short one."""
    spelt = _spelling(word)
    return frozenset(spelt[: len(spelt) - cut] for cut in range(_ENDING + 1) if len(spelt) - cut >= _SHORTEST_KEY)


def _all_keys(names: frozenset[str], words: frozenset[str], code: str) -> frozenset[str]:
    """What names and words of a text are found by."""
    return frozenset(_keys_of(names | words)).union(*(_territory(name, code) for name in names))


def _territory(name: str, code: str) -> frozenset[str]:
    """The key of a country that a name is, in a set; an empty one if it is none."""
    found = territories.key(name, code)
    return frozenset({found} if found else ())


def _keys_of(words: Iterable[str]) -> Iterator[str]:
    """The keys of words, and of the parts of those with hyphens: an office is in a "Nato-office"."""
    for word in words:
        for part in {word, *_HYPHEN.split(word)}:
            yield from keys(part)


# What transliterations differ in: Chruschtschow, Khrushchev; Lawrow, Lavrov; Sergej, Sergey; Selenskyj, Zelensky.
_FOLDED = [("sch", "s"), ("tj", "c"), ("sj", "s"), ("sh", "s"), ("ch", "c"), ("kh", "c"), ("ph", "f"), ("th", "t")]
_LETTERS = str.maketrans({"w": "v", "j": "i", "y": "i", "k": "c", "q": "c", "z": "s"})


def _spelling(word: str) -> str:
    """A word in Latin letters without accents, those folded that transliterations differ in."""
    folded = anyascii(word).casefold()
    for several, one in _FOLDED:
        folded = folded.replace(several, one)
    return re.sub(r"([a-z])\1+", r"\1", folded.translate(_LETTERS))


@lru_cache(maxsize=50_000)
def _stems(word: str, code: str) -> tuple[str, ...]:
    return tuple(language.terms(word, code))


def _names(text: str, code: str) -> set[str]:
    """Capitalised words, but not a first word that is an ordinary one."""
    names: set[str] = set()
    for match in WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or not _stems(word, code):
            continue  # lower case, or a function word
        if _is_title(match, text):
            continue
        before = text[: match.start()].rstrip(" \"“”„»«'–-")
        if code == "de" and _NOUN_NEXT.search(before[-_ARTICLE:]) and not territories.key(word.casefold(), code):
            continue  # German writes every noun with a capital
        opens = not before or before[-1] in ".!?:\n"
        if opens and word[1:].islower() and not _again(word, text, match.end()):
            continue
        names.add(POSSESSIVE.sub("", word.casefold()))
    return names


def _again(word: str, text: str, after: int) -> bool:
    """Whether a sentence's first word is part of a name: another capitalised word follows at once."""
    following = WORD.match(text, after + 1)
    return bool(following and following.group()[0].isupper()) or text.count(word) > 1
