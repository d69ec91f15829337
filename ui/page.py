"""What the browser shows, as HTML in which article text is inert. Pure: strings in, strings out.

Every text is escaped here, once, character references for Markdown's own signs included; the page's Markdown renderer
and its sanitiser come after, as a second and a third wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.errors import PullquoteError
from index.types import Article
from rag.markdown import marks, one_line, pieces, visible
from rag.types import Answer, Citation, Quote, Source
from ui.render import count, found_line

# Signs of HTML, and those that Markdown, LaTeX or a linkifier could take for their own, all in one pass.
# "&#…;" is a character to every one of them.
_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'\\`*_{}[]()#+-.!|~$^=:/@%"}
_SNIPPET_CHARACTERS = 220


def inert(text: str) -> str:
    """Text as HTML on one line that shows exactly these words."""
    return one_line(text).translate(_SIGNS)


def welcome_html(articles: int, kind: str) -> str:
    """What an empty conversation says."""
    words = f"{count(articles, kind)} to ask about." if articles else "No articles yet: pullquote index FOLDER"
    return f'<div class="pq pq-welcome">{inert(words)}</div>'


def question_html(question: str) -> str:
    """A question as the reader asked it."""
    return f'<div class="pq-question" dir="auto">{inert(question)}</div>'


def draft_html(sources: Sequence[Source] | None, text: str = "") -> str:
    """An answer in the making: what was found, then the words so far.

    Args:
        sources: None as long as the search runs.
        text: What has been streamed; provisional, so it has no marks.
    """
    if sources is None:
        return _message('<p class="pq-wait">Searching…</p>')
    wait = '<p class="pq-wait">Reading…</p>' if sources else ""
    words = f'<p class="pq-answer" dir="auto">{_lines(text)}</p>' if text.strip() else wait
    return _message(_found(sources, opened=True) + words)


def answer_html(answer: Answer) -> str:
    """The final answer with numbered marks, its quotes below, and what was found; or why there is no answer."""
    if answer.status in {"not_in_articles", "no_articles"}:
        head = "Not in the articles" if answer.status == "not_in_articles" else "No articles yet"
        closest = _found(answer.sources, opened=True, title="Closest passages") if answer.sources else ""
        words = f'<p class="pq-answer" dir="auto">{_lines(answer.text)}</p>'
        return _message(f'<p class="pq-head">{head}</p>{words}{closest}', "pq-none")
    words = "".join(_lines(piece) + (_marks(citation) if citation else "") for piece, citation in pieces(answer))
    quotes = "".join(_quote(quote) for quote in answer.quotes)
    listed = f'<ol class="pq-quotes">{quotes}</ol>' if quotes else ""
    return _message(
        f'<p class="pq-answer" lang="{_code(answer.language)}" dir="auto">{words.strip()}</p>{listed}'
        + (_found(answer.sources, opened=False) if answer.sources or answer.status == "answered" else "")
    )


def error_html(error: PullquoteError) -> str:
    """What went wrong, as a sentence, and what to do about it."""
    hint = f'<p class="pq-hint">→ {inert(error.hint)}</p>' if error.hint else ""
    return _message(
        f'<p class="pq-head">That did not work</p><p class="pq-answer">{inert(error.message)}</p>{hint}', "pq-error"
    )


def stopped_html(sources: Sequence[Source] | None, text: str) -> str:
    """What there was when the reader pressed Stop; none of it is checked."""
    words = f'<p class="pq-answer" dir="auto">{_lines(text)}</p>' if text.strip() else ""
    found = _found(sources, opened=False) if sources else ""
    return _message(f'<p class="pq-head">Stopped – not checked against the articles</p>{words}{found}', "pq-none")


def _message(inside: str, kind: str = "") -> str:
    return f'<div class="pq {kind}">{inside}</div>'.replace("\n", " ")


def _lines(text: str) -> str:
    """Text of several lines: each inert, joined by line breaks; blanks at either end are kept as one."""
    return "<br>".join(_keep_ends(line) for line in visible(text).split("\n"))


def _keep_ends(line: str) -> str:
    before = " " if line[:1].isspace() else ""
    after = " " if line[-1:].isspace() and line.strip() else ""
    return before + inert(line) + after


def _marks(citation: Citation) -> str:
    """The numbers behind a sentence; a verdict below "supported" is told in words."""
    if not citation.quotes:
        return '<sup class="pq-mark pq-doubt">no quote</sup>'
    numbers = "".join(f'<sup class="pq-mark">{quote.number}</sup>' for quote in citation.quotes)
    if citation.verdict == "supported":
        return numbers
    doubt = marks(citation).rpartition("(")[2].rstrip(")")
    return f'{numbers}<sup class="pq-mark pq-doubt">{doubt}</sup>'


def _quote(quote: Quote) -> str:
    article = quote.article
    return (
        f'<li class="pq-quote" value="{quote.number}"><span class="pq-number">{quote.number}</span>'
        f'<blockquote lang="{_code(article.language)}" dir="auto">{inert(quote.text)}</blockquote>'
        f'<p class="pq-credit">{_credit(article)}</p></li>'
    )


def _found(sources: Sequence[Source], *, opened: bool, title: str = "Found") -> str:
    """What the search found, folded away once there is an answer."""
    if not sources:
        return '<p class="pq-wait">Found nothing close.</p>'
    items = "".join(
        f'<li><p class="pq-credit">{_credit(source.article)}</p>'
        f'<p class="pq-snippet" lang="{_code(source.article.language)}" dir="auto">'
        f"{inert(_snippet(source.hit.passage.text))}</p></li>"
        for source in sources
    )
    summary = f"{title}: {found_line(sources)}"
    return (
        f'<details class="pq-found"{" open" if opened else ""}><summary>{summary}</summary><ul>{items}</ul></details>'
    )


def _credit(article: Article) -> str:
    """Title, day, outlet and language, as far as they are known."""
    day = article.published
    parts = (
        f"<cite>{inert(article.name)}</cite>",
        f'<time datetime="{day.isoformat()}">{day.day} {day:%B %Y}</time>' if day else "",
        inert(article.source.outlet or ""),
        f'<span class="pq-code">{_code(article.language)}</span>' if article.language != "und" else "",
    )
    return _joined(parts)


def _joined(parts: Iterable[str]) -> str:
    return ' <span class="pq-dot">·</span> '.join(part for part in parts if part)


def _snippet(text: str) -> str:
    """The passage's beginning, cut after a word."""
    line = one_line(text)
    if len(line) <= _SNIPPET_CHARACTERS:
        return line
    return line[:_SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _code(language: str) -> str:
    """A language code with nothing in it but letters and hyphens."""
    return "".join(letter for letter in language if letter.isalpha() or letter == "-") or "und"
