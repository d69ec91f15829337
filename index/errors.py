"""Everything that can go wrong in the index, as one tree; only the front ends catch it.

What can go wrong while answering is drawn in ``rag/errors.py``; ``ui`` and ``evals`` have theirs where they are raised.

PullquoteError                 every error of ours, in every package
├── SettingsError              a setting that cannot be used
├── ModelError                 weights
│   ├── UnknownModel           no such name, path or hub reference
│   ├── WrongHash              the bytes are not the ones we know
│   ├── DownloadFailed         no source delivered the file
│   └── DiskFull               no room left while writing
├── ArticleError               one file or article that cannot be read
│   ├── UnknownFormat          no reader for this kind of file
│   ├── EmptyArticle           no text in it
│   ├── BinaryFile             not text, whatever its name says
│   └── UnreadableFile         the system would not let us read it
├── NoArticles                 a folder or a library without a single article
└── LibraryError               the library as a whole
    ├── WrongEmbedder          built with another embedder
    ├── WrongSchema            written by another version
    ├── LibraryLocked          another process is writing
    └── ArticleNotFound        no article of that id
"""

from __future__ import annotations


class PullquoteError(Exception):
    """What happened, in one sentence, and in ``hint`` what to type or do next.

    Args:
        message: One sentence for people, without a stack trace's vocabulary.
        hint: A command or an action; empty only where there is truly nothing to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(PullquoteError):
    """A setting that cannot be used."""


class ModelError(PullquoteError):
    """Something about a model's weights."""


class UnknownModel(ModelError):
    """No such model name, path or hub reference."""


class WrongHash(ModelError):
    """The bytes fetched are not the ones we know; the message names both hashes."""


class DownloadFailed(ModelError):
    """No source delivered the file."""


class DiskFull(ModelError):
    """No room left while writing weights."""


class ArticleError(PullquoteError):
    """One file or article that cannot be taken in; never stops the others."""


class UnknownFormat(ArticleError):
    """No reader for this kind of file."""


class EmptyArticle(ArticleError):
    """No text in it."""


class BinaryFile(ArticleError):
    """Not text, whatever its name says."""


class UnreadableFile(ArticleError):
    """It cannot be read: no permission, damaged, encrypted, or larger than we take."""


class NoArticles(PullquoteError):
    """A folder or a library without a single article."""


class LibraryError(PullquoteError):
    """Something about the library as a whole."""


class WrongEmbedder(LibraryError):
    """The library was built with another embedder."""


class WrongSchema(LibraryError):
    """The library was written by another version of Pullquote."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class ArticleNotFound(LibraryError):
    """No article of that id."""
