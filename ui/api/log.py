"""A number for each request, told to the caller and in every line of the log; a line for each request, on demand."""

from __future__ import annotations

import contextvars
import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
LOGGER = logging.getLogger("pullquote.requests")
_ID: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")

OnRequest = Callable[[str, str, int], None]


def request_id() -> str | None:
    """The number of the request that is being worked on."""
    return _ID.get()


class RequestLog:
    """Gives each request its number, taken from the caller where it is sane, and tells of it when it has ended.

    Neither questions nor query strings are logged.

    Args:
        app: What it wraps.
        on_request: Told method, route and status; a path that no route knows is ``other``.
    """

    def __init__(self, app: ASGIApp, on_request: OnRequest) -> None:
        self._app = app
        self._on_request = on_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if _SANE.fullmatch(given) else secrets.token_hex(8)
        forget = _ID.set(number)
        status, began = 500, time.perf_counter()

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        finally:
            route = getattr(scope.get("route"), "path_format", "other")
            self._on_request(scope["method"], route, status)
            facts = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "seconds": round(time.perf_counter() - began, 3),
                "client": (scope.get("client") or ("",))[0],
            }
            LOGGER.info("request", extra={"facts": facts})
            _ID.reset(forget)


def log_to_stderr(kind: Literal["off", "text", "json"]) -> None:
    """Let the server's log lines go to stderr, for people or as one JSON object a line; ``off`` leaves warnings."""
    if kind == "off":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    for name in ("pullquote", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request id, and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


class TextLines(logging.Formatter):
    """A line for people: time, request id, message and facts; control characters escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        facts = " ".join(str(value) for value in getattr(record, "facts", {}).values())
        line = f"{moment} {request_id() or '-'} {record.getMessage()} {facts}".rstrip()
        line = line.encode("unicode_escape").decode("ascii") if not line.isprintable() else line
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
