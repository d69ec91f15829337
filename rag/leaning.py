"""Whether a question leans on what was said before: a decision by small words, which ``followup.toml`` has.

It leans by what it opens with ("and …"), by a pronoun or an adverb that nothing in it explains, or by asking about next
to nothing ("Why?"). Pronouns that lean on nothing are told apart: "is it true that …", "who is it that …", "what did
Maas say about his plan?", "what is inflation and how is it measured?". Where a question has none of these and no name
either ("who came second?"), its words do not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from rag.tongues import Tongue, names_of, raw_words, tongue_of

Leaning = Literal["yes", "no", "perhaps"]

# Up to as many words that carry meaning, a new name may belong to the old topic: "How did Moscow answer?"
_SHORT = 2
# "the Russian mission now that its size was cut": with so many words of its own before it, "its" is theirs.
_OWNER = 2
_SUPERLATIVES = ("aste", "este", "sta", "ste")  # of the Nordic languages
_NOTHING = "·"  # in the place of a word that points at nothing


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it is looked at.

    Attributes:
        words: Casefolded.
        names: Those of them that are names, by their places.
        content: Those that say what it is about, also by asking for it.
        own: Those of these that do not ask.
        small: Whether nothing in it has a capital, so that any word may be a name.
        tongue: Of its language.
    """

    words: Sequence[str]
    names: Mapping[int, str]
    content: Sequence[str]
    own: Sequence[str]
    small: bool
    tongue: Tongue

    @classmethod
    def of(cls, question: str, tongue: Tongue) -> Self:
        """Read it; who is spoken to ("Können Sie …") is nobody who was spoken of."""
        spelt = enumerate(raw_words(question))
        words = [_NOTHING if place and word in tongue.polite else word.casefold() for place, word in spelt]
        content = _content(words, tongue)
        own = [word for word in content if word not in tongue.asks]
        return cls(words, names_of(question), content, own, question.islower(), tongue)

    @property
    def plain(self) -> str:
        """The words with blanks between."""
        return " ".join(self.words)

    @property
    def names_its_topic(self) -> bool:
        """Whether it has a name, and enough to say about it."""
        return bool(self.names) and len(self.content) > _SHORT


def leans(question: str, code: str) -> Leaning:
    """Whether a question leans on what was said before, as far as its words tell.

    Args:
        question: Without small talk.
        code: ISO 639-1 code of its language.
    """
    asked = _Question.of(question, tongue_of(code))
    if not asked.words:
        return "no"
    rules: Sequence[Callable[[_Question], Leaning | None]] = (
        _asks_for_more,
        _points_back,
        _ends_pointing,
        _continues,
        _says_nothing,
    )
    told = (leaning for rule in rules if (leaning := rule(asked)))
    return next(told, "no" if asked.names_its_topic else "perhaps")


def _asks_for_more(asked: _Question) -> Leaning | None:
    """Whether all that is asked is to go on."""
    if not any(pattern.fullmatch(asked.plain) for pattern in asked.tongue.more):
        return None
    return "perhaps" if asked.names_its_topic else "yes"


def _ends_pointing(asked: _Question) -> Leaning | None:
    """Whether the last word points back, if the rest may not explain it: "Did the schools reopen yet?"."""
    if asked.words[-1] not in asked.tongue.at_end:
        return None
    return "perhaps" if asked.names_its_topic or len(asked.own) >= _SHORT else "yes"


def _continues(asked: _Question) -> Leaning | None:
    """Whether it opens with what goes on with what was said; "And who leads the party in Norway?" may be new."""
    opening = asked.tongue.opens.match(asked.plain)
    if not opening:
        return None
    asks = any(word in asked.tongue.asks for word in asked.words)
    whole = " " not in opening[0] and asks and asked.names and len(asked.content) >= _SHORT
    return "perhaps" if whole else "yes"


def _says_nothing(asked: _Question) -> Leaning | None:
    """Whether it has no word of its own, or one that it does not ask about: "for how long?", "in which city?".

    "What is inflation?" and "Explain inflation" have one too, and ask about just that: the articles tell.
    """
    if asked.names:
        return None
    asks_about_it = asked.words[0] in asked.tongue.asks or asked.words[0] in asked.tongue.light
    nothing = not asked.own or (len(asked.own) == 1 and not asks_about_it and len(asked.words) > 1)
    return "yes" if nothing else None


