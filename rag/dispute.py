"""Whether the articles disagree: what another article says when it is asked alone.

An answer that adds a number, a day or a name to its question may be contradicted by an article that it does not stand
on. The best passage of such an article, if it holds nothing of what the answer adds, is read alone; where it answers
otherwise, and its answer stands on a quote of its own, both are shown.
"""

from __future__ import annotations

from dataclasses import replace

from rag import claims
from rag.claims import Terms
from rag.reading import Reading
from rag.types import Answer, Citation, Quote, Source

# A passage found so much worse than the best one, by score, is about something else.
_AS_GOOD = 0.75
_CONFIDENT = 0.5
"""How far an answer must be believed before it may contradict another or be contradicted."""

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


def rival(best: Reading, question: str, answer: Answer) -> Source | None:
    """The passage of another article that may contradict an answer; None if there is none worth reading.

    Args:
        best: What is to be answered.
        question: Standing on its own.
        answer: With its sources and its language.
    """
    if best.refused or best.confidence < _CONFIDENT or not (added := _added(best.opinion.text, question, answer)):
        return None
    cited = {quote.article_id for citation in best.citations for quote in citation.quotes}
    enough = _AS_GOOD * answer.sources[0].hit.score
    agreeing = {source.article.id for source in answer.sources if _holds(source, added)}
    others = (source for source in answer.sources if source.article.id not in cited | agreeing)
    return next((source for source in others if source.hit.score >= enough), None)


def contradicts(other: Reading, best: Reading, question: str, answer: Answer) -> bool:
    """Whether two answers, each from its own article, say different numbers, days or names."""
    if other.refused or other.confidence < _CONFIDENT or not _stands(other) or not _stands(best):
        return False
    ours, theirs = _added(best.opinion.text, question, answer), _added(other.opinion.text, question, answer)
    for one, another in ((ours.numbers, theirs.numbers), (ours.dates, theirs.dates), (ours.names, theirs.names)):
        if one and another:
            return not any(claims.holds(theirs, term) for term in claims.weighed(ours, ours.language))
    return False


def told(answer: Answer, other: Reading) -> Answer:
    """An answer that goes on with what another article says instead."""
    text, said = f"{answer.text} {_DISAGREES.get(answer.language, _DISAGREES['en'])}", other.opinion.text
    start, most = len(answer.text) + 1, max((quote.number for quote in answer.quotes), default=0)
    shift = len(text) + 1
    whole = f"{text} {said}"
    moved = []
    for place, citation in enumerate(other.citations):
        first = start if place == 0 else citation.start + shift
        end = citation.end + shift
        quotes = tuple(_renumbered(quote, most) for quote in citation.quotes)
        moved.append(replace(citation, sentence=whole[first:end], start=first, end=end, quotes=quotes))
    return replace(answer, text=whole, citations=(*answer.citations, *moved), disputed=True)


def _added(text: str, question: str, answer: Answer) -> Terms:
    """Numbers, days and names that an answer adds to its question."""
    said, asked = Terms.of(text, answer.language), Terms.of(question, answer.language)
    return replace(
        said,
        numbers=said.numbers - asked.numbers,
        dates=said.dates - asked.dates,
        names=said.names - asked.names,
        words=frozenset(),
    )


def _holds(source: Source, added: Terms) -> bool:
    there = Terms.of(source.hit.passage.text, source.article.language, source.article.published)
    return any(claims.holds(there, term) for term in claims.weighed(added, there.language))


def _stands(reading: Reading) -> bool:
    return bool(reading.citations) and all(_supported(citation) for citation in reading.citations)


def _supported(citation: Citation) -> bool:
    return citation.verdict == "supported"


def _renumbered(quote: Quote, most: int) -> Quote:
    return replace(quote, number=quote.number + most)
