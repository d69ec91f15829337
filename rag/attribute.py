"""Each sentence of an answer → the quotes it stands on, cut out of the articles by code, and a verdict.

For a claim (a sentence of the answer, read together with the question) every sentence of the sources' articles is
scored by how much of the claim's numbers, dates, names and words it holds; the best of them, and some of other
languages, are also compared by their embeddings. To each of these its neighbours are joined while they hold what it
lacks, and the best such run is the quote: a sentence alone, or two that only together state the claim. Where names or
numbers are still missing, further quotes may hold them. :mod:`rag.verdicts.verdict` then says how likely it is that all
this states the claim.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from index import language
from index.embed import Embedder
from index.sentences import sentences
from index.types import Span
from rag.evidence import Evidence, Sentence
from rag.facts import claims
from rag.facts.claims import Terms
from rag.types import Citation, Quote, Source, Verdict
from rag.verdicts import openings, refute, verdict
from rag.verdicts.meaning import Meaning, text_of
from rag.verdicts.verdict import Signals, Text

# Share of a score that comes from what can be counted; the rest is embedding similarity.
_COUNTED = 0.7
# The same of a sentence in another language, of which names and numbers alone are counted.
_NAMED = 0.55
# Share of what can be counted that comes from the question.
_ASKED = 0.2
# What is left of a score if a number or a name is missing that the claim adds to the question.
_LACKING = 0.6
# Scores from which a sentence is a quote.
_QUOTED = 0.35
# A neighbour joins a quote if that raises the coverage of the claim by as much, and costs the run as much of its score.
_GAIN = 0.1
_LONGEST_RUN = 3
_MOST_QUOTES = 3
# Sentences that are embedded for a claim, and how many of other languages: each costs some 7 ms.
_COMPARED, _FOREIGN = 8, 4
_FOREIGN_ALONE = 14
# A headline is proof of little: whoever doubts it wants the sentence below. What was not found comes second.
_HEADLINE, _NOT_FOUND = 0.67, 0.9
# A claim of so few words says nothing without its question: "Eight.", "In the autumn."
_SHORT = 5
_LITERAL = 3  # letters that a single word needs to be looked for as it stands
_INFLECTED = 5  # letters from which on it may have an ending there, of three at most
_MARK = re.compile(r"\s*\[\d{1,3}\]")  # a model's own mark of a source, which is none of the claim's numbers
# What says nothing but that the question is right, or wrong.
_YES_NO = frozenset(
    re.findall(r"\w+", "yes no ja nej nei jo nein doch oui si non sí да нет tak nie kyllä ei sim não nee")
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence of an answer.

    Attributes:
        said: Its characters.
        answer: Terms of the sentence alone, or of the question where it says nothing else ("Yes.").
        asked: Terms of the question.
        stated: What has to be stated: the sentence, after its question if it says nothing alone.
        meant: The sentence after its question: what its quote is about.
        literal: What finds a short answer as it stands, whatever it is made of; None for a longer one.
        known: Names, casefolded, that the question or the articles have.
    """

    said: str
    answer: Terms
    asked: Terms
    stated: Text
    meant: Text
    literal: re.Pattern[str] | None
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """The sentences of a claim's quotes as places in the evidence, the best quote first, and what led to them."""

    runs: tuple[tuple[int, ...], ...] = ()
    score: float = 0.0
    best: int = 0
    texts: dict[int, Text] = field(default_factory=dict)


