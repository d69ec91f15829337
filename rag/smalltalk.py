"""A greeting, a thank-you, "what can you do?": answered at once, without a search and without the model.

What is said must be small talk from its first word to its last, or else it is a question: "Hi" is greeted, "Hi, what
did Russia close?" is searched for. Swallowing a question is the one mistake that counts, so nothing here guesses. The
phrases and the answers are in ``smalltalk.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import Any

from index import language
from rag import wording
from rag.types import Turn

_BESIDE = "beside"  # what may accompany small talk, and says nothing by itself: "please"
_BEHIND = "behind"  # what leans on the phrase before it: "for your help", "again"
_JOINS = "joins"  # what stands between two phrases, and asks to go on where none follows: "ok, and?"
_ASKING = frozenset({"abilities", "wellbeing"})
# What is no small talk when it is asked: "that's all" is a farewell, "that's all?" and "good?" ask about an answer.
_NOT_ASKED = frozenset({"thanks", "farewell", "approval", _BEHIND})
_CLOSING = frozenset({"thanks", "farewell", _BESIDE, _BEHIND, _JOINS})
_LONGEST = 20  # words; what is longer is not small talk, and is not looked at
_MOST_LETTERS = 400  # of so many words
_GREETING_WORDS = 4  # of a greeting without a comma behind it: "hello there Pullquote"
_ASKS_WORDS = 3  # of what a question opens with: "skulle du kunna"
_ASKS_LETTERS = 80  # in which these are looked for
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_BETWEEN_PHRASES = re.compile(r"\|(?![^()]*\))")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
# What may stand before a question without being part of it: up to a comma, a dash or the end of a sentence. A dot or
# a colon needs a blank behind it, a hyphen one on either side: "ok.ru", "Hi-Fi".
_OPENING = re.compile(
    r"([^,.!?;:…\n–—]{1,80}?)"
    r"(?:(?P<ends>[!?…\n][\s,.!?;:…)]*|\.[,.!?;:…)]*\s+)|(?:[,;][\s,.!?;:…)]*|:[,.!?;:…)]*\s+|\s*[–—]+\s*|\s-+\s+))"
    r"(?=\S)"
)
# What may stand behind it: after the end of a sentence, which is none in "Mr. Bye", and outside quotation marks.
_LAST = re.compile(
    r"(?P<rest>.*(?:[!?…\n]|\w{4}\.(?=\s))[)\"”»]*)[^\w¡¿\"“”„«»]{0,20}(?P<last>[\w¡¿][^\"“”„«»]{0,120})", re.DOTALL
)
_UNSPOKEN = re.compile(r"[^\w¡¿\"“„«]*")  # blanks and emoji


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say to small talk, and the ISO 639-1 code of the language it is said in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The small talk of a language.

    Attributes:
        kinds: The kind of each phrase.
        own: Phrases that are likeliest to be of this language where others have them too.
        capitals: Words that are others without their capital: German "Sie".
        asks: What a question opens with.
        answers: The answer to each kind, the weightiest first.
    """

    kinds: Mapping[str, str]
    own: frozenset[str]
    capitals: frozenset[str]
    asks: frozenset[str]
    answers: Mapping[str, str]


def reply(said: str, history: Sequence[Turn] = ()) -> Reply | None:
    """The reply to small talk, or None for anything that may be a question.

    Args:
        said: What the reader typed.
        history: Earlier turns; where a phrase belongs to several languages ("ok"), the last one's own decides.
    """
    told = {code: kinds for code, tongue in _tongues().items() if (kinds := _small_talk(said, tongue))}
    if not told:
        return None
    before = language.detect(f"{history[-1].question} {history[-1].answer}") if history else language.UNKNOWN
    code = before if before in told else max(told, key=lambda code: _owned(said, _tongues()[code]))
    answers = _tongues()[code].answers
    return Reply(next(answer for kind, answer in answers.items() if kind in told[code]), code)


def is_small_talk(said: str) -> bool:
    """Whether nothing is asked: a greeting, a thank-you, a farewell, and the like."""
    return any(_small_talk(said, tongue) for tongue in _tongues().values())


def without_small_talk(said: str) -> str:
    """What is left of a question without the small talk around it: "Hi, who left? Thanks!" becomes "who left?"."""
    rest = said.strip()
    if is_small_talk(rest):
        return rest
    while (found := _LAST.fullmatch(rest)) and _closes(found["last"]):
        rest = found["rest"].rstrip()
    while (start := _start(rest)) is not None:
        rest = rest[start:]
    return rest


def _closes(sentence: str) -> bool:
    """Whether a sentence may be dropped behind a question: "Thanks!" may, "What can you do?" may be what is asked."""
    return any(
        (kinds := _small_talk(sentence, tongue)) and kinds <= _CLOSING and "?" not in sentence
        for tongue in _tongues().values()
    )


def _start(said: str) -> int | None:
    """Where a question starts behind small talk, or None."""
    opening = _OPENING.match(said)
    if opening and any(_opens(opening, said[opening.end() :], tongue) for tongue in _tongues().values()):
        return opening.end()
    for word in islice(_WORD.finditer(said), _GREETING_WORDS):
        start = len(said) - len(_UNSPOKEN.sub("", said[word.end() :], count=1))
        if any(_greets(said[: word.end()], said[start:], tongue) for tongue in _tongues().values()):
            return start
    return None


def _greets(said: str, rest: str, tongue: _Tongue) -> bool:
    """Whether a greeting without any mark behind it stands before a question: "hi can you list the articles"."""
    kinds = _kinds(said, tongue)
    return "greeting" in kinds and kinds <= {"greeting", _BESIDE, _BEHIND} and _asks(rest, tongue)


