"""Whether a claim begins with one name where its quote has another: "Google bought it", and "Apple bought it". Pure.

A sentence's first word has a capital whatever it is, so that one which no article has may be a name or a noun. It is
taken for a name where it stands right before the words that stand behind a name in the quote, and is no noun by its
form: "Ministers resigned" and "Ministern avgick" may be said of Scholz.
"""

from __future__ import annotations

from collections.abc import Collection

from index import language
from rag.facts import capitals, claims
from rag.wording import WORD

_BEHIND = 2  # words behind the first one that have to be the same
_INFLECTED = 2  # letters that the stemmer takes off what has an ending of a noun
_SHORTEST = 4  # letters


def another(said: str, quoted: str, code: str, known: Collection[str]) -> bool:
    """Whether a claim has something else do what a name does in its quote, in the same words.

    Args:
        said: The claim.
        quoted: A sentence of its quote, in the same language.
        code: Their ISO 639-1 code.
        known: Names, casefolded, as :func:`rag.facts.claims.names_known` finds them in the evidence.
    """
    words = [word.group() for word in WORD.finditer(said)]
    first = capitals.bare(words[0], code) if words else ""
    behind = [word.casefold() for word in words[1 : 1 + _BEHIND]]
    if not behind or not words[1].islower() or not _may_be_name(first, code):
        return False
    name = next((term for term in claims.weighed(_named(first, code), code) if term.kind == "name"), None)
    if name is None or claims.holds(claims.Terms.of(quoted, code, known=known), name):
        return False
    told = [word.group() for word in WORD.finditer(quoted)]
    return any(
        [word.casefold() for word in told[place + 1 : place + 1 + len(behind)]] == behind
        and capitals.bare(word, code).casefold() in known
        for place, word in enumerate(told)
        if word[0].isupper()
    )


def _named(word: str, code: str) -> claims.Terms:
    return claims.Terms.of(word, code, known=frozenset({word.casefold()}))


def _may_be_name(word: str, code: str) -> bool:
    """Whether a word with a capital is no noun by its form: neither in the plural nor with an article at its end."""
    stems = language.terms(word, code)
    if not word[:1].isupper() or len(word) < _SHORTEST or len(stems) != 1:
        return False
    plural = code == "en" and word.endswith("s")
    return not plural and len(word) - len(stems[0]) < _INFLECTED
