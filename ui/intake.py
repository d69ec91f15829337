"""What is handed over at a door, a text or an uploaded file, as articles for the library."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from index.errors import ArticleError, UnknownFormat
from index.load import READERS, make_article, read_articles
from index.types import Article, Failure, IngestReport, Origin
from rag.markdown import one_line
from ui.doors import OnProgress, Shelf

# The name in the catalog under which articles are filed that came in by a door.
CORPUS = "handed over"
_NAME_CHARACTERS = 200
_DIGEST_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was pasted or sent, and what was said about it; what is None is found in the text."""

    text: str
    id: str | None = None
    title: str | None = None
    language: str | None = None
    published: date | None = None
    outlet: str | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """Its id: as given, else its URL, else one made of the text."""
        digest = hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_CHARACTERS]
        return self.id or self.url or f"text-{digest}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed over: the name its owner calls it, and its bytes on this machine."""

    name: str
    path: Path


def take_texts(library: Shelf, texts: Iterable[Text], progress: OnProgress | None = None) -> IngestReport:
    """Take texts in; one without words is reported as failed.

    Raises:
        LibraryLocked: another process is writing.
    """
    articles: dict[str, Article] = {}
    failed: list[Failure] = []
    for text in texts:
        try:
            articles[text.name] = make_article(
                text.text,
                id=text.name,
                title=text.title,
                language=text.language,
                published=text.published,
                source=Origin(outlet=text.outlet, url=text.url),
            )
        except ArticleError as error:
            failed.append(Failure(text.name, error.message, error.hint))
    return _taken(library, articles, failed, progress)


def take_uploads(library: Shelf, uploads: Iterable[Upload], progress: OnProgress | None = None) -> IngestReport:
    """Take files in; what cannot be read is reported, with the reason.

    An article is called after its file, so the same name handed over again replaces it.

    Raises:
        LibraryLocked: another process is writing.
    """
    articles: dict[str, Article] = {}
    failed: list[Failure] = []
    for upload in uploads:
        name = safe_name(upload.name)
        for found in _read(name, upload.path):
            if isinstance(found, Failure):
                failed.append(found)
            else:
                articles[found.id] = found
    return _taken(library, articles, failed, progress)


def safe_name(name: str) -> str:
    """The last part of a file's name as a visitor gave it, on one line and not too long."""
    last = one_line(PurePosixPath(name.replace("\\", "/")).name).lstrip(".")
    return last[-_NAME_CHARACTERS:] or "upload"


def _read(name: str, path: Path) -> list[Article | Failure]:
    """The articles of a file, as if it lay somewhere under its own name."""
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        error = UnknownFormat(f"{name}: files of this kind cannot be read.", f"Use {', '.join(READERS)}.")
        return [Failure(name, error.message, error.hint)]
    with tempfile.TemporaryDirectory(prefix="pullquote-") as folder:
        place = Path(folder, f"upload{suffix}")  # a reader is chosen by the suffix; nothing else of the name is used
        place.symlink_to(path.absolute())
        try:
            found = list(read_articles(place, id=name))
        except ArticleError as error:
            return [Failure(name, error.message.replace(str(place), name), error.hint.replace(str(place), name))]
    return [_renamed(one, str(place), name) for one in found]


def _renamed(found: Article | Failure, place: str, name: str) -> Article | Failure:
    if isinstance(found, Failure):
        return Failure(found.id, found.reason.replace(place, name), found.hint)
    inside = (found.source.file or "").removeprefix(place)
    return replace(found, source=replace(found.source, file=f"{name}{inside}"))


def _taken(
    library: Shelf, articles: dict[str, Article], failed: list[Failure], progress: OnProgress | None
) -> IngestReport:
    if not articles:
        return IngestReport(failed=tuple(failed))
    report = library.ingest_articles(list(articles.values()), progress, corpus=CORPUS)
    return replace(report, failed=(*report.failed, *failed))
