"""Whether an answer says nothing that was not in the question: "Yes, it closes in Brussels", to what closes there.

Small models say so where they cannot read a question, mostly one in another language than the passages'. Since it says
nothing wrong, every sentence of it stands on a quote; but nobody is told anything, so it counts as finding no answer.
"""

from __future__ import annotations

import re

from rag import wording
from rag.facts.claims import Terms
from rag.verdicts.cues import Cues

_MOST = 0.5  # share of the question's names and words, from which on an answer says them again
_ALL = 0.9  # the same where some of them may be what is asked for
_TOO_FEW = 1  # a single name or word may be what is asked for: "In Oslo", to where the University of Oslo is
# After it may come what is really asked, or what to choose from: "When Russia left, did NATO protest?"
_CLAUSE = re.compile(r"(?<!\d),(?!\d)")


def is_hollow(text: str, question: str, code: str) -> bool:
    """Whether an answer only says a question again, which asks for what it does not name.

    Args:
        text: The answer.
        question: What was asked.
        code: ISO 639-1 code of both; in a language that is not known here nothing is hollow.
    """
    tables = wording.table("hollow")
    if code not in tables["asks"]:
        return False
    asks, names, offers, before, yes_or_no, tells = (
        re.compile(tables[part][code]) for part in ("asks", "names", "or", "before", "yes_or_no", "tells")
    )
    words = re.findall(r"\w+", question.casefold())
    wants = next((word for word in words if not before.fullmatch(word)), "")
    asks_for_names = bool(names.fullmatch(wants))
    if not (asks_for_names or asks.fullmatch(wants)) or _CLAUSE.search(question) or any(map(offers.fullmatch, words)):
        return False
    begun = re.match(rf"\W*(?:{yes_or_no.pattern})\W*(?:[,.]|$)", text.casefold())
    rest = text[begun.end() :] if begun else text
    said_words = re.findall(r"\w+", rest.casefold())
    tells_more = any(map(tells.fullmatch, set(said_words).difference(words)))
    asked, said = Terms.of(question, code), Terms.of(rest, code)
    if tells_more or said.content - asked.content or Cues.of(rest, code).negation:
        return False
    if begun:
        return True
    if not asks_for_names and any(said_words.count(name) > words.count(name) for name in said.names):
        return False  # what the question names is the answer: "The University of Oslo is in Oslo"
    again = len(asked.matter & said.matter)
    return again > _TOO_FEW and again >= (_ALL if asks_for_names else _MOST) * len(asked.matter)
