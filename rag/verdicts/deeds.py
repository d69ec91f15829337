"""Who did what to whom, and whether a claim has it the other way round: "NATO accused Moscow", "Moscow accused NATO".

Pure. What is compared are names on either side of a word with a small letter; no grammar is known, so only a deed that
both sentences have in the same place, with the same two names exchanged, is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index import language
from rag.wording import POSSESSIVE, WORD, unelided

_NEAR = 5  # words between a deed and who did it, or to whom
# What ends a part of a sentence: marks, and what puts one thing before another or compares it.
_PAUSE = re.compile(
    r"[,;:\"“”„«»()–—]|\b(?:before|after|than|före|efter|än|før|etter|enn|end|vor|nach|als|avant|après|que|antes|después"
    r"|voor|dan|prima|dopo)\b",
    re.IGNORECASE,
)
# With these the doer stands after the deed: "was accused by".
_BY = frozenset({"by", "av", "af", "von", "vom", "durch", "par", "por", "door", "da", "dal", "przez"})
_PREPOSITIONS = frozenset(
    re.findall(
        r"\w+",
        "in on at of with to from for against near i på till från med mot hos ved til fra im am zu zum zur auf aus bei "
        "mit gegen um unter über seit en à au aux dans avec contre sur chez con contra de del",
    )
)
# Where "accused by" has the very stem of "accused", and "anklagas av" that of "anklagar".
_PASSIVE_ALIKE = frozenset({"en", "sv", "no", "da"})
# What two do to one another: "Macron met Putin" says the same as "Putin met Macron".
_MUTUAL = {
    "da": "mødte møder mødes spillede spiller grænser debatterede giftede talte",
    "de": "traf treffen trifft spielte spielt grenzt heiratete debattierte sprach",
    "en": "met meets meet plays played play borders bordered border debated debates married faces faced spoke",
    "es": "conoció debatió enfrentó enfrenta casó limita",
    "fr": "rencontré rencontre affronte affronté affronter débattu épousé",
    "no": "møtte møter møtes spilte spiller grenser debatterte giftet snakket",
    "sv": "träffade träffar mötte möter möts spelade spelar gränsar debatterade gifte talade",
}

_Deed = tuple[str, str, bool, str]  # a name, the stem of a deed, whether "by" is behind it, and another name


def turned_round(said: str, quoted: str, code: str) -> bool:
    """Whether a claim has its quote's deed done by whom it was done to.

    Args:
        said: The claim.
        quoted: A sentence of its quote, in the same language.
        code: Their ISO 639-1 code.
    """
    theirs, ours = ({deed for part in _PAUSE.split(text) for deed in _deeds(part, code)} for text in (quoted, said))
    mutual = {stem for word in _MUTUAL.get(code, "").split() for stem in language.terms(word, code)}
    return any(
        who != whom
        and deed not in mutual
        and (
            (whom, deed, passive, who) in theirs
            or (code in _PASSIVE_ALIKE and (who, deed, not passive, whom) in theirs)
        )
        for who, deed, passive, whom in ours - theirs
    )


def _deeds(text: str, code: str) -> Iterator[_Deed]:
    """Who may have done what to whom: each word with a small letter, with the names next to it on either side."""
    words = list(_stemmed(text, code))
    for place, (deed, is_name) in enumerate(words):
        if is_name or deed in _BY:
            continue
        before = next((stem for stem, name in reversed(words[max(0, place - _NEAR) : place]) if name), None)
        behind = words[place + 1 : place + 1 + _NEAR]
        after = next((i for i, (_, name) in enumerate(behind) if name), None)
        if before and after is not None:
            passive = any(stem in _BY for stem, _ in behind[:after])
            yield before, deed, passive, behind[after][0]


def _stemmed(text: str, code: str) -> Iterator[tuple[str, bool]]:
    """The stems of a text, each with whether it is of a name; also the words that say "by"."""
    found = [unelided(word, code) for word in WORD.findall(text)]
    for before, word in zip(["", *found], found, strict=False):
        if word.lower() in _BY:
            yield word.lower(), False
        elif not (word[0].isupper() and before.lower() in _PREPOSITIONS):  # where it was, not who did it
            for stem in language.terms(POSSESSIVE.sub("", word), code):
                yield stem, word[0].isupper()
