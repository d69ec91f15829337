"""File or text → Article: decoded, with its title, date, language and furniture.

``READERS`` is the table of formats: a reader turns bytes into a ``Draft``, which states what the format itself knows;
what it leaves open is detected in the text, the same way for every format.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from index import dates, furniture
from index.errors import BinaryFile, EmptyArticle, UnknownFormat, UnreadableFile
from index.language import detect
from index.sentences import lines
from index.types import Article, Origin, Span

LIMIT = 20 * 1024 * 1024
"""Bytes; a larger file is no article."""

_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x1f\x8b": "a gzip archive",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"GGUF": "a language model",
    b"SQLite format 3": "a database",
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"))
_MARKS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Code pages before UTF-8: of scripts other than Latin, and of Latin ones by language where it is not cp1252.
_ENCODINGS = [
    "cp1251",
    "cp1253",
    "cp1255",
    "cp1256",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
    "cp874",
]
_EASTERN = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), "cp1250"),
    **dict.fromkeys(("az", "tr"), "cp1254"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"\s*---[^\S\n]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)", re.DOTALL)
_FIELD = re.compile(r"^([A-Za-z_]+)[^\S\n]*:[^\S\n]*(.*?)[^\S\n]*\r?$", re.MULTILINE)
_HEADING = re.compile(r"^[^\S\n]{0,3}#[^\S\n]+(.+?)[^\S\n]*#*[^\S\n]*\r?$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(\S.*?)[^\S\n]*\r?\n=+[^\S\n]*\r?$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|[*_`]|!?\[([^\]]*)\]\([^)]*\)")
_ENDED = re.compile(r"(?:[.,;:…。][^\w\s]*|\s[–—-])$")  # "London CNN —" is no headline
_LABEL = re.compile(r"(?:title|headline|rubrik|titel|tittel|overskrift)\s*:\s*", re.IGNORECASE)
_BYLINE = re.compile(r"(?:by|av|af|von|par|por|di|door)\s+[^\W\d_a-z]", re.IGNORECASE)
_TITLE = range(3, 161)  # characters of a headline


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader knows of an article before anything is detected; None is "not stated".

    Attributes:
        text: The whole decoded text.
        furniture: Ranges of the text that the format itself marks as no part of the article, sorted.
    """

    text: str
    title: str | None = None
    language: str | None = None
    published: date | None = None
    source: Origin = field(default_factory=Origin)
    furniture: tuple[Span, ...] = ()


Reader = Callable[[bytes], Draft]
"""The bytes of a file → what they say. Raises ArticleError where they say nothing."""


def read_file(path: Path, *, id: str) -> Article:  # noqa: A002 - the word everyone uses for it
    """Read one article from a file of a known format.

    Args:
        path: The file. Its name becomes the article's ``source.file``.
        id: The article's id.

    Raises:
        UnknownFormat: No reader for the file's suffix.
        UnreadableFile: It cannot be opened, is no regular file or is larger than ``LIMIT``.
        BinaryFile: It holds something other than text.
        EmptyArticle: It holds no text, or only furniture.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise UnknownFormat(f"{path}: files ending in {path.suffix or 'nothing'!r} cannot be read", f"Use {known}.")
    content = _content(path)
    if not content.strip():
        raise EmptyArticle(f"{path} is empty", "Delete it, or put the article's text into it.")
    try:
        draft = reader(content)
    except BinaryFile as error:
        raise BinaryFile(f"{path}: {error.message}", error.hint) from error
    source = replace(draft.source, file=draft.source.file or str(path))
    return _finish(replace(draft, source=source), id, hashlib.sha256(content).hexdigest())


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
        language: ISO 639-1 code.
        published: Day of publication.
        source: Where it comes from.
        digest: What identifies this version of it; by default the SHA-256 of its text and of what was stated.

    Raises:
        EmptyArticle: There is no text in it, or only furniture.
    """
    draft = Draft(_SURROGATE.sub("\ufffd", text), title, language, published, source)
    if digest is None:
        stated = "\0".join(str(value) for value in (draft.text, title, language, published, source))
        digest = hashlib.sha256(stated.encode("utf-8", "replace")).hexdigest()
    return _finish(draft, id, digest)


