"""The OpenAPI document as a page to read: no script, no style or font from elsewhere, unlike the usual ones."""

from __future__ import annotations

import html
import json
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pullquote: HTTP API</title><style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; } pre { overflow-x: auto; }
h2 { margin: 2rem 0 0; font-size: 1.1rem; }
</style></head><body><main>"""


def router(app: FastAPI) -> APIRouter:
    """``/docs``."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def page() -> HTMLResponse:
        """The page."""
        return HTMLResponse(render(app.openapi()))

    return routes


def render(document: dict[str, Any]) -> str:
    """An OpenAPI document as one HTML page: each operation, what it takes and gives, then all schemas."""
    parts = [_HEAD, f"<h1>{html.escape(document['info']['title'])}</h1>"]
    parts.append(f"<p>{html.escape(document['info'].get('description', ''))}</p>")
    parts.append('<p>As a document for programs: <a href="openapi.json">openapi.json</a></p>')
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(f"{method.upper()} {path}", operation))
    parts.append("<h2>Schemas</h2>")
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        parts.append(
            f'<details id="{html.escape(name)}"><summary>{html.escape(name)}</summary>{_json(schema)}</details>'
        )
    return "\n".join([*parts, "</main></body></html>"])


def _operation(title: str, operation: dict[str, Any]) -> str:
    rows = [f"<h2><code>{html.escape(title)}</code></h2><p>{html.escape(operation.get('description', ''))}</p>"]
    rows += [
        f"<details><summary>{name}</summary>{_json(operation[key])}</details>"
        for key, name in (("parameters", "Parameters"), ("requestBody", "Body"))
        if key in operation
    ]
    answers = "".join(
        f"<li><code>{html.escape(status)}</code> {html.escape(response.get('description', ''))}</li>"
        for status, response in operation["responses"].items()
    )
    return "".join([*rows, f"<ul>{answers}</ul>"])


def _json(value: Any) -> str:
    return f"<pre>{html.escape(json.dumps(value, indent=1))}</pre>"
