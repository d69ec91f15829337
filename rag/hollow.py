"""Whether an answer says nothing that was not in the question: "Yes, it closes in Brussels", to what closes there.

Small models say so where they cannot read a question, mostly one in another language than the passages'. Since it says
nothing wrong, every sentence of it stands on a quote; but nobody is told anything, so it counts as finding no answer.
"""

from __future__ import annotations

import re

from rag import wording
from rag.claims import Terms
from rag.verdict_cues import Cues

_FIRST = 4  # words of a question, among which what it asks with stands: "In what year"
_ITS_OWN_WORDS = 0.5  # share of the question's names and words, from which on an answer says them again
_ALL_OF_THEM = 0.9  # where some of them may be what is asked for


def is_hollow(text: str, question: str, code: str) -> bool:
    """Whether an answer only says a question again, which asks for what it does not name.

    Args:
        text: The answer.
        question: What was asked.
        code: ISO 639-1 code of both; in a language that is not known here nothing is hollow.
    """
    asks, names, offers, yes_or_no = (_of(part, code) for part in ("asks", "names", "or", "yes_or_no"))
    if asks is None or names is None or offers is None or yes_or_no is None:
        return False
    words = re.findall(r"\w+", question.casefold())
    wants = next((word for word in words[:_FIRST] if asks.fullmatch(word) or names.fullmatch(word)), None)
    if wants is None or any(offers.fullmatch(word) for word in words):
        return False
    begun = re.match(rf"\W*(?:{yes_or_no.pattern})\W*(?:[,.]|$)", text.casefold())
    asked, said = Terms.of(question, code), Terms.of(text[begun.end() :] if begun else text, code)
    if said.content - asked.content:
        return False
    if begun:
        return True
    if Cues.of(text, code).negation:
        return False  # it may deny what the question takes for granted
    wanted = asked.names | asked.words
    share = _ALL_OF_THEM if names.fullmatch(wants) else _ITS_OWN_WORDS
    return len(wanted & said.content) >= share * len(wanted) > 0


def _of(part: str, code: str) -> re.Pattern[str] | None:
    pattern = wording.table("hollow")[part].get(code)
    return re.compile(pattern) if pattern else None