def _opens(opening: re.Match[str], rest: str, tongue: _Tongue) -> bool:
    """Whether small talk may be dropped before the rest of what is said.

    As a title goes on where a sentence does not ("Hello, Dolly", "Hello! magazine"), a capital must follow the end of a
    sentence, and none a comma, but for words that ask; and these must follow what asks itself ("what can you do?").
    """
    kinds = _small_talk(opening[0], tongue)
    if not kinds or _asks(rest, tongue):
        return bool(kinds)
    if kinds & _ASKING:
        return False
    if tongue.kinds.get(next(iter(_words(rest)), "").casefold()) == _JOINS:
        return True
    if opening["ends"]:
        return not rest[0].islower() or opening[0][0].islower()
    return not rest[0].isupper()


def _asks(rest: str, tongue: _Tongue) -> bool:
    """Whether something opens as a question does."""
    words = _folded(_words(rest[:_ASKS_LETTERS]), tongue.capitals)[:_ASKS_WORDS]
    return any(" ".join(words[: n + 1]) in tongue.asks for n in range(len(words)))


def _small_talk(said: str, tongue: _Tongue) -> set[str]:
    """The kinds of the phrases that all of what is said is made of, if one of them has an answer."""
    kinds = _kinds(said, tongue)
    return kinds if kinds & tongue.answers.keys() else set()


def _kinds(said: str, tongue: _Tongue) -> set[str]:
    """The kinds of the phrases that each sentence is made of from end to end; empty if one is anything else."""
    found: set[str] = set()
    for sentence in _sentences(said):
        phrases = _phrases(sentence, tongue)
        kinds = [tongue.kinds[phrase] for phrase in phrases]
        if not kinds or not _holds(kinds, asked="?" in sentence):
            return set()
        found.update(kinds)
    return found


def _holds(kinds: Sequence[str], *, asked: bool) -> bool:
    """Whether phrases of these kinds, in this order, are a sentence that says nothing more than they do."""
    standing = [kind for kind in kinds if kind != _BESIDE]
    if not standing:
        return not asked
    leaning = [before for before, kind in pairwise([_JOINS, *standing]) if kind in {_BEHIND, _JOINS}]
    if standing[-1] == _JOINS or _JOINS in leaning:
        return False
    if any(before in _ASKING and kind == _BEHIND for before, kind in pairwise(standing)):
        return False
    return not asked or standing[-1] not in _NOT_ASKED or not _ASKING.isdisjoint(standing)


def _owned(said: str, tongue: _Tongue) -> int:
    """How many phrases of small talk are a language's own."""
    return sum(phrase in tongue.own for sentence in _sentences(said) for phrase in _phrases(sentence, tongue))


def _sentences(said: str) -> list[str]:
    """The sentences of what is said that have words, with the marks at their ends; none if it is too long."""
    if len(said) > _MOST_LETTERS or len(_words(said)) > _LONGEST:
        return []
    plain = unicodedata.normalize("NFKC", said.replace("…", ".\n"))
    return [sentence for sentence in _SENTENCE.findall(plain) if _words(sentence)]


def _phrases(sentence: str, tongue: _Tongue) -> list[str]:
    """The phrases that a sentence is made of, the longest first taken; none if it is made of anything else."""
    words = _folded(_words(sentence), tongue.capitals)
    found: list[str] = []
    place = 0
    while place < len(words):
        ends = range(len(words), place, -1)
        end = next((end for end in ends if " ".join(words[place:end]) in tongue.kinds), 0)
        if not end:
            return []
        found.append(" ".join(words[place:end]))
        place = end
    return found


@lru_cache(maxsize=256)  # every language looks at the same
def _words(said: str) -> tuple[str, ...]:
    """The words without punctuation and emoji; a letter drawn out ("heeey") is one letter."""
    plain = unicodedata.normalize("NFKC", said).translate(_APOSTROPHES)
    return tuple(_WORD.findall(re.sub(r"([^\W\d_])\1{2,}", r"\1", plain, flags=re.IGNORECASE)))


def _folded(words: Sequence[str], capitals: frozenset[str]) -> list[str]:
    """Words casefolded, but for those that their capital makes others."""
    return [word if word in capitals else word.casefold() for word in words]


@lru_cache(maxsize=1)
def _tongues() -> dict[str, _Tongue]:
    """By language, in the order in which they are tried."""
    return {code: _tongue(entry) for code, entry in wording.table("smalltalk").items()}


def _tongue(entry: Mapping[str, Any]) -> _Tongue:
    """What the table says of a language."""
    said = {kind: list(_expanded(listed)) for kind, listed in entry["said"].items()}
    words = {word for phrases in said.values() for phrase in phrases for word in _words(phrase)}
    capitals = frozenset(word for word in words if word[0].isupper())

    def keys(phrases: list[str]) -> frozenset[str]:
        return frozenset(" ".join(_folded(_words(phrase), capitals)) for phrase in phrases)

    return _Tongue(
        kinds={key: kind for kind, phrases in said.items() for key in keys(phrases)},
        own=keys([phrase for phrases in said.values() for phrase in phrases if phrase.endswith("*")]),
        capitals=capitals,
        asks=keys(list(_expanded(entry["asks"]))),
        answers=entry["answers"],
    )


def _expanded(listed: str) -> Iterator[str]:
    """The phrases of a list, one by one: "thanks | how are you(| today)" are three."""
    for phrase in _BETWEEN_PHRASES.split(listed):
        for parts in product(*(part.split("|") for part in re.split(r"[()]", phrase))):
            yield "".join(parts).strip()
