"""Questions about the library itself, answered from its catalog: which articles there are, how many, the newest one.

A question is taken for one only if all of it fits a pattern of ``catalogue.toml``: "which articles do you have on
NATO?" does, "which articles of the treaty …" and "what does the newest article say about X?" do not, and are searched
for like any other. Missing such a question costs a search; swallowing another one would cost the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Protocol

from index import language
from index.sentences import sentences
from index.types import Article, Hit, Passage, Span
from rag import wording
from rag.smalltalk import without_small_talk
from rag.types import Answer, Citation, Quote, Source

_MOST_LISTED = 20
_CLOSEST = 5  # articles that are shown where none names the topic
_BEGINNING = 3000  # characters in which an article's first sentence is looked for
_SHORTEST_LEAD = 40  # characters; what is shorter is a date line or a heading
_START = r"(?<![^\W_])"  # of a word
_ENDS = ' \t\n?!.,:;…¿¡"“”„»«'


class Catalogued(Protocol):
    """What is asked of a library here; :class:`index.library.Library` is one."""

    def articles(self) -> list[Article]:
        """All articles, newest first, those without a date last."""
        ...

    def search(self, question: str, limit: int = 10, *, within: Collection[str] | None = None) -> list[Hit]:
        """The passages nearest to a question."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked about a library.

    Attributes:
        kind: ``list`` or ``count`` articles, name the one at an ``edge`` of time, or say what its ``opening`` is.
        language: ISO 639-1 code of the question.
        topic: Only articles that name this; empty for all.
        oldest: Whether the edge is the oldest and not the newest.
    """

    kind: str
    language: str
    topic: str = ""
    oldest: bool = False


def understand(question: str) -> Request | None:
    """What a question asks about the library, or None if it asks about anything else."""
    plain = " ".join(unicodedata.normalize("NFKC", without_small_talk(question)).replace("’", "'").split()).strip(_ENDS)
    requests = {code: found for code in _tongues() if (found := _request(plain, code))}
    if not requests:
        return None
    code = language.detect(plain, among=requests)
    return requests.get(code) or next(iter(requests.values()))


def answer(question: str, library: Catalogued, *, within: Collection[str] | None = None) -> Answer | None:
    """The answer to a question about the library, or None if it is about anything else.

    Its status is ``about_library``, its sources are the articles it lists, each with its first sentence. What it says
    is read from the catalog, so its confidence is 1. Where an article's beginning is told, it is quoted verbatim.

    Args:
        question: Any question.
        library: With at least one article.
        within: Ids of the only articles to speak of, or None for all.
    """
    request = understand(question)
    if request is None:
        return None
    articles = [article for article in library.articles() if within is None or article.id in within]
    if not articles:
        return None
    return _Reply(question, request, library, articles, within).answer()


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer in the making."""

    question: str
    request: Request
    library: Catalogued
    articles: Sequence[Article]
    within: Collection[str] | None

    def answer(self) -> Answer:
        wanted = _wanted(self.request)
        named = [article for article in self.articles if _names(article, wanted)]
        if self.request.kind in {"edge", "opening"} and named:
            return self._edge(named)
        if not self.request.topic:
            return self._all()
        return self._about(named)

    def _say(self, key: str, **values: object) -> str:
        return _tongues()[self.request.language].answers[key].format(**values)

    def _counted(self, key: str, number: int, **values: object) -> str:
        return self._say(f"{key}_one" if number == 1 else f"{key}_many", n=number, **values)

    def _all(self) -> Answer:
        number = len(self.articles)
        words = [self._say("one" if number == 1 else "many", n=number)]
        days = [article.published for article in self.articles if article.published]
        if len(set(days)) > 1:
            words.append(self._say("span", oldest=min(days).isoformat(), newest=max(days).isoformat()))
        listed = self.articles if self.request.kind == "list" else ()
        return self._listing(" ".join(words), listed)

    def _about(self, named: Sequence[Article]) -> Answer:
        topic = self.request.topic
        foreign = [article for article in self._closest() if article not in named]
        if named:  # a word only speaks about articles of its own language, so that others may be added
            known = {article.language for article in named} | {self.request.language}
            foreign = [article for article in foreign if article.language not in known]
        head = self._counted("names", len(named), topic=topic) if named else self._say("names_none", topic=topic)
        return self._listing(head, named, foreign)

    def _closest(self) -> list[Article]:
        hits = self.library.search(self.request.topic, 2 * _CLOSEST, within=self.within)
        found = {hit.article.id: hit.article for hit in hits}
        return list(found.values())[:_CLOSEST]

    def _listing(self, head: str, named: Sequence[Article], close: Sequence[Article] = ()) -> Answer:
        lines = [head]
        shown = list(named[:_MOST_LISTED])
        lines += [_line(number, article) for number, article in enumerate(shown, start=1)]
        if len(named) > len(shown):
            lines.append(self._say("more", n=len(named) - len(shown)))
        if close:
            lines.append(self._say("close"))
            lines += [_line(number, article) for number, article in enumerate(close, start=len(shown) + 1)]
        return self._answer("\n".join(lines), [*shown, *close])

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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A word of a topic, the terms it is searched by, and its language."""

    word: str
    terms: tuple[str, ...]
    language: str

    def stands_in(self, text: str) -> bool:
        """Whether a folded text has it, as a word, at the beginning of one ("Nato", "Natos"), or in another form."""
        if len(self.terms) > 1 and self.word in text:  # of a script without blanks, or with a hyphen
            return True
        return re.search(rf"{_START}{re.escape(self.word)}", text) is not None or all(
            self._has(term, text) for term in self.terms
        )

    def _has(self, term: str, text: str) -> bool:
        # A stem need not begin its word ("germani", "koln"); what they share is where to look for its forms.
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(self.word, term, strict=False))
        shared = "".join(one for one, _ in pairs) or term
        found = set(re.findall(rf"{_START}{re.escape(shared)}[^\W_]*", text))
        return any(term in language.terms(word, self.language) for word in found)


def _wanted(request: Request) -> list[_Wanted]:
    """The words of a request's topic that count."""
    words = re.findall(r"[^\W_]+(?:[’'.,-][^\W_]+)*", _folded(request.topic))
    code = request.language
    return [_Wanted(word, terms, code) for word in words if (terms := tuple(language.terms(word, code)))]


