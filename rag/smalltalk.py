"""A greeting, a thank-you, "what can you do?": answered at once, without a search and without the model.

What is said must be small talk from its first word to its last, or else it is a question: "Hi" is greeted, "Hi, what
did Russia close?" is searched for. Swallowing a question is the one mistake that counts, so nothing here guesses. The
phrases and the answers are in ``smalltalk.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index import language
from rag import wording
from rag.types import Turn

# Words that may accompany small talk of any language, and say nothing by themselves.
_BESIDE = frozenset(
    re.findall(
        r"\w+",
        "pullquote bot chatbot there again all everyone everybody friend so much very please now for then and too "
        "du dig och så og und y et vous",
    )
)
# What asks to go on where it ends what is said, or stands before such a word: "ok, and then?"
_ASKS_ON = frozenset({"and", "och", "og", "et", "y", "so", "så"})
_THEN = frozenset({"then", "now"})
_NOT_ASKED = "farewell"  # "that's all" is one, and "that's all?" is none
_LONGEST_PHRASE = 8  # words
_LONGEST = 20  # words; what is longer is not small talk, and is not looked at
# What may stand before a question without being part of it: up to a comma or the end of a sentence.
_OPENING = re.compile(r"([^,.!;:–\n]{1,40})[,.!;:–\n]+\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say to small talk, and the ISO 639-1 code of the language it is said in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The kind of each phrase of a language, and the answer to each kind, the weightiest first."""

    kinds: Mapping[str, str]
    answers: Mapping[str, str]


def reply(said: str, history: Sequence[Turn] = ()) -> Reply | None:
    """The reply to small talk, or None for anything that may be a question.

    Args:
        said: What the reader typed.
        history: Earlier turns; where a phrase belongs to several languages ("ok"), the last one's own decides.
    """
    told = {code: kind for code in _tongues() if (kind := _kind(said, code))}
    if not told:
        return None
    before = language.detect(f"{history[-1].question} {history[-1].answer}", among=_tongues()) if history else ""
    code = before if before in told else next(iter(told))
    return Reply(_tongues()[code].answers[told[code]], code)


def is_small_talk(said: str) -> bool:
    """Whether nothing is asked: a greeting, a thank-you, a farewell, and the like."""
    return any(_kind(said, code) for code in _tongues())


def without_small_talk(said: str) -> str:
    """What is left of a question without a greeting or a thank-you before it: "Hi, who left?" becomes "who left?"."""
    rest = said.strip()
    while (opening := _OPENING.match(rest)) and is_small_talk(opening[1]):
        rest = rest[opening.end() :]
    return rest


def _kind(said: str, code: str) -> str | None:
    """The weightiest kind of small talk that ``said`` is made of in a language, if of nothing else."""
    words = _words(said)
    last = next((word for word in reversed(words) if word not in _THEN), "")
    if len(words) > _LONGEST or last in _ASKS_ON:
        return None
    tongue = _tongues()[code]
    found: set[str] = set()
    place = 0
    while place < len(words):
        lengths = range(min(_LONGEST_PHRASE, len(words) - place), 0, -1)
        length = next((n for n in lengths if " ".join(words[place : place + n]) in tongue.kinds), 0)
        if length:
            found.add(tongue.kinds[" ".join(words[place : place + length])])
        elif not found or words[place] not in _BESIDE:
            return None
        place += length or 1
    kind = next((kind for kind in tongue.answers if kind in found), None)
    return None if kind == _NOT_ASKED and "?" in said else kind


def _words(said: str) -> list[str]:
    """Casefolded words without punctuation and emoji; a letter drawn out ("heeey") is one letter."""
    plain = unicodedata.normalize("NFKC", said).casefold().replace("’", "'")
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", re.sub(r"([^\W\d_])\1{2,}", r"\1", plain))


@lru_cache(maxsize=1)
def _tongues() -> dict[str, _Tongue]:
    """By language, in the order in which they are tried."""
    table = wording.table("smalltalk")
    return {
        code: _Tongue(
            {
                " ".join(_words(phrase)): kind
                for kind, listed in entry["said"].items()
                for phrase in " ".join(listed.split()).split("|")
            },
            entry["answers"],
        )
        for code, entry in table.items()
    }
