"""A whole article as HTML, with the places that were quoted marked in it. Pure: values in, strings out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from index.types import Article, Span, covered
from ui.markup import code, day, inert, joined, language_name, line

_PARAGRAPH = re.compile(r"[^\r\n\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A place to be marked: its number for the reader, where it was, and the words that were there."""

    number: int
    span: Span
    words: str


def article_html(article: Article, quoted: Sequence[Quoted]) -> str:
    """The article, each quoted place a ``mark`` that carries its numbers; a notice for places that are no more.

    An article may have changed since it was quoted: the words are then looked for elsewhere in it.
    """
    found = {place.number: span for place in quoted if (span := _where(article, place)) is not None}
    lost = sum(place.number not in found for place in quoted)
    notice = (
        '<p class="pq-note" role="note">This article has changed since: what was quoted is not in it any more.</p>'
        if lost
        else ""
    )
    facts = joined(
        (
            inert(article.source.outlet or ""),
            day(article.published.isoformat() if article.published else ""),
            inert(language_name(article.language)),
            inert(_host(article.source.url or "")),
        )
    )
    return (
        f'<article class="pq-article" lang="{code(article.language)}" dir="auto"><p class="pq-credit">{facts}</p>'
        f'<h2 class="pq-headline" tabindex="-1">{inert(article.name)}</h2>{notice}'
        f"{''.join(_paragraphs(article, found))}</article>"
    )


def missing_html(title: str) -> str:
    """What is said of an article that is no longer in the library."""
    return (
        f'<article class="pq-article"><h2 class="pq-headline" tabindex="-1">{inert(title)}</h2>'
        '<p class="pq-note" role="note">This article is no longer in the library.</p></article>'
    )


def _host(url: str) -> str:
    """The name of the host; empty where an article states something that is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _where(article: Article, place: Quoted) -> Span | None:
    """The span of the quoted words in the article as it is now, or None."""
    if not place.words:
        return None
    if article.text[place.span.start : place.span.end] == place.words:
        return place.span
    start = article.text.find(place.words)
    return Span(start, start + len(place.words)) if start >= 0 else None


def _paragraphs(article: Article, found: dict[int, Span]) -> Iterator[str]:
    """Each line of the text as a paragraph; what belongs to the page and not to the article is set apart."""
    for match in _PARAGRAPH.finditer(article.text):
        if not match[0].strip():
            continue
        apart = ' class="pq-furniture"' if covered(article.furniture, match.start()) else ""
        yield f"<p{apart}>{_marked(article.text, Span(*match.span()), found)}</p>"


def _marked(text: str, paragraph: Span, found: dict[int, Span]) -> str:
    """A paragraph's words, cut where a quoted place begins or ends."""
    cuts = {paragraph.start, paragraph.end}
    for span in found.values():
        cuts.update(cut for cut in span if paragraph.start < cut < paragraph.end)
    parts = []
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        words = line(text[start:end])
        numbers = [number for number, span in found.items() if span.start <= start and end <= span.end]
        if numbers:
            parts.append(f'<mark data-quotes="{" ".join(map(str, numbers))}">{words}</mark>')
        else:
            parts.append(words)
    return "".join(parts)
