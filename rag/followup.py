"""History + question → a question that stands on its own, changed only when it needs its history.

Whether it does is told by its words (:mod:`rag.leaning`), or else by the articles, see :func:`resolve`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from index import language
from index.types import Hit
from rag import smalltalk
from rag.leaning import leans
from rag.prompt import is_refusal
from rag.tongues import CLOSE, names_of, own_words, tongues, words_of
from rag.types import Turn

Search = Callable[[str, int], Sequence[Hit]]
"""A question and how many passages are wanted → the passages found, best first."""

# A question with fewer words is too short for its language to be told; that of the turn before is taken.
_TELLING = 4
_FEW = 6  # words, up to which names outweigh the others
_CLOSE_WORDS = 12  # up to so many, a detector takes one of these for another; their small words tell more
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
    leaning = leans(question, language_of(question, turns)) if turns else "no"
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
    words = words_of(question)
    told = _by_first_word(question, words, language.detect(question))
    before = language.detect(f"{history[-1].question} {history[-1].answer}") if history else language.UNKNOWN
    if told in CLOSE and len(words) <= _CLOSE_WORDS:
        told = _closest(words, told, before)
    if not history or (told != language.UNKNOWN and (len(words) >= _TELLING or _other_script(question, history))):
        return told
    if told not in tongues():
        return before
    # Of close languages a list lacks what another has: Norwegian "mer".
    telling = tongues()[told].own_asks if {told, before} <= set(CLOSE) else own_words(told)
    return told if set(words) & (telling - own_words(before)) else before


def _by_first_word(question: str, words: Sequence[str], told: str) -> str:
    """The language of a short question: one that asks with its first word, if that is no word of what a detector says.

    Names are most of "Vad sa Putin?", which a detector takes for Tagalog.
    """
    if not words or len(words) > _FEW or words[0] in own_words(told):
        return told
    asking = [code for code, tongue in tongues().items() if words[0] in tongue.own_asks]
    known = {code: sum(word in own_words(code) for word in words) for code in (told, *asking)}
    if not asking or known[told] > max(known[code] for code in asking):
        return told
    return language.detect(question, among=asking)


def _other_script(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question is not written as the one before it is: then a few letters tell its language."""
    return language.script(question) != language.script(history[-1].question)


def _closest(words: Sequence[str], told: str, before: str) -> str:
    """Which of the close languages has most words of a question; of several, that of the turn before, or as told.

    Words that ask count first: Danish "dog", however, is "died" in "vem dog i går?".
    """
    held = {
        code: tuple(sum(word in known for word in words) for known in (tongues()[code].own_asks, own_words(code)))
        for code in CLOSE
    }
    best = [code for code in CLOSE if held[code] == max(held.values())]
    return next((code for code in (before, told) if code in best), best[0])


def _fits(question: str, query: str, search: Search) -> bool:
    """Whether the articles match a question with its history at least about as well as the question as it stands.

    A name in the question must be in what is found with the history, or it has brought a new topic.
    """
    alone, along = search(question, 1), search(query, 1)
    if not alone or not along:
        return False
    best = f"{along[0].article.title}\n{along[0].passage.text}".casefold()
    return along[0].score > alone[0].score - _WORSE and all(name in best for name in names_of(question).values())
