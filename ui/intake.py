"""What is handed over at a door, a text or a file, is kept and put into the library: one way for all doors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from index.errors import ArticleError
from index.load import make_article
from index.settings import Settings
from index.types import Article, Failure, IngestReport, Origin
from rag.markdown import one_line
from ui import uploads
from ui.doors import OnProgress, Shelf
from ui.uploads import Kept, Text, UploadError

# The name in the catalog under which texts are filed that came in by a door.
CORPUS = "handed over"
_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed over: the name its owner calls it, and its bytes on this machine."""

    name: str
    path: Path


def pasted(text: str, *, title: str = "", outlet: str = "", published: str = "") -> Text:
    """A text that a reader pasted, with what he wrote beside it; what is blank is found in the text.

    Raises:
        UploadError: there is no text, it is too long, or the day is none.
    """
    if not text.strip():
        raise UploadError("There is no text.", "Paste the article's text.")
    if len(text) > uploads.TEXT_CHARACTERS:
        raise UploadError(
            f"The text has {len(text):,} characters; {uploads.TEXT_CHARACTERS:,} is the most.",
            "Save it as a file and add that.",
        )
    try:
        day = date.fromisoformat(published) if published else None
    except ValueError as error:
        raise UploadError("That is no day.", "Write it like 2021-10-18.") from error
    return Text(text, title=title.strip()[:300] or None, outlet=outlet.strip()[:100] or None, published=day)


def take_texts(
    library: Shelf, settings: Settings, texts: Iterable[Text], progress: OnProgress | None = None
) -> IngestReport:
    """Take texts in and keep them; one without words is reported as failed.

    Raises:
        LibraryLocked: another process is writing.
    """
    articles: dict[str, Article] = {}
    sent: dict[str, Text] = {}
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
            sent[text.name] = text
        except ArticleError as error:
            failed.append(Failure(text.name, error.message, error.hint))
    if not articles:
        return IngestReport(failed=tuple(failed))
    report = library.ingest_articles(list(articles.values()), progress, corpus=CORPUS)
    refused = {failure.id for failure in report.failed}
    for name, text in sent.items():
        if name not in refused:
            uploads.keep_text(text, settings)
    return replace(report, failed=(*report.failed, *failed))


def take_files(
    library: Shelf,
    settings: Settings,
    files: Iterable[Upload],
    progress: OnProgress | None = None,
    *,
    replacing: bool = False,
) -> IngestReport:
    """Take files in and keep them; what cannot be read is reported, with the reason, and not kept.

    Args:
        library: Which library.
        settings: Where they are kept.
        files: An article is called after its file.
        progress: Told after each batch.
        replacing: Whether a file takes the place of another one of the same name, as programs want it; readers have
            different files that are called the same, of which the second gets a number.

    Raises:
        LibraryLocked: another process is writing.

    Whatever is raised, nothing is kept then.
    """
    kept: dict[Path, Kept] = {}
    refused: list[Failure] = []
    try:
        for file in files:
            try:
                now = uploads.keep_file(file.path, file.name, settings, replace=replacing)
            except UploadError as error:
                refused.append(Failure(one_line(file.name)[-_NAME_CHARACTERS:], error.message, error.hint))
                continue
            if (before := kept.get(now.path)) is not None and before.is_new:  # twice among these
                now.settle(good=True)
                now = before
            kept[now.path] = now
        report = library.ingest(list(kept), progress) if kept else IngestReport()
    except BaseException:  # whatever it is: a file that is kept is in the library
        for one in kept.values():
            one.settle(good=False)
        raise
    for path, one in kept.items():
        one.settle(good=_holds(report, path))
    failed = [_without_path(failure, uploads.folder(settings)) for failure in report.failed]
    return replace(report, failed=(*refused, *failed))


def take_again(library: Shelf, settings: Settings, progress: OnProgress | None = None) -> IngestReport:
    """Take in what is kept, after the library has been deleted.

    Raises:
        LibraryLocked: another process is writing.
    """
    held = uploads.held(settings)
    files = library.ingest(held, progress) if held else IngestReport()
    return together(files, take_texts(library, settings, list(uploads.texts(settings)), progress))


def forget(settings: Settings, article_ids: Iterable[str]) -> None:
    """Delete the texts that were kept of articles which have been removed; files stay where they are."""
    for article_id in article_ids:
        uploads.forget_text(article_id, settings)


def together(one: IngestReport, other: IngestReport) -> IngestReport:
    """What two ingests did."""
    return IngestReport(**{field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(one)})


def _holds(report: IngestReport, path: Path) -> bool:
    """Whether anything of a file is in the library now."""
    names = {str(path), path.name}
    inside = tuple(f"{name}{sign}" for name in names for sign in "#/")
    stored = (*report.added, *report.updated, *report.unchanged, *report.duplicates, *report.left_out)
    return any(known in names or known.startswith(inside) for known in stored)


def _without_path(failure: Failure, place: Path) -> Failure:
    """A failure that tells nothing of where files are kept."""
    told = (text.replace(f"{place}/", "") for text in (failure.id, failure.reason, failure.hint))
    return Failure(*told)
