"""Questions about the library itself, answered from its catalog: which articles there are, how many, the newest one.

A question is taken for one only if all of it fits a pattern of ``questions.toml``: "which articles do you have on
NATO?" does, "which articles of the treaty …" and "what does the newest article say about X?" do not, and are searched
for like any other. Missing such a question costs a search; swallowing another one would cost the answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from index import language
from index.sentences import sentences
from index.types import Article, Hit, Passage, Span
from rag.catalogue.further import further
from rag.catalogue.limits import fits, is_outlet
from rag.catalogue.questions import Request, readings, tongues
from rag.catalogue.topic import naming, wanted
from rag.smalltalk import is_small_talk
from rag.types import Answer, Citation, Quote, Source, Turn

_MOST_LISTED = 20
_CLOSEST = 5  # articles that are shown where none names the topic
_BEGINNING = 3000  # characters in which an article's first sentence is looked for
_MOST_TURNS = 4  # further back nobody leans
_SHORTEST_LEAD = 40  # characters; what is shorter is a date line or a heading


class Catalogued(Protocol):
    """What is asked of a library here; :class:`index.library.Library` is one."""

    def articles(self) -> list[Article]:
        """All articles, newest first, those without a date last."""
        ...

    def search(self, question: str, limit: int = 10, *, within: Collection[str] | None = None) -> list[Hit]:
        """The passages nearest to a question."""
        ...


def answer(
    question: str, library: Catalogued, *, within: Collection[str] | None = None, history: Sequence[Turn] = ()
) -> Answer | None:
    """The answer to a question about the library, or None if it is about anything else.

    Its status is ``about_library``, its sources are the articles it lists, each with its first sentence. What it says
    is read from the catalog, so its confidence is 1. Where an article's beginning is told, it is quoted verbatim.

    Args:
        question: Any question.
        library: With at least one article.
        within: Ids of the only articles to speak of, or None for all.
        history: Earlier turns, oldest first: "And the oldest?" goes on with a question about the library.
    """
    requests = _requests(question, history)
    articles = [one for one in library.articles() if within is None or one.id in within] if requests else []
    if not articles:
        return None
    replies = (_reply(question, request, library, articles, within) for request in requests)
    return next((found for reply in replies if reply is not None and (found := reply.answer())), None)


def _requests(question: str, history: Sequence[Turn]) -> Sequence[Request]:
    """The ways to read a question about the library, or one that goes on with it."""
    earlier = (turn.question for turn in reversed(history) if not is_small_talk(turn.question))
    requests: Sequence[Request] = ()
    for asked in (*reversed([*islice(earlier, _MOST_TURNS)]), question):
        requests = readings(asked) or further(asked, requests)
    return requests


def _reply(
    question: str,
    request: Request,
    library: Catalogued,
    articles: Sequence[Article],
    within: Collection[str] | None,
) -> _Reply | None:
    """The reply to a request, about the articles that it is limited to; None if it is limited to an unknown outlet."""
    only = request.only
    if not only:
        return _Reply(question, request, library, articles, within, undated=0)
    if only.outlet and not any(is_outlet(only.outlet, article.source.outlet or "") for article in articles):
        return None
    fitting = [article for article in articles if fits(article, only)]
    whenever = replace(only, since=None, until=None)
    undated = sum(not one.published and fits(one, whenever) for one in articles) if whenever != only else 0
    return _Reply(question, request, library, fitting, {article.id for article in fitting}, undated)


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer in the making: of these articles, and of how many that a limit in time leaves out for want of a day."""

    question: str
    request: Request
    library: Catalogued
    articles: Sequence[Article]
    within: Collection[str] | None
    undated: int

    def answer(self) -> Answer | None:
        """The answer, or None if the question proves to be about something else than the library."""
        request = self.request
        any_of = [wanted(topic, request.language) for topic in request.any_of]
        named = naming(self.articles, any_of) if any_of else self.articles
        if not (named or request.sure):
            return None
        if not self.articles:
            return self._answer(" ".join([self._say("none"), *self._without_day()]), [])
        if request.kind in {"edge", "opening"} and named:
            return self._edge(named)
        if not request.topic:
            return self._all()
        return self._about(named) if named else self._unnamed()

    def _say(self, key: str, **values: object) -> str:
        limits = f" ({self.request.limits})" if self.request.limits else ""
        return tongues()[self.request.language].answers[key].format(only=limits, **values)

    def _counted(self, key: str, number: int, **values: object) -> str:
        return self._say(f"{key}_one" if number == 1 else f"{key}_many", n=number, **values)

    def _without_day(self) -> list[str]:
        return [self._counted("undated", self.undated)] if self.undated else []

    def _all(self) -> Answer:
        number = len(self.articles)
        words = [self._say("one" if number == 1 else "many", n=number)]
        days = [article.published for article in self.articles if article.published]
        if len(set(days)) > 1:
            words.append(self._say("span", oldest=min(days).isoformat(), newest=max(days).isoformat()))
        words += self._without_day()
        listed = self.articles if self.request.kind == "list" else ()
        return self._listing(" ".join(words), listed)

    def _about(self, named: Sequence[Article]) -> Answer:
        # A word only speaks about articles of its own language, so that others may be added.
        known = {article.language for article in named} | {self.request.language}
        foreign = [article for article in self._closest() if article not in named and article.language not in known]
        return self._listing(self._counted("names", len(named), topic=self.request.topic), named, foreign)

    def _unnamed(self) -> Answer | None:
        """That no article names the topic, as far as that can be told, and what is close to it.

        Where articles are in other languages, they may well call it by another word.
        """
        topic, own = self.request.topic, language.close_to(self.request.language)
        close = self._closest()
        spoken = {article.language in own for article in self.articles}
        if spoken == {False}:
            return self._listing(self._say("closest", topic=topic), close) if close else None
        key = "names_none" if spoken == {True} else "names_none_here"
        return self._listing(self._say(key, topic=topic), (), close)

    def _closest(self) -> list[Article]:
        hits = self.library.search(self.request.topic, 2 * _CLOSEST, within=self.within)
        found = {hit.article.id: hit.article for hit in hits}
        return list(found.values())[:_CLOSEST]

    def _listing(self, head: str, named: Sequence[Article], close: Sequence[Article] = ()) -> Answer:
        lines = [head]
        shown = self._in_order(named)[:_MOST_LISTED]
        lines += [_line(number, article) for number, article in enumerate(shown, start=1)]
        if len(named) > len(shown):
            lines.append(self._say("more", n=len(named) - len(shown)))
        if close:
            lines.append(self._say("close"))
            lines += [_line(number, article) for number, article in enumerate(close, start=len(shown) + 1)]
        return self._answer("\n".join(lines), [*shown, *close])

    def _in_order(self, named: Sequence[Article]) -> list[Article]:
        """The oldest first if that is asked for, those without a day last."""
        if not self.request.oldest:
            return list(named)
        return sorted(named, key=lambda article: (article.published is None, str(article.published)))

    def _edge(self, named: Sequence[Article]) -> Answer:
        dated = [article for article in named if article.published]
        undated = len(named) - len(dated)
        if not dated:
            return self._listing(self._say("undated_all"), named)
        article = (min if self.request.oldest else max)(dated, key=lambda one: str(one.published))
        key = "oldest" if self.request.oldest else "newest"
        text = self._say(key, title=article.name, date=article.published)
        if undated:
            text += " " + self._counted("undated", undated)
        if self.request.kind != "opening":
            return self._answer(text, [article])
        lead = _lead(article)
        text += f" {self._say('begins')}\n"
        start, words = len(text), article.text[lead.start : lead.end]
        quote = Quote(article, lead.start, lead.end, score=1.0, number=1)
        citation = Citation(words, start, start + len(words), (quote,), "supported", support=1.0)
        return self._answer(text + words, [article], citation)

    def _answer(self, text: str, articles: Sequence[Article], *citations: Citation) -> Answer:
        return Answer(
            self.question,
            text,
            "about_library",
            citations=citations,
            sources=tuple(Source(number, _hit(article, number)) for number, article in enumerate(articles, start=1)),
            confidence=1.0,
            language=self.request.language,
        )


def _line(number: int, article: Article) -> str:
    day = f" ({article.published.isoformat()})" if article.published else ""
    return f"{number}. {' '.join(article.name.split())}{day}"


def _hit(article: Article, rank: int) -> Hit:
    """An article as a source: its first sentence stands for it."""
    start, end = _lead(article)
    passage = Passage(article.id, start, end, article.text[start:end], tokens=0)  # it was not cut by tokens
    return Hit(passage, article, score=1.0 / rank, rank=rank)


def _lead(article: Article) -> Span:
    """The first sentence that is neither the title nor a heading; else the first of all."""
    beginning = article.text[:_BEGINNING]
    furniture = [span for span in article.furniture if span.end <= len(beginning)]
    found = sentences(beginning, article.language, furniture)
    for span in found:
        words = article.text[span.start : span.end]
        if len(words) >= _SHORTEST_LEAD and words != article.title and re.search(r"[.!?…。！？।]\W*$", words):
            return span
    return found[0] if found else Span(0, min(len(article.text), _SHORTEST_LEAD))
