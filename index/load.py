"""File or text → articles: decoded, with their titles, dates, languages and furniture.

``READERS`` is the table of formats: a reader turns bytes into ``Draft``s, which state what the format itself knows;
what it leaves open is detected in the text, the same way for every format.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import dropwhile, islice
from pathlib import Path
from typing import BinaryIO

from index import dates, furniture
from index.errors import ArticleError, EmptyArticle, UnknownFormat, UnreadableFile
from index.language import UNKNOWN, close_to, detect
from index.readers import READERS
from index.readers.draft import LIMIT, Columns, Draft, Reader
from index.readers.encoding import decode
from index.readers.stated import language_code
from index.sentences import lines
from index.types import Article, Failure, Origin, Span

__all__ = ["LIMIT", "READERS", "Columns", "Draft", "Reader", "decode", "make_article", "read_articles", "read_file"]

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ENDED = re.compile(r"(?:[.,;:…。][^\w\s]*|\s[–—-])$")  # "London CNN —" is no headline
_LABEL = re.compile(r"(?:title|headline|rubrik|titel|tittel|overskrift)\s*:\s*", re.IGNORECASE)
_BYLINE = re.compile(r"(?:by|av|af|von|par|por|di|door)\s+[^\W\d_a-z]", re.IGNORECASE)
_TOLD = 200  # letters of a text that tell its language more surely than what is stated, which may be the template's
_ALIKE = (frozenset({"hr", "sr"}), frozenset({"id", "ms"}))  # told from each other too rarely to doubt what is stated
_TITLE = range(3, 161)  # characters of a headline
_REPORTED = 100  # failures of one file that are named one by one; a file of another kind may fail on every line


def read_articles(
    path: Path,
    *,
    id: str,  # noqa: A002 - the word everyone uses for it
    columns: Columns | None = None,
    told: Callable[[int], None] | None = None,
) -> Iterator[Article | Failure]:
    """Read all articles of a file of a known format, one after the other.

    Args:
        path: The file. Its name becomes the articles' ``source.file``.
        id: The id of the article if the file is one. The articles of a file of many are called ``{id}#{key}``, the
            files in an archive ``{id}/{path inside}``; a key is what the article itself is called there: its own id,
            else its URL, else its title, else the digest of its text. Ids are unique within the file: the second
            article of a name ends in ``~2``.
        columns: Names of the columns of a table; what is None is guessed.
        told: Called before each article with how many bytes of the file have been read.

    Yields:
        Articles, and a Failure for each that could not be read. A Failure of the id ``id`` itself comes last and
        means that there may be articles in the file that were not seen.

    Raises:
        ArticleError: The file as a whole cannot be read; before anything is yielded. See ``read_file``.
    """
    reader = _reader(path)
    names: dict[str, int] = {}
    seen = failed = 0
    try:
        with _opened(path) as stream:
            for found in reader(stream, columns):
                result = _article(found, id, path, names)
                seen += 1
                failed += isinstance(result, Failure)
                if told:
                    told(stream.tell())
                if isinstance(result, Article) or failed <= _REPORTED or result.id == id:
                    yield result
    except ArticleError as error:
        if not seen:
            raise type(error)(f"{path}: {error.message}", error.hint) from error
        yield Failure(id, error.message, error.hint)
    else:
        if not seen:
            raise EmptyArticle(f"{path} holds no articles", "Delete it, or put articles into it.")
        if failed > _REPORTED:
            yield Failure(id, f"{failed - _REPORTED} more could not be read", "Look at the first ones.")


def read_file(path: Path, *, id: str) -> Article:  # noqa: A002 - the word everyone uses for it
    """Read the only article of a file of a known format.

    Args:
        path: The file. Its name becomes the article's ``source.file``.
        id: The article's id.

    Raises:
        UnknownFormat: No reader for the file's suffix.
        UnreadableFile: It cannot be opened, is no regular file, is too large, damaged or encrypted, or holds many
            articles.
        BinaryFile: It holds something other than text.
        EmptyArticle: It holds no text, or only furniture.
    """
    found = list(islice(read_articles(path, id=id), 2))
    if len(found) > 1 or isinstance(found[0], Failure):
        raise UnreadableFile(f"{path} is no single article", "Read it with read_articles.")
    return found[0]


def make_article(
    text: str,
    *,
    id: str,  # noqa: A002 - the word everyone uses for it
    title: str | None = None,
    language: str | None = None,
    published: date | None = None,
    source: Origin = Origin(),  # noqa: B008 - frozen
    digest: str | None = None,
) -> Article:
    """Make an article of a text in memory; what is None is detected as in a file.

    Args:
        text: The text. Lone surrogates, which no file or database can hold, become U+FFFD.
        id: The article's id.
        title: Its headline; "" for none.
        language: ISO 639-1 code, or what else formats call a language: "nb", "en-GB", "Swedish". One that is not known
            is detected.
        published: Day of publication.
        source: Where it comes from.
        digest: What identifies this version of it; by default the SHA-256 of its text and of what was stated.

    Raises:
        EmptyArticle: There is no text in it, or only furniture.
    """
    draft = Draft(_SURROGATE.sub("\ufffd", text), title, language_code(language), published, source)
    return _finish(replace(draft, digest=digest or _digest(draft)), id)


def _article(found: Draft | Failure, file_id: str, path: Path, names: dict[str, int]) -> Article | Failure:
    """What a reader found, finished and named; only the only article of a file may raise.

    Args:
        found: A draft, or a failure.
        file_id: The file's id.
        path: The file.
        names: How often each name was taken; grows.
    """
    if isinstance(found, Failure):
        return replace(found, id=f"{file_id}{found.id}")
    name = first = f"{file_id}{found.place}"
    while name in names:
        names[first] += 1
        name = f"{first}~{names[first]}"
    names[name] = 1
    digest = found.digest or _digest(found)  # of what the file says, not of where it lies
    source = replace(found.source, file=f"{path}{found.source.file or ''}")
    try:
        return _finish(replace(found, language=_language(found), source=source, digest=digest), name)
    except EmptyArticle as error:
        if not found.place:
            raise EmptyArticle("it holds no text", error.hint) from error
        return Failure(name, "it holds no text", error.hint)


def _language(draft: Draft) -> str | None:
    """The language a file states, unless its text is long enough to tell that it is in quite another."""
    if draft.language is None or sum(map(str.isalpha, draft.text)) <= _TOLD:
        return draft.language
    detected = detect(draft.text)
    alike = close_to(draft.language).union(*(group for group in _ALIKE if draft.language in group))
    return draft.language if detected == UNKNOWN or detected in alike else detected


def _finish(draft: Draft, identifier: str) -> Article:
    """Detect what the draft leaves open."""
    text = _SURROGATE.sub("\ufffd", draft.text)
    marked = _united(draft.furniture, furniture.find(text))
    body = "\n".join(text[start:end] for start, end in _regions(text, marked))
    if not any(character.isalnum() for character in body):
        raise EmptyArticle(f"{identifier} holds no text", "Delete it, or put the article's text into it.")
    language = detect(body) if draft.language is None else draft.language
    title = _headline(text, marked, language) if draft.title is None else draft.title
    return Article(
        id=identifier,
        title=" ".join(_SURROGATE.sub("\ufffd", title).split()),
        text=text,
        language=language,
        published=draft.published or dates.published(text, language),
        source=draft.source,
        digest=draft.digest or "",
        furniture=marked,
    )


def _digest(draft: Draft) -> str:
    """The SHA-256 of a text and of what is stated about it."""
    stated = "\0".join(str(value) for value in (draft.text, draft.title, draft.language, draft.published, draft.source))
    return hashlib.sha256(stated.encode("utf-8", "replace")).hexdigest()


# Files


def _reader(path: Path) -> Reader:
    """The reader for a file's suffix."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise UnknownFormat(f"{path}: files ending in {path.suffix or 'nothing'!r} cannot be read", f"Use {known}.")
    return reader


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file, opened; errors of the system while it is read become ours."""
    try:
        with open(path, "rb", opener=_at_once) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise UnreadableFile("it is not a file", "Name a file, or the folder that holds the articles.")
            yield stream
    except OSError as error:
        reason = error.strerror or "it could not be opened"
        raise UnreadableFile(reason, f'Check that it exists and that you may read it: ls -l "{path}"') from error


def _at_once(name: str, flags: int) -> int:
    """Open a file at once, whatever it is: a pipe would otherwise wait for someone who writes into it."""
    return os.open(name, flags | os.O_NONBLOCK)


# Detection


def _headline(text: str, marked: tuple[Span, ...], language: str) -> str:
    """The first line, after a date, if it is one: short, without a full stop, above more and longer text; else ""."""
    rows = [line for region in _regions(text, marked) for line in lines(text, region)]
    rows = list(dropwhile(lambda row: dates.is_dateline(text[row.start : row.end], language), rows))
    if not rows:
        return ""
    first = text[rows[0].start : rows[0].end]
    rest = sum(end - start for start, end in rows[1:])
    label = _LABEL.match(first)
    if label:
        return first[label.end() :]
    if len(first) not in _TITLE or _ENDED.search(first) or rest < 2 * len(first) or _is_name(first):
        return ""
    longest = max(end - start for start, end in rows[1:])
    blank = text.count("\n", rows[0].end, rows[1].start) > 1
    return first.lstrip("# ") if blank or longest > 1.5 * len(first) else ""


def _is_name(line: str) -> bool:
    """Whether a line looks like who wrote it and not like a headline: "By Eva Lund", "Associated Press"."""
    words = line.split()
    capitals = all(word[0].isupper() for word in words)
    return (len(words) < 6 and bool(_BYLINE.match(line))) or (1 < len(words) < 4 and capitals)


def _united(some: tuple[Span, ...], others: tuple[Span, ...]) -> tuple[Span, ...]:
    """Two lists of spans as one, sorted; where they overlap the first list counts."""
    extra = [other for other in others if not any(other.start < end and start < other.end for start, end in some)]
    return tuple(sorted((*some, *extra)))


def _regions(text: str, marked: tuple[Span, ...]) -> list[Span]:
    """What lies between the spans, empty regions too."""
    edges = [0, *(edge for span in marked for edge in span), len(text)]
    return [Span(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