def _names(article: Article, wanted: Sequence[_Wanted]) -> bool:
    """Whether title and text have every word."""
    text = _folded(f"{article.title}\n{article.text}")
    return all(one.stands_in(text) for one in wanted)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class _Tongue:
    """The patterns of each kind of question in a language, what no topic has, and its phrases."""

    patterns: Mapping[str, Sequence[re.Pattern[str]]]
    no_topic: re.Pattern[str]
    answers: Mapping[str, str]


def _request(plain: str, code: str) -> Request | None:
    tongue = _tongues()[code]
    for kind, patterns in tongue.patterns.items():
        for pattern in patterns:
            if match := pattern.fullmatch(plain):
                found = match.groupdict()
                topic = (found.get("topic") or "").strip(_ENDS)
                if topic and (tongue.no_topic.search(topic) or not language.terms(topic, code)):
                    continue
                return Request(kind, code, topic, oldest=bool(found.get("oldest")))
    return None


@lru_cache(maxsize=1)
def _tongues() -> dict[str, _Tongue]:
    table = wording.table("catalogue")
    return {
        code: _Tongue(
            {kind: [_compiled(one, entry["parts"]) for one in listed] for kind, listed in entry["questions"].items()},
            re.compile(entry["no_topic"]),
            entry["answers"],
        )
        for code, entry in table.items()
    }


def _compiled(pattern: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern with the parts it names put in their places."""
    named = {
        **parts,
        "edge": f"(?:(?P<newest>{parts['newest']})|(?P<oldest>{parts['oldest']}))",
        "topic": "(?P<topic>.+?)",
        "about": f"{parts['about']} (?P<topic>.+?)",
    }
    return re.compile(re.sub(r"(?<!P)<(\w+)>", lambda match: named.get(match[1], match[0]), pattern), re.IGNORECASE)
