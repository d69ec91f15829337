"""Who may come in: this machine's own names, no foreign page, whoever has the token, not too often."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.api.problems import problem
from ui.doors import LOOPBACK

COOKIE = "pullquote"
LOGIN = "/login"
# What a supervisor asks without knowing the token, and where a reader shows it.
_OPEN = frozenset({"/healthz", "/readyz", LOGIN})
_METERED = ("/api/", "/v1/", LOGIN)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MINUTE = 60.0
# Addresses that are remembered at a time.
_CLIENTS = 10_000


def pass_for(token: str) -> str:
    """What a browser's cookie holds once its reader has shown the token: not the token itself."""
    return hmac.new(token.encode(), b"pullquote session", hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Bucket:
    left: float
    filled: float


class Rate:
    """A bucket for each caller, refilled evenly; what is counted takes one drop.

    Args:
        per_minute: Most requests in a minute, and at once.
        clock: Seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, caller: str, *, count: bool = True) -> float:
        """Seconds until the caller may ask again; 0 if it may now, which is counted unless ``count`` is false."""
        now = self._clock()
        bucket = self._buckets.pop(caller, None) or _Bucket(self._most, now)
        self._buckets[caller] = bucket
        while len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._most, bucket.left + (now - bucket.filled) * self._most / _MINUTE)
        bucket.filled = now
        if bucket.left >= 1.0:
            bucket.left -= 1.0 if count else 0.0
            return 0.0
        return (1.0 - bucket.left) * _MINUTE / self._most


class Gate:
    """Turns away whoever may not come in, before anything else sees the request.

    Served to this machine only, it answers to this machine's names only: a foreign page whose name has been pointed at
    127.0.0.1 (DNS rebinding) reads nothing. A page of another origin cannot write: there is no CORS, and what needs
    none, such as a form, is told by its ``Origin``.

    Args:
        app: What it guards.
        host: The address listened on.
        token: What has to be shown; empty for nothing.
        rate: How often one may ask.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str, rate: Rate) -> None:
        self._app = app
        self._names = LOOPBACK if host in LOOPBACK else None
        self._token = token
        self._pass = pass_for(token)
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if self._names is not None and _name(host) not in self._names:
            return _refuse(400, "ForeignHost", "This server answers to this machine's own names only.")
        origin = headers.get("origin")
        if origin is not None and scope["method"] not in _SAFE and _site(origin) != host:
            return _refuse(403, "ForeignOrigin", "A page of another site cannot write here.")
        caller = (scope.get("client") or ("",))[0]
        if path.startswith(_METERED) and (wait := self._rate.wait(caller)):
            return _too_many(wait)
        if self._token and path not in _OPEN:
            return self._stranger(scope, headers, f"stranger {caller}")
        return None

    def _stranger(self, scope: Scope, headers: Headers, caller: str) -> Response | None:
        """The refusal of a request without the token. Who guesses has to wait, with the right one as well."""
        if wait := self._rate.wait(caller, count=False):
            return _too_many(wait)
        if not self._knows(headers):
            self._rate.wait(caller)
            if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
                return RedirectResponse(LOGIN, 303)
            hint = "Send it: Authorization: Bearer TOKEN"
            refusal = _refuse(401, "Unauthorized", "This server wants its token.", hint)
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        return None

    def _knows(self, headers: Headers) -> bool:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return hmac.compare_digest(shown.strip().encode("utf-8", "replace"), self._token.encode())
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode("utf-8", "replace"), self._pass.encode())


def _refuse(status: int, kind: str, message: str, hint: str = "") -> JSONResponse:
    return JSONResponse(problem(kind, message, hint), status)


def _too_many(wait: float) -> JSONResponse:
    """The refusal of a request that came too soon, by so many seconds."""
    refusal = _refuse(429, "TooManyRequests", "Too many requests in a minute.", "Ask again in a moment.")
    refusal.headers["Retry-After"] = str(math.ceil(wait))
    return refusal


def _site(origin: str) -> str | None:
    """The name and port in an ``Origin`` header; None if it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name(host: str) -> str:
    """The name in a ``Host`` header; empty if it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
