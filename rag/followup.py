"""History + question → a question that stands on its own, changed only when it needs its history.

By rule, because it costs nothing: a question leans on the one before when it opens like a continuation ("and …"),
holds a pronoun that nothing in it explains, or is too short to be searched for. A new topic has none of these, and so
never drags the old one along.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import language
from rag.types import Turn

_CONTINUATIONS = {
    "da": {"og", "men"},
    "de": {"und", "aber"},
    "en": {"and", "but", "so"},
    "es": {"y", "pero"},
    "fr": {"et", "mais"},
    "no": {"og", "men"},
    "sv": {"och", "men"},
}
_PRONOUNS = {
    "da": {"han", "hun", "de", "dem", "hans", "hendes", "deres"},
    "de": {"er", "sie", "ihm", "ihn", "ihr", "ihnen", "deren", "dessen"},
    "en": {"he", "she", "they", "him", "her", "them", "his", "hers", "their", "it", "its", "that", "this", "those"},
    "es": {"él", "ella", "ellos", "ellas", "eso", "esto"},
    "fr": {"il", "elle", "ils", "elles", "lui", "leur", "cela", "ça"},
    "no": {"han", "hun", "de", "dem", "hans", "hennes", "deres"},
    "sv": {"han", "hon", "de", "dem", "honom", "henne", "hans", "hennes", "deras", "dess"},
}
# A question with fewer words that carry meaning finds little by itself.
_FEWEST_WORDS = 2


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it should be searched for and put to the model.

    Args:
        question: As it was asked.
        history: Earlier turns, oldest first.

    Returns:
        The question itself, or the one before it followed by this one.
    """
    if not history or not _leans(question):
        return question
    return f"{history[-1].question.strip()} {question}"


def _leans(question: str) -> bool:
    asked_in = language.detect(question)
    words = re.findall(r"\w+", question.casefold())
    if words[:1] and words[0] in _CONTINUATIONS.get(asked_in, set()):
        return True
    if _PRONOUNS.get(asked_in, set()).intersection(words) and not _has_name(question):
        return True
    return len(language.terms(question, asked_in)) < _FEWEST_WORDS


def _has_name(question: str) -> bool:
    """Whether a word other than the first is capitalised, as a name that a pronoun may refer to would be."""
    return bool(re.search(r"(?<=[\w,] )[^\W\d_a-zà-öø-ÿ]\w+", question))
