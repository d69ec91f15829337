"""Whether the articles disagree: what another article says when it is asked alone.

What an answer adds to its question, a day, a number, a name or a few other words, may be contradicted by an article
that it does not stand on. The best passage of such an article, if it hardly holds what the answer adds, is read alone;
where it answers otherwise, and its answer stands on a quote of its own, both are shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index import language
from index.types import Article, Hit
from rag import claim_numbers, claims, territories
from rag.claim_dates import Day, Weekday, is_year
from rag.claims import Terms
from rag.measures import measures
from rag.reading import Reading
from rag.types import Answer, Citation, Quote, Source, grounded
from rag.wording import WORD

LOOKED_AT = 30
"""Passages, the best ones found, among which those of other articles are looked for."""
# A passage found so much worse than the best one, by score, is about something else.
_AS_GOOD = 0.75
_CONFIDENT, _SURE = 0.4, 0.45
"""How far an answer must be believed before it may be contradicted, and before it may contradict another."""
# Share of the question that the quote of the other side must hold, to be about the same.
_SAME_MATTER = 0.5
_MOST_READ = 3
# Share of what an answer adds that a passage must hold to be on its side.
_AGREES = 0.6
# How far an article must state an answer not to be read against it, be it in other words.
_STATES = 0.6
# Beside names, so many words at most fill what a question leaves open, one side and the other; more tell a story.
_FEW, _SOME = 3, 6
# Begins what is read of an answer, so that its first word is inside of a sentence: a capital then makes it a name.
_GOES_ON = "… "
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
    best: Reading, question: str, answer: Answer, hits: Sequence[Hit], states: Callable[[Source], float]
) -> Iterator[Source]:
    """The passages of other articles that may contradict an answer, the best of each of a few articles.

    Args:
        best: What is to be answered.
        question: Standing on its own.
        answer: With its language.
        hits: The passages found for the question, best first: :data:`LOOKED_AT`, or all there are.
        states: How far an article states the answer, 0 to 1.
    """
    if best.refused or best.confidence < _CONFIDENT or not (added := _added(best, question, answer)):
        return
    cited = {article.id for article in _quoted(best)}
    agreeing = {hit.article.id for hit in hits if _held(_terms(hit), added) >= _AGREES}
    found: dict[str, Source] = {}
    for number, hit in enumerate(hits, start=1):
        if hit.article.id not in cited | agreeing and hit.score >= _AS_GOOD * hits[0].score:
            found.setdefault(hit.article.id, Source(number, hit))
    yield from itertools.islice((source for source in found.values() if states(source) < _STATES), _MOST_READ)


def contradicts(other: Reading, best: Reading, question: str, answer: Answer) -> bool:
    """Whether two answers, each from its own article, say different days, numbers, names or other words.

    What counts is the first of these that the answer has, names and words together; "Thursday" does not contradict
    "September 8", nor "20 percent" "3 billion kronor", nor one name or word another that its own article has too.
    """
    if other.refused or other.confidence < _SURE or not grounded(other.citations) or not grounded(best.citations):
        return False
    asked = Terms.of(question, answer.language)
    if not all(_is_about(asked, citation) for citation in other.citations):
        return False
    ours, theirs = _added(best, question, answer), _added(other, question, answer)
    if ours.dates:
        return any(_days_differ(ours, theirs, kind) for kind in (Day, Weekday))
    if ours.numbers:
        counts = not all(map(is_year, ours.numbers))  # no year contradicts a count
        alike = [{one for one in side.numbers if is_year(one) != counts} for side in (ours, theirs)]
        said = (best.opinion, other.opinion)
        of = [measures(opinion.text, opinion.said_in or answer.language) for opinion in said]
        pairs = list(itertools.product(*alike))
        comparable = any(_measure_the_same(of[0].get(one), of[1].get(another)) for one, another in pairs)
        return comparable and not any(claim_numbers.same(*pair) for pair in pairs)
    return _fill_differently(ours, theirs) and not _tells_of(best, theirs) and not _tells_of(other, ours)


def _days_differ(ours: Terms, theirs: Terms, kind: type[Day] | type[Weekday]) -> bool:
    """Whether both sides name days of a kind, and none the same; "in November" is not against "November 1"."""
    days = [{day for day in side.dates if isinstance(day, kind)} for side in (ours, theirs)]
    sides = (days, days[::-1])
    return all(days) and not any(day.within(others) for named, others in sides for day in named)


def _fill_differently(ours: Terms, theirs: Terms) -> bool:
    """Whether both sides give something for what was asked, names or a few words, and not the same."""
    fewer, more = sorted((len(ours.words), len(theirs.words)))
    if not ours.matter or not theirs.matter or fewer > _FEW or more > _SOME:
        return False
    return max(_held(theirs, ours), _held(ours, theirs)) < 1 - _AGREES


def _measure_the_same(one: set[str] | None, other: set[str] | None) -> bool:
    """Whether two numbers can be held against each other: both measure the same, or neither anything."""
    return not one.isdisjoint(other) if one and other else not (one or other)


def _tells_of(reading: Reading, said: Terms) -> bool:
    """Whether an article that an answer stands on has, anywhere, most of what the other side says instead.

    An article in a language whose words cannot be compared with it may have them too.
    """
    return any(_share_told(article, said) >= _AGREES for article in _quoted(reading))


def _quoted(reading: Reading) -> list[Article]:
    """The articles that an answer stands on."""
    articles = {quote.article_id: quote.article for citation in reading.citations for quote in citation.quotes}
    return list(articles.values())


def _share_told(article: Article, said: Terms) -> float:
    """The share of names and words that an article has, by their spelling alone, since it may be long."""
    wanted = [term for term in claims.weighed(said, article.language) if term.kind in {"name", "word"}]
    words = set(WORD.findall(article.text))
    spelt = {word.casefold() for word in words}.union(
        *map(claims.keys, words), language.terms(article.text, article.language)
    )
    return sum(not spelt.isdisjoint({str(term.value), *term.keys}) for term in wanted) / len(wanted) if wanted else 1.0


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
    """Days, numbers, names and other words that an answer adds to its question."""
    code = reading.opinion.said_in or answer.language
    said = Terms.of(_GOES_ON + reading.opinion.text if _opens_with_name(reading, code) else reading.opinion.text, code)
    asked = Terms.of(question, answer.language)
    new = [term for term in claims.weighed(said, code) if not claims.holds(asked, term)]
    names, words = (frozenset(str(term.value) for term in new if term.kind == kind) for kind in ("name", "word"))
    return replace(said, numbers=said.numbers - asked.numbers, dates=said.dates - asked.dates, names=names, words=words)


def _opens_with_name(reading: Reading, code: str) -> bool:
    """Whether the first word of an answer is a name inside a sentence of its quotes, or a country's."""
    first = WORD.match(reading.opinion.text)
    if first is None or not first.group()[0].isupper():
        return False
    name = first.group().casefold()
    named = any(name in Terms.of(text, language_of).names for text, language_of in reading.quoted)
    return named or territories.key(name, code) is not None


def _held(there: Terms, added: Terms) -> float:
    """The share of what an answer adds that a text holds."""
    terms = claims.weighed(added, there.language)
    return sum(claims.holds(there, term) for term in terms) / len(terms) if terms else 0.0


def _terms(hit: Hit) -> Terms:
    return Terms.of(hit.passage.text, hit.article.language, hit.article.published)


def _is_about(asked: Terms, citation: Citation) -> bool:
    """Whether the quotes of a sentence hold most of a question, as far as that can be told between languages."""
    joined = " ".join(quote.text for quote in citation.quotes)
    there = Terms.of(joined, citation.quotes[0].article.language)
    share = claims.coverage(asked, there, asked)
    return share is None or share >= _SAME_MATTER


def _renumbered(quote: Quote, most: int) -> Quote:
    return replace(quote, number=quote.number + most)
