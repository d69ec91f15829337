"""What the model is given to read, round by round, what it says, and which of it is believed.

A small model that reads one passage is distracted by nothing, but may lack what the next one says. So it first gets
the best passage alone; unless that settles the question, the best two, and then the best three. The first word comes
soonest where the search was right, and a single passage loses nothing by having been computed beforehand, since there
is no other that it could have been read together with. Where rounds differ, they vote, each with its confidence.

A question in another language than the passages is often refused although they answer it. If every round has refused
one, it is asked again with the prompt's words around it in its own language, and at last for an answer in the
passages' language: better one that the reader must translate than none.

A small model also refuses what stands before its eyes, for want of a word of the question, say. Whether a passage
answers the question is told more surely by what is inside the model (:mod:`rag.probe`), of English passages at least.
So where all rounds have refused and that says otherwise, it is asked once more and not let refuse. Confidence decides
whether the answer is shown.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from index import language
from index.types import Hit
from rag import hollow, offices, prompt, reasons
from rag.engine.port import LanguageModel, Sampling, Told, Work
from rag.facts import claim_numbers, claims
from rag.facts.claim_dates import Day, Weekday, is_year
from rag.facts.claims import Terms
from rag.settings import Settings
from rag.types import Citation, Opinion

ROUNDS = (1, 2, 3)
"""How many of the best passages the model reads in each round."""
NATIVELY = (2, 3)
"""The same where it is asked again in the words of its own language."""
AS_THEY_ARE = (3,)
"""The same where the answer may be in the passages' language."""
INSISTENTLY = (1, 2)
"""The same where the model is not let refuse."""
INSISTS = 20.0
"""By how much it is then held back from refusing, in nats."""
# How surely passages must be said to answer a question, log-odds, for the model not to be let refuse it.
_STATED = -0.75
# The language of passages in which that is told surely enough: of Swedish ones 13 unanswerable questions of 98 were
# answered, of English ones none of 87 (decision 0027).
_TOLD_IN = "en"
# The lead in confidence, of one answer over any other, that settles a question.
_SETTLED = 0.5
# What stands for a logarithm of next to no probability.
_NEVER = -12.0
DENIED = -2.0
"""How surely passages are said to answer a question, log-odds, by a model that refused and so is not asked."""
# Words from which on the language of an answer can be told.
_TELLING = 6
# Share of the new words of the shorter answer that two answers must have in common to be the same.
_ALIKE = 0.6


