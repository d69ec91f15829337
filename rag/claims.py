"""What a sentence says that can be checked: its numbers, names and content words. Pure."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from index import language

_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")

# Numbers that newspapers write out, in the languages we meet most; a table, because a parser of number words would
# read "one" in "no one" and "second" in "a second time" as numbers just the same, only slower.
_NUMBER_WORDS = {
    2: "two två to zwei deux dos",
    3: "three tre drei trois tres",
    4: "four fyra fire vier quatre cuatro",
    5: "five fem fünf cinq cinco",
    6: "six sex seks sechs seis",
    7: "seven sju sieben sept siete syv",
    8: "eight åtta åtte otte acht huit ocho",
    9: "nine nio ni neun neuf nueve",
    10: "ten tio ti zehn dix diez",
    11: "eleven elva elleve elf onze once",
    12: "twelve tolv zwölf douze doce",
    20: "twenty tjugo tjue tyve zwanzig vingt veinte",
    30: "thirty trettio tretti dreißig trente treinta",
}
_VALUES = {word: str(value) for value, words in _NUMBER_WORDS.items() for word in words.split()}

# Weights of the kinds of terms: a wrong number or name makes a sentence wrong, a wrong word often only rewords it.
_NUMBER_WEIGHT, _NAME_WEIGHT, _WORD_WEIGHT = 3.0, 2.0, 1.0
# What the answer adds to the question is what has to be proved.
_NOVELTY = 3.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The checkable content of a text.

    Attributes:
        language: Its ISO 639-1 code.
        numbers: Digit strings, without thousands separators; written-out small numbers as digits.
        names: Casefolded capitalised words.
        words: Stems of the other content words.
    """

    language: str
    numbers: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str, code: str) -> Terms:
        """Read them off a text in a known language."""
        written = {_VALUES[w] for w in (m.casefold() for m in _WORD.findall(text)) if w in _VALUES}
        numbers = {re.sub(r"[.,\s](?=\d{3}\b)", "", number) for number in _NUMBER.findall(text)} | written
        names = _names(text, code)
        named = {stem for name in names for stem in language.terms(name, code)}
        words = {term for term in language.terms(text, code) if not term[0].isdigit() and term not in named}
        return cls(code, frozenset(numbers), frozenset(names), frozenset(words - set(_VALUES)))

    def __or__(self, other: Terms) -> Terms:
        return Terms(self.language, self.numbers | other.numbers, self.names | other.names, self.words | other.words)

    def __bool__(self) -> bool:
        return bool(self.numbers or self.names or self.words)


def coverage(claim: Terms, evidence: Terms, question: Terms) -> float | None:
    """How much of a claim the evidence holds, 0 to 1, or None if there is nothing that could be compared.

    What the claim adds to the question weighs most. Between languages only numbers and names are compared.
    """
    same_language = claim.language == evidence.language
    total = held = 0.0
    kinds = [
        (_NUMBER_WEIGHT, claim.numbers, evidence.numbers, question.numbers),
        (_NAME_WEIGHT, claim.names, evidence.names, question.names),
        (_WORD_WEIGHT if same_language else 0.0, claim.words, evidence.words, question.words),
    ]
    everything = evidence.names | evidence.words
    for weight, wanted, there, asked in kinds:
        for term in wanted:
            worth = weight * (1.0 if term in asked else _NOVELTY)
            total += worth
            held += worth if term in there or (weight != _NUMBER_WEIGHT and _alike(term, everything)) else 0.0
    return held / total if total else None


def missing(claim: Terms, evidence: Terms, question: Terms) -> frozenset[str]:
    """Numbers and names that the claim adds to the question and the evidence does not hold."""
    names = {name for name in claim.names - evidence.names - question.names if not _alike(name, evidence.names)}
    return (claim.numbers - evidence.numbers - question.numbers) | names


def _alike(term: str, others: AbstractSet[str]) -> bool:
    """Whether one of the others is the same name, inflected or spelt another way: Lavrov, Lavrovs, Lawrow."""
    if term in others:
        return True
    if len(term) < 4:
        return False
    spelt = _spelling(term)
    return any(len(o) >= 4 and (_spelling(o).startswith(spelt) or spelt.startswith(_spelling(o))) for o in others)


def _spelling(name: str) -> str:
    """A name with the letters folded that transliterations differ in."""
    return re.sub(r"([a-z])\1", r"\1", name.translate(_FOLD)).removesuffix("s")


_FOLD = str.maketrans({"w": "v", "j": "i", "y": "i", "é": "e", "è": "e", "k": "c", "z": "s"})


def _names(text: str, code: str) -> set[str]:
    """Capitalised words, but not a first word that is an ordinary one."""
    names: set[str] = set()
    for match in _WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or word.casefold() in _VALUES or not language.terms(word, code):
            continue  # lower case, a number, or a function word
        before = text[: match.start()].rstrip(" \"“”„»«'–-")
        opens = not before or before[-1] in ".!?:\n"
        if opens and word[1:].islower() and not _again(word, text, match.end()):
            continue
        names.add(re.sub(r"[’']s$", "", word.casefold()))
    return names


def _again(word: str, text: str, after: int) -> bool:
    """Whether a sentence's first word is part of a name: another capitalised word follows at once."""
    following = _WORD.match(text, after + 1)
    return bool(following and following.group()[0].isupper()) or text.count(word) > 1
