"""HTML pages: the article's own text by trafilatura, and what the page's head says of it. Nothing is fetched."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import partial
from typing import Any

from index.dates import is_ambiguous
from index.errors import EmptyArticle
from index.readers import blocks, layout
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
# Days of headlines, pictures and prose are of the story, and a year of copyright is no day at all.
_UNDATED = (
    "//aside | //nav | //footer | //title | //h1 | //meta[@property='og:image' or @itemprop='copyrightYear']"
    f" | //p[string-length() > {_PROSE}]"
)
_NAMES = ("name", "property", "itemprop", "http-equiv", "class")  # attributes that say what an element states
_CHANGED = re.compile("(?i)modif|updated|lastmod|moddate|revised|revision")
_IN_FOLDERS = re.compile(r"/\d{4}[/_-]\d\d[/_-]\d\d/")  # "/2021/11/03/whale", unlike "/what-happened-on-2001-09-11"
_INVISIBLE = "\u200c\u200d\u200e\u200f\u061c"  # joiners and marks of direction
_VARIANTS = [chr(code) for code in range(0xFE00, 0xFE0E)]  # seldom used, and of no look of their own
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
    layout.unfold(tree)
    layout.separate(tree)
    stand_ins = _stand_in(tree)
    page: Any = bare_extraction(tree, include_comments=False, with_metadata=True)
    if page is None or not page.text:
        raise _empty()
    text, title, outlet = ((words or "").translate(stand_ins) for words in (page.text, page.title, page.sitename))
    yield Draft(
        "\n\n".join(line.rstrip() for line in text.split("\n") if line.strip()),
        title=title or None,
        language=language,
        published=published,
        source=Origin(outlet=outlet or None, url=page.url),
    )


def _stand_in(tree: Any) -> dict[int, int]:
    """Have marks stand in for the characters of a page that join letters or say how they run; how to put them back.

    trafilatura leaves out whatever cannot be seen alone, without which words of many languages are other words.
    """
    own = set("".join(tree.itertext()))
    invisible = sorted(own.intersection(_INVISIBLE))
    marks = dict(zip(invisible, (mark for mark in _VARIANTS if mark not in own), strict=False))
    table = str.maketrans(marks)
    for element in tree.iter("*") if marks else ():
        for name in ("text", "tail"):
            setattr(element, name, (getattr(element, name) or "").translate(table) or None)
        if element.tag == "meta" and element.get("content"):
            element.set("content", element.get("content").translate(table))
    return {ord(mark): ord(character) for character, mark in marks.items()}


def _published(tree: Any, language: str | None) -> date | None:
    """The day a page or its article states. htmldate takes the earliest of all, so that others are left out first.

    A day in the address counts less than a stated one, and that of the last change only where there is no other.
    """
    from htmldate import find_date

    page = deepcopy(tree)
    for part in page.xpath(_UNDATED):
        part.drop_tree()
    for link in page.xpath("//link[@rel='canonical']"):
        if not _IN_FOLDERS.search(link.get("href", "")):
            link.drop_tree()
    if language in {None, "en"}:
        for element in [one for one in page.iter() if _is_ambiguous(one)]:
            element.drop_tree()
    articles = page.xpath("//body//article")
    if len(articles) == 1:
        body = articles[0].xpath("ancestor::body")[0]  # some pages have two
        body[:] = [*body.iter("script"), articles[0]]  # scripts may state the day too
    first = deepcopy(page)
    for element in [one for one in first.iter("meta", "time", "span") if _is_change(one)]:
        element.drop_tree()
    # Without the extensive search, which takes any day that stands somewhere on the page.
    search = partial(find_date, extensive_search=False, original_date=True, deferred_url_extractor=True)
    return day(search(first) or search(page), "en")


def _is_change(element: Any) -> bool:
    """Whether an element states when a page was changed and not also when it was published."""
    names = " ".join(element.get(name, "") for name in _NAMES)
    return bool(_CHANGED.search(names)) and "publish" not in names.lower()


def _is_ambiguous(element: Any) -> bool:
    """Whether an element states a day in figures whose month and day could change places."""
    words = element.get("content") or element.text or ""
    return len(words) <= _DAY and is_ambiguous(words)


def _decode(content: bytes) -> str:
    """The text of a page: in UTF-8 if it can be that, else in the encoding it states, else in the likeliest."""
    refuse_known(content)
    stated = _CHARSET.search(content, 0, _HEAD)
    encoding = _encoding(stated[1].decode()) if stated else "utf-8"
    if encoding == "utf-8" or content.startswith(MARKS):
        return decode(content)
    try:
        return checked(content.decode("utf-8"))
    except UnicodeDecodeError:
        return checked(content.decode(encoding, "replace"))


def _encoding(label: str) -> str:
    """The encoding a browser takes for a label: that which pages of this label are really in, mostly a larger one."""
    try:
        name = codecs.lookup(label.lower().removeprefix("x-")).name
        b" ".decode(name)
    except (LookupError, UnicodeError):  # there is no such encoding of text
        return "utf-8"
    # A page in UTF-16 could not be searched for what it states, and other kinds of UTF are in no browser.
    return "utf-8" if name.startswith("utf") else _AS_BROWSERS.get(name, name)


def _empty() -> EmptyArticle:
    return EmptyArticle("the page holds no article", "Save the page of one article, or its text as .txt.")
