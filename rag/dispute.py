"""Whether the articles disagree: what another article says when it is asked alone.

An answer that adds a day, a number or a name to its question may be contradicted by an article that it does not stand
on. The best passage of such an article, if it hardly holds what the answer adds, is read alone; where it answers
otherwise, and its answer stands on a quote of its own, both are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from rag import claim_numbers, claims
from rag.claim_dates import is_year
from rag.claims import Term, Terms
from rag.measures import measures
from rag.reading import Reading
from rag.types import Answer, Citation, Opinion, Quote, Source, grounded
from rag.wording import WORD

# A passage found so much worse than the best one, by score, is about something else.
_AS_GOOD = 0.75
_CONFIDENT, _SURE = 0.4, 0.5
"""How far an answer must be believed before it may be contradicted, and before it may contradict another."""
# Share of the question that the quote of the other side must hold, to be about the same.
_SAME_MATTER = 0.5
_MOST_READ = 2
# Share of what an answer adds that a passage must hold to be on its side.
_AGREES = 0.6
# A short answer begins with no sentence's first word: "California" is a name.
_SHORT = 5
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


def rivals(best: Reading, question: str, answer: Answer) -> list[Source]:
    """The passages of other articles that may contradict an answer, the best of each of a few articles.

    Args:
        best: What is to be answered.
        question: Standing on its own.
        answer: With its sources and its language.
    """
    if best.refused or best.confidence < _CONFIDENT or not (added := _added(best.opinion, question, answer)):
        return []
    cited = {quote.article_id for citation in best.citations for quote in citation.quotes}
    enough = _AS_GOOD * answer.sources[0].hit.score
    agreeing = {source.article.id for source in answer.sources if _held(_terms(source), added) >= _AGREES}
    found: dict[str, Source] = {}
    for source in answer.sources:
        if source.article.id not in cited | agreeing and source.hit.score >= enough:
            found.setdefault(source.article.id, source)
    return list(found.values())[:_MOST_READ]


def contradicts(other: Reading, best: Reading, question: str, answer: Answer) -> bool:
    """Whether two answers, each from its own article, say different days, numbers or names.

    What counts is the first of these that the answer has; "Thursday" does not contradict "September 8", nor "20
    percent" "3 billion kronor", nor one name another that its own article tells of too.
    """
    if other.refused or other.confidence < _SURE or not grounded(other.citations) or not grounded(best.citations):
        return False
    asked = Terms.of(question, answer.language)
    if not all(_is_about(asked, citation) for citation in other.citations):
        return False
    ours, theirs = _added(best.opinion, question, answer), _added(other.opinion, question, answer)
    if ours.dates:
        sides = ((ours.dates, theirs.dates), (theirs.dates, ours.dates))  # "in November" is not against "November 1"
        return bool(theirs.dates) and not any(day.within(others) for days, others in sides for day in days)
    if ours.numbers:
        counts = not all(map(is_year, ours.numbers))  # no year contradicts a count
        alike = [{one for one in side.numbers if is_year(one) != counts} for side in (ours, theirs)]
        said = (best.opinion, other.opinion)
        of = [measures(opinion.text, opinion.said_in or answer.language) for opinion in said]
        pairs = list(product(*alike))
        comparable = any(_measure_the_same(of[0].get(one), of[1].get(another)) for one, another in pairs)
        return comparable and not any(claim_numbers.same(*pair) for pair in pairs)
    if not theirs.names or _held(theirs, ours) >= 1 - _AGREES or _held(ours, theirs) >= 1 - _AGREES:
        return False
    return not _tells_of(best, theirs) and not _tells_of(other, ours)


def _measure_the_same(one: set[str] | None, other: set[str] | None) -> bool:
    """Whether two numbers can be held against each other: both measure the same, or neither anything."""
    return not one.isdisjoint(other) if one and other else not (one or other)


def _tells_of(reading: Reading, names: Terms) -> bool:
    """Whether an article that an answer stands on has, anywhere, most of the names that the other side says instead."""
    articles = {quote.article_id: quote.article for citation in reading.citations for quote in citation.quotes}
    wanted = [term for term in claims.weighed(names, names.language) if term.kind == "name"]
    return any(_share_named(article.text, wanted) >= _AGREES for article in articles.values())


def _share_named(text: str, names: Sequence[Term]) -> float:
    """The share of some names that stand in a text, by their spelling alone: it may be a whole article."""
    words = {word for word in WORD.findall(text) if word[0].isupper()}
    spelt = {word.casefold() for word in words}.union(*(claims.keys(word) for word in words))
    return sum(not spelt.isdisjoint({str(name.value), *name.keys}) for name in names) / len(names) if names else 0.0


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


def _added(opinion: Opinion, question: str, answer: Answer) -> Terms:
    """Days, numbers and names that an answer adds to its question."""
    text = f"– {opinion.text}" if len(opinion.text.split()) < _SHORT else opinion.text
    said = Terms.of(text, opinion.said_in or answer.language)
    asked = Terms.of(question, answer.language)
    terms = claims.weighed(said, said.language)
    names = frozenset(str(term.value) for term in terms if term.kind == "name" and not claims.holds(asked, term))
    return replace(
        said, numbers=said.numbers - asked.numbers, dates=said.dates - asked.dates, names=names, words=frozenset()
    )


def _held(there: Terms, added: Terms) -> float:
    """The share of an answer's days, numbers and names that a text holds."""
    terms = claims.weighed(added, there.language)
    return sum(claims.holds(there, term) for term in terms) / len(terms) if terms else 0.0


def _terms(source: Source) -> Terms:
    return Terms.of(source.hit.passage.text, source.article.language, source.article.published)


def _is_about(asked: Terms, citation: Citation) -> bool:
    """Whether the quotes of a sentence hold most of a question, as far as that can be told between languages."""
    joined = " ".join(quote.text for quote in citation.quotes)
    there = Terms.of(joined, citation.quotes[0].article.language)
    share = claims.coverage(asked, there, asked)
    return share is None or share >= _SAME_MATTER


def _renumbered(quote: Quote, most: int) -> Quote:
    return replace(quote, number=quote.number + most)