class _Numbers:
    """The marks that readers see: the same for the same span wherever it is quoted again."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, Span], int] = {}

    def of(self, article_id: str, span: Span) -> int:
        """The number of a span, from 1."""
        return self._given.setdefault((article_id, span), len(self._given) + 1)


class Attributor:
    """Finds the quotes under an answer.

    Args:
        embedder: Compares sentences, also across languages. Vectors of sentences are remembered.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._evidence = Evidence()
        self._meaning = Meaning(embedder)

    def cite(
        self, question: str, text: str, asked_in: str, sources: Sequence[Source], *, said_in: str = ""
    ) -> tuple[Citation, ...]:
        """Each sentence of an answer's text with its quotes and a verdict.

        Args:
            question: What was asked.
            text: The answer.
            asked_in: ISO 639-1 code of the question.
            sources: What was found; quotes are cut from their passages, or else from their articles.
            said_in: ISO 639-1 code of the answer, if it is in another language.

        Returns:
            The sentences in order. A quote's number is the same wherever the same span is quoted again.
        """
        evidence = self._evidence.of(sources)
        asked = Terms.of(question, asked_in)
        known = _known(asked, evidence)
        numbers = _Numbers()
        said_in = said_in or asked_in
        claims_made = (
            (span.start, self._claim(question, text[span.start : span.end], asked, said_in, known))
            for span in sentences(text, said_in)
        )
        return tuple(self._citation(claim, start, evidence, numbers) for start, claim in claims_made)

    def weigh(self, question: str, claim: str, asked_in: str, sources: Sequence[Source]) -> Citation:
        """The same for a text that is one claim, however many sentences it has."""
        evidence, asked = self._evidence.of(sources), Terms.of(question, asked_in)
        made = self._claim(question, claim, asked, asked_in, _known(asked, evidence))
        return self._citation(made, 0, evidence, _Numbers())

    def signals(self, question: str, claim: str, asked_in: str, sources: Sequence[Source]) -> Signals | None:
        """What speaks for a claim; None if there is nothing to compare it with."""
        evidence, asked = self._evidence.of(sources), Terms.of(question, asked_in)
        stated = self._claim(question, claim, asked, asked_in, _known(asked, evidence))
        return _signals(stated, evidence, self._find(stated, evidence))

    def _citation(self, claim: _Claim, start: int, evidence: Sequence[Sentence], numbers: _Numbers) -> Citation:
        """The claim that starts at an offset of the answer, judged; quotes get their numbers."""
        found = self._find(claim, evidence)
        signals = _signals(claim, evidence, found)
        end = start + len(claim.said)
        if signals is None or not found.runs:
            return Citation(claim.said, start, end, (), "unsupported", 0.0)
        support = verdict.support(signals)
        quotes = []
        for run in found.runs:
            first, last = evidence[run[0]], evidence[run[-1]]
            cut = Span(first.span.start, last.span.end)
            quotes.append(Quote(first.article, *cut, found.score, numbers.of(first.article.id, cut)))
        runs_quoted = [[(evidence[place].text, evidence[place].terms) for place in run] for run in found.runs]
        quoted = [sentence for run in runs_quoted for sentence in run]
        native = [text for text, terms in quoted if claims.comparable(terms.language, claim.answer.language)]
        proved = not (
            claims.lacking(claim.answer, Terms.joined([terms for _, terms in quoted]), claim.asked)
            or (
                verdict.denied(signals, only_negation=_says_yes_or_no(claim.said))
                and refute.denies(claim.stated.text, claim.answer, quoted)
            )
            or _unheard_of(claim.answer, evidence)
            or any(openings.another(claim.said, text, claim.answer.language, claim.known) for text in native)
            or refute.refuted(claim.stated.text, claim.answer, claim.asked, runs_quoted)
        )
        abroad = not native and not signals.negation_differs
        likely = support >= (verdict.SUPPORTED_ABROAD if abroad else verdict.SUPPORTED)
        return Citation(claim.said, start, end, tuple(quotes), _verdict(support, proved=proved and likely), support)

    def _claim(self, question: str, said: str, asked: Terms, said_in: str, known: frozenset[str]) -> _Claim:
        bare = _MARK.sub("", said)
        alone = Terms.of(bare, said_in, known=known)
        joined = f"{question} {bare}".strip()
        whole = Terms.of(joined, said_in, known=known) if said_in == asked.language else Terms.joined([alone, asked])
        short = len(bare.split()) < _SHORT
        of_claim, of_both = self._meaning.of([(joined, whole) if short else (bare, alone), (joined, whole)])
        own = asked if _says_yes_or_no(bare) else alone or asked
        return _Claim(said, own, asked, of_claim, of_both, _literal(bare) if short else None, known)

    def _find(self, claim: _Claim, evidence: Sequence[Sentence]) -> _Found:
        """The quotes that state a claim best."""
        if not evidence:
            return _Found()
        counted = [_counted(claim, [sentence]) for sentence in evidence]
        compared = _compared(claim, evidence, counted)
        texts = dict(
            zip(compared, self._meaning.of([(evidence[i].text, evidence[i].terms) for i in compared]), strict=True)
        )
        similar = dict(zip(compared, _relative([_cosine(claim.meant, texts[i]) for i in compared]), strict=True))
        places = {(sentence.article.id, sentence.place): i for i, sentence in enumerate(evidence)}
        grown = {i: _grown(claim, evidence, i, places) for i in compared}
        scores = {
            i: max(
                _score(claim, [evidence[j] for j in run], max(similar.get(j, 0.0) for j in run))
                for run in {(i,), grown[i]}
            )
            for i in compared
        }
        best = max(scores, key=lambda i: (scores[i], -i))
        if scores[best] < _QUOTED:
            return _Found((), scores[best], best, texts)
        runs = [grown[best]]
        while len(runs) < _MOST_QUOTES and (more := _further(claim, evidence, runs)):
            runs.append(more)
        return _Found(tuple(runs), scores[best], best, texts)