def _finish(draft: Draft, identifier: str, digest: str) -> Article:
    """Detect what the draft leaves open."""
    text = draft.text
    marked = _united(draft.furniture, furniture.find(text))
    body = "\n".join(text[start:end] for start, end in _regions(text, marked))
    if not any(character.isalnum() for character in body):
        raise EmptyArticle(f"{identifier} holds no text", "Delete it, or put the article's text into it.")
    language = detect(body) if draft.language is None else draft.language
    title = _headline(text, marked) if draft.title is None else draft.title
    return Article(
        id=identifier,
        title=" ".join(_SURROGATE.sub("\ufffd", title).split()),
        text=text,
        language=language,
        published=draft.published or dates.published(text, language),
        source=draft.source,
        digest=digest,
        furniture=marked,
    )


# Bytes


def _content(path: Path) -> bytes:
    """The bytes of a regular file of bearable size."""
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise UnreadableFile(f"{path} is not a file", "Name a file, or the folder that holds the articles.")
        if kind.st_size > LIMIT:
            raise UnreadableFile(f"{path} is larger than {LIMIT >> 20} MB", "Split it into one file for each article.")
        with path.open("rb") as file:
            return file.read(LIMIT)
    except OSError as error:
        reason = error.strerror or "it could not be opened"
        raise UnreadableFile(
            f"{path}: {reason}", f'Check that it exists and that you may read it: ls -l "{path}"'
        ) from error


def decode(content: bytes) -> str:
    """The text in some bytes: UTF-8, a Unicode encoding with a byte order mark (left out), or the likeliest other.

    Raises:
        BinaryFile: They are something else than text.
    """
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise BinaryFile(f"this is {kind}, not text", "Give it its own suffix, or save its text as UTF-8.")
    for mark, encoding in (*_MARKS, *_MARKS_16):
        if content.startswith(mark):
            return _checked(content.decode(encoding, "replace").removeprefix("\ufeff"))
    if b"\x00" in content:
        raise _binary()
    try:
        return _checked(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(_guess(content))


def _guess(content: bytes) -> str:
    """The text in bytes that are no UTF-8: by its language if most letters are ASCII, else by charset-normalizer.

    Left to itself the library reads a page of Swedish as Czech or Chinese: too few letters tell them apart.
    """
    western = content.decode("cp1252", "replace")
    letters = [character.isascii() for character in western if character.isalpha()]
    if sum(letters) > 0.7 * len(letters):
        encoding = _EASTERN.get(detect(western))
        return content.decode(encoding, "replace") if encoding else western
    from charset_normalizer import from_bytes  # most files never need it

    best = from_bytes(content, cp_isolation=_ENCODINGS).best()
    return str(best) if best else western


def _checked(text: str) -> str:
    """The text, unless one character in fifty or more is none that text is made of."""
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange * 50 > len(text) and strange > 1:
        raise _binary()
    return text


def _binary() -> BinaryFile:
    """The error for bytes that are no text."""
    return BinaryFile("this is not text", "Leave it out, or save it as text in UTF-8.")


# Readers


def read_text(content: bytes) -> Draft:
    """Plain text: everything is detected."""
    return Draft(decode(content))


def read_markdown(content: bytes) -> Draft:
    """Markdown: the first heading of the first level is the title; front matter states title, date, url, outlet."""
    text = decode(content)
    front = _FRONT_MATTER.match(text)
    stated = {key.lower(): value.strip("\"' ") for key, value in _FIELD.findall(front[1])} if front else {}
    start = front.end() if front and stated else 0
    heading = _HEADING.search(text, start) or _UNDERLINED.search(text, start)
    language = stated.get("language") or stated.get("lang") or None
    return Draft(
        text,
        title=stated.get("title") or (_plain(heading[1]) if heading else None),
        language=language[:2].lower() if language else None,
        published=dates.parse(stated["date"], language or "en") if stated.get("date") else None,
        source=Origin(url=stated.get("url") or None, outlet=stated.get("outlet") or stated.get("source") or None),
        furniture=tuple(lines(text, Span(0, start))),
    )


def _plain(markdown: str) -> str:
    """A heading without the marks of emphasis and links."""
    return _EMPHASIS.sub(lambda match: match[1] or "", markdown).strip()


READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
}
"""Readers by suffix, in small letters with the dot."""


# Detection


def _headline(text: str, marked: tuple[Span, ...]) -> str:
    """The first line if it is one: short, without a full stop, followed by more and longer text; else ""."""
    rows = [line for region in _regions(text, marked) for line in lines(text, region)]
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