Said = frozenset[str | Day | Weekday]
"""What a text says: numbers, days, names and stems."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model said in one round.

    Attributes:
        text: All of it, without white space at its ends.
        logprobs: Natural logarithms of the probabilities of its tokens, in order.
        read: How many passages it had been given.
        unfound: Natural logarithm of the probability with which it would have said that they hold no answer; None
            where the engine cannot tell.
        said_in: ISO 639-1 code of its language; empty for the question's.
        hollow: Whether it only says the question again.
    """

    text: str
    logprobs: tuple[float, ...]
    read: int
    unfound: float | None = None
    said_in: str = ""
    hollow: bool = False

    @property
    def refused(self) -> bool:
        """Whether it said that the passages do not hold the answer, or nothing at all."""
        return self.hollow or prompt.is_refusal(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """An opinion and what it stands on.

    Attributes:
        opinion: What the model said, and how far it can be believed.
        citations: Its sentences with their quotes; none for a refusal.
        says: What it adds to the question: numbers, days, names and stems.
        belief: What the confidence in the answer is multiplied by, if it is this one.
    """

    opinion: Opinion
    citations: tuple[Citation, ...]
    says: Said
    belief: float = 1.0

    @property
    def refused(self) -> bool:
        """Whether the model found no answer."""
        return self.opinion.refused

    @property
    def confidence(self) -> float:
        """Probability that it is right, 0 to 1."""
        return self.opinion.confidence

    @property
    def quoted(self) -> list[tuple[str, str]]:
        """Text and ISO 639-1 code of each of its quotes."""
        quotes = [quote for citation in self.citations for quote in citation.quotes]
        return [(quote.text, quote.article.language) for quote in quotes]

    def agrees(self, other: Reading) -> bool:
        """Whether two answers say the same, in more or fewer words; a refusal agrees with nothing."""
        if self.refused or other.refused:
            return False
        ours, theirs = (frozenset(one for one in says if isinstance(one, str)) for says in (self.says, other.says))
        if ours and theirs and not _alike(ours, theirs):
            return False  # one day alone does not make them the same: "Falk left on 4 March", "Berg left on 4 March"
        if _count_otherwise(ours, theirs):
            return False  # nor do words alone: "seven ships sank", "eight ships sank"
        return _alike(self.says, other.says) if self.says and other.says else self.says == other.says


@dataclass(frozen=True, slots=True)
class Given:
    """What the model is given in a round.

    Attributes:
        hits: The passages, best first.
        answer_in: ISO 639-1 code of the language in which the answer is wanted.
        natively: Whether that is said in that language.
        stated: How surely the passages are said to answer the question, log-odds, where the model is not let refuse
            for it; None where it is.
    """

    hits: Sequence[Hit]
    answer_in: str
    natively: bool = False
    stated: float | None = None


@dataclass(slots=True)
class Round:
    """One round: iterating over it gives what can be shown, piece by piece; afterwards ``draft`` is what was said.

    Attributes:
        model: Who is asked.
        sampling: How it writes.
        question: Standing on its own.
        given: What it reads.
        asked_in: ISO 639-1 code of the question.
        cancel: Set it to stop.
        told: Called with what the engine did.
        last: The question alone, where another one has what was said before it: to "When?" a day is an answer, though
            all else of it was said before; by default ``question``.
    """

    model: LanguageModel
    sampling: Sampling
    question: str
    given: Given
    asked_in: str
    cancel: threading.Event
    told: Told | None = None
    last: str = ""
    _text: str = ""
    _shown: int = 0
    _unfound: float | None = None
    _logprobs: list[float] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        asked = prompt.build(self.question, self.hits, self.given.answer_in, natively=self.given.natively)
        reluctance = self.sampling.reluctance if self.given.stated is None else INSISTS
        sampling = replace(self.sampling, openings=((prompt.REFUSAL,),), reluctance=reluctance)
        for piece in self.model.stream(asked, sampling, self.cancel, self._took):
            self._text += piece.text
            self._logprobs += piece.logprobs or (piece.logprob,)
            if not prompt.may_refuse(self._text):
                shown, self._shown = self._shown, len(self._text)
                yield self._text[shown:]

    @property
    def hits(self) -> Sequence[Hit]:
        """The passages that are read."""
        return self.given.hits

    @property
    def draft(self) -> Draft:
        """What was said."""
        text = self._text.strip()
        said_again = hollow.is_hollow(text, self.last or self.question, self.asked_in)
        return Draft(text, tuple(self._logprobs), len(self.hits), self._unfound, self._said_in(text), said_again)

    def _said_in(self, text: str) -> str:
        """The language of what was said: the wanted one, or the question's or the passages' if it was said in that."""
        wanted = self.given.answer_in
        if len(text.split()) < _TELLING and language.script(text) in {"", language.script(self.question)}:
            return wanted
        among = {wanted, self.asked_in, *(hit.article.language for hit in self.hits)}
        found = language.detect(text, among=among)
        return wanted if found == language.UNKNOWN or claims.comparable(wanted, found) else found

    def _took(self, work: Work) -> None:
        if work.openings:
            self._unfound = max(_NEVER, work.openings[0])
        if self.told is not None:
            self.told(work)


def rounds(
    hits: Sequence[Hit],
    asked_in: str,
    readings: Sequence[Reading],
    states: Callable[[Sequence[Hit]], float | None] = lambda _: None,
) -> Iterator[Given]:
    """What the model is given in each round.

    Args:
        hits: The passages that were found, best first.
        asked_in: ISO 639-1 code of the question.
        readings: What came of the rounds so far; whoever reads on adds to it.
        states: How surely passages answer the question, as log-odds; None where nobody knows.
    """
    for count in _sizes(ROUNDS, hits):
        yield Given(hits[:count], asked_in)
    yield from _abroad(hits, asked_in, readings)
    in_english = list(itertools.takewhile(lambda hit: hit.article.language == _TOLD_IN, hits))
    for count in _sizes(INSISTENTLY, in_english) if in_english else ():
        # Of a model that does not say how it might have begun, nothing can be told: it would read all that for nothing.
        if not _all_refused(readings) or not any("unfound" in one.opinion.signals for one in readings):
            return
        if (stated := states(hits[:count])) is not None and stated >= _STATED:
            yield Given(hits[:count], asked_in, stated=stated)


def _abroad(hits: Sequence[Hit], asked_in: str, readings: Sequence[Reading]) -> Iterator[Given]:
    """The rounds of a question in another language than the passages, as long as all are refused."""
    written_in = hits[0].article.language if hits else language.UNKNOWN
    if written_in == language.UNKNOWN or claims.comparable(asked_in, written_in):
        return
    if _all_refused(readings) and prompt.has_words(asked_in):
        for count in _sizes(NATIVELY, hits):
            yield Given(hits[:count], asked_in, natively=True)
    if _all_refused(readings):
        for count in _sizes(AS_THEY_ARE, hits):
            yield Given(hits[:count], written_in)


def _sizes(wanted: Iterable[int], hits: Sequence[Hit]) -> Iterable[int]:
    """How many passages each round reads; never as many twice."""
    return dict.fromkeys(min(size, len(hits)) for size in wanted)


def _all_refused(readings: Sequence[Reading]) -> bool:
    return all(one.refused for one in readings)


def _alike(one: Said, other: Said) -> bool:
    """Whether most of what the one that says less says is in the other."""
    ours, theirs = _without_weekdays(one, other), _without_weekdays(other, one)
    common = min(sum(_says(theirs, term) for term in ours), sum(_says(ours, term) for term in theirs))
    return common >= max(1, _ALIKE * min(len(ours), len(theirs)))


def _count_otherwise(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two answers give numbers, none of them the same; a year is held against years alone."""
    numbers = [[term for term in says if term[0].isdigit()] for says in (one, other)]
    for years in (True, False):
        ours, theirs = ([number for number in some if is_year(number) == years] for some in numbers)
        if ours and theirs and not any(itertools.starmap(claim_numbers.same, itertools.product(ours, theirs))):
            return True
    return False


def _without_weekdays(said: Said, other: Said) -> Said:
    """What is said, without weekdays beside a date where the other names a date alone: "Monday, 4 March", "4 March"."""
    dates_alone = any(isinstance(one, Day) for one in other) and not any(isinstance(one, Weekday) for one in other)
    if not dates_alone or not any(isinstance(one, Day) for one in said):
        return said
    return frozenset(one for one in said if not isinstance(one, Weekday))


def _says(said: Said, term: str | Day | Weekday) -> bool:
    """Whether a term is said; "in November" and "on 1 November" say the same, in more or fewer words."""
    days = [one for one in said if isinstance(one, Day)]
    return term in said or (isinstance(term, Day) and any(term.within({one}) or one.within({term}) for one in days))


def sampling(settings: Settings) -> Sampling:
    """How answers are written."""
    return Sampling(
        temperature=settings.temperature,
        top_p=settings.top_p,
        min_p=settings.min_p,
        seed=settings.seed,
        max_tokens=settings.max_tokens,
        reluctance=settings.reluctance,
    )


def added(text: str, question: str, code: str, said_in: str = "") -> Said:
    """What an answer adds to its question; it may be in another language."""
    return Terms.of(text, said_in or code).content - Terms.of(question, code).content


def chosen(readings: Sequence[Reading]) -> Reading:
    """The reading to believe: of the answer with the most votes the most confident one; a refusal if there is none."""
    return max(readings, key=lambda one: (not one.refused, _votes(one, readings), one.confidence))


def answering(one: Reading, question: str, code: str) -> Reading:
    """A reading, believed half as much if it is no answer to what was asked.

    Args:
        one: The reading.
        question: What was asked, without what was said before it.
        code: ISO 639-1 code of the question.
    """
    said = one.opinion.text
    if offices.another(said, question, code, one.quoted):
        return replace(_doubted(one), belief=one.belief / 2)
    in_its_language = one.opinion.said_in in {"", code}
    return _doubted(one) if in_its_language and reasons.evades(said, question, code) else one


def _doubted(one: Reading) -> Reading:
    """A reading that counts half as much where readings are compared."""
    return replace(one, opinion=replace(one.opinion, confidence=one.confidence / 2))


def settled(readings: Sequence[Reading]) -> bool:
    """Whether reading more would hardly change what is believed."""
    best = chosen(readings)
    if best.refused:
        return False
    rivals = [one for one in readings if not one.refused and one is not best and not best.agrees(one)]
    return _votes(best, readings) - max((_votes(one, readings) for one in rivals), default=0.0) >= _SETTLED


def votes_on(reading: Reading, readings: Sequence[Reading]) -> dict[str, float]:
    """Signals of what all rounds say of a reading.

    That is how the others voted, how surely the passages of any round were said to answer the question, and how near
    the rounds were, on the whole, to refusing.
    """
    others = [one for one in readings if one is not reading]
    agreed = 0 if reading.refused else sum(reading.agrees(one) for one in others)
    refused = sum(one.refused for one in others)
    stated, unfound = (
        [one.opinion.signals[name] for one in readings if name in one.opinion.signals] for name in ("stated", "unfound")
    )
    return {
        "rounds": math.log(len(readings)),
        "agreed": float(agreed),
        "dissented": float(len(others) - refused - agreed),
        "refusals": float(refused),
        **({"stated": max(stated)} if stated else {}),
        **({"unfound": sum(unfound) / len(unfound)} if unfound else {}),
    }


def _votes(reading: Reading, readings: Sequence[Reading]) -> float:
    """The confidence of all that say the same."""
    return reading.confidence + sum(one.confidence for one in readings if one is not reading and reading.agrees(one))
