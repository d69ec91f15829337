"""History + question → a question that stands on its own, changed only when it needs its history.

What a question leans on its history with is small words, so rules decide: what it opens with ("and …"), a pronoun or an
adverb that nothing in it explains, or that it asks about next to nothing ("Why?"). Pronouns that lean on nothing are
told apart: "is it true that …", "who is it that …", "what did Maas say about his plan?". Where a question has none of
these and no name either ("who came second?"), its words do not tell; then the articles are asked, see :func:`resolve`.
The words are in ``followup.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from index import language
from index.types import Hit
from rag import smalltalk, wording
from rag.prompt import is_refusal
from rag.types import Turn

Search = Callable[[str, int], Sequence[Hit]]
"""A question and how many passages are wanted → the passages found, best first."""

Leaning = Literal["yes", "no", "perhaps"]

# A question with fewer words is too short for its language to be told; that of the turn before is taken.
_TELLING = 4
# Up to as many words that carry meaning, a new name may belong to the old topic: "How did Moscow answer?"
_SHORT = 2
# "the Russian mission now that its size was cut": with so many words of its own before it, "its" is theirs.
_OWNER = 2
_FALLBACK = "en"
_CLOSE = ("sv", "no", "da")
_CLOSE_WORDS = 12  # up to so many, a detector takes one of these for another; their small words tell more
_ALTERNATIVES = ("opens", "several", "impersonal")
# Best scores of follow-ups with their history: .002 lower to .18 higher than without; of new topics .06 to .16 lower.
_WORSE = 0.03
_MOST_WORDS = 40  # of an answer, and of the questions before it
_MOST_LETTERS = 80  # of these in a script without spaces
_MOST_TURNS = 4  # further back nobody leans


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its history worked in.

    Attributes:
        question: What to answer: what was said before, then the question.
        query: What to search for.
        follows: Whether it leans on what was said before.
        last: The question as it was asked, without small talk.
    """

    question: str
    query: str
    follows: bool
    last: str


def resolve(question: str, history: Sequence[Turn], search: Search | None = None) -> Asked:
    """The question as it should be searched for and put to the model.

    Args:
        question: As it was asked.
        history: Earlier turns, oldest first.
        search: Asked where words do not tell: a follow-up matches the articles better with its history than without, a
            new topic worse. Without it, a question is then taken as it stands.
    """
    question = smalltalk.without_small_talk(question)
    turns = [turn for turn in history if not smalltalk.is_small_talk(turn.question)][-_MOST_TURNS:]
    leaning = leans(question, turns) if turns else "no"
    if leaning != "no":
        whole = along(question, turns, search)
        if leaning == "yes" or (search is not None and _fits(question, whole.query, search)):
            return whole
    return Asked(question, question, False, question)


def along(question: str, history: Sequence[Turn], search: Search | None = None) -> Asked:
    """A question with what the turn before it, at least one, was about, whether or not it leans on that."""
    said = _said(history, search)
    # The question counts twice in the search, or the many words before it would decide alone.
    return Asked(f"{said} {question}", f"{question} {said} {question}", True, question)


def _said(turns: Sequence[Turn], search: Search | None) -> str:
    """What the last turn was about: its question, resolved, and its answer, if it got one."""
    earlier = resolve(turns[-1].question, turns[:-1], search).question
    answer = "" if is_refusal(turns[-1].answer) else turns[-1].answer
    return f"{_shortened(earlier, keep='end')} {_shortened(answer, keep='start')}".strip()


def _shortened(text: str, *, keep: Literal["start", "end"]) -> str:
    """A text of many words without most of them: an embedder reads only so many, and the question comes last."""
    if language.is_unspaced(text):
        return text[:_MOST_LETTERS] if keep == "start" else text[-_MOST_LETTERS:]
    words = text.split()
    return " ".join(words[:_MOST_WORDS] if keep == "start" else words[-_MOST_WORDS:])


def language_of(question: str, history: Sequence[Turn] = ()) -> str:
    """The ISO 639-1 code of a question's language; that of the turn before where it is too short to tell.

    "Hvor da?" is Danish to a detector, and Norwegian in a Norwegian conversation.
    """
    told = language.detect(question)
    before = language.detect(f"{history[-1].question} {history[-1].answer}") if history else language.UNKNOWN
    words = _words(question)
    if told in _CLOSE and len(words) <= _CLOSE_WORDS:
        told = _closest(words, told, before)
    if not history or (
        told != language.UNKNOWN and (len(question.split()) >= _TELLING or _other_script(question, history))
    ):
        return told
    if told not in _tongues():
        return before
    return told if set(words) & (_own(told) - _own(before)) else before


