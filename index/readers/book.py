"""EPUB books and e-papers: each chapter, in the order of reading, is an article.

An EPUB is a zip archive of XHTML pages, a list of them and a few facts: our reader of archives and lxml do.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from index.errors import ArticleError, BinaryFile, UnreadableFile
from index.readers import blocks
from index.readers.archive import Archive, ArchiveBomb
from index.readers.draft import Draft
from index.readers.encoding import decode
from index.readers.stated import day, language_code, place
from index.types import Failure, Origin

_PAGES = {"application/xhtml+xml", "text/html", "application/xml", "text/xml"}


def read(content: bytes) -> Iterator[Draft | Failure]:
    """The chapters of a book.

    Raises:
        UnreadableFile: Damaged, encrypted, or no book.
    """
    if not content.startswith(b"PK"):
        raise BinaryFile("this is no EPUB book", "Give it the suffix of what it is.")
    archive = Archive(io.BytesIO(content))
    container = _xml(archive.content("META-INF/container.xml"))
    path = next(iter(container.xpath("//*[local-name()='rootfile']/@full-path")), "")
    package = _xml(archive.content(path)) if path else container
    locked = _locked(archive)
    outlet, published = _fact(package, "title"), _fact(package, "date")
    language = language_code(_fact(package, "language"))
    for name in _spine(package, posixpath.dirname(path)):
        try:
            if name in locked:
                raise UnreadableFile("it is encrypted", "Read it in the program it was bought for.")
            tree = blocks.parse(decode(archive.content(name)))
        except ArchiveBomb:
            raise
        except ArticleError as error:
            yield Failure(place(name), error.message, error.hint)
            continue
        text = "" if tree is None else blocks.text_of(tree)
        if any(character.isalnum() for character in text):
            yield Draft(
                text,
                title=blocks.heading(tree),
                language=language,
                published=day(published, language),
                source=Origin(outlet=outlet),
                place=place(name),
            )


def _spine(package: Any, folder: str) -> Iterator[str]:
    """The names of the pages in the order of reading, without the table of contents; each once."""
    items = {item.get("id"): item for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")}
    names: dict[str, None] = {}
    for reference in package.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref"):
        item = items.get(reference)
        if item is None or item.get("media-type", "") not in _PAGES or "nav" in item.get("properties", "").split():
            continue
        names[posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))] = None
    yield from names


def _fact(package: Any, name: str) -> str | None:
    """What the book's metadata says of one thing first."""
    path = f"//*[local-name()='metadata']//*[local-name()='{name}']/text()"
    return next((words.strip() for words in package.xpath(path) if words.strip()), None)


def _locked(archive: Archive) -> set[str]:
    """The names of encrypted pages."""
    if not any(info.filename == "META-INF/encryption.xml" for info in archive.files):
        return set()
    tree = _xml(archive.content("META-INF/encryption.xml"))
    return {unquote(name) for name in tree.xpath("//*[local-name()='CipherReference']/@URI")}


def _xml(content: bytes) -> Any:
    """A tree, without anything from outside of the document and without entities."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile("the book's table of contents is damaged", "Fetch the book again.") from error
