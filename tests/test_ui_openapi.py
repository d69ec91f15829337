"""The OpenAPI document is true: schemathesis makes requests from it, good and bad ones, and holds each answer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from doors import bot, serving
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from ui.server import running

OPERATIONS = (
    "POST /api/ask",
    "POST /api/search",
    "GET /api/articles",
    "POST /api/articles",
    "POST /api/articles/files",
    "GET /api/articles/{article_id}",
    "DELETE /api/articles/{article_id}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
)
# Nothing that can be said to these is wrong: they take no arguments, or any path, or a form, in which all is bytes.
NEVER_WRONG = (
    "GET /v1/models",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/articles/{article_id}",
    "DELETE /api/articles/{article_id}",
    "POST /api/articles/files",
)
CASES = [
    (name, mode)
    for name in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or name not in NEVER_WRONG
]


@pytest.fixture(scope="module")
def operations() -> Iterator[dict[str, Any]]:
    """What the document of a running server describes, by method and path."""
    with running(bot(), serving(requests_per_minute=1_000_000)) as address:
        document = schemathesis.openapi.from_url(f"{address}/openapi.json")
        found = [result.ok() for result in document.get_all_operations() if isinstance(result, Ok)]
        yield {f"{operation.method.upper()} {operation.path}": operation for operation in found}


def test_the_document_holds_all_operations(operations: dict[str, Any]) -> None:
    assert set(operations) == set(OPERATIONS)


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_every_operation_does_what_is_said_of_it(operations: dict[str, Any], name: str, mode: GenerationMode) -> None:
    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[name].as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        case.call_and_validate()

    check()