def _other_script(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question is not written as the one before it is: then a few letters tell its language."""
    return language.script(question) != language.script(history[-1].question)


def _closest(words: Sequence[str], told: str, before: str) -> str:
    """Which of the close languages has most words of a question; of several, that of the turn before, or as told.

    Words that ask count first: Danish "dog", however, is "died" in "vem dog i går?".
    """
    held = {
        code: tuple(sum(word in known for word in words) for known in (_tongues()[code].own_asks, _own(code)))
        for code in _CLOSE
    }
    best = [code for code in _CLOSE if held[code] == max(held.values())]
    return next((code for code in (before, told) if code in best), best[0])


def _own(code: str) -> frozenset[str]:
    """Words that ask in a language, and its function words: not those of a language close to it."""
    asks = _tongues()[code].own_asks if code in _tongues() else frozenset()
    return asks | language.function_words(code)


def leans(question: str, history: Sequence[Turn]) -> Leaning:
    """Whether a question leans on what was said before, as far as its words tell.

    Args:
        question: Without small talk.
        history: At least one turn.
    """
    said = f"{history[-1].question} {history[-1].answer}"
    tongue = _tongues().get(language_of(question, history)) or _tongues()[_FALLBACK]
    words = _words(question)
    plain = " ".join(words)
    if not words:
        return "no"
    names = _names(question)
    content = [word for word in words if word not in tongue.light and word not in tongue.function]
    own_topic = bool(names) and len(content) > _SHORT
    if any(pattern.fullmatch(plain) for pattern in tongue.more):
        return "perhaps" if own_topic else "yes"
    if pointing := _points_back(words, names, tongue):
        # Of a question that names what it is about, "it" and "yet" may belong to itself: the articles tell.
        return "perhaps" if pointing == "perhaps" and own_topic else "yes"
    asks = any(word in tongue.asks for word in words)
    if opening := tongue.opens.match(plain):
        whole = " " not in opening[0] and asks and names and len(content) >= _SHORT
        return "perhaps" if whole else "yes"
    if not names and _says_nothing(words, content, tongue):
        return "yes"
    known = any(name in said.casefold() for name in names.values())
    return "no" if known or own_topic else "perhaps"


def _says_nothing(words: Sequence[str], content: Sequence[str], tongue: _Tongue) -> bool:
    """Whether a question has no word of its own, or one that it does not ask about: "for how long?", "in which city?".

    "What is inflation?" has one too, and asks about just that: the articles tell.
    """
    own = [word for word in content if word not in tongue.asks]
    return not own or (len(own) == 1 and words[0] not in tongue.asks and len(words) > 1)


def _points_back(words: Sequence[str], names: Mapping[int, str], tongue: _Tongue) -> Leaning | None:
    """Whether a word surely, or perhaps, points at something that the question does not name; None if none does."""
    found: Leaning | None = "perhaps" if words[-1] in tongue.at_end else None
    plain = " ".join(words)
    for pattern in tongue.nothing:  # dots keep the places of what follows
        plain = pattern.sub(lambda match: " ".join("·" for _ in match[0].split()), plain)
    left = plain.split()
    for place, word in enumerate(left):
        if word in tongue.articles and _is_article(left, place, names, tongue):
            continue
        before = [name for name in names if name < place]
        if len(before) < len(names) and tongue.impersonal.fullmatch(" ".join(left[place - 1 : place + 1])):
            continue
        if word in tongue.owners and _names_things(left[:place], tongue):
            continue
        if word in tongue.plural and tongue.several.match(plain):
            continue
        if word in tongue.persons and not before:
            return "yes"
        if word in tongue.others and not any(
            other in tongue.clause for name in before for other in left[name + 1 : place]
        ):
            return "yes"
        if word in tongue.things and any(left[name + 1 : place] and left[place - 1] in tongue.that for name in before):
            continue
        if word in tongue.pointing and _points(left, place, tongue):
            return "yes"
        if word in tongue.things:
            if not before:
                return "yes"
            found = "perhaps"
    return found


def _names_things(words: Sequence[str], tongue: _Tongue) -> bool:
    """Whether words name something that "its" or "their" after them may belong to."""
    return sum(word not in tongue.light and word not in tongue.function and word != "·" for word in words) >= _OWNER


def _is_article(words: Sequence[str], place: int, names: Mapping[int, str], tongue: _Tongue) -> bool:
    """Whether "den", "det" or "de" stands before an adjective and a noun, in which both carry the definite ending.

    Or before a day ("den 1 november"), or, as German "das" does, before what is written with a capital.
    """
    after = words[place + 1 : place + 3]
    if place + 1 in names or (after and after[0].isdecimal()):
        return True
    if len(after) < 2 or after[1] in tongue.function or "·" in after:
        return False
    return after[0] in tongue.numbers or (after[0] not in tongue.function and after[0][-1] in "ae")


def _points(words: Sequence[str], place: int, tongue: _Tongue) -> bool:
    """Whether "that" or "this" points at something, and is no conjunction ("says that") and no time ("this week")."""
    if place + 1 == len(words):
        return True
    if words[place + 1].removesuffix("'s") in tongue.moments:
        return False
    return not tongue.before_pointing or (place > 0 and words[place - 1] in tongue.before_pointing)


def _words(question: str) -> list[str]:
    """Casefolded words in order."""
    return [word.casefold() for word in _raw(question)]


def _raw(question: str) -> list[str]:
    # French pronouns behind their verb, "a-t-elle" and "dit-il", are words of their own: "t-elle", "t-il".
    plain = re.sub(r"-(?:t-)?(?=(?:il|elle|on)s?\b)", " t-", question.replace("’", "'"))
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", plain)


def _names(question: str) -> dict[int, str]:
    """Names and abbreviations by their place among the words: capitalised, but for the first word of all."""
    if question.isupper():
        return {}
    opening = len(_raw(re.split(r"[.!?:](?=\s)", question)[0]))  # where a second sentence begins, if there is one
    return {
        place: re.sub(r"'s$", "", word).casefold()
        for place, word in enumerate(_raw(question))
        if (place not in {0, opening} and word[0].isupper() and word != "I") or (len(word) > 1 and word.isupper())
    }


def _fits(question: str, query: str, search: Search) -> bool:
    """Whether the articles match a question with its history at least about as well as the question as it stands.

    A name in the question must be in what is found with the history, or it has brought a new topic.
    """
    alone, along = search(question, 1), search(query, 1)
    if not alone or not along:
        return False
    best = f"{along[0].article.title}\n{along[0].passage.text}".casefold()
    return along[0].score > alone[0].score - _WORSE and all(name in best for name in _names(question).values())


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The small words of a language; ``followup.toml`` says what each field is.

    Close languages share them all, but for ``own_asks``: what asks in the one language.
    """

    asks: frozenset[str]
    opens: re.Pattern[str]
    more: tuple[re.Pattern[str], ...]
    persons: frozenset[str]
    others: frozenset[str]
    that: frozenset[str]
    plural: frozenset[str]
    several: re.Pattern[str]
    owners: frozenset[str]
    clause: frozenset[str]
    things: frozenset[str]
    impersonal: re.Pattern[str]
    pointing: frozenset[str]
    before_pointing: frozenset[str]
    moments: frozenset[str]
    articles: frozenset[str]
    numbers: frozenset[str]
    at_end: frozenset[str]
    nothing: tuple[re.Pattern[str], ...]
    light: frozenset[str]
    function: frozenset[str]
    own_asks: frozenset[str]


@lru_cache(maxsize=1)
def _tongues() -> dict[str, _Tongue]:
    table = wording.table("followup")
    close = _merged([table[code] for code in _CLOSE])
    own = {code: frozenset(entry["asks"].split()) for code, entry in table.items()}
    return {code: _tongue(code, close if code in _CLOSE else entry, own[code]) for code, entry in table.items()}


def _merged(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The words of all of some languages, for each of which a short question in another is easily taken."""
    return {
        key: [one for entry in entries for one in entry[key]]
        if isinstance(value, list)
        else ("|" if key in _ALTERNATIVES else " ").join(entry[key] for entry in entries)
        for key, value in entries[0].items()
    }


def _tongue(code: str, entry: Mapping[str, Any], own_asks: frozenset[str]) -> _Tongue:
    read: dict[str, Any] = {key: frozenset(listed.split()) for key, listed in entry.items() if isinstance(listed, str)}
    read |= {key: tuple(re.compile(one) for one in listed) for key, listed in entry.items() if isinstance(listed, list)}
    read |= {key: re.compile(rf"(?:{entry[key]})\b") for key in _ALTERNATIVES}
    function = frozenset().union(*(language.function_words(one) for one in (_CLOSE if code in _CLOSE else (code,))))
    return _Tongue(function=function, own_asks=own_asks, **read)
