"""Errors as HTTP: a status and one shape of JSON for all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index.errors import ArticleError, ArticleNotFound, LibraryLocked, PullquoteError
from rag.errors import ContextTooSmall, QuestionError
from ui.api.log import request_id
from ui.desk import Busy, Stopping, Unforeseen

RETRY_SECONDS = 2
_STATUSES: tuple[tuple[type[PullquoteError], HTTPStatus], ...] = (
    (QuestionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ContextTooSmall, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ArticleError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ArticleNotFound, HTTPStatus.NOT_FOUND),
    (LibraryLocked, HTTPStatus.CONFLICT),
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (Stopping, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: PullquoteError) -> HTTPStatus:
    """The status for an error of ours; what is not the caller's doing is the server's state: 503."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE)


def problem(kind: str, message: str, hint: str = "", code: str | None = None) -> dict[str, Any]:
    """The body of an error."""
    facts = {"type": kind, "message": message, "hint": hint, "param": None, "code": code, "request_id": request_id()}
    return {"error": facts}


def problem_of(error: PullquoteError) -> dict[str, Any]:
    """The body for an error of ours."""
    return problem(type(error).__name__, error.message, error.hint)


def response_for(error: PullquoteError) -> JSONResponse:
    """The whole response for an error of ours."""
    status = status_of(error)
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return JSONResponse(problem_of(error), status, headers)


def install(app: FastAPI) -> None:
    """Let an app answer every error in our shape."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, PullquoteError):
            raise error
        return response_for(error)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        body = problem("InvalidRequest", f"{where}: {first['msg']}.", "See /docs for what it takes.")
        return JSONResponse(body, HTTPStatus.UNPROCESSABLE_ENTITY)

    async def plain(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        body = problem(HTTPStatus(error.status_code).phrase.replace(" ", ""), f"{error.detail}.", "See /docs.")
        return JSONResponse(body, error.status_code, error.headers)

    async def unforeseen(_: Request, _error: Exception) -> JSONResponse:
        told = Unforeseen()
        body = problem("InternalError", told.message, told.hint)
        return JSONResponse(body, HTTPStatus.INTERNAL_SERVER_ERROR)

    app.add_exception_handler(PullquoteError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unforeseen)
