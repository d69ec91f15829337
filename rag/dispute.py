"""Whether the articles disagree: which of them might, and whether what they say cannot both be so.

What an answer adds to its question, a day, a number or a name, may be contradicted by an article that it does not stand
on. The best passage of such an article, if it is about the question and hardly holds what the answer adds, is read
alone; where it answers otherwise, and its answer stands on a quote of its own, both are shown. Other words are not
compared: "a short circuit" does not contradict "an electrical fault".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.types import Article, Hit
from rag import intervals
from rag.facts import capitals, claims, territories
from rag.facts.claim_dates import Day, is_year
from rag.facts.claims import Term, Terms
from rag.intervals import Interval
from rag.reading import Reading
from rag.types import Answer, Citation, Quote, Source, grounded
from rag.wording import CAPITAL

LOOKED_AT = 30
"""Passages, the best ones found, among which those of other articles are looked for."""
# A passage found so much worse than the best one, by score, is about something else.
_AS_GOOD = 0.75
# How far an answer must be believed before other articles are read, and what one says alone before it is against it.
_CONFIDENT, _SURE = 0.4, 0.45
OUTVOTED = 0.3
"""The same of what a round said, which had more to read."""
# Share of the question that a passage, and the quote of the other side, must hold to be about the same.
_SAME_MATTER = 0.5
_MOST_WEIGHED, _MOST_READ = 8, 3
# Share of what an answer adds that a passage must hold to be on its side.
_AGREES = 0.6
# How far an article must state an answer not to be read against it, be it in other words.
_STATES = 0.6
# Letters that an abbreviation has at most, and letters that it leaves out at least: the Fed.
_SHORTENED, _LEFT_OUT = 4, 2
# Names in a row, with up to one short word between two of them, by the letters of which they may be known.
_ROW = re.compile(rf"{CAPITAL}\w*(?:(?:-|\s+(?:\w{{1,3}}\s+)?){CAPITAL}\w*)+")
_ENDS = (".", "!", "?", "…", "。", '."', ".”", ".'", ".’")

_DISAGREES = {
    "da": "En anden artikel siger noget andet:",
    "de": "Ein anderer Artikel sagt etwas anderes:",
    "en": "Another article says otherwise:",
    "es": "Otro artículo dice otra cosa:",
    "fi": "Toinen artikkeli sanoo toisin:",
    "fr": "Un autre article dit autre chose :",
    "it": "Un altro articolo dice altro:",
    "nl": "Een ander artikel zegt iets anders:",
    "no": "En annen artikkel sier noe annet:",
    "pl": "Inny artykuł mówi co innego:",
    "pt": "Outro artigo diz outra coisa:",
    "ru": "В другой статье сказано иначе:",
    "sv": "En annan artikel säger något annat:",
    "uk": "В іншій статті сказано інакше:",
}


def rivals(
    best: Reading,
    question: str,
    answer: Answer,
    find: Callable[[int], Sequence[Hit]],
    support: Callable[[Source], float],
) -> Iterator[Source]:
    """The passages of other articles that may contradict an answer, the best of each of a few articles.

    Args:
        best: What is to be answered.
        question: Standing on its own.
        answer: With its language.
        find: As many of the passages that were found for the question, best first, as one asks for.
        support: How far the article of a source states the answer, 0 to 1.
    """
    if best.refused or best.confidence < _CONFIDENT or not (added := _added(best, question, answer)):
        return
    hits = find(LOOKED_AT)
    asked = Terms.of(question, answer.language)
    enough = _AS_GOOD * hits[0].score if hits else 0.0
    others = {hit.article.id for hit in hits if hit.score >= enough} - {article.id for article in articles(best)}
    passages = [(hit, _terms(hit)) for hit in hits if hit.article.id in others]
    agreeing = {hit.article.id for hit, terms in passages if _held(terms, added) >= _AGREES}
    found: dict[str, Source] = {}
    for hit, terms in passages:
        if hit.score >= enough and hit.article.id not in agreeing and _is_about(asked, terms):
            found.setdefault(hit.article.id, Source(hit.rank, hit))
    weighed = itertools.islice(found.values(), _MOST_WEIGHED)
    yield from itertools.islice((source for source in weighed if support(source) < _STATES), _MOST_READ)


def contradicts(other: Reading, best: Reading, question: str, answer: Answer, *, sure: float = _SURE) -> bool:
    """Whether two answers, each from its own article, say different days, numbers or names.

    What counts is the first of these that the answer has; "Thursday" does not contradict "September 8", nor "20
    percent" "3 billion kronor", nor one name another that its own article has too.
    """
    if other.refused or other.confidence < sure or not grounded(other.citations) or not grounded(best.citations):
        return False
    asked = Terms.of(question, answer.language)
    if not all(_is_about(asked, _quoted(citation)) for citation in other.citations):
        return False
    ours, theirs = _added(best, question, answer), _added(other, question, answer)
    if ours.dates:
        return _days_differ((best, ours), (other, theirs)) or _years_differ((best, ours), (other, theirs))
    if ours.numbers:
        counts = not all(map(is_year, ours.numbers))  # no year contradicts a count
        return intervals.differ(*(_numbers(*side, years=not counts) for side in ((best, ours), (other, theirs))))
    return _names_differ(best, other, ours, theirs)


_Side = tuple[Reading, Terms]  # an answer, and what it adds to its question


def _days_differ(ours: _Side, theirs: _Side) -> bool:
    """Whether both sides name days of a month, or neither does and both of a week, and none that may be the same.

    "In November" is not against "November 1", nor "on September 8, he said on Thursday" against the same on Friday.
    """
    dated = [_days(*side) for side in (ours, theirs)]
    if any(dated):
        return all(dated) and not any(intervals.days_meet(*pair) for pair in itertools.product(*dated))
    return ours[1].dates.isdisjoint(theirs[1].dates) and bool(ours[1].dates and theirs[1].dates)


def _days(reading: Reading, added: Terms) -> list[Interval]:
    """The days of a month that an answer adds, each as what it may be."""
    named = {f"{day.month}-{day.day}" for day in added.dates if isinstance(day, Day)}
    text, code = reading.opinion.text, reading.opinion.said_in or added.language
    return [one for one in intervals.days(text, code) if one.value in named]


def _years_differ(ours: _Side, theirs: _Side) -> bool:
    """Whether both sides give a year beside a day or instead of it, and none that may be the same."""
    years = [_numbers(*side, years=True) for side in (ours, theirs)]
    return all(years) and not any(one.meets(other) for one, other in itertools.product(*years))


def _numbers(reading: Reading, added: Terms, *, years: bool) -> list[Interval]:
    """The years, or the other numbers, that an answer adds, each as what it may be."""
    text, code = reading.opinion.text, reading.opinion.said_in or added.language
    return [one for one in intervals.numbers(text, code) if one.value in added.numbers and is_year(one.value) == years]


def _names_differ(best: Reading, other: Reading, ours: Terms, theirs: Terms) -> bool:
    """Whether both sides name somebody or something, neither of which the other article has, in one language.

    Between languages a name may be another one: Köln is Cologne. Nor does a country contradict a city of it.
    """
    ours, theirs = (replace(side, names=side.names - side.unsure) for side in (ours, theirs))
    if not ours.names or not theirs.names or max(_held(theirs, ours), _held(ours, theirs)) > 1 - _AGREES:
        return False
    languages = [{article.language for article in articles(reading)} for reading in (best, other)]
    if not all(claims.comparable(*pair) for pair in itertools.product(*languages)):
        return False
    if _initials(best.opinion.text) & theirs.names or _initials(other.opinion.text) & ours.names:
        return False
    if any(_may_be_one(*pair, ours.language, theirs.language) for pair in itertools.product(ours.names, theirs.names)):
        return False
    return not _tells_of(best, theirs) and not _tells_of(other, ours)


def _may_be_one(one: str, other: str, code: str, code_of_other: str) -> bool:
    """Whether a place lies in another, or a name is short for another: Moscow and Russia, the Fed."""
    places = territories.place(one, code), territories.place(other, code_of_other)
    if places[0] and places[1]:
        return territories.lies_in(places[0], places[1]) or territories.lies_in(places[1], places[0])
    short, long = sorted((one, other), key=len)
    return len(short) <= min(_SHORTENED, len(long) - _LEFT_OUT) and long.startswith(short) and not any(places)


def _initials(text: str) -> set[str]:
    """What the names in a row in a text may be abbreviated to, casefolded: "iaea"."""
    rows = [re.findall(rf"\b{CAPITAL}", row.group()) for row in _ROW.finditer(text)]
    return {"".join(row[start:]).casefold() for row in rows for start in range(len(row) - 1)}


def _tells_of(reading: Reading, names: Terms) -> bool:
    """Whether an article that an answer stands on has, anywhere, most of the names that the other side says instead."""
    wanted = [term for term in claims.weighed(names, names.language) if term.kind == "name"]
    return any(_share_named(article, wanted) >= _AGREES for article in articles(reading))


def _share_named(article: Article, names: Sequence[Term]) -> float:
    """The share of some names that stand in an article, by their spelling alone: it may be long."""
    spelt = claims.named(article.text, article.language)
    return sum(not spelt.isdisjoint(name.keys) for name in names) / len(names) if names else 0.0


def articles(reading: Reading) -> list[Article]:
    """The articles that an answer stands on."""
    by_id = {quote.article_id: quote.article for citation in reading.citations for quote in citation.quotes}
    return list(by_id.values())


def told(answer: Answer, other: Reading) -> Answer:
    """An answer that goes on with what another article says instead."""
    first = answer.text if answer.text.endswith(_ENDS) else f"{answer.text}."
    text, said = f"{first} {_DISAGREES.get(answer.said_in, _DISAGREES['en'])}", other.opinion.text
    start, most = len(first) + 1, max((quote.number for quote in answer.quotes), default=0)
    shift = len(text) + 1
    whole = f"{text} {said}"
    moved = []
    for place, citation in enumerate(other.citations):
        begin = start if place == 0 else citation.start + shift
        end = citation.end + shift
        quotes = tuple(_renumbered(quote, most) for quote in citation.quotes)
        moved.append(replace(citation, sentence=whole[begin:end], start=begin, end=end, quotes=quotes))
    return replace(answer, text=whole, citations=(*answer.citations, *moved), disputed=True)


def _added(reading: Reading, question: str, answer: Answer) -> Terms:
    """Days, numbers and names that an answer adds to its question."""
    code = reading.opinion.said_in or answer.language
    said = Terms.of(reading.opinion.text, code, known=_known(reading))
    asked = Terms.of(question, answer.language)
    terms = claims.weighed(said, code)
    names = frozenset(str(term.value) for term in terms if term.kind == "name" and not claims.holds(asked, term))
    return replace(
        said, numbers=said.numbers - asked.numbers, dates=said.dates - asked.dates, names=names, words=frozenset()
    )


def _known(reading: Reading) -> frozenset[str]:
    """What surely are names in the articles that an answer stands on: such a word is one where it opens the answer."""
    return frozenset().union(*(capitals.inside(article.text, article.language) for article in articles(reading)))


def _held(there: Terms, added: Terms) -> float:
    """The share of what an answer adds that a text holds."""
    terms = claims.weighed(added, there.language)
    return sum(claims.holds(there, term) for term in terms) / len(terms) if terms else 0.0


def _terms(hit: Hit) -> Terms:
    return Terms.of(hit.passage.text, hit.article.language, hit.article.published)


def _quoted(citation: Citation) -> Terms:
    """What the quotes of a sentence hold."""
    return Terms.of(" ".join(quote.text for quote in citation.quotes), citation.quotes[0].article.language)


def _is_about(asked: Terms, there: Terms) -> bool:
    """Whether a text holds most of a question, as far as that can be told between languages."""
    share = claims.coverage(asked, there, asked)
    return share is None or share >= _SAME_MATTER


def _renumbered(quote: Quote, most: int) -> Quote:
    return replace(quote, number=quote.number + most)
