"""Where a reader shows the token to use the page: a small form, and a cookie that only this server can make."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ui.api.gate import COOKIE, LOGIN, pass_for

# Bytes and fields of what the form sends: it is read before anybody is known.
_LONGEST, _FIELDS = 4096, 4
_WEEK = 7 * 24 * 3600
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pullquote</title><style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }}
body {{ max-width: 22rem; margin: 20vh auto; padding: 0 1rem; }}
input, button {{ font: inherit; width: 100%; padding: .5rem; margin-top: .5rem; box-sizing: border-box; }}
</style></head><body><main><h1>Pullquote</h1><p role="status">{words}</p>
<form method="post" action="{action}"><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Open</button></form></main></body></html>
"""


def router(token: str) -> APIRouter:
    """The form, and what it is sent to; a server without a token needs neither, and leads on to the page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(LOGIN)
    def form() -> Response:
        """The form."""
        if not token:
            return RedirectResponse("/", 303)
        return HTMLResponse(_PAGE.format(words="This library asks for its token.", action=LOGIN))

    @routes.post(LOGIN)
    async def enter(request: Request) -> Response:
        """Take the token, and give a cookie for it."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST:
                return HTMLResponse(_PAGE.format(words="That is too long to be the token.", action=LOGIN), 413)
        shown = _token_in(body)
        if not token or not hmac.compare_digest(shown.encode(), token.encode()):
            return HTMLResponse(_PAGE.format(words="That is not the token.", action=LOGIN), 401)
        entered = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        entered.set_cookie(
            COOKIE, pass_for(token), max_age=_WEEK, httponly=True, samesite="strict", secure=secure, path="/"
        )
        return entered

    return routes


def _token_in(form: bytes) -> str:
    """The token that a form sends; empty if there is none."""
    try:
        return parse_qs(form.decode("utf-8", "replace"), max_num_fields=_FIELDS).get("token", [""])[0]
    except ValueError:
        return ""
