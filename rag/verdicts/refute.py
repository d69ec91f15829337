"""What keeps a claim that its quote is much like from being proved by it: another actor, unit, direction, matter.

Each rule looks for one way in which two sentences of nearly the same words say different things, and speaks only where
it is plain that they do. They are vetoes and no signals: what they see is rare, and a fit would give them no weight.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from index import language
from rag import wording
from rag.facts import claims, counts, spellings
from rag.facts.claims import Term, Terms
from rag.facts.measures import MEASURE, measures
from rag.tongues import tongue_of
from rag.verdicts import cues, deeds
from rag.verdicts.cues import Cues
from rag.wording import CAPITAL, PART_END, POSSESSIVE, WORD, stems

_EVERY, _TITLES = "any", "title"  # a language, and a class, of opposites.toml
_DENIED = 2  # words behind a "not" that say what is denied
_ELSE = 2  # names and words that a sentence about something else has
_BESIDE = 2  # words before and after one that has an opposite, by which the two are known to be about the same
# Letters that a deed's forms have in common at least, and letters of its end that may differ.
_ROOT, _CUT = 3, 2
_CLAUSE = re.compile(r"[,;:]|\b(?:but|while|although|men|aber|doch|jedoch|mais|pero)\b")
# The name behind a title, and the number of a king, which is no part of it.
_NAME = rf"\s+(?P<name>{CAPITAL}[\w'’-]*(?:\s+{CAPITAL}[\w'’-]*){{0,2}})"
_NUMERAL = re.compile(r"\s+[IVX]+$")


def elsewhere(said: str, claim: Terms, asked: Terms, runs: Sequence[Sequence[tuple[str, Terms]]]) -> bool:
    """Whether a number, day or name that a claim adds is held only by sentences that have nothing else of the claim.

    "31 people died in the fire" does not stand on "The building had 31 flats". In another language nothing can be told.

    Args:
        said: The claim's characters.
        claim: What it says that can be checked.
        asked: The same of its question.
        runs: Its quotes, each a run of sentences with their terms.
    """
    quotes = [sentence for run in runs for sentence in run]
    quoted = [terms for _, terms in quotes]
    if not all(claims.comparable(claim.language, terms.language) for terms in quoted):
        return False
    terms = claims.weighed(claim, claim.language)
    new = [term for term in terms if term.kind != "word" and term.sure and not claims.holds(asked, term)]
    return any(
        (
            _loose(term, _matter(term, terms, said, quotes), quoted)
            and not any(_goes_on(term, terms, said, run) for run in runs)
        )
        or _told_of_another(term, claim, quoted)
        for term in new
    )


def _matter(new: Term, terms: Sequence[Term], said: str, quotes: Sequence[tuple[str, Terms]]) -> list[Term]:
    """What a claim says besides a term. Of the same name it is only what is said without it: "Rishi Sunak", "Sunak"."""
    without = [text for text, held in quotes if not claims.holds(held, new)]
    code = quotes[0][1].language
    return [
        term
        for term in terms
        if term is not new
        and (not _belongs(term, new, said) or any(claims.alone(term, text, code) for text in without))
    ]


def _belongs(one: Term, other: Term, said: str) -> bool:
    """Whether a term is a part of the same name as another one, which stands right beside it."""
    if (one.kind, other.kind) != ("name", "name"):
        return False
    either = (rf"{re.escape(str(a.value))}\s+{re.escape(str(b.value))}\b" for a, b in ((one, other), (other, one)))
    return any(re.search(pattern, said.casefold()) for pattern in either)


def _loose(new: Term, matter: Sequence[Term], quoted: Sequence[Terms]) -> bool:
    """Whether some sentences say a term, and none of these has anything of the matter, but all something else."""
    if not matter:
        return False
    saying = [terms for terms in quoted if claims.holds(terms, new) and new.value not in terms.understood]
    if any(len(terms.matter) < _ELSE for terms in saying):
        return False  # "And with Stefan." goes on with what was said before
    return bool(saying) and not any(claims.holds(terms, term) for terms in saying for term in matter)


def _told_of_another(name: Term, claim: Terms, quoted: Sequence[Terms]) -> bool:
    """Whether all that a claim says of a name is said of another one, in a sentence without it.

    "Anna Berg called it a mistake" does not stand on "Erik Ek said it was a mistake. Anna Berg said it would rain".
    """
    light = _light(claim.language)
    rest = [term for term in claims.weighed(claim, claim.language) if term.kind == "word" and term.value not in light]
    having = [held for held in quoted if claims.holds(held, name)]
    if name.kind != "name" or not rest or any(claims.holds(held, term) for held in having for term in rest):
        return False
    telling = [held for held in quoted if held not in having and all(claims.holds(held, term) for term in rest)]
    return bool(telling) and all(
        any(term.kind == "name" and not claims.holds(claim, term) for term in claims.weighed(held, claim.language))
        for held in telling
    )


@lru_cache(maxsize=16)
def _light(code: str) -> frozenset[str]:
    """The stems of words that say next to nothing, such as those of saying."""
    return frozenset(stem for word in tongue_of(code).light for stem in language.terms(word, code))


def _goes_on(new: Term, terms: Sequence[Term], said: str, run: Sequence[tuple[str, Terms]]) -> bool:
    """Whether a number's sentence goes on with the one before it, which has all the rest of the claim.

    "The staff was to be cut. Instead of 20, only ten may stay" cuts it to ten; but 31 flats are not 31 people.
    """
    rest = [term for term in terms if term is not new]
    return new.kind == "number" and any(
        claims.holds(held, new)
        and not held.names
        and all(claims.holds(before, term) for term in rest)
        and counts.may_count_the_same(str(new.value), said, text, held.language)
        for (_, before), (text, held) in itertools.pairwise(run)
    )


def of_another_kind(said: str, code: str, quoted: str, quoted_in: str) -> bool:
    """Whether a claim has dollars and its quote euros, one rises and the other falls, is the third and the fourth.

    Args:
        said: The claim.
        code: Its ISO 639-1 code.
        quoted: Its quotes.
        quoted_in: Theirs.
    """
    ours, theirs = _groups(said, code), _groups(quoted, quoted_in)
    aligned = claims.comparable(code, quoted_in)
    if any(_opposed(ours[name], theirs[name], aligned=aligned) for name in ours.keys() & theirs.keys()):
        return True
    units = measures(quoted, quoted_in)
    return any(of.isdisjoint(units.get(number, of)) for number, of in measures(said, code).items())


def _opposed(ours: Mapping[str, set[str]], theirs: Mapping[str, set[str]], *, aligned: bool) -> bool:
    """Whether two texts have other groups of a class, beside words that they share if these can be compared."""
    if not ours.keys().isdisjoint(theirs):
        return False
    here, there = (frozenset().union(*groups.values()) for groups in (ours, theirs))
    return not aligned or not here.isdisjoint(there)


def _groups(text: str, code: str) -> dict[str, dict[str, set[str]]]:
    """What a text has of each class of words that exclude one another, each group with the stems beside its words."""
    lowered = text.lower()  # casefold() would make "aussen" of the "außen" of our table
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, group, pattern in _classes(code):
        for match in pattern.finditer(lowered):
            before, after = PART_END.split(lowered[: match.start()])[-1], PART_END.split(lowered[match.end() :])[0]
            found[name][group].update(_things(before, code)[-_BESIDE:], _things(after, code)[:_BESIDE])
    return found


@lru_cache(maxsize=16)
def _classes(code: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Class, group and what finds its words in a language, as ``opposites.toml`` has them."""
    return tuple(
        (name, group, re.compile("|".join(listed)))
        for name, groups in wording.table("verdicts/opposites").items()
        if name != _TITLES  # these are compared by the name behind them
        for group, words in groups.items()
        if (listed := [words[key] for key in (_EVERY, code) if key in words])
    )