def _known(asked: Terms, evidence: Sequence[Sentence]) -> frozenset[str]:
    """The names that a question or the articles have, which may open a claim; a headline has capitals as it likes."""
    return claims.names_known([asked, *(sentence.terms for sentence in evidence if not sentence.headline)])


def _literal(said: str) -> re.Pattern[str] | None:
    """What finds these words: "member" is in "members" too, "six" not in "sixteen"; None if they say too little."""
    words = language.word().findall(said)
    if not words or (len(words) == 1 and len(words[0]) < _LITERAL) or _says_yes_or_no(said):
        return None
    if language.is_unspaced(said):
        return re.compile(r"\W*".join(map(re.escape, words)))
    ending = r"\w{0,3}" if len(words[-1]) >= _INFLECTED else ""
    return re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + ending + r"(?!\w)", re.IGNORECASE)


def _says_yes_or_no(said: str) -> bool:
    """Whether nothing but that is said."""
    return _YES_NO.issuperset(re.findall(r"\w+", said.casefold()))


def _score(claim: _Claim, run: Sequence[Sentence], similar: float) -> float:
    """How well a run of sentences would do as a quote; each one more must be worth it."""
    native = claims.comparable(run[0].terms.language, claim.answer.language)
    mixed = _mixed(_counted(claim, run), similar, _COUNTED if native else _NAMED)
    return mixed * min(map(_trust, run)) - _GAIN * (len(run) - 1)


def _counted(claim: _Claim, run: Sequence[Sentence]) -> float | None:
    """How much of a claim a run holds, and a little of its question; None if nothing can be compared."""
    held = Terms.joined([sentence.terms for sentence in run])
    covered = claims.coverage(claim.answer, held, claim.asked)
    if claim.literal and any(claim.literal.search(sentence.text) for sentence in run):
        covered = 1.0
    asked = claims.coverage(claim.asked, held, claim.asked)
    if covered is None or asked is None:
        return asked if covered is None else covered
    missing = claims.missing(claim.answer, held, claim.asked)
    lacking = _LACKING if missing and covered < 1.0 else 1.0
    return ((1 - _ASKED) * covered + _ASKED * asked) * lacking


def _compared(claim: _Claim, evidence: Sequence[Sentence], counted: Sequence[float | None]) -> list[int]:
    """Places of the sentences worth embedding: those that hold most of the claim, and the likeliest foreign ones."""
    order = sorted(
        range(len(evidence)),
        key=lambda i: ((counted[i] or 0.0) * _trust(evidence[i]) + evidence[i].found, -i),
        reverse=True,
    )
    near = {i for i in order if claims.comparable(evidence[i].terms.language, claim.answer.language)}
    native = [i for i in order if i in near]
    found = [i for i in native if evidence[i].found][:_COMPARED]
    weakest = max((counted[i] or 0.0 for i in found), default=-1.0)
    others = [i for i in native if not evidence[i].found and (counted[i] or 0.0) > weakest][: _COMPARED // 2]
    foreign = [i for i in order if i not in near]
    return found + others + foreign[: _FOREIGN if found else _FOREIGN_ALONE]


def _trust(sentence: Sentence) -> float:
    """1 for a sentence that was found, less for a headline and for the rest of an article."""
    return (_HEADLINE if sentence.headline else 1.0) * (1.0 if sentence.found else _NOT_FOUND)


def _cosine(one: Text, other: Text) -> float:
    return 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)


