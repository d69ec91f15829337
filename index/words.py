"""What the full-text index holds of an article: stemmed words, of its headings and of its passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import language
from index.types import Article, Passage

_ADDRESS_WORD = re.compile(r"[^\W\d_]{2,}")
_ANY_ADDRESS = frozenset(["http", "https", "www", "com", "org", "net", "html", "htm", "php", "aspx", "index", "amp"])


def words_of(article: Article, passages: Sequence[Passage]) -> list[tuple[int | None, str, str]]:
    """Rows of the full-text index: passage id; stemmed title, outlet and words of the address; stemmed text."""
    headings = (article.title, article.source.outlet or "", address_words(article.source.url or ""))
    title = " ".join(language.terms(" ".join(headings), article.language))
    return [(p.id, title, " ".join(language.terms(p.text, article.language))) for p in passages]


def address_words(url: str) -> str:
    """The words of an address: of its host, and of the headline that most outlets put into its path.

    Numbers are left out, since they are days and serial numbers, and so is what all addresses have.
    """
    return " ".join(word for word in _ADDRESS_WORD.findall(url.casefold()) if word not in _ANY_ADDRESS)
