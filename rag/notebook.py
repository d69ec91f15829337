"""An answer as a notebook shows it: HTML in which everything that comes from an article or the model is text."""

from __future__ import annotations

import html

from index.types import Article
from rag.markdown import facts, marks, one_line, passage_of, pieces, visible
from rag.types import Answer, Quote

_QUOTE = "margin:.5em 0 .5em 1em;padding-left:.75em;border-left:3px solid #2a78a5;font-family:serif"
_SMALL = "font-size:85%;opacity:.75"


def to_html(answer: Answer) -> str:
    """The answer's text with ``[n]`` marks, then each quote with where it stands.

    For a question that the articles do not answer, the nearest passages take the place of the quotes.
    """
    parts = [f'<p dir="auto">{_body(answer)}</p>']
    if answer.quotes:
        parts += [_quotation(quote, f"[{quote.number}] ") for quote in answer.quotes]
    elif answer.status == "not_in_articles" and answer.sources:
        parts.append(f'<p style="{_SMALL}">The closest passages found:</p>')
        parts += [_quotation(passage_of(source), "") for source in answer.sources]
    return f"<div>{''.join(parts)}</div>"


def _body(answer: Answer) -> str:
    words = []
    for text, citation in pieces(answer):
        words.append(html.escape(visible(text)).replace("\n", "<br>"))
        if citation is not None:
            words.append(f" <sup>{html.escape(marks(citation))}</sup>")
    return "".join(words).strip()


def _quotation(quote: Quote, mark: str) -> str:
    known = html.escape(f"{mark}{' · '.join(facts(quote))}")
    return (
        f'<blockquote style="{_QUOTE}"{_language(quote.article)} dir="auto">{html.escape(one_line(quote.text))}'
        f'<div style="{_SMALL}">{known}</div></blockquote>'
    )


def _language(article: Article) -> str:
    return f' lang="{html.escape(article.language)}"' if article.language != "und" else ""