def _mixed(counted: float | None, similar: float, share: float) -> float:
    """What can be counted and what can only be compared, as one score; the latter alone if nothing can be counted."""
    return similar if counted is None else share * counted + (1 - share) * similar


def _relative(cosines: Sequence[float]) -> list[float]:
    """Cosines of one claim as 0 (median or less) to 1 (the best): embedders differ in what a cosine means."""
    middle, top = float(np.median(cosines)), max(cosines)
    return [max(0.0, c - middle) / (top - middle) if top - middle > 1e-6 else 1.0 for c in cosines]


def _grown(
    claim: _Claim, evidence: Sequence[Sentence], first: int, places: Mapping[tuple[str, int], int]
) -> tuple[int, ...]:
    """A sentence, and neighbours of its article as long as they hold what it lacks of the claim."""
    run = [first]
    held = evidence[first].terms
    while len(run) < _LONGEST_RUN:
        now = claims.coverage(claim.answer, held, claim.asked) or 0.0
        gains = [
            ((claims.coverage(claim.answer, held | evidence[i].terms, claim.asked) or 0.0) - now, i)
            for i in _neighbours(evidence, run, places)
        ]
        gain, chosen = max(gains, default=(0.0, -1))
        if gain <= _GAIN:
            break
        run = [chosen, *run] if evidence[chosen].place < evidence[run[0]].place else [*run, chosen]
        held = held | evidence[chosen].terms
    return tuple(run)


def _neighbours(evidence: Sequence[Sentence], run: Sequence[int], places: Mapping[tuple[str, int], int]) -> list[int]:
    """The sentences directly before and after a run, with nothing but white space between."""
    first, last = evidence[run[0]], evidence[run[-1]]
    found = []
    for edge, place in ((first, first.place - 1), (last, last.place + 1)):
        i = places.get((edge.article.id, place))
        if i is not None:
            one, other = sorted((edge, evidence[i]), key=lambda sentence: sentence.place)
            if not one.article.text[one.span.end : other.span.start].strip():
                found.append(i)
    return found


def _further(claim: _Claim, evidence: Sequence[Sentence], runs: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """A sentence from elsewhere that holds names or numbers of the claim that the quotes so far lack; or none."""
    taken = {place for run in runs for place in run}
    held = _joined(evidence, sorted(taken))
    missing = claims.missing(claim.answer, held, claim.asked)
    if not missing:
        return ()
    best: tuple[int, ...] = ()
    most = 0.0
    for i, sentence in enumerate(evidence):
        if i in taken or not sentence.found:
            continue
        found = len(missing - claims.missing(claim.answer, held | sentence.terms, claim.asked))
        score = found + (claims.coverage(claim.answer, sentence.terms, claim.asked) or 0.0) if found else 0.0
        if score > most:
            best, most = (i,), score
    return best


def _joined(evidence: Sequence[Sentence], places: Sequence[int]) -> Terms:
    return Terms.joined([evidence[place].terms for place in places])


def _signals(claim: _Claim, evidence: Sequence[Sentence], found: _Found) -> Signals | None:
    if not found.texts:
        return None
    quoted = [place for run in found.runs for place in run] or [found.best]
    places = list(dict.fromkeys([*found.texts, *quoted]))
    read = [found.texts.get(i) or text_of(evidence[i].text, evidence[i].terms) for i in places]
    language = evidence[found.best].terms.language
    everything = _joined(evidence, [i for i, s in enumerate(evidence) if s.terms.language == language])
    return verdict.signals(
        claim.stated,
        claim.asked,
        read,
        everything,
        best=places.index(found.best),
        run=[places.index(i) for i in quoted],
    )


def _unheard_of(claim: Terms, evidence: Sequence[Sentence]) -> bool:
    """Whether a claim says a number or a day that nothing read holds, be it only the question's: a false premise."""
    counted = (term for term in claims.weighed(claim, claim.language) if term.kind in {"number", "date"})
    return any(not any(claims.holds(sentence.terms, term) for sentence in evidence) for term in counted)


def _verdict(support: float, *, proved: bool) -> Verdict:
    """A claim that is likely stated, and of which nothing is missing or refuted, is supported."""
    if proved:
        return "supported"
    return "partly" if support >= verdict.PARTLY else "unsupported"
