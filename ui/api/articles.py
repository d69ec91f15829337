"""The library over HTTP: list, read, add and remove articles."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import JSONResponse, Response

from index.errors import ArticleNotFound
from ui import intake
from ui.api.schemas import ArticleList, NewArticles, Removed, Report, WholeArticle, problems
from ui.desk import Desk
from ui.doors import Shelf
from ui.intake import Upload
from ui.settings import Settings
from ui.uploads import Text


def router(desk: Desk, settings: Settings) -> APIRouter:
    """``/api/articles`` and below; what comes in is kept where the settings say."""
    routes = APIRouter(prefix="/api/articles", tags=["articles"], responses=problems(422))

    @routes.get("", response_model=ArticleList)
    def listed(
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> Response:
        """List articles, newest first, without their texts."""
        library = desk.library
        found = library.listing()
        page = list(_facts(library, [listed.id for listed in found[offset : offset + limit]]))
        return JSONResponse({"articles": page, "total": len(found), "sample": library.is_sample})

    @routes.post("", response_model=Report, responses=problems(400, 409, 413, 422, 503))
    def add(new: NewArticles) -> Response:
        """Take in articles as text. One replaces a text of its id, no file; the first replace the sample articles."""
        texts = [Text(**article.model_dump()) for article in new.articles]
        report = intake.take_texts(desk.own_library(), settings, texts)
        desk.changed()
        return JSONResponse(report.to_dict())

    @routes.post("/files", response_model=Report, responses=problems(400, 409, 413, 422, 503))
    def upload(files: Annotated[list[UploadFile], File(min_length=1)]) -> Response:
        """Take in files of the kinds that `pullquote index` reads. An article is called after its file.

        A file takes the place of the one that was sent under its name before.
        """
        with tempfile.TemporaryDirectory(prefix="pullquote-") as folder:
            uploads = []
            for number, file in enumerate(files):
                place = Path(folder, str(number))
                with place.open("wb") as target:
                    shutil.copyfileobj(file.file, target)
                uploads.append(Upload(file.filename or "upload", place))
            report = intake.take_files(desk.own_library(), settings, uploads, replacing=True)
        desk.changed()
        return JSONResponse(report.to_dict())

    @routes.get("/{article_id:path}", response_model=WholeArticle, responses=problems(404, 422))
    def read(article_id: str) -> Response:
        """Read one article: its facts, and its exact text, in which offsets count code points."""
        article = desk.library.article(article_id)
        return JSONResponse({**article.to_dict(), "text": article.text})

    @routes.delete("/{article_id:path}", response_model=Removed, responses=problems(404, 409, 422, 503))
    def remove(article_id: str) -> Response:
        """Take an article out of the library; a text that was sent is deleted, a file is not touched."""
        desk.library.article(article_id)  # a path of this machine is no id here
        gone = desk.library.remove(article_id)
        intake.forget(settings, gone)
        desk.changed()
        return JSONResponse({"removed": list(gone)})

    return routes


def _facts(library: Shelf, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What is known of each article; none of one that has been removed meanwhile."""
    for article_id in ids:
        with contextlib.suppress(ArticleNotFound):
            yield library.article(article_id).to_dict()