def _points_back(asked: _Question) -> Leaning | None:
    """Whether a word surely, or perhaps, points at something that the question does not name; None if none does."""
    found: Leaning | None = None
    plain = asked.plain
    for pattern in asked.tongue.nothing:  # dots keep the places of what follows
        plain = pattern.sub(lambda match: " ".join(_NOTHING for _ in match[0].split()), plain)
    left = plain.split()
    for place in range(len(left)):
        pointing = _points_at(left, place, asked)
        if pointing == "yes" and not _explains(left[:place], asked):
            return "yes"
        found = "perhaps" if pointing else found
    return found


def _points_at(left: Sequence[str], place: int, asked: _Question) -> Leaning | None:
    """The same of one word, by what stands before it."""
    word, tongue = left[place], asked.tongue
    before = [name for name in asked.names if name < place]
    if _is_no_pronoun(left, place, asked):
        return None
    if word in tongue.owners and _asks_for_owner(left[:place], tongue):
        return "perhaps"
    someone = word in tongue.persons and not before
    clauses = any(other in tongue.clause for name in before for other in left[name + 1 : place])
    if someone or (word in tongue.others and not clauses) or (word in tongue.pointing and _points(left, place, tongue)):
        return "yes"
    if word not in tongue.things or _is_said(left, place, before, tongue):
        return None
    # Of a question that names what it is about, "it" may belong to itself: the articles tell.
    return "perhaps" if before and asked.names_its_topic else "yes"


def _is_said(left: Sequence[str], place: int, before: Sequence[int], tongue: Tongue) -> bool:
    """Whether "it" stands in what somebody named says: "did NATO say that it …"."""
    return any(left[name + 1 : place] and left[place - 1] in tongue.that for name in before)


def _is_no_pronoun(left: Sequence[str], place: int, asked: _Question) -> bool:
    """Whether a word that may be a pronoun is an article, impersonal, or belongs to what stands before it."""
    word, tongue = left[place], asked.tongue
    if word in tongue.articles and _is_article(left, place, asked.names, tongue):
        return True
    named_after = any(name >= place for name in asked.names)
    if named_after and tongue.impersonal.fullmatch(" ".join(left[max(0, place - 1) : place + 1])):
        return True
    if word in tongue.owners and len(_content(left[:place], tongue)) >= _OWNER:
        return True
    return word in tongue.plural and tongue.several.match(" ".join(left)) is not None


def _explains(before: Sequence[str], asked: _Question) -> bool:
    """Whether a pronoun may mean what an earlier clause is about: "What is inflation and how is it measured?"."""
    joins = [place for place, word in enumerate(before) if word in asked.tongue.joins]
    explained = before if asked.small else before[: max(joins, default=0)]
    return any(word not in asked.tongue.asks for word in _content(explained, asked.tongue))


def _asks_for_owner(before: Sequence[str], tongue: Tongue) -> bool:
    """Whether "its" or "their" may be of what is asked for: "Which club lost its licence?", but not "What is its"."""
    return len(before) > 1 and before[0] in tongue.subjects and not any(word in tongue.function for word in before[1:])


def _is_article(words: Sequence[str], place: int, named: Mapping[int, str], tongue: Tongue) -> bool:
    """Whether "den", "det" or "de" stands before an adjective and a noun, in which both carry the definite ending.

    Or before a day ("den 1 november"), or, as German "das" does, before what is written with a capital.
    """
    after = words[place + 1 : place + 3]
    if place + 1 in named or (after and after[0].isdecimal()):
        return True
    if len(after) < 2 or _NOTHING in after:
        return False
    if after[1] in tongue.function:
        return after[0].endswith(_SUPERLATIVES)  # "the richest of the world"
    return after[0] in tongue.numbers or (after[0] not in tongue.function and after[0][-1] in "ae")


def _points(words: Sequence[str], place: int, tongue: Tongue) -> bool:
    """Whether "that" or "this" points at something, and is no conjunction ("says that") and no time ("this week")."""
    if place + 1 == len(words):
        return True
    if words[place + 1].removesuffix("'s") in tongue.moments:
        return False
    return not tongue.before_pointing or (place > 0 and words[place - 1] in tongue.before_pointing)


def _content(words: Sequence[str], tongue: Tongue) -> list[str]:
    """Those of some words that say what a question is about."""
    return [word for word in words if word not in tongue.light and word not in tongue.function and word != _NOTHING]