def titled_otherwise(said: str, code: str, quotes: Sequence[tuple[str, Terms]]) -> bool:
    """Whether a claim gives somebody a title, and its quotes only others: "Senator Berg", and "Governor Berg".

    Args:
        said: The claim.
        code: Its ISO 639-1 code.
        quotes: The sentences of its quotes, each with its terms.
    """
    given = [one for text, terms in quotes for one in _titled(text, terms.language)]
    for keys, title in _titled(said, code):
        theirs = {other for others, other in given if not keys.isdisjoint(others)}
        if theirs and title not in theirs:
            return True
    return False


def _titled(text: str, code: str) -> Iterator[tuple[frozenset[str], str]]:
    """What the last names behind titles in a text may be found by, each with its title."""
    for title, pattern in _titles(code):
        for match in pattern.finditer(text):
            last = POSSESSIVE.sub("", _NUMERAL.sub("", match["name"]).split()[-1]).casefold()
            yield spellings.of_name(last, code) | {last}, title


@lru_cache(maxsize=16)
def _titles(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each title with what finds it before a name in a language."""
    return tuple(
        (title, re.compile(rf"(?<!\w)(?i:(?<!vice[ -]){words[code]}){_NAME}"))
        for title, words in wording.table("verdicts/opposites")[_TITLES].items()
        if code in words
    )


def _things(text: str, code: str) -> list[str]:
    """The stems of a text without those of what numbers measure."""
    return [stem for word in WORD.findall(text) if word not in MEASURE for stem in language.terms(word, code)]


def told_instead(said: str, quoted: str, code: str) -> bool:
    """Whether a quote only has somebody told to do what a claim says was done: "ordered Nato to close" closes nothing.

    Args:
        said: The claim.
        quoted: A sentence of its quote, in the same language.
        code: Their ISO 639-1 code.
    """
    return not cues.only_told(said, code) and _has_done(said, cues.told_to(quoted, code))


def planned_only(said: str, quoted: str, code: str) -> bool:
    """The same of what somebody plans or wants to do: "plans to build" has built nothing."""
    return not cues.only_planned(said, code) and _has_done(said, cues.planned(quoted, code))


def negates(said: str, quoted: str, code: str) -> bool:
    """Whether what a claim says without any "not" stands behind one in its quote, or the other way round."""
    return _is_denied(said, quoted, code) or _denies_what_is_so(said, quoted, code)


def _is_denied(said: str, quoted: str, code: str) -> bool:
    if Cues.of(said, code).negation:
        return False
    ours, told = set(stems(said, code)), stems(quoted, code)
    behind = [stem for rest in cues.negated(quoted, code) for stem in stems(rest, code)[:1]]
    return any(stem in ours and told.count(stem) <= behind.count(stem) for stem in behind)


def _denies_what_is_so(said: str, quoted: str, code: str) -> bool:
    """Whether a claim denies what its quote says in a clause without any "not".

    Two words behind the "not" must be there, since the first may be what both are about: "No ships sailed", "Ships
    waited". Nor does a quote contradict "came without money".
    """
    clauses = [clause for clause in _CLAUSE.split(quoted) if not Cues.of(clause, code).negation]
    told = {stem for clause in clauses for stem in stems(clause, code)}
    behind = [stems(rest, code)[:_DENIED] for rest in cues.negated(said, code, lacking=False)]
    return any(told.issuperset(denied) for denied in behind if denied)


def takes_back(said: str, quoted: str, code: str) -> bool:
    """Whether a claim has "only" where its quote has "not only", or the other way round."""
    shared = set(stems(said, code)).intersection(stems(quoted, code))
    return bool(shared) and {cues.only(said), cues.only(quoted)} == {"only", "not only"}


def denies(said: str, claim: Terms, quotes: Sequence[tuple[str, Terms]]) -> bool:
    """Whether a negation that only one of a claim and its quotes has may be about what the claim says.

    It is not where nothing of the claim stands behind it, or in its clause: "He came, but brought no money."

    Args:
        said: The claim's characters.
        claim: What it says that can be checked.
        quotes: The sentences of its quotes, each with its terms.
    """
    if Cues.of(said, claim.language).negation:
        return True
    held = Terms.joined([terms for _, terms in quotes])
    unsaid = any(term.kind == "word" and not claims.holds(held, term) for term in claims.weighed(claim, held.language))
    return any(_denies(text, terms.language, claim, unsaid=unsaid) for text, terms in quotes)


def _denies(quoted: str, code: str, claim: Terms, *, unsaid: bool) -> bool:
    """Whether a sentence denies something of a claim, or may do so: in another language it may be anything.

    Where a claim has words that are ``unsaid``, a single word behind the "not" may be a form of them: "did not rise"
    denies "rose".
    """
    if not claims.comparable(code, claim.language):
        return Cues.of(quoted, code).negation > 0
    for clause in _CLAUSE.split(quoted):
        if not Cues.of(clause, code).negation:
            continue
        behind = [rest for rest in cues.negated(clause, code) if stems(rest, code)]
        if unsaid and any(len(stems(rest, code)) == 1 for rest in behind):
            return True
        about = [Terms.of(text, code) for text in behind or [clause if stems(clause, code) else quoted]]
        if any(claims.holds(terms, term) for terms in about for term in claims.weighed(claim, code)):
            return True
    return False


def _has_done(said: str, deeds: Collection[str]) -> bool:
    """Whether a deed is in a claim in whatever form: built and build, fermé and fermer."""
    words = [word.lower() for word in WORD.findall(said)]
    return any(_same_root(deed, word) for deed in deeds for word in words)


def _same_root(one: str, other: str) -> bool:
    pairs = zip(one, other, strict=False)
    common = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    return common >= max(_ROOT, max(len(one), len(other)) - _CUT)


def refuted(said: str, claim: Terms, asked: Terms, runs: Sequence[Sequence[tuple[str, Terms]]]) -> bool:
    """Whether any of the rules keeps a claim from being proved by its quotes.

    Args:
        said: The claim's characters.
        claim: What it says that can be checked.
        asked: The same of its question.
        runs: Its quotes, each a run of sentences with their terms.
    """
    if elsewhere(said, claim, asked, runs):
        return True
    code = claim.language
    quotes = [sentence for run in runs for sentence in run]
    told: dict[str, list[str]] = defaultdict(list)
    for text, terms in quotes:
        told[terms.language].append(text)
    if any(of_another_kind(said, code, " ".join(texts), language) for language, texts in told.items()):
        return True
    if titled_otherwise(said, code, quotes):
        return True
    native = [text for text, terms in quotes if claims.comparable(terms.language, code)]
    if not native:
        return False
    rules = (deeds.turned_round, told_instead, planned_only, negates, takes_back)
    return counts.otherwise(said, " ".join(native), code) or any(
        rule(said, text, code) for rule in rules for text in native
    )
