"""HTML pages: the article's own text by trafilatura, and what the page's head says of it. Nothing is fetched."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

from index.dates import is_ambiguous
from index.errors import EmptyArticle
from index.readers import blocks
from index.readers.draft import Draft
from index.readers.encoding import MARKS, checked, decode, refuse_known
from index.readers.stated import day, language_code
from index.types import Origin

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
# https://encoding.spec.whatwg.org/#names-and-labels
_AS_BROWSERS = {
    **{"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874"},
    **{"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"},
}
_DAY = 60  # characters; a longer text states no day
_PROSE = 100  # characters; a day in a longer paragraph is of the story
_HEAD = 4096  # bytes in which a page has to say its encoding
_LOCALES = "//html/@lang | //meta[@property='og:locale' or @http-equiv='content-language']/@content"


def read(content: bytes) -> Iterator[Draft]:
    """The article of a page.

    Raises:
        BinaryFile: No text.
        EmptyArticle: A page without an article.
    """
    from trafilatura import bare_extraction

    tree = blocks.parse(_decode(content))
    if tree is None:
        raise _empty()
    language = next(filter(None, map(language_code, tree.xpath(_LOCALES))), None)
    for reading in [*tree.iter(*blocks.READINGS)]:
        reading.drop_tree()
    for time in tree.xpath("//p//time"):
        if len(next(time.iterancestors("p")).text_content()) > _PROSE:
            time.drop_tag()  # its words are of the story; trafilatura would leave them out, and htmldate believe them
    published = _published(tree, language)
    page: Any = bare_extraction(tree, include_comments=False, with_metadata=True)
    if page is None or not page.text:
        raise _empty()
    yield Draft(
        "\n\n".join(line for line in page.text.split("\n") if line.strip()),
        title=page.title,
        language=language,
        published=published,
        source=Origin(outlet=page.sitename, url=page.url),
    )


def _published(tree: Any, language: str | None) -> date | None:
    """The day a page or its article states. htmldate takes the earliest of all, so that others are left out first."""
    from htmldate import find_date

    page = deepcopy(tree)
    for part in page.xpath("//aside | //nav | //footer"):
        part.drop_tree()
    if language in {None, "en"}:
        for element in [one for one in page.iter() if _is_ambiguous(one)]:
            element.drop_tree()
    articles = page.xpath("//body//article")
    if len(articles) == 1:
        body = articles[0].xpath("ancestor::body")[0]  # some pages have two
        body[:] = [*body.iter("script"), articles[0]]  # scripts may state the day too
    # Without the extensive search, which takes any day that stands somewhere on the page.
    return day(find_date(page, original_date=True, extensive_search=False), "en")


def _is_ambiguous(element: Any) -> bool:
    """Whether an element states a day in figures whose month and day could change places."""
    words = element.get("content") or element.text or ""
    return len(words) <= _DAY and is_ambiguous(words)


def _decode(content: bytes) -> str:
    """The text of a page: in UTF-8 if it can be that, else in the encoding it states, else in the likeliest."""
    refuse_known(content)
    stated = _CHARSET.search(content, 0, _HEAD)
    if stated and not content.startswith(MARKS):
        try:
            return checked(content.decode("utf-8"))
        except UnicodeDecodeError:
            pass
        try:
            return checked(content.decode(_encoding(stated[1].decode()), "replace"))
        except LookupError:
            pass  # there is no such encoding
    return decode(content)


def _encoding(label: str) -> str:
    """The encoding a browser takes for a label: that which pages of this label are really in, mostly a larger one."""
    name = codecs.lookup(label.lower().removeprefix("x-")).name
    return _AS_BROWSERS.get(name, name)


def _empty() -> EmptyArticle:
    return EmptyArticle("the page holds no article", "Save the page of one article, or its text as .txt.")
